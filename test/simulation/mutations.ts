import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AlertStore, AlertWithMessages, MessageName } from '../../lambda/alerts/alert-store';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import type { BaselineStore } from '../../lambda/baselines/baseline-store';
import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { ask } from '../../lambda/dynamo-requests';
import { DynamoWindowStore } from '../../lambda/windows/dynamo-window-store';
import {
  type Entry,
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from '../../lambda/windows/verdict';
import type { Segment, WindowStore } from '../../lambda/windows/window-store';
import type { Family } from './generate';
import { plainNotifier } from './plain-notifier';
import { PlainWindowStore } from './plain-window-store';
import { REAL_PARTS } from './run';
import type { Schedule } from './schedule';
import type { Parts, WorkerFacts } from './world';

/**
 * Simpler designs that do not keep the promises. Each is the product but for one change, and the simulation must notice:
 * what it would not notice, it does not prove.
 */
export interface Mutation {
  readonly name: string;
  /** The family whose schedules reach it. */
  readonly family: Family;
  /** What must be said of it: the broken promise that is its own, not any. */
  readonly symptom: RegExp;
  readonly parts: Parts;
  /** What the rules say of themselves, otherwise than it is. */
  readonly schedule?: (schedule: Schedule) => Schedule;
}

const DAY_MS = 24 * 60 * 60_000;
const UNTRUE = /has no firing|where nothing fires|, of \d/;
const LOST = /no alert in bucket|nothing is told|is not told/;

/** Parts in the plain form that variants are made of, unchanged: they must keep every promise. */
export const CONTROLS: readonly Omit<Mutation, 'symptom' | 'schedule'>[] = [
  {
    name: 'plain window store',
    family: 'windows',
    parts: windows((client, table) => new PlainWindowStore(client, table)),
  },
  {
    name: 'plain notifier',
    family: 'pace',
    parts: { ...REAL_PARTS, notifier: (ports) => plainNotifier(ports, 'token-first') },
  },
];

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a counter for each slot instead of segments',
    family: 'windows',
    symptom: UNTRUE,
    parts: windows((client, table) => counters(client, table)),
  },
  {
    name: 'readings that are eventually consistent',
    family: 'contention',
    symptom: LOST,
    parts: {
      ...REAL_PARTS,
      command: (command) =>
        isWindowQuery(command) ? new QueryCommand({ ...command.input, ConsistentRead: false }) : command,
    },
  },
  {
    name: 'all entries of a batch under one slot',
    family: 'windows',
    symptom: LOST,
    parts: windows(
      (client, table, { invocation }) => new PlainWindowStore(client, table, { slotOf: firstSlotOf(invocation) }),
    ),
  },
  {
    name: 'segments named by their ids alone',
    family: 'addenda',
    symptom: LOST,
    parts: windows(
      (client, table) =>
        new PlainWindowStore(client, table, { nameOf: (entries) => entries.map(({ id }) => id).join() }),
    ),
  },
  {
    name: 'marks put without a condition',
    family: 'marks',
    symptom: LOST,
    parts: windows((client, table) => new PlainWindowStore(client, table, { plainMarks: true })),
  },
  {
    name: 'both ends of a mark put without a condition',
    family: 'marks',
    symptom: LOST,
    parts: { ...REAL_PARTS, command: withoutRangeCondition },
  },
  {
    name: 'first and last marks for sequences',
    family: 'sequences',
    symptom: LOST,
    parts: windows((client, table) => marksForSequences(new DynamoWindowStore(client, table))),
  },
  {
    name: 'one entry of a second for all that fit a step of a sequence',
    family: 'sequences',
    symptom: LOST,
    parts: windows((client, table) => oneOfASecond(new DynamoWindowStore(client, table))),
  },
  {
    name: 'reading stops when a firing is proven',
    family: 'windows',
    symptom: LOST,
    parts: windows((client, table, { rules }) => stopsWhenProven(new DynamoWindowStore(client, table), rules)),
  },
  {
    name: 'no more than a few entries for a key',
    family: 'windows',
    symptom: LOST,
    parts: windows((client, table) => capped(new DynamoWindowStore(client, table))),
  },
  {
    name: 'an alert that exists counts as told',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store, { invocation }) => changedByUs(store, invocation, 'inserted')),
  },
  {
    name: 'only who changed the alert inserts its message',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store, { invocation }) => changedByUs(store, invocation, 'changed')),
  },
  {
    name: 'an alert that told as much as these events earn counts as settled, whatever others of their key earn',
    family: 'settled',
    symptom: LOST,
    parts: REAL_PARTS,
    schedule: (schedule) => ({
      ...schedule,
      rules: schedule.rules.map((rule) => ({ ...rule, severityMost: 'same-for-key' as const })),
    }),
  },
  {
    name: 'one open episode for each key',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store) => oneEpisode(store)),
  },
  {
    name: 'neighbouring buckets without looking at times',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store) =>
      neighboursFiring(store, () => ({ firstFiringMs: 0, lastFiringMs: Number.MAX_SAFE_INTEGER })),
    ),
  },
  {
    name: 'a gap as long as the quiet period counts as close',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store) =>
      neighboursFiring(store, ({ alert: { firstFiringMs, lastFiringMs } }) => ({
        firstFiringMs: firstFiringMs - 1,
        lastFiringMs: lastFiringMs + 1,
      })),
    ),
  },
  {
    name: 'an alert is told once, whatever it becomes',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store) => toldOnce(store)),
  },
  {
    name: 'a neighbouring alert counts as told, whatever its messages say',
    family: 'windows',
    symptom: LOST,
    parts: alerts((store) => neighboursTold(store)),
  },
  {
    name: 'thresholds in the key of a window',
    family: 'configuration',
    symptom: LOST,
    parts: windows((client, table, { rules }) =>
      renaming(new DynamoWindowStore(client, table), (window) => {
        const active = rules.find(({ rule }) => window.startsWith(`${rule.id}#`));
        return `${window}#${JSON.stringify(active?.window?.tiers)}`;
      }),
    ),
  },
  {
    name: 'suppressed events count in the window of live ones',
    family: 'suppressions',
    symptom: UNTRUE,
    parts: windows((client, table) =>
      renaming(new DynamoWindowStore(client, table), (window) =>
        window.replace(/#(shadow|suppressed:[^#]*)#/, '#live#'),
      ),
    ),
  },
  {
    name: 'an upper bound that ends before the last slot’s items',
    family: 'windows',
    symptom: LOST,
    parts: {
      ...REAL_PARTS,
      command: (command) => (isWindowQuery(command) ? withoutLastSlot(command) : command),
    },
  },
  {
    name: 'a part that may be read taken for the whole',
    family: 'crowded',
    symptom: LOST,
    parts: windows((client, table) => complete(new DynamoWindowStore(client, table))),
  },
  {
    name: 'records acknowledged whose window was not written',
    family: 'windows',
    symptom: LOST,
    parts: windows((client, table) => {
      const store = new DynamoWindowStore(client, table);
      return replacing(store, { putSegment: (segment) => store.putSegment(segment).catch(() => {}) });
    }),
  },
  {
    name: 'windows kept for a week',
    family: 'late',
    symptom: LOST,
    parts: windows((client, table) => {
      const store = new DynamoWindowStore(client, table);
      const sooner = <T extends { readonly expiresMs: number }>(one: T): T => ({
        ...one,
        expiresMs: one.expiresMs - 9 * DAY_MS,
      });
      return replacing(store, {
        putSegment: (segment) => store.putSegment(sooner(segment)),
        putLatest: (mark) => store.putLatest(sooner(mark)),
        putEarliest: (mark) => store.putEarliest(sooner(mark)),
        putRange: (range) => store.putRange(sooner(range)),
      });
    }),
  },
  {
    name: 'first uses put without a condition',
    family: 'baselines',
    symptom: /first uses|is of no first use/,
    parts: { ...REAL_PARTS, command: withoutConditions },
  },
  {
    name: 'first uses stored without the event that made them',
    family: 'baselines',
    symptom: /first uses/,
    parts: { ...REAL_PARTS, baselines: (client, table) => withoutFirstId(new DynamoBaselineStore(client, table)) },
  },
  {
    name: 'publishing before storing',
    family: 'windows',
    symptom: /\d+ publishes of|was never published/,
    parts: alerts((store, { topic }) =>
      replacing(store, {
        async insertMessage(message) {
          await topic.publish({ subject: '', text: '', alertIds: [message.alertId], attributes: {} });
          const inserted = await store.insertMessage(message);
          await store.markSent(message, message.createdMs);
          return inserted;
        },
      }),
    ),
  },
  {
    name: 'a message is claimed before there is a token for it',
    family: 'pace',
    symptom: /critical message waited/,
    parts: { ...REAL_PARTS, notifier: (ports) => plainNotifier(ports, 'claim-first') },
  },
  {
    name: 'the stream rings and names no message',
    family: 'pace',
    symptom: /critical message waited/,
    parts: {
      ...REAL_PARTS,
      notifier: (ports) => ({ drain: (deadlineMs) => REAL_PARTS.notifier(ports).drain(deadlineMs, []) }),
    },
  },
  {
    name: 'a pace for each drain',
    family: 'pace',
    symptom: /publishes in \d+ ms/,
    parts: { ...REAL_PARTS, pace: () => new MemoryPaceStore() },
  },
  {
    name: 'leases shorter than the work they cover',
    family: 'pace',
    symptom: /\d+ publishes of/,
    parts: alerts((store) => replacing(store, { claim: (message, nowMs) => store.claim(message, nowMs, nowMs + 20) })),
  },
];

