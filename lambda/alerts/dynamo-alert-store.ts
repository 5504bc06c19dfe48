import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { HEARTBEAT_ITEMS } from '../config/environment';
import { PENDING_INDEX } from '../config/table-schema';
import {
  AFTER_JOINT,
  accepted,
  ask,
  type Item,
  itemOf,
  JOINT,
  numberIn,
  sortableMs,
  textIn,
  ttlSeconds,
} from '../dynamo-requests';
import { keyText } from '../key-text';
import type { Behind } from '../lineage/taker';
import type {
  AlertKind,
  AlertName,
  AlertStore,
  AlertWithMessages,
  Message,
  MessageName,
  MessageState,
  PendingMessage,
  SessionTold,
  StoredAlert,
} from './alert-store';
import { type Evidence, evidenceJson } from './evidence';

/** Value of the index's partition key: all pending messages are one ordered list. */
const PENDING = 'message';
/** Words in sort keys. */
const MESSAGE = 'message';
const UNTOLD = 'untold';
const UPDATE = 'update';
/** The report comes every week; a list is kept for two, in case that one of them could not be made. */
const UNTOLD_LISTED_MS = 16 * 24 * 60 * 60_000;

/**
 * Alerts, messages and evidence in the `alerts` table.
 *
 *     pk: group (hashed when long)   sk: bucket # start # alert                       alert
 *                                    sk: bucket # start # message # level # multiple  message; `pending…` until sent
 *                                    sk: evidence # start # kind                      evidence as JSON
 *                                    sk: bucket # start # untold # level # multiple   what a shadow rule would have said
 *                                    sk: update # start # session # takers            message that says who took a role
 *     pk: heartbeat-untold # rule    sk: created # alert id # level # multiple        the same, listed for a fortnight
 *
 * So one query reads an alert, its neighbours and all their messages, and none of the bulky evidence or of the updates.
 * An alert is changed attribute by attribute: what others keep beside ours stays.
 */
