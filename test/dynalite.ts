import { randomInt } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { PENDING_INDEX, TABLE_KEYS } from '../lambda/config/table-schema';

/**
 * A DynamoDB that runs already, instead of the one in this process: its address. The same tests then say whether the two
 * agree (see conformance/dynamodb-local.ts).
 */
const RUNNING = process.env['TRAILHOUND_DYNAMODB'];

/** DynamoDB in this process, with tables in the shape that the stack deploys. */
export interface LocalTables {
  readonly client: DynamoDBClient;
  /** A fresh table; `pending` adds the index of the alerts table. */
  create(options?: { name?: string; pending?: boolean }): Promise<string>;
  /** Must be called, or jest never ends. */
  close(): Promise<void>;
}

export async function startTables(): Promise<LocalTables> {
  const server = RUNNING === undefined ? await startDynalite() : undefined;
  const client = new DynamoDBClient({
    endpoint: server === undefined ? (RUNNING as string) : `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    // A database of its own for each key, where the server is shared.
    credentials: { accessKeyId: `local${randomInt(2 ** 40)}`, secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  let tables = 0;
  return {
    client,
    async create({ name: prefix = 'table', pending = false } = {}) {
      tables += 1;
      const name = `${prefix}-${tables}`;
      const keys = [
        TABLE_KEYS.partition,
        TABLE_KEYS.sort,
        ...(pending ? [PENDING_INDEX.partition, PENDING_INDEX.sort] : []),
      ];
      const table: CreateTableCommandInput = {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        KeySchema: schema(TABLE_KEYS.partition, TABLE_KEYS.sort),
      };
      if (pending) {
        table.GlobalSecondaryIndexes = [
          {
            IndexName: PENDING_INDEX.name,
            KeySchema: schema(PENDING_INDEX.partition, PENDING_INDEX.sort),
            Projection: { ProjectionType: 'ALL' },
          },
        ];
      }
      await client.send(new CreateTableCommand(table));
      return name;
    },
    async close() {
      client.destroy();
      if (server !== undefined) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startDynalite() {
  const server = dynalite({ createTableMs: 0 });
  // A connection that it closes, when a busy machine leaves it idle for 5 s, would fail the request that is on its way.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function schema(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}
