import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AFTER_JOINT, ask, type Item, JOINT, sortableMs, textIn, ttlSeconds } from '../dynamo-requests';
import { keyText } from '../key-text';
import { marksOf, markValue } from './marks';
import { packEntries, segmentName, unpackEntries } from './segment-content';
import type { Entry, Mark } from './verdict';
import type { MarkPoint, MarkRange, Reading, Segment, SlotMark, SlotRange, WindowStore } from './window-store';

/**
 * Windows in the `windows` table.
 *
 *     pk: rule, key version, track, key     sk: slot start # name of the content      e: entries, o: odd ids
 *     (as windowKey makes it; hashed        sk: slot start # level # value            f, l: earliest and latest mark
 *     when long)
 */
export class DynamoWindowStore implements WindowStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async putSegment({ window, slotStartMs, entries, expiresMs }: Segment): Promise<void> {
    const content = packEntries(slotStartMs, entries);
    const item: Item = {
      pk: { S: keyText(window) },
      sk: { S: sortableMs(slotStartMs) + JOINT + segmentName(content) },
      e: { B: content.bytes },
      ttl: { N: String(ttlSeconds(expiresMs)) },
    };
    if (content.oddIds.length > 0) item['o'] = { L: content.oddIds.map((id) => ({ S: id })) };
    await ask('windows: put segment', this.client.send(new PutItemCommand({ TableName: this.table, Item: item })));
  }

  putLatest(mark: SlotMark): Promise<MarkRange | undefined> {
    return this.widen(
      mark,
      'SET l = :point, f = if_not_exists(f, :point), #ttl = :ttl',
      'attribute_not_exists(l) OR l < :point',
    );
  }

  putEarliest(mark: SlotMark): Promise<MarkRange | undefined> {
    return this.widen(
      mark,
      'SET f = :point, l = if_not_exists(l, :point), #ttl = :ttl',
      'attribute_not_exists(f) OR f > :point',
    );
  }

  putRange({ latest, ...first }: SlotRange): Promise<MarkRange | undefined> {
    return this.widen(
      first,
      'SET f = :point, l = :latest, #ttl = :ttl',
      'attribute_not_exists(f) OR (f >= :point AND l <= :latest)',
      { ':latest': { S: pointText(latest) } },
    );
  }

  async readSegments(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Entry>> {
    const { items, complete } = await this.newest(window, fromSlotMs, toSlotMs);
    return { items: items.flatMap(entriesOf), complete };
  }

  async readMarks(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Mark>> {
    const { items, complete } = await this.newest(window, fromSlotMs, toSlotMs);
    return { items: items.flatMap(storedMarks), complete };
  }

  /** A conditional write that is refused still says what is there, where DynamoDB gives it; emulators may not. */
  private async widen(
    { window, slotStartMs, mark, expiresMs }: SlotMark,
    update: string,
    condition: string,
    values: Item = {},
  ): Promise<MarkRange | undefined> {
    const { level, value, timeMs, id } = mark;
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: {
        pk: { S: keyText(window) },
        sk: { S: [sortableMs(slotStartMs), level, markValue(value)].join(JOINT) },
      },
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ...values,
        ':point': { S: pointText({ timeMs, id }) },
        ':ttl': { N: String(ttlSeconds(expiresMs)) },
      },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      return rangeOf((await ask('windows: put mark', this.client.send(command))).Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return rangeOf(error.Item);
      throw error;
    }
  }

  /**
   * One page, newest slots first: DynamoDB ends it after 1 MB, which is as much as a verdict may read.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
   */
  private async newest(window: string, fromSlotMs: number, toSlotMs: number) {
    const command = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: 'pk = :window AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':window': { S: keyText(window) },
        ':from': { S: sortableMs(fromSlotMs) },
        ':to': { S: sortableMs(toSlotMs) + AFTER_JOINT },
      },
      ConsistentRead: true,
      ScanIndexForward: false,
    });
    const { Items: items = [], LastEvaluatedKey: more } = await ask('windows: read', this.client.send(command));
    return { items, complete: more === undefined };
  }
}

function entriesOf(item: Item): Entry[] {
  const oddIds = (item['o']?.L ?? []).map((id) => id.S ?? '');
  return unpackEntries(slotStartOf(item), { bytes: item['e']?.B ?? new Uint8Array(1), oddIds });
}

function storedMarks(item: Item): Mark[] {
  const range = rangeOf(item);
  if (range === undefined) return [];
  const [, level, ...value] = textIn(item, 'sk').split(JOINT);
  return marksOf(value.join(JOINT), Number(level), range);
}

function slotStartOf(item: Item): number {
  const sort = textIn(item, 'sk');
  return Number(sort.slice(0, sort.indexOf(JOINT)));
}

function rangeOf(item: Item | undefined): MarkRange | undefined {
  const earliest = item?.['f']?.S;
  const latest = item?.['l']?.S;
  return earliest === undefined || latest === undefined
    ? undefined
    : { earliest: pointOf(earliest), latest: pointOf(latest) };
}

function pointText({ timeMs, id }: MarkPoint): string {
  return sortableMs(timeMs) + JOINT + id;
}

function pointOf(text: string): MarkPoint {
  const end = text.indexOf(JOINT);
  return { timeMs: Number(text.slice(0, end)), id: text.slice(end + 1) };
}
