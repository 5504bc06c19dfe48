import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PENDING_INDEX, TABLE_KEYS } from '../../lambda/config/table-schema';
import { compare, conditionOf, type Item, updateOf } from './expressions';

/** What DynamoDB promises, and what a simulation may make scarce. */
export interface TableLimits {
  /** Read and write units of one partition key a second. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Bytes after which a query's page ends. */
  readonly pageBytes: number;
  /** How long the index may lag behind, and a read that is not consistent. */
  readonly lagMaxMs: number;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
export const REAL_LIMITS: TableLimits = {
  readUnits: 3_000,
  writeUnits: 1_000,
  pageBytes: 1024 * 1024,
  lagMaxMs: 0,
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const ITEM_MAX_BYTES = 400 * 1024;

interface Version {
  readonly fromMs: number;
  readonly item: Item | undefined;
}

interface Stored {
  readonly sort: string;
  item: Item | undefined;
  bytes: number;
  /** What was there before, oldest first: what a read that is not consistent may still see. */
  readonly past: Version[];
  sinceMs: number;
}

interface Partition {
  /** By sort key. */
  readonly stored: Stored[];
  readonly read: Budget;
  readonly write: Budget;
}

interface Sized {
  readonly item: Item;
  readonly bytes: number;
}

interface IndexEntry extends Sized {
  readonly pk: string;
  readonly sk: string;
  readonly order: string;
}

/** Units of one partition key: may be overdrawn by one request, then refuses until it is refilled. */
class Budget {
  private units: number;
  private sinceMs = 0;

  constructor(private readonly perSecond: number) {
    this.units = perSecond;
  }

  isEmpty(nowMs: number): boolean {
    this.units = Math.min(this.perSecond, this.units + ((nowMs - this.sinceMs) / 1_000) * this.perSecond);
    this.sinceMs = nowMs;
    return this.units <= 0;
  }

  use(units: number): void {
    this.units -= units;
  }
}

/** What a request used of a partition key's capacity. */
export interface Usage {
  readonly key: string;
  readonly kind: 'read' | 'write';
  readonly units: number;
}

/** A mistake of ours, not of the simulated service: ends the schedule. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError';
}

/** A table with DynamoDB's semantics: each request happens at one moment, whole or not at all. */
export class SimulatedTable {
  private readonly partitions = new Map<string, Partition>();
  /** By index partition, in the index's order. */
  private readonly index = new Map<string, { readonly entries: IndexEntry[]; readonly write: Budget }>();
  private readonly lagging: {
    readonly dueMs: number;
    readonly pk: string;
    readonly sk: string;
    readonly item?: Item;
  }[] = [];
  private readonly lastDueMs = new Map<string, number>();

  constructor(
    private readonly limits: TableLimits,
    private readonly nowMs: () => number,
    /** A share of `lagMaxMs`, in [0, 1). */
    private readonly lag: () => number,
    /** Sees every change when it happens, as the table's stream does later. */
    private readonly onChange?: (before: Item | undefined, after: Item | undefined) => void,
    private readonly onUse?: (usage: Usage) => void,
  ) {}

  /** The item as it is now. */
  peek(pk: string, sk: string): Item | undefined {
    return this.storedAt(pk, sk)?.item;
  }

  /** All items as they are now. */
  *items(): Generator<Item> {
    for (const { stored } of this.partitions.values())
      for (const { item } of stored) if (item !== undefined) yield item;
  }

  /**
   * Deletes what is past its time to live, or some of it: DynamoDB takes days, and says nothing.
   * @returns the keys of what is gone
   */
  expire(chosen: () => boolean): Item[] {
    const nowSeconds = this.nowMs() / 1_000;
    const gone: Item[] = [];
    for (const [pk, { stored }] of this.partitions) {
      for (const one of stored) {
        const { item } = one;
        const ttl = item?.[TABLE_KEYS.timeToLive]?.N;
        if (item === undefined || ttl === undefined || Number(ttl) >= nowSeconds || !chosen()) continue;
        gone.push(keysOf(item, undefined));
        this.write(pk, one.sort, undefined, 0);
      }
    }
    return gone;
  }

  get(key: Item, consistent: boolean): Item | undefined {
    const { pk, sk } = namesIn(key);
    const partition = this.partitionOf(pk);
    this.refuseIfEmpty(partition.read);
    const stored = this.storedAt(pk, sk);
    this.use(pk, 'read', readUnits(stored?.bytes ?? 0, consistent));
    return consistent ? stored?.item : this.stale(stored);
  }

  put(input: PutItemCommandInput): void {
    const item = input.Item as Item;
    const { pk, sk } = namesIn(item);
    this.change(pk, sk, input, () => item);
  }

  update(input: UpdateItemCommandInput): Item {
    const key = input.Key as Item;
    const { pk, sk } = namesIn(key);
    const update = updateOf(input.UpdateExpression ?? '');
    return this.change(pk, sk, input, (item) => update(item ?? key, input));
  }

  query(input: QueryCommandInput): { Items: Item[]; LastEvaluatedKey?: Item } {
    const { pk, fromSort, toSort } = keyRange(input);
    if (input.IndexName !== undefined) return this.page(input, this.inIndex(input, pk));
    const partition = this.partitionOf(pk);
    this.refuseIfEmpty(partition.read);
    const consistent = input.ConsistentRead === true;
    const atMs = this.nowMs() - this.lag() * this.limits.lagMaxMs;
    const found: Sized[] = [];
    const { stored } = partition;
    for (let position = positionOf(stored, fromSort); position < stored.length; position++) {
      const one = stored[position] as Stored;
      if (one.sort > toSort) break;
      const item = consistent ? one.item : versionAt(one, atMs);
      if (item !== undefined) found.push({ item, bytes: one.bytes });
    }
    const page = this.page(input, found);
    this.use(pk, 'read', readUnits(page.bytes, consistent));
    return page;
  }

  /** As much as fits a page, from where the last one ended. */
  private page(input: QueryCommandInput, found: Sized[]) {
    const { Limit: limit = Number.POSITIVE_INFINITY, ExclusiveStartKey: after, IndexName: index } = input;
    if (input.ScanIndexForward === false) found.reverse();
    const Items: Item[] = [];
    let bytes = 0;
    let position = after === undefined ? 0 : found.findIndex(({ item }) => isSameKey(item, after)) + 1;
    for (; position < found.length; position++) {
      const one = found[position] as Sized;
      const last = Items.at(-1);
      if (last !== undefined && (Items.length >= limit || bytes + one.bytes > this.limits.pageBytes)) {
        return { Items, bytes, LastEvaluatedKey: keysOf(last, index) };
      }
      bytes += one.bytes;
      Items.push(one.item);
    }
    return { Items, bytes };
  }

  private inIndex({ IndexName, ConsistentRead }: QueryCommandInput, partition: string): Sized[] {
    if (IndexName !== PENDING_INDEX.name) throw new MisuseError(`no index ${IndexName}`);
    if (ConsistentRead === true) throw new MisuseError('an index has no consistent reads');
    this.catchUp();
    return [...(this.index.get(partition)?.entries ?? [])];
  }

  private change(
    pk: string,
    sk: string,
    input: PutItemCommandInput | UpdateItemCommandInput,
    changed: (item: Item | undefined) => Item,
  ): Item {
    const partition = this.partitionOf(pk);
    this.refuseIfEmpty(partition.write);
    const stored = this.storedAt(pk, sk);
    const before = stored?.item;
    // A refused condition costs as much as the item that was looked at.
    if (input.ConditionExpression !== undefined && !conditionOf(input.ConditionExpression)(before, input)) {
      this.use(pk, 'write', writeUnits(stored?.bytes ?? 0));
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined ? { Item: before } : {}),
      });
    }
    const after = changed(before);
    const size = bytesOf(after);
    if (size > ITEM_MAX_BYTES) throw new MisuseError(`an item of ${size} bytes`);
    this.refuseIfIndexIsBehind(before, after);
    this.use(pk, 'write', writeUnits(Math.max(size, stored?.bytes ?? 0)));
    this.write(pk, sk, after, size);
    return after;
  }

  private use(pk: string, kind: Usage['kind'], units: number): void {
    this.partitionOf(pk)[kind].use(units);
    this.onUse?.({ key: pk, kind, units });
  }

  private write(pk: string, sk: string, item: Item | undefined, bytes: number): void {
    const { stored } = this.partitionOf(pk);
    const position = positionOf(stored, sk);
    let one = stored[position];
    const nowMs = this.nowMs();
    if (one === undefined || one.sort !== sk) {
      one = { sort: sk, item: undefined, bytes: 0, past: [], sinceMs: Number.NEGATIVE_INFINITY };
      stored.splice(position, 0, one);
    }
    const before = one.item;
    this.onChange?.(before, item);
    one.past.push({ fromMs: one.sinceMs, item: before });
    one.item = item;
    one.bytes = bytes;
    one.sinceMs = nowMs;
    if (isIndexed(before) || isIndexed(item)) {
      const name = `${pk}\n${sk}`;
      const dueMs = Math.max(this.lastDueMs.get(name) ?? 0, nowMs + this.lag() * this.limits.lagMaxMs);
      this.lastDueMs.set(name, dueMs);
      this.lagging.push(item !== undefined && isIndexed(item) ? { dueMs, pk, sk, item } : { dueMs, pk, sk });
    }
  }

  /** Brings the index to what it should be by now, each item's changes in their order. */
  private catchUp(): void {
    const nowMs = this.nowMs();
    let kept = 0;
    const { lagging } = this;
    for (const change of lagging) {
      if (change.dueMs > nowMs) lagging[kept++] = change;
      else this.reindex(change);
    }
    lagging.length = kept;
  }

  private readonly indexedAs = new Map<string, { readonly partition: string; readonly order: string }>();

  private reindex({ pk, sk, item }: { pk: string; sk: string; item?: Item }): void {
    const name = `${pk}\n${sk}`;
    const old = this.indexedAs.get(name);
    if (old !== undefined) {
      const { entries } = this.indexPartition(old.partition);
      const at = positionInIndex(entries, old.order, pk, sk);
      entries.splice(at, 1);
      this.indexedAs.delete(name);
    }
    if (item === undefined) return;
    const partition = textOf(item, PENDING_INDEX.partition);
    const order = textOf(item, PENDING_INDEX.sort);
    const { entries } = this.indexPartition(partition);
    entries.splice(positionInIndex(entries, order, pk, sk), 0, { pk, sk, order, item, bytes: bytesOf(item) });
    this.indexedAs.set(name, { partition, order });
  }

  /**
   * A table whose index takes no more writes takes none itself that would change the index.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html
   */
  private refuseIfIndexIsBehind(before: Item | undefined, after: Item): void {
    for (const item of [before, after]) {
      if (item === undefined || !isIndexed(item)) continue;
      const { write } = this.indexPartition(textOf(item, PENDING_INDEX.partition));
      this.refuseIfEmpty(write);
      write.use(writeUnits(bytesOf(item)));
      return;
    }
  }

  private indexPartition(name: string) {
    let partition = this.index.get(name);
    if (partition === undefined) {
      partition = { entries: [], write: new Budget(this.limits.writeUnits) };
      this.index.set(name, partition);
    }
    return partition;
  }

  private refuseIfEmpty(budget: Budget): void {
    if (!budget.isEmpty(this.nowMs())) return;
    throw new ProvisionedThroughputExceededException({ message: 'simulated', $metadata: {} });
  }

  private partitionOf(pk: string): Partition {
    let partition = this.partitions.get(pk);
    if (partition === undefined) {
      const { readUnits, writeUnits } = this.limits;
      partition = { stored: [], read: new Budget(readUnits), write: new Budget(writeUnits) };
      this.partitions.set(pk, partition);
    }
    return partition;
  }

  private storedAt(pk: string, sk: string): Stored | undefined {
    const stored = this.partitions.get(pk)?.stored;
    if (stored === undefined) return undefined;
    const one = stored[positionOf(stored, sk)];
    return one?.sort === sk ? one : undefined;
  }

  private stale(stored: Stored | undefined): Item | undefined {
    return stored && versionAt(stored, this.nowMs() - this.lag() * this.limits.lagMaxMs);
  }
}

