import { randomBytes } from 'node:crypto';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { DynamoAlertStore } from './alerts/dynamo-alert-store';
import { SnsPublisher } from './alerts/sns-publisher';
import { dynamoClient, LIMITS, snsClient, systemClock } from './clients';
import { HEARTBEAT_FILE, METRICS_NAMESPACE } from './config/environment';
import type { HeartbeatData } from './config/heartbeat-data';
import { deployedJson, place } from './config/place';
import { createHeartbeat } from './heartbeat';
import { AwsSurroundings } from './heartbeat/aws-surroundings';
import { DynamoHeartbeatStore } from './heartbeat/dynamo-heartbeat-store';
import { readManifest } from './heartbeat/read-manifest';
import { telemetryOf } from './powertools';

/** Left for telling: what AWS has not answered by then counts as unknown. */
const RESERVE_MS = 30_000;

const dynamo = dynamoClient();
const sns = snsClient();
const { log, metrics } = telemetryOf('heartbeat');
const latencies = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: 'heartbeat' });
const heartbeat = createHeartbeat({
  config: deployedJson<HeartbeatData>(HEARTBEAT_FILE),
  store: new DynamoHeartbeatStore(dynamo, place('baselinesTable')),
  alerts: new DynamoAlertStore(dynamo, place('alertsTable')),
  ops: new SnsPublisher(sns, place('opsTopicArn')),
  clock: systemClock,
  log,
  metrics,
  random: () => randomBytes(8).toString('hex'),
  measured: ({ kind, latencyMs }) => {
    latencies.singleMetric().addDimension('kind', kind).addMetric('CanaryLatency', MetricUnit.Milliseconds, latencyMs);
  },
});

/** Looks whether everything is right. The schedule sends what the deployment made. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const manifest = readManifest(event);
  const deadlineMs = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  try {
    await heartbeat.beat(
      manifest,
      new AwsSurroundings({ region: manifest.region, dynamo, sns, limits: LIMITS, deadlineMs }),
    );
  } finally {
    metrics.flush();
  }
}
