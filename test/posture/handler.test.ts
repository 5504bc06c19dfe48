import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import type { Context } from 'aws-lambda';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { POSTURE_FILE } from '../../lambda/config/environment';
import { postureData } from '../../lambda/config/posture-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { newsIn } from '../../lambda/posture/news';
import { RULES } from '../../lambda/rules';
import { type LocalTables, startTables } from '../dynalite';
import { mockedAccount } from './account';

jest.setTimeout(120_000);

const before = { ...process.env };
let tables: LocalTables;
let folder = '';

beforeAll(async () => {
  tables = await startTables();
  folder = mkdtempSync(join(tmpdir(), 'posture-handler-'));
});
afterAll(async () => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
  await tables.close();
});

test('as deployed: reads the account, keeps what it found, and leaves one message for each change', async () => {
  const table = await tables.create({ pending: true });
  const config = resolveConfig(
    { suppressions: [{ rule: 'guardduty-off', region: 'eu-west-1', reason: 'elsewhere', owner: 'me' }] },
    RULES,
    Date.now(),
  );
  writeFileSync(join(folder, POSTURE_FILE), JSON.stringify(postureData(config)));
  const { hostname, port } =
    (await tables.client.config.endpoint?.().then(({ hostname, port }) => ({ hostname, port }))) ?? {};
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://${hostname}:${port}`,
    ALERTS_TABLE: table,
    LAMBDA_TASK_ROOT: folder,
    POWERTOOLS_DEV: 'false',
  });
  const { iam } = mockedAccount(['eu-west-1']);
  iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { AccountMFAEnabled: 0, AccountAccessKeysPresent: 1, AccountPasswordPresent: 1 } });
  const quiet = jest.spyOn(console, 'info').mockImplementation(() => {});
  const { handler } = require('../../lambda/posture.handler') as typeof import('../../lambda/posture.handler');
  const context = { getRemainingTimeInMillis: () => 900_000 } as Context;

  await handler({}, context);
  const alerts = new DynamoAlertStore(tables.client, table);
  const pending = await alerts.listPending(100);
  expect(pending.map(({ rule, level, kind }) => [rule, level, kind])).toEqual(
    expect.arrayContaining([
      ['root-access-key', 4, 'posture'],
      ['root-mfa-missing', 4, 'posture'],
    ]),
  );
  expect(pending).toHaveLength(2);
  const [first] = pending;
  if (first === undefined) throw new Error('nothing waits');
  expect(newsIn(await alerts.readEvidence(first))).toMatchObject({ kind: 'changes', opened: { count: 1 } });
  expect((await alerts.readAlerts(first.group, first.bucketMs, first.bucketMs))[0]?.alert.alertId).toBe(first.alertId);

  await handler({}, context);
  expect(await alerts.listPending(100)).toHaveLength(2);

  iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { AccountMFAEnabled: 1, AccountAccessKeysPresent: 1, AccountPasswordPresent: 1 } });
  await handler({}, context);
  const third = await alerts.listPending(100);
  expect(third.map(({ headline }) => headline).filter((headline) => headline.endsWith('1 resolved'))).toEqual([
    'Root user signs in without MFA: 1 resolved',
  ]);
  quiet.mockRestore();
});
