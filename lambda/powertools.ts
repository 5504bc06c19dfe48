import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE, type Service } from './config/environment';
import type { Log, LogFields, MetricName, Metrics } from './ports';

/** Structured log lines, and counters that CloudWatch reads out of the log (embedded metric format). */
export function telemetryOf(service: Service): { log: Log; metrics: Metrics & { flush(): void } } {
  const logger = new Logger({ serviceName: service });
  return {
    log: {
      info: (message, fields) => logger.info(message, extra(fields)),
      warn: (message, fields) => logger.warn(message, extra(fields)),
      error: (message, fields) => logger.error(message, extra(fields)),
    },
    metrics: new EmbeddedMetrics(new PowertoolsMetrics({ namespace: METRICS_NAMESPACE, serviceName: service })),
  };
}

function extra(fields: LogFields = {}): Record<string, unknown> {
  return { ...fields };
}

/** Counts in memory and writes each total once per invocation: a batch may count the same thing two hundred times. */
class EmbeddedMetrics implements Metrics {
  private totals = new Map<MetricName, number>();
  private parts = new Map<string, { name: MetricName; dimension: string; of: string; value: number }>();

  constructor(private readonly emf: PowertoolsMetrics) {}

  count(name: MetricName, value: number, dimensions: { rule?: string; reason?: string } = {}): void {
    this.totals.set(name, (this.totals.get(name) ?? 0) + value);
    for (const [dimension, of] of Object.entries(dimensions)) {
      const key = `${name} ${dimension} ${of}`;
      this.parts.set(key, { name, dimension, of, value: (this.parts.get(key)?.value ?? 0) + value });
    }
  }

  /** Writes what was counted. Alarms look at totals; the dashboard also at their parts by rule and reason. */
  flush(): void {
    const { totals, parts } = this;
    this.totals = new Map();
    this.parts = new Map();
    for (const [name, value] of totals) this.emf.addMetric(name, MetricUnit.Count, value);
    if (totals.size > 0) this.emf.publishStoredMetrics();
    for (const { name, dimension, of, value } of parts.values()) {
      this.emf.singleMetric().addDimension(dimension, of).addMetric(name, MetricUnit.Count, value);
    }
  }
}