function windows(make: Parts['windows']): Parts {
  return { ...REAL_PARTS, windows: make };
}

function alerts(change: (store: AlertStore, worker: WorkerFacts) => AlertStore): Parts {
  return { ...REAL_PARTS, alerts: (client, table, worker) => change(new DynamoAlertStore(client, table), worker) };
}

/** The same store with some methods replaced. */
function replacing<T extends object>(store: T, methods: Partial<T>): T {
  return new Proxy(store, {
    get(target, name) {
      const method = (methods as Record<string | symbol, unknown>)[name] ?? Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

/** `ADD` is atomic, and counts a repetition again. */
function counters(client: DynamoDBClient, table: string): WindowStore {
  return replacing<WindowStore>(new PlainWindowStore(client, table), {
    async putSegment({ window, slotStartMs, entries }) {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: window }, sk: { S: String(slotStartMs).padStart(14, '0') } },
        UpdateExpression: 'ADD seen :seen',
        ExpressionAttributeValues: { ':seen': { N: String(entries.reduce((sum, { weight }) => sum + weight, 0)) } },
      });
      await ask('counter', client.send(command));
    },
    async readSegments(window, fromSlotMs, toSlotMs) {
      const command = new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :window AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':window': { S: window },
          ':from': { S: String(fromSlotMs).padStart(14, '0') },
          ':to': { S: String(toSlotMs).padStart(14, '0') },
        },
        ConsistentRead: true,
      });
      const { Items: items = [] } = await ask('counter', client.send(command));
      return {
        complete: true,
        items: items.flatMap((item) =>
          Array.from({ length: Math.round(Number(item['seen']?.N)) }, (_, index): Entry => {
            const timeMs = Number(item['sk']?.S);
            return { id: `${timeMs}-${index}`, timeMs, weight: 1, level: 0, steps: 0 };
          }),
        ),
      };
    },
  });
}

