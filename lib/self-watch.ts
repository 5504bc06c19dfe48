import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE, type Service } from '../lambda/config/environment';
import type { DetectFunctions } from './detect-functions';
import type { Queues } from './queues';
import type { Tables } from './tables';
import type { Topics } from './topics';
import type { TrailhoundFunction } from './trailhound-function';

export interface SelfWatchProps {
  readonly queues: Queues;
  readonly detect: DetectFunctions;
  readonly notify: TrailhoundFunction;
  readonly heartbeat: TrailhoundFunction;
  readonly posture: TrailhoundFunction;
  readonly tables: Tables;
  readonly topics: Topics;
}

/** Counters of the detector (see `MetricName` in lambda/ports.ts) that are zero in health. */
export const DETECTOR_FAULTS = {
  MalformedEvents: 'Records that cannot be read were set aside; the log has the reason of each.',
  RuleErrors: 'A rule threw an exception and missed events; the others went on. The log names it.',
  UnexpectedErrors: 'A bug: records are returned to the queue until it is fixed. The log has the stack.',
  DegradedPublishes: 'The alerts table did not answer; a critical alert was told on this topic instead.',
  TooMuchToCount: 'A window holds more events than are counted exactly; an alert of its own tells which.',
} as const;

/** The same of the function that sends. */
export const NOTIFIER_FAULTS = {
  PublishFailures: 'A topic refused messages or did not answer; they stay pending and are tried again.',
  UnexpectedErrors: 'A bug: a message could not be composed and was told in plain words. The log has the stack.',
} as const;

/** The same of the function that looks whether all is right. */
const HEARTBEAT_FAULTS = {
  PublishFailures:
    'The heartbeat could not tell what it found: this topic or the alerts table refused. It tries again.',
} as const;

/**
 * Alarms and a dashboard without code of ours: they also speak when the functions do not. No data is health for faults
 * that nobody counts while nothing happens; it is an alarm only for what must always arrive.
 */