export class DynamoAlertStore implements AlertStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async readAlerts(group: string, fromBucketMs: number, toBucketMs: number): Promise<AlertWithMessages[]> {
    const items = await this.query('alerts: read', {
      KeyConditionExpression: 'pk = :group AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':group': { S: keyText(group) },
        ':from': { S: bucketPrefix(fromBucketMs) },
        ':to': { S: bucketPrefix(toBucketMs) + AFTER_JOINT },
      },
      ConsistentRead: true,
    });
    const found: { alert: StoredAlert; messages: MessageState[] }[] = [];
    for (const item of items) {
      const [, , what, level, multiple] = textIn(item, 'sk').split(JOINT);
      const bucketMs = bucketIn(item);
      const last = found.at(-1);
      if (what === 'alert') found.push({ alert: alertIn(item, group), messages: [] });
      // An alert sorts before its messages.
      else if ((what === MESSAGE || what === UNTOLD) && last?.alert.bucketMs === bucketMs) {
        last.messages.push({
          ...{ group, bucketMs, level: Number(level), multiple: Number(multiple) },
          ...(item['sentMs'] === undefined ? {} : { sentMs: numberIn(item, 'sentMs') }),
          ...(what === UNTOLD ? { untold: true } : {}),
          ...saidIn(item),
        });
      }
    }
    return found;
  }

  insertAlert(alert: StoredAlert): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: { ...alertKey(alert), ...alertFields(alert) },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return accepted('alerts: insert', this.client.send(command));
  }

  replaceAlert(alert: StoredAlert): Promise<boolean> {
    const fields = Object.entries(alertFields(alert));
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: alertKey(alert),
      UpdateExpression: `SET ${fields.map((_, index) => `#f${index} = :f${index}`).join(', ')}`,
      ConditionExpression: 'revision = :known',
      ExpressionAttributeNames: Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value])),
        ':known': { N: String(alert.revision - 1) },
      },
    });
    return accepted('alerts: replace', this.client.send(command));
  }

  async insertEvidence(alert: AlertName, kind: number, evidence: Evidence, expiresMs: number): Promise<void> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: {
        ...itemOf({ evidence: evidenceJson(evidence), ttl: ttlSeconds(expiresMs) }),
        pk: { S: keyText(alert.group) },
        sk: { S: evidencePrefix(alert) + JOINT + String(kind).padStart(2, '0') },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await accepted('alerts: insert evidence', this.client.send(command));
  }

  async readEvidence(alert: AlertName): Promise<Evidence[]> {
    const items = await this.query('alerts: read evidence', {
      KeyConditionExpression: 'pk = :group AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':group': { S: keyText(alert.group) }, ':prefix': { S: evidencePrefix(alert) } },
      ConsistentRead: true,
    });
    return items.map((item) => JSON.parse(textIn(item, 'evidence')) as Evidence);
  }

  insertMessage(message: Message): Promise<boolean> {
    const { group: _, bucketMs: __, update: ___, behind, createdMs, alertId, expiresMs, ...told } = message;
    const order = [9 - message.level, sortableMs(createdMs), alertId].join(JOINT);
    const command = new PutItemCommand({
      TableName: this.table,
      Item: {
        ...messageKey(message),
        ...itemOf({
          ...told,
          alertId,
          createdMs,
          leasedUntilMs: 0,
          behind: behind === undefined ? undefined : JSON.stringify(behind),
          ttl: ttlSeconds(expiresMs),
          [PENDING_INDEX.partition]: PENDING,
          [PENDING_INDEX.sort]: order,
        }),
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return accepted('alerts: insert message', this.client.send(command));
  }

  async insertUntold(message: Message): Promise<void> {
    const { group, bucketMs, alertId, level, multiple, createdMs, update: _, behind: __, expiresMs, ...told } = message;
    const fields = { ...told, alertId, level, multiple, createdMs };
    // Listed first: what was kept with its alert is not noted again.
    const listed = new PutItemCommand({
      TableName: this.table,
      Item: itemOf({
        pk: untoldOf(message.rule),
        sk: [sortableMs(createdMs), alertId, level, multiple].join(JOINT),
        ...{ ...fields, group: keyText(group), bucketMs, expiresMs, ttl: ttlSeconds(createdMs + UNTOLD_LISTED_MS) },
      }),
    });
    await ask('alerts: list untold', this.client.send(listed));
    const kept = new PutItemCommand({
      TableName: this.table,
      Item: itemOf({
        pk: keyText(group),
        sk: [bucketPrefix(bucketMs), UNTOLD, level, multiple].join(JOINT),
        ...{ ...fields, ttl: ttlSeconds(expiresMs) },
      }),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await accepted('alerts: insert untold', this.client.send(kept));
  }

  async listUntold(rule: string, fromMs: number, limit: number): Promise<Message[]> {
    const query = {
      KeyConditionExpression: 'pk = :rule AND sk >= :from',
      ExpressionAttributeValues: { ':rule': { S: untoldOf(rule) }, ':from': { S: sortableMs(fromMs) } },
    };
    const found = new Map<string, Message>();
    for (const item of await this.query('alerts: list untold', query, limit)) {
      const { leasedUntilMs: _, ...message } = messageIn(item);
      const { alertId, level, multiple } = message;
      const name = [alertId, level, multiple].join(JOINT);
      const place = { group: textIn(item, 'group'), bucketMs: numberIn(item, 'bucketMs') };
      const expiresMs = numberIn(item, 'expiresMs');
      if (!found.has(name)) found.set(name, { ...message, ...place, expiresMs });
    }
    return [...found.values()];
  }

  async listPending(limit: number): Promise<PendingMessage[]> {
    const query = {
      IndexName: PENDING_INDEX.name,
      KeyConditionExpression: '#pending = :pending',
      ExpressionAttributeNames: { '#pending': PENDING_INDEX.partition },
      ExpressionAttributeValues: { ':pending': { S: PENDING } },
    };
    return (await this.query('alerts: list pending', query, limit)).map(messageIn);
  }

  claim(message: MessageName, nowMs: number, untilMs: number): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: messageKey(message),
      UpdateExpression: 'SET leasedUntilMs = :until',
      ConditionExpression: 'leasedUntilMs <= :now AND attribute_not_exists(sentMs)',
      ExpressionAttributeValues: { ':until': { N: String(untilMs) }, ':now': { N: String(nowMs) } },
    });
    return accepted('alerts: claim message', this.client.send(command));
  }

  async release(message: MessageName, leasedUntilMs: number): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: messageKey(message),
      UpdateExpression: 'SET leasedUntilMs = :none',
      ConditionExpression: 'leasedUntilMs = :until AND attribute_not_exists(sentMs)',
      ExpressionAttributeValues: { ':until': { N: String(leasedUntilMs) }, ':none': { N: '0' } },
    });
    await accepted('alerts: release message', this.client.send(command));
  }

  async markSent(message: MessageName, sentMs: number, said?: SessionTold): Promise<void> {
    const saying = said === undefined ? '' : ', said = if_not_exists(said, :said)';
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: messageKey(message),
      UpdateExpression: `SET sentMs = if_not_exists(sentMs, :sent)${saying} REMOVE #pending, #order`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#pending': PENDING_INDEX.partition, '#order': PENDING_INDEX.sort },
      ExpressionAttributeValues: {
        ':sent': { N: String(sentMs) },
        ...(said === undefined ? {} : { ':said': { S: toldText(said) } }),
      },
    });
    await accepted('alerts: mark sent', this.client.send(command));
  }

  private async query(what: string, input: Omit<QueryCommandInput, 'TableName'>, limit?: number): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page: QueryCommandInput = { ...input, TableName: this.table };
      if (start !== undefined) page.ExclusiveStartKey = start;
      if (limit !== undefined) page.Limit = limit - items.length;
      const result = await ask(what, this.client.send(new QueryCommand(page)));
      items.push(...(result.Items ?? []));
      start = result.LastEvaluatedKey;
    } while (start !== undefined && (limit === undefined || items.length < limit));
    return items;
  }
}