function firstSlotOf(invocation: () => number): (segment: Segment) => number {
  const slots = new Map<string, number>();
  return ({ window, slotStartMs }) => {
    const name = `${invocation()} ${window}`;
    const slot = slots.get(name) ?? slotStartMs;
    slots.set(name, slot);
    return slot;
  };
}

/** Per slot and step the earliest and the latest event, as distinct windows have them per value. */
function marksForSequences(store: WindowStore): WindowStore {
  const isStepped = (entries: readonly Entry[]) => entries.some(({ steps }) => steps !== 0);
  return replacing(store, {
    async putSegment(segment) {
      if (!isStepped(segment.entries)) return store.putSegment(segment);
      for (const { id, timeMs, level, steps } of segment.entries) {
        for (let step = 0; steps >> step !== 0; step++) {
          if ((steps & (1 << step)) === 0) continue;
          const mark = {
            ...segment,
            window: `${segment.window} steps`,
            mark: { id, timeMs, level, value: String(step) },
          };
          await store.putLatest(mark);
          await store.putEarliest(mark);
        }
      }
    },
    async readSegments(window, fromSlotMs, toSlotMs) {
      const plain = await store.readSegments(window, fromSlotMs, toSlotMs);
      const { items } = await store.readMarks(`${window} steps`, fromSlotMs, toSlotMs);
      const entries = items.map(({ value, ...mark }): Entry => ({ ...mark, weight: 1, steps: 1 << Number(value) }));
      return { ...plain, items: [...plain.items, ...entries] };
    },
  });
}

