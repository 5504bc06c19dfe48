import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Message } from '../../lambda/alerts/alert-store';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { ENVIRONMENT, FRAME_FILE } from '../../lambda/config/environment';
import { PENDING_INDEX } from '../../lambda/config/table-schema';
import { levelOf } from '../../lambda/rules/severity';
import { type LocalTables, startTables } from '../dynalite';

type Sns = typeof import('@aws-sdk/client-sns');
type Handler = typeof import('../../lambda/notify.handler').handler;

const ALERTS_TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const CHAT_TOPIC = 'arn:aws:sns:eu-west-1:111122223333:chat';
const FRAME = {
  ...{ language: 'en', timeZone: 'UTC', accountNames: { '111122223333': 'prod' }, trustedNetworks: [] },
  ...{ configHash: 'abc', rules: [] },
};

const context = { getRemainingTimeInMillis: () => 60_000 } as Parameters<Handler>[1];

let tables: LocalTables;
let folder = '';
const environment = process.env;
beforeAll(async () => {
  tables = await startTables();
  folder = mkdtempSync(path.join(tmpdir(), 'trailhound-'));
  writeFileSync(path.join(folder, FRAME_FILE), JSON.stringify(FRAME));
});
afterAll(async () => {
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
  await tables.close();
});

/** The deployed function, on a table of its own. */
async function deployed(more: Record<string, string> = {}) {
  const table = await tables.create({ name: 'alerts', pending: true });
  const endpoint = await (tables.client as DynamoDBClient).config.endpoint?.();
  process.env = {
    ...environment,
    LAMBDA_TASK_ROOT: folder,
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${endpoint?.port}`,
    [ENVIRONMENT.alertsTable]: table,
    [ENVIRONMENT.baselinesTable]: await tables.create(),
    [ENVIRONMENT.alertsTopicArn]: ALERTS_TOPIC,
    ...more,
  };
  let handler: Handler | undefined;
  let library: Sns | undefined;
  jest.isolateModules(() => {
    library = require('@aws-sdk/client-sns') as Sns; // the copy that the function uses
    handler = (require('../../lambda/notify.handler') as { handler: Handler }).handler;
  });
  const { SNSClient, PublishCommand } = library as unknown as Sns;
  const sns = mockClient(SNSClient);
  sns.on(PublishCommand).resolves({});
  const store = new DynamoAlertStore(tables.client, table);
  let serial = 0;
  return {
    handler: handler as unknown as Handler,
    refuse: (error: Error | undefined) =>
      error === undefined ? sns.on(PublishCommand).resolves({}) : sns.on(PublishCommand).rejects(error),
    insert: async (severity: 'critical' | 'high', track = 'live') => {
      serial += 1;
      const nowMs = Date.now();
      const message: Message = {
        ...{ group: `g${serial}`, bucketMs: 0, level: levelOf(severity), multiple: 1, alertId: `alert-${serial}` },
        ...{ kind: 'window', rule: 'gone-rule', track, account: '111122223333', region: 'us-east-1', actor: 'alice' },
        ...{ headline: `alice did ${serial}`, count: 1, firstFiringMs: nowMs, lastFiringMs: nowMs },
        ...{ createdMs: nowMs, expiresMs: nowMs * 2 },
      };
      expect(await store.insertMessage(message)).toBe(true);
    },
    pending: () => store.listPending(10),
    /** What the table's stream says of all that is in it. */
    images: async () => (await tables.client.send(new ScanCommand({ TableName: table }))).Items ?? [],
    published: () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input),
  };
}

describe('the function that sends', () => {
  it('sends what waits when the minute is over, once, and to the topic of alerts alone', async () => {
    const { handler, insert, pending, published } = await deployed();
    await insert('high');
    await insert('critical');
    await handler({}, context);
    expect(published().map(({ TopicArn, Subject }) => [TopicArn, Subject])).toEqual([
      [ALERTS_TOPIC, '[CRITICAL] gone-rule - prod 111122223333 us-east-1'],
      [ALERTS_TOPIC, '[HIGH] gone-rule - prod 111122223333 us-east-1'],
    ]);
    const [first] = published();
    expect(first?.MessageStructure).toBe('json');
    const body = JSON.parse(first?.Message ?? '') as Record<string, string>;
    expect(Object.keys(body).sort()).toEqual(['default', 'email', 'sms']);
    expect(body['email']).toContain('alice did 2');
    expect(JSON.parse(body['default'] ?? '')).toMatchObject({ kind: 'alert', alertId: 'alert-2', configHash: 'abc' });
    expect(first?.MessageAttributes).toMatchObject({
      severity: { DataType: 'String', StringValue: 'critical' },
      rule: { StringValue: 'gone-rule' },
      account: { StringValue: '111122223333' },
      region: { StringValue: 'us-east-1' },
      kind: { StringValue: 'alert' },
    });
    expect(await pending()).toEqual([]);
    await handler({}, context);
    expect(published()).toHaveLength(2);
  });

  it('takes the stream’s ring, and new messages from it', async () => {
    const { handler, insert, images, published } = await deployed();
    await insert('critical', 'test');
    const Records = (await images())
      .filter((image) => PENDING_INDEX.partition in image)
      .map((NewImage) => ({ eventName: 'INSERT' as const, dynamodb: { NewImage } }));
    expect(Records).toHaveLength(1);
    await handler({ Records } as Parameters<Handler>[0], context);
    expect(published().map(({ Subject }) => Subject)).toEqual([
      '[TEST] [CRITICAL] gone-rule - prod 111122223333 us-east-1',
    ]);
    await handler({ Records } as Parameters<Handler>[0], context);
    expect(published()).toHaveLength(1);
  });

  it('sends to chat too where there is a topic for it, in the form that Amazon Q shows', async () => {
    const { handler, insert, published } = await deployed({ [ENVIRONMENT.chatTopicArn]: CHAT_TOPIC });
    await insert('critical');
    await handler({}, context);
    expect(published().map(({ TopicArn }) => TopicArn)).toEqual([ALERTS_TOPIC, CHAT_TOPIC]);
    expect(published()[1]?.MessageStructure).toBeUndefined();
    expect(JSON.parse(published()[1]?.Message ?? '')).toMatchObject({
      version: '1.0',
      source: 'custom',
      id: 'alert-1',
    });
  });

  it('keeps what SNS refuses, and ends well', async () => {
    const { handler, insert, pending, refuse } = await deployed();
    refuse(Object.assign(new Error('Rate exceeded'), { name: 'ThrottledException' }));
    await insert('critical');
    await handler({}, context);
    expect((await pending()).map(({ alertId, leasedUntilMs }) => [alertId, leasedUntilMs])).toEqual([['alert-1', 0]]);
    refuse(undefined);
    await handler({}, context);
    expect(await pending()).toEqual([]);
  });

  it('does not start where the stack forgot to tell it something', async () => {
    await expect(deployed({ [ENVIRONMENT.alertsTopicArn]: '' })).rejects.toThrow(/ALERTS_TOPIC_ARN is not set/);
  });
});