function untoldOf(rule: string): string {
  return `${HEARTBEAT_ITEMS}-untold${JOINT}${keyText(rule)}`;
}

function bucketPrefix(bucketMs: number): string {
  return ['bucket', sortableMs(bucketMs)].join(JOINT);
}

function evidencePrefix({ bucketMs }: AlertName): string {
  return ['evidence', sortableMs(bucketMs)].join(JOINT);
}

/** Where an alert's item is. `group` may be the item's own partition key, which is as good. */
export function alertKey({ group, bucketMs }: AlertName): Item {
  return itemOf({ pk: keyText(group), sk: [bucketPrefix(bucketMs), 'alert'].join(JOINT) });
}

function messageKey({ group, bucketMs, level, multiple, update }: MessageName): Item {
  const sk =
    update === undefined
      ? [bucketPrefix(bucketMs), MESSAGE, level, multiple]
      : [UPDATE, sortableMs(bucketMs), toldText(update)];
  return itemOf({ pk: keyText(group), sk: sk.join(JOINT) });
}

/** How far a session is followed, as text: the session's token has no joint in it. */
function toldText({ session, takers }: SessionTold): string {
  return [session, takers].join(JOINT);
}

function saidIn(item: Item): Pick<MessageState, 'said'> {
  const [session, takers] = textIn(item, 'said').split(JOINT);
  return session === undefined || takers === undefined ? {} : { said: { session, takers: Number(takers) } };
}

/** What only updates have. */
function updateIn(item: Item): Pick<Message, 'update' | 'behind'> {
  const [what, , session, takers] = textIn(item, 'sk').split(JOINT);
  if (what !== UPDATE || session === undefined) return {};
  return { update: { session, takers: Number(takers) }, behind: JSON.parse(textIn(item, 'behind')) as Behind };
}

function alertFields({ group: _, bucketMs: __, evidenceKinds, expiresMs, ...alert }: StoredAlert): Item {
  return itemOf({ ...alert, evidenceKinds: evidenceKinds.join(), ttl: ttlSeconds(expiresMs) });
}

/** An alert's item. */
export function alertIn(item: Item, group: string): StoredAlert {
  const kinds = textIn(item, 'evidenceKinds');
  return {
    group,
    bucketMs: bucketIn(item),
    alertId: textIn(item, 'alertId'),
    kind: textIn(item, 'kind') as AlertKind,
    rule: textIn(item, 'rule'),
    key: textIn(item, 'key'),
    track: textIn(item, 'track'),
    quietMs: numberIn(item, 'quietMs'),
    firstFiringMs: numberIn(item, 'firstFiringMs'),
    lastFiringMs: numberIn(item, 'lastFiringMs'),
    firstEventMs: numberIn(item, 'firstEventMs'),
    count: numberIn(item, 'count'),
    level: numberIn(item, 'level'),
    multiple: numberIn(item, 'multiple'),
    evidenceKinds: kinds === '' ? [] : kinds.split(',').map(Number),
    revision: numberIn(item, 'revision'),
    createdMs: numberIn(item, 'createdMs'),
    expiresMs: numberIn(item, 'ttl') * 1_000,
  };
}

/** A message's item, from the table, its index or its stream. */
export function messageIn(item: Item): PendingMessage {
  return {
    group: textIn(item, 'pk'), // a name of the group as good as its own
    bucketMs: bucketIn(item),
    level: numberIn(item, 'level'),
    multiple: numberIn(item, 'multiple'),
    alertId: textIn(item, 'alertId'),
    kind: textIn(item, 'kind') as AlertKind,
    rule: textIn(item, 'rule'),
    track: textIn(item, 'track'),
    account: textIn(item, 'account'),
    region: textIn(item, 'region'),
    actor: textIn(item, 'actor'),
    headline: textIn(item, 'headline'),
    count: numberIn(item, 'count'),
    firstFiringMs: numberIn(item, 'firstFiringMs'),
    lastFiringMs: numberIn(item, 'lastFiringMs'),
    createdMs: numberIn(item, 'createdMs'),
    expiresMs: numberIn(item, 'ttl') * 1_000,
    ...updateIn(item),
    leasedUntilMs: numberIn(item, 'leasedUntilMs'),
  };
}

function bucketIn(item: Item): number {
  return Number(textIn(item, 'sk').split(JOINT)[1]);
}