/** Of a batch's entries of one second and level that fit the same steps, the first one stands for the others. */
function oneOfASecond(store: WindowStore): WindowStore {
  return replacing(store, {
    putSegment: (segment) => {
      const seen = new Set<string>();
      const entries = segment.entries.filter(({ timeMs, level, steps }) => {
        const name = `${timeMs} ${level} ${steps}`;
        return steps === 0 || (!seen.has(name) && seen.add(name));
      });
      return store.putSegment({ ...segment, entries });
    },
  });
}

/** Newest slots first, until what was read holds a firing. */
function stopsWhenProven(store: WindowStore, rules: WorkerFacts['rules']): WindowStore {
  async function newest<T>(
    window: string,
    [fromSlotMs, toSlotMs]: readonly [number, number],
    read: (
      fromSlotMs: number,
      toSlotMs: number,
    ) => Promise<{ readonly items: readonly T[]; readonly complete: boolean }>,
    proves: (spec: WindowSpec, items: readonly T[]) => boolean,
  ) {
    const active = rules.find(({ rule }) => window.startsWith(`${rule.id}#`));
    const items: T[] = [];
    const slotMs = active?.slotMs ?? toSlotMs - fromSlotMs;
    for (let slot = toSlotMs; slot >= fromSlotMs; slot -= slotMs) {
      items.push(...(await read(slot, slot)).items);
      if (active?.window !== undefined && proves(active.window, items)) break;
    }
    return { items, complete: true };
  }
  return replacing(store, {
    readSegments: (window, from, to) =>
      newest(
        window,
        [from, to],
        (a, b) => store.readSegments(window, a, b),
        (spec, items) => verdictOfEntries(spec, unionOfEntries(items)).length > 0,
      ),
    readMarks: (window, from, to) =>
      newest(
        window,
        [from, to],
        (a, b) => store.readMarks(window, a, b),
        (spec, items) => verdictOfMarks(spec, unionOfMarks(items)).length > 0,
      ),
  });
}

function isWindowQuery(command: object): command is QueryCommand {
  return command instanceof QueryCommand && command.input.TableName === 'windows';
}

/** The bound as it is, without what sorts after all items of its slot. */
function withoutLastSlot({ input }: QueryCommand): QueryCommand {
  const values = input.ExpressionAttributeValues ?? {};
  const to = values[':to']?.S ?? '';
  return new QueryCommand({ ...input, ExpressionAttributeValues: { ...values, ':to': { S: to.slice(0, -1) } } });
}

function withoutRangeCondition(command: object): object {
  if (!(command instanceof UpdateItemCommand) || !command.input.UpdateExpression?.includes(':latest')) return command;
  const { ConditionExpression: _, ...input } = command.input;
  return new UpdateItemCommand(input);
}

/** Whoever comes last is the first. */
function withoutConditions(command: object): object {
  if (!(command instanceof UpdateItemCommand) || !command.input.UpdateExpression?.includes('#first')) return command;
  const { ConditionExpression: _, ...input } = command.input;
  return new UpdateItemCommand(input);
}

/** The same store under other names of windows. */
function renaming(store: WindowStore, renamed: (window: string) => string): WindowStore {
  const at = <T extends { readonly window: string }>(one: T): T => ({ ...one, window: renamed(one.window) });
  return {
    putSegment: (segment) => store.putSegment(at(segment)),
    putLatest: (mark) => store.putLatest(at(mark)),
    putEarliest: (mark) => store.putEarliest(at(mark)),
    putRange: (range) => store.putRange(at(range)),
    readSegments: (window, from, to) => store.readSegments(renamed(window), from, to),
    readMarks: (window, from, to) => store.readMarks(renamed(window), from, to),
  };
}

function complete(store: WindowStore): WindowStore {
  return replacing(store, {
    readSegments: async (...range) => ({ ...(await store.readSegments(...range)), complete: true }),
    readMarks: async (...range) => ({ ...(await store.readMarks(...range)), complete: true }),
  });
}

