import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { version } from '../package.json';
import { DynamoAlertStore, messageIn } from './alerts/dynamo-alert-store';
import { DynamoPaceStore } from './alerts/dynamo-pace-store';
import { frameOf } from './alerts/frame';
import { messageComposer } from './alerts/message-composer';
import { AlertTopics, SnsPublisher } from './alerts/sns-publisher';
import { dynamoClient, snsClient, systemClock } from './clients';
import { FRAME_FILE } from './config/environment';
import type { FrameData } from './config/frame-data';
import { deployedJson, isPlace, place } from './config/place';
import type { Item } from './dynamo-requests';
import { DynamoLineageStore } from './lineage/dynamo-lineage-store';
import { drain } from './notify';
import { telemetryOf } from './powertools';

/** Left for one publish after the last wait. */
const RESERVE_MS = 15_000;

/**
 * How long a run that the stream rang for waits for its turn: longer than any message waits for a token by itself. In a
 * storm the run of each minute does the waiting, and the stream's shards do not all stand in line.
 */
const DOORBELL_MS = 15_000;

const dynamo = dynamoClient();
const sns = snsClient();
const { log, metrics } = telemetryOf('notify');
const alertsTopic = new SnsPublisher(sns, place('alertsTopicArn'));
const ports = {
  alerts: new DynamoAlertStore(dynamo, place('alertsTable')),
  pace: new DynamoPaceStore(dynamo, place('alertsTable')),
  lineage: new DynamoLineageStore(dynamo, place('baselinesTable')),
  composer: messageComposer(frameOf(deployedJson<FrameData>(FRAME_FILE), version), systemClock.nowMs),
  topic: isPlace('chatTopicArn')
    ? new AlertTopics(alertsTopic, new SnsPublisher(sns, place('chatTopicArn')), { log, metrics })
    : alertsTopic,
  clock: systemClock,
  log,
  metrics,
};

/**
 * Sends what waits in the table. The stream rings, and brings the new messages that rang: the index that lists what
 * waits may not have them yet.
 */
export async function handler(event: DynamoDBStreamEvent | object, context: Context): Promise<void> {
  const patienceMs = context.getRemainingTimeInMillis() - RESERVE_MS;
  const isDoorbell = 'Records' in event;
  const images = isDoorbell ? event.Records.map(({ dynamodb }) => dynamodb?.NewImage) : [];
  try {
    await drain(
      ports,
      Date.now() + (isDoorbell ? Math.min(DOORBELL_MS, patienceMs) : patienceMs),
      images.filter((image) => image !== undefined).map((image) => messageIn(image as Item)),
    );
  } finally {
    metrics.flush();
  }
}
