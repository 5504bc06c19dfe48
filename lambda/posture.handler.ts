import type { Context } from 'aws-lambda';
import { DynamoAlertStore } from './alerts/dynamo-alert-store';
import { dynamoClient, systemClock } from './clients';
import { POSTURE_FILE } from './config/environment';
import { deployedJson, place } from './config/place';
import type { PostureData } from './config/posture-data';
import { audit } from './posture/audit';
import { awsClients } from './posture/aws-clients';
import { auditDaily } from './posture/daily';
import { DynamoPostureStore } from './posture/dynamo-posture-store';
import { telemetryOf } from './powertools';

/** Left for comparing and telling: what AWS has not answered by then counts as unknown. */
const RESERVE_MS = 120_000;

const { settings, suppressions } = deployedJson<PostureData>(POSTURE_FILE);
const dynamo = dynamoClient();
const { log, metrics } = telemetryOf('posture');

/** Audits the account once a day and tells what changed. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const deadlineMs = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const aws = await awsClients(undefined, undefined);
  try {
    await auditDaily({
      audit: () => audit({ aws, settings, regions: undefined, clock: systemClock, deadlineMs }),
      states: new DynamoPostureStore(dynamo, place('alertsTable')),
      alerts: new DynamoAlertStore(dynamo, place('alertsTable')),
      suppressions,
      clock: systemClock,
      log,
      metrics,
    });
  } finally {
    aws.destroy();
    metrics.flush();
  }
}