function capped(store: WindowStore): WindowStore {
  const MOST = 6;
  return replacing(store, {
    async putSegment(segment) {
      const { items } = await store.readSegments(segment.window, 0, Number.MAX_SAFE_INTEGER);
      if (items.length < MOST) await store.putSegment(segment);
    },
  });
}

/** What tells of everything. */
const ALL_TOLD = { level: 4, multiple: 100 };

function told({ alert, messages }: AlertWithMessages): AlertWithMessages {
  return { alert, messages: [...messages, { group: alert.group, bucketMs: alert.bucketMs, ...ALL_TOLD }] };
}

/** Alerts that this invocation did not insert (or change) itself count as told. */
function changedByUs(store: AlertStore, invocation: () => number, what: 'inserted' | 'changed'): AlertStore {
  const ours = new Set<string>();
  const nameOf = ({ group, bucketMs }: { group: string; bucketMs: number }) => `${invocation()} ${bucketMs} ${group}`;
  const noting = async (name: string, changed: Promise<boolean>) => {
    if (await changed) ours.add(name);
    return changed;
  };
  return replacing(store, {
    insertAlert: (alert) => noting(nameOf(alert), store.insertAlert(alert)),
    replaceAlert: (alert) =>
      what === 'changed' ? noting(nameOf(alert), store.replaceAlert(alert)) : store.replaceAlert(alert),
    async readAlerts(group, from, to) {
      const found = await store.readAlerts(group, from, to);
      return found.map((one) => (ours.has(nameOf(one.alert)) ? one : told(one)));
    },
  });
}

/** Whatever comes before the end of a key's latest alert, or soon after, belongs to it. */
function oneEpisode(store: AlertStore): AlertStore {
  const openOf = new Map<string, { readonly bucketMs: number; readonly alertId: string }>();
  const open = <T extends { group: string; bucketMs: number }>(name: T): T => {
    const known = openOf.get(`${name.group} ${name.bucketMs}`);
    return known === undefined ? name : { ...name, bucketMs: known.bucketMs };
  };
  return replacing(store, {
    async readAlerts(group, from, to) {
      const all = await store.readAlerts(group, 0, Number.MAX_SAFE_INTEGER);
      const latest = all.at(-1);
      if (latest === undefined || latest.alert.quietMs === 0) return store.readAlerts(group, from, to);
      const ownMs = to - latest.alert.quietMs;
      if (ownMs > latest.alert.bucketMs + latest.alert.quietMs) return [];
      openOf.set(`${group} ${ownMs}`, latest.alert);
      return [{ alert: { ...latest.alert, bucketMs: ownMs }, messages: latest.messages }];
    },
    replaceAlert: (alert) => store.replaceAlert(open(alert)),
    insertMessage: (message) => store.insertMessage(open(message)),
  });
}

/** Other times for the alerts before and after the one that is asked for. */
function neighboursFiring(
  store: AlertStore,
  times: (neighbour: AlertWithMessages) => { readonly firstFiringMs: number; readonly lastFiringMs: number },
): AlertStore {
  return replacing(store, {
    async readAlerts(group, from, to) {
      const found = await store.readAlerts(group, from, to);
      return found.map((one) => {
        const isOwn = one.alert.bucketMs === to - one.alert.quietMs || from === to;
        return isOwn ? one : { ...one, alert: { ...one.alert, ...times(one) } };
      });
    },
  });
}

/** What a neighbour is, instead of what was told of it. */
function neighboursTold(store: AlertStore): AlertStore {
  return replacing(store, {
    async readAlerts(group, from, to) {
      const found = await store.readAlerts(group, from, to);
      return found.map((one) => {
        const { bucketMs, level, multiple, quietMs } = one.alert;
        const isOwn = bucketMs === to - quietMs || from === to;
        return isOwn ? one : { ...one, messages: [...one.messages, { group, bucketMs, level, multiple }] };
      });
    },
  });
}

function toldOnce(store: AlertStore): AlertStore {
  return replacing(store, {
    async readAlerts(group, from, to) {
      const found = await store.readAlerts(group, from, to);
      return found.map((one) => ((one.messages as MessageName[]).length > 0 ? told(one) : one));
    },
  });
}

function withoutFirstId(store: BaselineStore): BaselineStore {
  return replacing(store, {
    async find(name) {
      const fact = await store.find(name);
      return fact && { ...fact, firstId: '' };
    },
  });
}
