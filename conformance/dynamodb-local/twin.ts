import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { LocalTables } from '../../test/dynalite';
import type { Item } from '../../test/simulation/expressions';
import { MisuseError } from '../../test/simulation/tables';
import type { TableTwin } from '../../test/simulation/world';

type Command = Parameters<DynamoDBClient['send']>[0] & {
  readonly input: QueryCommandInput;
  readonly constructor: new (input: object) => Command;
};

/** What the stores read of an answer. */
interface Answer {
  readonly Item?: Item;
  readonly Items?: Item[];
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Item;
}

/**
 * Tables of a real service beside the simulated ones of one world: what the code under test hears is the service's
 * answer, and every answer is compared with the simulated one.
 */
export class RealTables implements TableTwin {
  requests = 0;

  private constructor(
    private readonly client: DynamoDBClient,
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  /** Fresh tables, to be dropped after. */
  static async create(tables: LocalTables): Promise<RealTables> {
    const names = new Map<string, string>();
    for (const name of ['windows', 'baselines', 'alerts']) {
      names.set(name, await tables.create({ name, pending: name === 'alerts' }));
    }
    return new RealTables(tables.client, names);
  }

  async drop(): Promise<void> {
    for (const TableName of this.names.values()) await this.client.send(new DeleteTableCommand({ TableName }));
  }

  async answer(command: object, simulated: { readonly result: object } | { readonly error: Error }): Promise<object> {
    const { input, constructor: Same } = command as Command;
    this.requests += 1;
    let result: object;
    try {
      result = await this.client.send(new Same({ ...input, TableName: this.named(input.TableName) }));
    } catch (error) {
      const found = refusal(error);
      const expected = 'error' in simulated ? refusal(simulated.error) : simulated.result;
      if (!isDeepStrictEqual(found, expected)) throw different(command, expected, found);
      throw error;
    }
    const found = partsOf(result, input);
    const expected = 'error' in simulated ? refusal(simulated.error) : partsOf(simulated.result, input);
    if (!isDeepStrictEqual(found, expected)) throw different(command, expected, found);
    return result;
  }

  async expire(table: string, keys: readonly Item[]): Promise<void> {
    const TableName = this.named(table);
    for (const Key of keys) await this.client.send(new DeleteItemCommand({ TableName, Key }));
  }

  async end(table: string, items: readonly Item[]): Promise<void> {
    const stored: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const TableName = this.named(table);
      const page = await this.client.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
      stored.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    const [found, expected] = [byKey(stored), byKey(items)];
    if (!isDeepStrictEqual(found, expected)) throw different({ end: table }, expected, found);
  }

  private named(table: string | undefined): string {
    const name = this.names.get(table ?? '');
    if (name === undefined) throw new MisuseError(`no table ${table}`);
    return name;
  }
}

function partsOf(answer: Answer, { Limit: limit }: QueryCommandInput): object {
  const { Item: item, Items: items, Attributes: attributes, LastEvaluatedKey: last } = answer;
  // A page that is full says where it ended even where nothing follows: the service does not look ahead.
  const isFull = items !== undefined && items.length === limit;
  return plain({ item, items, attributes, last: isFull ? undefined : last }) as object;
}

function refusal(error: unknown): object {
  if (!(error instanceof Error)) return { refused: String(error) };
  const item = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
  return plain({ refused: error.name, item }) as object;
}

/** Values without the classes that the SDK makes of them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [name, plain(part)]),
  );
}

function byKey(items: readonly Item[]): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [`${item['pk']?.S}\n${item['sk']?.S}`, plain(item)]));
}

function different(command: object, simulated: unknown, real: unknown): MisuseError {
  const { input = command } = command as { input?: object };
  const text = (value: unknown) => JSON.stringify(plain(value)).slice(0, 1_500);
  return new MisuseError(
    `${command.constructor.name} ${text(input)}: simulated tables say ${text(simulated)}, real ones ${text(real)}`,
  );
}
