import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ask } from '../../lambda/dynamo-requests';
import type { Entry, Mark } from '../../lambda/windows/verdict';
import type { MarkPoint, MarkRange, Reading, Segment, SlotMark, WindowStore } from '../../lambda/windows/window-store';

type Item = Record<string, AttributeValue>;

/** What a variant does otherwise. */
export interface PlainChanges {
  /** Slot under which a segment is stored. */
  readonly slotOf?: (segment: Segment) => number;
  /** What tells a segment from others of its slot. */
  readonly nameOf?: (entries: readonly Entry[]) => string;
  /** Marks are read, changed and written back, without a condition. */
  readonly plainMarks?: boolean;
}

/**
 * The window store of the product in the plainest form, for variants that its packed segments have no place for. Without
 * changes it keeps every promise: the same contract and the same schedules say so.
 */
export class PlainWindowStore implements WindowStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly changes: PlainChanges = {},
  ) {}

  async putSegment(segment: Segment): Promise<void> {
    const { window, slotStartMs, entries } = segment;
    const slot = this.changes.slotOf?.(segment) ?? slotStartMs;
    const name = this.changes.nameOf?.(entries) ?? JSON.stringify(entries);
    const item: Item = { ...keyOf(window, slot, name), entries: { S: JSON.stringify(entries) } };
    await ask('plain', this.client.send(new PutItemCommand({ TableName: this.table, Item: item })));
  }

  putLatest(mark: SlotMark): Promise<MarkRange | undefined> {
    return this.widen(mark, 'latest');
  }

  putEarliest(mark: SlotMark): Promise<MarkRange | undefined> {
    return this.widen(mark, 'earliest');
  }

  /** Never in one: whoever asks then widens each side. */
  async putRange(): Promise<undefined> {
    return undefined;
  }

  async readSegments(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Entry>> {
    const items = await this.read(window, fromSlotMs, toSlotMs);
    return { items: items.flatMap((item) => JSON.parse(item['entries']?.S ?? '[]') as Entry[]), complete: true };
  }

  async readMarks(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Mark>> {
    const items = await this.read(window, fromSlotMs, toSlotMs);
    return {
      items: items.flatMap((item) => [item['earliest'], item['latest']].flatMap((point) => markIn(item, point))),
      complete: true,
    };
  }

  private async widen({ window, slotStartMs, mark }: SlotMark, side: 'earliest' | 'latest') {
    const { id, timeMs, value, level } = mark;
    const key = keyOf(window, slotStartMs, JSON.stringify([level, value]));
    const point: AttributeValue = { S: `${pad(timeMs)} ${id}` };
    const other = side === 'earliest' ? 'latest' : 'earliest';
    const sign = side === 'earliest' ? '>' : '<';
    const what: Item = { value: { S: value }, level: { N: String(level) } };
    if (this.changes.plainMarks) {
      const { Item: found } = await ask(
        'plain',
        this.client.send(new GetItemCommand({ TableName: this.table, Key: key, ConsistentRead: true })),
      );
      const known = found?.[side]?.S;
      const isFurther = known === undefined || (side === 'earliest' ? known > point.S : known < point.S);
      const range = { [other]: found?.[other] ?? point, [side]: isFurther ? point : { S: known } };
      const item = { ...key, ...what, ...range };
      await ask('plain', this.client.send(new PutItemCommand({ TableName: this.table, Item: item })));
      return { earliest: pointIn(range['earliest']), latest: pointIn(range['latest']) };
    }
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: key,
      UpdateExpression: `SET #side = :point, #other = if_not_exists(#other, :point), #value = :value, #level = :level`,
      ConditionExpression: `attribute_not_exists(#side) OR #side ${sign} :point`,
      ExpressionAttributeNames: { '#side': side, '#other': other, '#value': 'value', '#level': 'level' },
      ExpressionAttributeValues: {
        ':point': point,
        ':value': { S: value },
        ':level': { N: String(level) },
      },
    });
    await ask('plain', this.client.send(command)).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
    });
    return undefined;
  }

  private async read(window: string, fromSlotMs: number, toSlotMs: number): Promise<Item[]> {
    const command = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: 'pk = :window AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':window': { S: window },
        ':from': { S: pad(fromSlotMs) },
        ':to': { S: `${pad(toSlotMs)}$` },
      },
      ConsistentRead: true,
    });
    return (await ask('plain', this.client.send(command))).Items ?? [];
  }
}

function keyOf(window: string, slotStartMs: number, name: string): Item {
  return { pk: { S: window }, sk: { S: `${pad(slotStartMs)}#${name}` } };
}

function pad(timeMs: number): string {
  return String(timeMs).padStart(14, '0');
}

function markIn({ value, level }: Item, point: AttributeValue | undefined): Mark[] {
  return point === undefined ? [] : [{ ...pointIn(point), value: value?.S ?? '', level: Number(level?.N) }];
}

function pointIn(point: AttributeValue | undefined): MarkPoint {
  const [timeMs, ...id] = point?.S?.split(' ') ?? [];
  return { timeMs: Number(timeMs), id: id.join(' ') };
}
