import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AlertName, Message, StoredAlert } from '../lambda/alerts/alert-store';
import { alertIn, alertKey, messageIn } from '../lambda/alerts/dynamo-alert-store';
import type { Evidence } from '../lambda/alerts/evidence';
import { type Item, itemOf, JOINT, numberIn, textIn } from '../lambda/dynamo-requests';

/** An alert with all that is stored of it. */
export interface ArchivedAlert {
  readonly alert: StoredAlert;
  readonly messages: readonly ArchivedMessage[];
  readonly evidence: readonly Evidence[];
  readonly acknowledged: Acknowledgement | undefined;
}

export interface ArchivedMessage extends Message {
  /** When a topic accepted it; undefined while it waits. */
  readonly sentMs: number | undefined;
}

export interface Acknowledgement {
  readonly atMs: number;
  /** ARN of whoever did it. */
  readonly by: string;
  readonly note: string | undefined;
}

/** The table of alerts, as people look at it. */
export interface AlertArchive {
  /** A part of all alerts, in no order, and where the next part begins: undefined after the last. */
  pages(start: ArchivePosition | undefined): Promise<ArchivePage>;
  /** Says who has seen an alert. False if it is no longer there. The last word stands. */
  acknowledge(alert: AlertName, acknowledgement: Acknowledgement): Promise<boolean>;
}

/** What a page left over, and where the table goes on. */
export interface ArchivePosition {
  readonly key: Record<string, AttributeValue>;
  readonly items: readonly Item[];
}

export interface ArchivePage {
  readonly alerts: readonly ArchivedAlert[];
  readonly next: ArchivePosition | undefined;
}

/** Every alert in the archive. */
export async function* everyAlert(archive: AlertArchive): AsyncGenerator<ArchivedAlert> {
  let start: ArchivePosition | undefined;
  do {
    const { alerts, next } = await archive.pages(start);
    yield* alerts;
    start = next;
  } while (start !== undefined);
}

/**
 * Reads the whole table: what people ask for (the last week, an account, an id) is no key of it, and an index for it would
 * cost a write for each alert. A scan gives the items of a group one after the other.
 */
export class DynamoAlertArchive implements AlertArchive {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    /** Items read in one request; tests take few. */
    private readonly pageSize?: number,
  ) {}

  async pages(start: ArchivePosition | undefined): Promise<ArchivePage> {
    const input: ScanCommandInput = { TableName: this.table, ConsistentRead: true };
    if (start !== undefined) input.ExclusiveStartKey = start.key;
    if (this.pageSize !== undefined) input.Limit = this.pageSize;
    const { Items = [], LastEvaluatedKey: key } = await this.client.send(new ScanCommand(input));
    const items = [...(start?.items ?? []), ...Items];
    // The last group may go on in the next page.
    const last = items.at(-1);
    const whole =
      key === undefined || last === undefined ? items : items.filter((item) => groupOf(item) !== groupOf(last));
    const next = key === undefined ? undefined : { key, items: items.slice(whole.length) };
    return { alerts: alertsIn(whole), next };
  }

  async acknowledge(alert: AlertName, { atMs, by, note }: Acknowledgement): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: alertKey(alert),
      UpdateExpression: 'SET acknowledgedMs = :at, acknowledgedBy = :by, acknowledgedNote = :note',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: itemOf({ ':at': atMs, ':by': by, ':note': note ?? '' }),
    });
    try {
      await this.client.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function groupOf(item: Item): string {
  return textIn(item, 'pk');
}

interface Parts {
  alert?: Item;
  readonly messages: ArchivedMessage[];
  readonly evidence: Evidence[];
}

/**
 * Alerts out of items: of one group and bucket, `bucket#<start>#alert`, `…#message#…`, `evidence#<start>#…` and
 * `update#<start>#…`.
 */
function alertsIn(items: readonly Item[]): ArchivedAlert[] {
  const found = new Map<string, Parts>();
  for (const item of items) {
    const [kind, startMs, what] = textIn(item, 'sk').split(JOINT);
    const name = `${startMs}${JOINT}${groupOf(item)}`;
    const parts = found.get(name) ?? { messages: [], evidence: [] };
    found.set(name, parts);
    if (kind === 'evidence') parts.evidence.push(JSON.parse(textIn(item, 'evidence')) as Evidence);
    else if (what === 'alert') parts.alert = item;
    else if (what === 'message' || kind === 'update') {
      parts.messages.push({ ...messageIn(item), sentMs: optional(item, 'sentMs') });
    }
  }
  return [...found.values()].flatMap(({ alert, ...parts }) =>
    // What is left when the alert itself has expired a moment before.
    alert === undefined
      ? []
      : [{ alert: alertIn(alert, groupOf(alert)), ...parts, acknowledged: acknowledgedIn(alert) }],
  );
}

function acknowledgedIn(item: Item): Acknowledgement | undefined {
  const atMs = optional(item, 'acknowledgedMs');
  if (atMs === undefined) return undefined;
  const note = textIn(item, 'acknowledgedNote');
  return { atMs, by: textIn(item, 'acknowledgedBy'), note: note === '' ? undefined : note };
}

function optional(item: Item, name: string): number | undefined {
  return item[name] === undefined ? undefined : numberIn(item, name);
}