/** The tables of one world, by name, as far as the stores' commands go. */
export class SimulatedTables {
  private readonly tables = new Map<string, SimulatedTable>();

  constructor(private readonly newTable: (name: string) => SimulatedTable) {}

  table(name: string): SimulatedTable {
    let table = this.tables.get(name);
    if (table === undefined) {
      table = this.newTable(name);
      this.tables.set(name, table);
    }
    return table;
  }

  /**
   * What a command answers, when it reaches the service at this moment.
   * @throws what the SDK throws; MisuseError for what the simulation does not know
   */
  execute(command: object): object {
    if (command instanceof PutItemCommand) {
      refuseUnknown(command.input, PUT);
      this.table(command.input.TableName ?? '').put(command.input);
      return {};
    }
    if (command instanceof UpdateItemCommand) {
      refuseUnknown(command.input, UPDATE);
      const after = this.table(command.input.TableName ?? '').update(command.input);
      return command.input.ReturnValues === 'ALL_NEW' ? { Attributes: after } : {};
    }
    if (command instanceof GetItemCommand) {
      refuseUnknown(command.input, GET);
      const { TableName = '', Key = {}, ConsistentRead = false } = command.input;
      const item = this.table(TableName).get(Key, ConsistentRead);
      return item === undefined ? {} : { Item: item };
    }
    if (command instanceof QueryCommand) {
      refuseUnknown(command.input, QUERY);
      return this.table(command.input.TableName ?? '').query(command.input);
    }
    throw new MisuseError(`${command.constructor.name} is not simulated`);
  }
}