export class SelfWatch extends Construct {
  /** Names of the alarms, by what they are about. */
  readonly alarms: Record<string, string> = {};
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, props: SelfWatchProps) {
    super(scope, id);
    const { queues, detect, notify, heartbeat, posture, tables, topics } = props;
    this.action = new SnsAction(topics.ops);
    this.watchQueues(queues);
    const functions = {
      DetectPriority: detect.priority,
      DetectBulk: detect.bulk,
      Notify: notify,
      Heartbeat: heartbeat,
      Posture: posture,
    };
    for (const [name, { fn }] of Object.entries(functions)) {
      this.fault(`${name}Errors`, fn.metricErrors(), `${name} failed; what it was doing is tried again.`);
      this.fault(
        `${name}Throttles`,
        fn.metricThrottles(),
        `${name} was not allowed to run; raise the account's concurrency.`,
      );
    }
    for (const [metricName, about] of Object.entries(DETECTOR_FAULTS)) {
      this.fault(metricName, counter('detect', metricName), about);
    }
    for (const [metricName, about] of Object.entries(NOTIFIER_FAULTS)) {
      this.fault(`Notify${metricName}`, counter('notify', metricName), about);
    }
    for (const [metricName, about] of Object.entries(HEARTBEAT_FAULTS)) {
      this.fault(`Heartbeat${metricName}`, counter('heartbeat', metricName), about);
    }
    this.alarm('HeartbeatSilent', {
      metric: counter('heartbeat', 'HeartbeatRuns').with({ period: Duration.minutes(15) }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING, // whatever keeps it from running also keeps it from counting
      about:
        'Nobody looks whether the detector is right: no heartbeat in 15 minutes. Look at its schedule and its log.',
      tellsRecovery: true,
    });
    this.alarm('NotifySilent', {
      metric: notify.fn.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING, // it runs every minute, whatever happens
      about: 'Nobody sends alerts: the function of every minute does not run. Look at its schedule.',
      tellsRecovery: true,
    });
    for (const [name, table] of Object.entries({
      Windows: tables.windows,
      Baselines: tables.baselines,
      Alerts: tables.alerts,
    })) {
      const throttled = new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: 'WriteThrottleEvents',
        dimensionsMap: { TableName: table.tableName },
        statistic: 'Sum',
      });
      this.fault(
        `${name}Throttled`,
        throttled,
        `The ${name.toLowerCase()} table refuses writes for their rate; events wait.`,
      );
    }
    for (const [name, topic] of Object.entries({ Alerts: topics.alerts, Ops: topics.ops })) {
      this.fault(
        `${name}NotDelivered`,
        topic.metricNumberOfNotificationsFailed(),
        `Messages of the ${name.toLowerCase()} topic did not reach a subscriber.`,
      );
    }
    // Whatever EventBridge can neither deliver nor set aside is lost: of all its rules in this region, since its metrics
    // carry the name of a rule and an alarm for each would cost more than the rest of the stack.
    this.fault(
      'EventsLost',
      new MathExpression({
        expression: 'SELECT SUM(InvocationsFailedToBeSentToDlq) FROM "AWS/Events"',
        usingMetrics: {},
        period: Duration.minutes(5),
      }),
      'EventBridge could neither deliver events nor set them aside: check the policies of the queues.',
    );
    this.dashboard(props);
  }

  private watchQueues(queues: Queues): void {
    for (const [name, queue] of Object.entries({ Priority: queues.priority, Bulk: queues.bulk })) {
      this.alarm(`${name}Waiting`, {
        metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
        threshold: 300,
        about: `Events wait for more than 5 minutes in the ${name.toLowerCase()} queue: detection is late.`,
        tellsRecovery: true,
      });
    }
    for (const [name, queue] of Object.entries({ Priority: queues.priorityFailed, Bulk: queues.bulkFailed })) {
      this.alarm(`${name}Failed`, {
        metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
        threshold: 0,
        about: `Events were given up; they wait 14 days. When the cause is gone: trailhound redrive.`,
        tellsRecovery: true,
      });
    }
  }

  /** Alarm when a sum over five minutes is not zero. Nothing counted is nothing wrong. */
  private fault(id: string, metric: IMetric, about: string): void {
    const sum = metric instanceof Metric ? metric.with({ period: Duration.minutes(5), statistic: 'Sum' }) : metric;
    this.alarm(id, { metric: sum, threshold: 0, about, tellsRecovery: false });
  }

  private alarm(
    id: string,
    {
      metric,
      threshold,
      comparison = ComparisonOperator.GREATER_THAN_THRESHOLD,
      missing = TreatMissingData.NOT_BREACHING,
      about,
      tellsRecovery,
    }: {
      metric: IMetric;
      threshold: number;
      comparison?: ComparisonOperator;
      missing?: TreatMissingData;
      about: string;
      tellsRecovery: boolean;
    },
  ): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      comparisonOperator: comparison,
      evaluationPeriods: 1,
      treatMissingData: missing,
      alarmDescription: `Trailhound: ${about}`,
    });
    this.alarms[id] = alarm.alarmName;
    alarm.addAlarmAction(this.action);
    if (tellsRecovery) alarm.addOkAction(this.action);
  }

  private dashboard({ queues, detect, tables }: SelfWatchProps): void {
    const row = (title: string, left: IMetric[], label?: string) =>
      new GraphWidget({
        title,
        left,
        width: 8,
        ...(label === undefined ? {} : { leftYAxis: { label, showUnits: false } }),
      });
    new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(1),
      widgets: [
        [
          row('Events', [counter('detect', 'Records'), counter('detect', 'IgnoredEvents')]),
          row('Alerts', [counter('detect', 'Raises'), counter('detect', 'Messages')]),
          row('Messages', [counter('notify', 'Published'), counter('notify', 'PendingMessages', 'Maximum')]),
        ],
        [
          row('Oldest event waiting', ages(queues.priority, queues.bulk), 'seconds'),
          row('Events waiting', depths(queues.priority, queues.bulk)),
          row('Events given up', depths(queues.priorityFailed, queues.bulkFailed)),
        ],
        [
          row(
            'Detector: time of a batch',
            [detect.priority, detect.bulk].map(({ fn }) => fn.metricDuration({ statistic: 'p95' })),
          ),
          row(
            'Detector: batches',
            [detect.priority, detect.bulk].map(({ fn }) => fn.metricInvocations()),
          ),
          row(
            'Writes of tables',
            [tables.windows, tables.baselines, tables.alerts].map((table) => table.metricConsumedWriteCapacityUnits()),
          ),
        ],
        [
          row(
            'From a call to its detection (canaries)',
            ['p50', 'p95'].map((statistic) => canaries('write', statistic)),
            'milliseconds',
          ),
          row(
            'Heartbeat',
            ['HeartbeatRuns', 'UnknownChecks'].map((name) => counter('heartbeat', name)),
          ),
        ],
      ],
    });
  }
}

/** How long canaries take through the whole pipeline. */
function canaries(kind: 'write' | 'read', statistic: string): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'CanaryLatency',
    dimensionsMap: { service: 'heartbeat', kind },
    statistic,
    period: Duration.minutes(15),
    label: `${kind}s ${statistic}`,
  });
}

/** A counter of a service's functions. */
function counter(service: Service, metricName: string, statistic = 'Sum'): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic,
    period: Duration.minutes(5),
  });
}

function ages(...queues: readonly IQueue[]): IMetric[] {
  return queues.map((queue) => queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }));
}

function depths(...queues: readonly IQueue[]): IMetric[] {
  return queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }));
}
