import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { type ArchivedAlert, DynamoAlertArchive, everyAlert } from '../../bin/alert-archive';
import { RULES } from '../../lambda/rules';
import type { ActiveRule } from '../../lambda/rules/active-rule';
import { levelOf, type Severity } from '../../lambda/rules/severity';
import { SUPPRESSED } from '../../lambda/rules/suppression';
import { ACCOUNT, REGION } from './emulator';
import type { Hub } from './hub';
import { recordsOf, type World } from './worlds';

/** What came of it: by replay, in the table, and in a queue that is subscribed to a topic. */

/** An alert as replay found it. */
export interface Found {
  readonly alertId: string;
  readonly rule: string;
  /** `live`, `shadow`, or a suppression's id with its prefix. */
  readonly track: string;
  /** What groups the events, as people read it. */
  readonly key: string;
  readonly level: number;
  /** Of its last event, in milliseconds. */
  readonly lastMs: number;
}

interface ReplayLine {
  readonly alertId: string;
  readonly rule: string;
  readonly mode: string;
  readonly suppressed: string | null;
  readonly key: string;
  readonly severity: Severity;
  readonly lastEventTime: string;
}

/** What `trailhound replay` finds in the same events, as files in a folder. */
export function replayed(worlds: readonly World[], config: string, folder: string): Found[] {
  const input = join(folder, 'input');
  mkdirSync(input, { recursive: true });
  worlds.forEach(({ envelopes }, index) => {
    const Records = recordsOf(envelopes);
    writeFileSync(join(input, `${String(index).padStart(5, '0')}.json`), JSON.stringify({ Records }));
  });
  const file = join(folder, 'trailhound.yaml');
  const output = join(folder, 'alerts.jsonl');
  writeFileSync(file, config);
  const args = ['--config', file, '--format', 'jsonl', '--min-severity', 'info', '--fail-on', 'none'];
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(__dirname, '../../scripts/cli.js'),
      ...['replay', input, ...args, '--lateness', String(24 * 366), '--out', output],
    ],
    { encoding: 'utf8', timeout: 240_000, maxBuffer: 256 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`replay ended with ${status}: ${stderr}`);
  return readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { alertId, rule, key, severity, mode, suppressed, lastEventTime } = JSON.parse(line) as ReplayLine;
      const track = suppressed === null ? mode : SUPPRESSED + suppressed;
      return { alertId, rule, key, track, level: levelOf(severity), lastMs: Date.parse(lastEventTime) };
    });
}

/** What replay knows too: neither the daily audit nor the heartbeat's own trouble, which go the same way. */
const DETECTIONS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

/** Every alert of a detection in the deployed table. */
export async function stored(hub: Hub): Promise<ArchivedAlert[]> {
  const alerts: ArchivedAlert[] = [];
  for await (const alert of everyAlert(new DynamoAlertArchive(hub.dynamo, hub.output('AlertsTableName')))) {
    if (DETECTIONS.has(alert.alert.rule)) alerts.push(alert);
  }
  return alerts;
}

/** What one message said of an alert. */
interface Told {
  readonly alertId: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly multiple: number;
}

/** A queue that is subscribed to a topic, and is read all the time. */
export class Inbox {
  readonly told: Told[] = [];
  /** Messages that are no alerts: of the daily audit, or of the detector's own state. */
  readonly others: Record<string, unknown>[] = [];
  messages = 0;
  private stopped = false;
  private reading: Promise<void> = Promise.resolve();

  private constructor(
    private readonly hub: Hub,
    private readonly url: string,
  ) {}

  static async on(hub: Hub, topicArn: string, name: string): Promise<Inbox> {
    const { QueueUrl: url = '' } = await hub.sqs.send(new CreateQueueCommand({ QueueName: name }));
    const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
    await hub.sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    const inbox = new Inbox(hub, url);
    inbox.reading = inbox.read();
    return inbox;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.reading;
  }