/** A client whose `send` is the given function: all that the stores use of it. */
export function clientOf(send: (command: object) => Promise<object>): DynamoDBClient {
  return Object.assign(Object.create(DynamoDBClient.prototype) as DynamoDBClient, { send });
}

const PLACEHOLDERS = ['TableName', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
const CONDITIONAL = [...PLACEHOLDERS, 'ConditionExpression', 'ReturnValuesOnConditionCheckFailure'];
const PUT = new Set([...CONDITIONAL, 'Item']);
const UPDATE = new Set([...CONDITIONAL, 'Key', 'UpdateExpression', 'ReturnValues']);
const GET = new Set(['TableName', 'Key', 'ConsistentRead']);
const QUERY = new Set([
  ...PLACEHOLDERS,
  ...['IndexName', 'KeyConditionExpression', 'ConsistentRead', 'ScanIndexForward', 'Limit', 'ExclusiveStartKey'],
]);

function refuseUnknown(input: object, known: ReadonlySet<string>): void {
  for (const name in input) if (!known.has(name)) throw new MisuseError(`parameter ${name} is not simulated`);
}

function namesIn(key: Item): { pk: string; sk: string } {
  return { pk: textOf(key, TABLE_KEYS.partition), sk: textOf(key, TABLE_KEYS.sort) };
}

function textOf(item: Item, name: string): string {
  const text = item[name]?.S;
  if (text === undefined || text === '') throw new MisuseError(`key attribute ${name} is missing or empty`);
  return text;
}

function isIndexed(item: Item | undefined): boolean {
  return item?.[PENDING_INDEX.partition] !== undefined && item[PENDING_INDEX.sort] !== undefined;
}

function keysOf(item: Item, indexName: string | undefined): Item {
  const names: string[] = [TABLE_KEYS.partition, TABLE_KEYS.sort];
  if (indexName !== undefined) names.push(PENDING_INDEX.partition, PENDING_INDEX.sort);
  return Object.fromEntries(names.map((name) => [name, item[name] as AttributeValue]));
}

const KEY_CONDITION =
  /^(?<pk>#?\w+) = (?<is>:\w+)(?: AND (?:(?<sk>#?\w+) (?:BETWEEN (?<from>:\w+) AND (?<to>:\w+)|>= (?<least>:\w+))|begins_with\((?<start>#?\w+), (?<prefix>:\w+)\)))?$/;
const ranges = new Map<string, Record<string, string | undefined>>();

/** The partition and the range of sort keys that a key condition names, in one of the forms that the stores write. */
function keyRange({
  KeyConditionExpression: text = '',
  ExpressionAttributeValues: values,
  IndexName,
}: QueryCommandInput) {
  let parts = ranges.get(text);
  if (parts === undefined) {
    parts = KEY_CONDITION.exec(text)?.groups;
    if (parts === undefined) throw new MisuseError(`a key condition that is not simulated: ${text}`);
    ranges.set(text, parts);
  }
  const { is = '', to, prefix } = parts;
  const from = parts['from'] ?? parts['least'];
  if (IndexName !== undefined && (from ?? prefix) !== undefined) throw new MisuseError('a range of the index');
  const textAt = (name: string) => values?.[name]?.S ?? missing(name);
  return {
    pk: textAt(is),
    fromSort: from === undefined ? (prefix === undefined ? '' : textAt(prefix)) : textAt(from),
    toSort: to === undefined ? `${prefix === undefined ? '' : textAt(prefix)}\uffff` : textAt(to),
  };
}

function missing(name: string): never {
  throw new MisuseError(`no value is given for ${name}`);
}

function isSameKey(item: Item, key: Item): boolean {
  return [TABLE_KEYS.partition, TABLE_KEYS.sort].every((name) => {
    const [a, b] = [item[name], key[name]];
    return a !== undefined && b !== undefined && compare(a, b) === 0;
  });
}

/** Where a sort key is, or would be. */
function positionOf(stored: readonly Stored[], sort: string): number {
  let low = 0;
  let high = stored.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stored[middle] as Stored).sort < sort) low = middle + 1;
    else high = middle;
  }
  return low;
}

function positionInIndex(entries: readonly IndexEntry[], order: string, pk: string, sk: string): number {
  const isBefore = (entry: IndexEntry) =>
    entry.order < order || (entry.order === order && (entry.pk < pk || (entry.pk === pk && entry.sk < sk)));
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(entries[middle] as IndexEntry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function versionAt({ item, sinceMs, past }: Stored, atMs: number): Item | undefined {
  if (sinceMs <= atMs) return item;
  for (let index = past.length - 1; index >= 0; index--) {
    const version = past[index] as Version;
    if (version.fromMs <= atMs) return version.item;
  }
  return undefined;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4_096)) * (consistent ? 1 : 0.5);
}

function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1_024));
}

/**
 * An item's size as DynamoDB counts it, for the types that the stores use.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function bytesOf(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += name.length + valueBytes(item[name] as AttributeValue);
  return bytes;
}

function valueBytes({ S, N, B, L }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return (N.length >> 1) + 1;
  if (B !== undefined) return B.length;
  if (L !== undefined) return L.reduce((sum, value) => sum + 1 + valueBytes(value), 3);
  throw new MisuseError('an attribute of a type that is not simulated');
}
