import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DynamoAlertStore } from './alerts/dynamo-alert-store';
import { SnsPublisher } from './alerts/sns-publisher';
import { DynamoBaselineStore } from './baselines/dynamo-baseline-store';
import { dynamoClient, snsClient, systemClock } from './clients';
import { activeRules, type DetectionData } from './config/detection-data';
import { DETECTION_FILE } from './config/environment';
import { deployedJson, isPlace, place } from './config/place';
import { createDetector } from './detect';
import { DynamoHeartbeatStore } from './heartbeat/dynamo-heartbeat-store';
import { Sightings } from './heartbeat/sightings';
import { DynamoLineageStore } from './lineage/dynamo-lineage-store';
import { telemetryOf } from './powertools';
import { RULES } from './rules';
import { DynamoWindowStore } from './windows/dynamo-window-store';

/** Left for the answer: what has not begun by then comes again. */
const RESERVE_MS = 10_000;

const data = withOwnKey(deployedJson<DetectionData>(DETECTION_FILE));
const dynamo = dynamoClient();
const { log, metrics } = telemetryOf('detect');
const testQueue = place('testQueueArn');
const detector = createDetector({
  rules: activeRules(data, RULES),
  suppressions: data.suppressions,
  windows: new DynamoWindowStore(dynamo, place('windowsTable')),
  baselines: new DynamoBaselineStore(dynamo, place('baselinesTable')),
  lineage: new DynamoLineageStore(dynamo, place('baselinesTable')),
  alerts: new DynamoAlertStore(dynamo, place('alertsTable')),
  ops: new SnsPublisher(snsClient(), place('opsTopicArn')),
  sightings: new Sightings({
    store: new DynamoHeartbeatStore(dynamo, place('baselinesTable')),
    heartbeatRole: place('heartbeatRoleArn'),
    clock: systemClock,
    log,
    metrics,
  }),
  clock: systemClock,
  log,
  metrics,
});

/** A key has no name but its number, which is known when it is made: whoever touches it touches Trailhound. */
function withOwnKey(written: DetectionData): DetectionData {
  if (!isPlace('ownKeyArn')) return written;
  const ownResources = [...written.settings.ownResources, place('ownKeyArn')];
  return { ...written, settings: { ...written.settings, ownResources } };
}

/** SQS → alerts. A batch comes from one queue. */
export async function handler({ Records: records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const { batchItemFailures } = await detector.handle({
      records,
      synthetic: records[0]?.eventSourceARN === testQueue,
      deadlineMs: Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS,
    });
    return { batchItemFailures: [...batchItemFailures] };
  } finally {
    metrics.flush();
  }
}