  private async read(): Promise<void> {
    while (!this.stopped) {
      const { Messages = [] } = await this.hub.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      for (const { Body = '' } of Messages) this.take(Body);
      if (Messages.length === 0) continue;
      await this.hub.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.url,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }

  private take(body: string): void {
    this.messages += 1;
    let document: Record<string, unknown>;
    try {
      document = JSON.parse(body) as Record<string, unknown>;
    } catch {
      document = { text: body };
    }
    const alerts = (document['kind'] === 'digest' ? document['alerts'] : [document]) as Told[];
    const told = alerts.filter(({ rule }) => DETECTIONS.has(rule));
    this.told.push(...told);
    if (told.length === 0) this.others.push(document);
  }
}

/** Where alerts were found that are not the same, each as a line for people. */
export interface Comparison {
  readonly differences: string[];
  /** Alerts with another id than replay's, where another worker's order makes one: see `isOrdered`. */
  readonly byOrder: number;
  readonly compared: number;
}

/**
 * Compares what is stored with what replay found: the same alerts at the same levels. For distinct values and first uses
 * the order of arrival may choose another event, and so another id, for the same matter; of first uses another user or role
 * of the account, where what one of them uses is known to all.
 */
export function compare(
  expected: readonly Found[],
  found: readonly ArchivedAlert[],
  rules: ReadonlyMap<string, ActiveRule>,
): Comparison {
  const theirs = new Map(expected.map((alert) => [alert.alertId, alert]));
  const ours = new Map(found.map(({ alert }) => [alert.alertId, alert]));
  const differences: string[] = [];
  let byOrder = 0;
  const isOrdered = (rule: string) => {
    const active = rules.get(rule);
    return active?.rule.baseline === undefined && active?.window?.kind !== 'distinct';
  };
  /** First uses that replay does not know, each of which may stand for one that it does. */
  const firstUses = new Set(
    found.filter(({ alert }) => !theirs.has(alert.alertId) && rules.get(alert.rule)?.rule.baseline !== undefined),
  );
  const takeFirstUse = (alert: Found): ArchivedAlert | undefined => {
    const other = [...firstUses].find(
      ({ alert: one }) =>
        one.rule === alert.rule &&
        one.key.split('|')[0] === alert.key.split('|')[0] &&
        one.track === alert.track &&
        one.level === alert.level,
    );
    if (other !== undefined) firstUses.delete(other);
    return other;
  };
  const standIns = new Set<string>();
  const isNear = (rule: string, oneMs: number, otherMs: number) =>
    Math.abs(oneMs - otherMs) <= 2 * (rules.get(rule)?.quietMs ?? 0);
  for (const alert of expected) {
    const own = ours.get(alert.alertId);
    const what = `${alert.rule} ${alert.alertId} [${alert.key}] level ${alert.level} ${alert.track}`;
    if (own !== undefined) {
      if (own.level !== alert.level)
        differences.push(`replay says level ${alert.level}, stored is ${own.level}: ${what}`);
      continue;
    }
    const other = found.find(
      ({ alert: one }) =>
        one.rule === alert.rule &&
        one.key === alert.key &&
        one.track === alert.track &&
        one.level === alert.level &&
        isNear(one.rule, one.lastFiringMs, alert.lastMs),
    );
    if (!isOrdered(alert.rule) && other !== undefined) {
      byOrder += 1;
      continue;
    }
    const standIn = takeFirstUse(alert);
    if (standIn === undefined) differences.push(`missing: ${what}`);
    else {
      standIns.add(standIn.alert.alertId);
      byOrder += 1;
    }
  }
  for (const { alert } of found) {
    if (theirs.has(alert.alertId) || standIns.has(alert.alertId)) continue;
    const other = expected.find(
      (one) =>
        one.rule === alert.rule &&
        one.key === alert.key &&
        one.track === alert.track &&
        isNear(one.rule, one.lastMs, alert.lastFiringMs),
    );
    if (isOrdered(alert.rule) || other === undefined) {
      differences.push(
        `not in replay: ${alert.rule} ${alert.alertId} [${alert.key}] level ${alert.level} ${alert.track}`,
      );
    }
  }
  return { differences, byOrder, compared: expected.length };
}

/** Clusters of live alerts whose highest level nobody was told, each as a line for people. */
export function untold(found: readonly ArchivedAlert[], told: readonly Told[]): string[] {
  const levels = new Map<string, number>();
  for (const { alertId, severity } of told) {
    levels.set(alertId, Math.max(levels.get(alertId) ?? 0, levelOf(severity)));
  }
  return clustersOf(found).flatMap((cluster) => {
    const highest = Math.max(...cluster.map(({ alert }) => alert.level));
    const said = Math.max(...cluster.map(({ alert }) => levels.get(alert.alertId) ?? 0));
    if (said >= highest) return [];
    const [first] = cluster;
    return [`${first?.alert.rule} ${first?.alert.alertId}: told level ${said} of ${highest}`];
  });
}

/** Live alerts of one matter, split where a gap between firings is the quiet period or longer. */
function clustersOf(found: readonly ArchivedAlert[]): ArchivedAlert[][] {
  const groups = new Map<string, ArchivedAlert[]>();
  for (const one of found) {
    if (one.alert.track !== 'live' || one.alert.level === 0) continue;
    const of = groups.get(one.alert.group) ?? [];
    of.push(one);
    groups.set(one.alert.group, of);
  }
  return [...groups.values()].flatMap((group) => {
    group.sort((a, b) => a.alert.firstFiringMs - b.alert.firstFiringMs);
    const clusters: ArchivedAlert[][] = [];
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const one of group) {
      if (one.alert.firstFiringMs - lastMs >= one.alert.quietMs) clusters.push([]);
      clusters.at(-1)?.push(one);
      lastMs = Math.max(lastMs, one.alert.lastFiringMs);
    }
    return clusters;
  });
}

/** Messages that were told more than once, each as a line for people. */
export function repeats(told: readonly Told[]): string[] {
  return [...timesOf(told)].filter(([, times]) => times > 1).map(([message, times]) => `${times} times: ${message}`);
}

/** How often the message that was told most was told. */
export function timesTold(told: readonly Told[]): number {
  return Math.max(0, ...timesOf(told).values());
}

function timesOf(told: readonly Told[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { rule, alertId, severity, multiple } of told) {
    const message = `${rule} ${alertId} ${severity} ${multiple}`;
    times.set(message, (times.get(message) ?? 0) + 1);
  }
  return times;
}
