import { FINDING_CATEGORY, findingRecord, GUARDDUTY_FINDING } from '../../lambda/intake/finding';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { RULES } from '../../lambda/rules';
import { EXAMPLES } from '../../lambda/rules/examples';
import { isDeployed } from '../../lambda/rules/feeds';
import type { Example, SampleRecord } from '../../lambda/rules/rule';
import { ACCOUNT as EXAMPLE_ACCOUNT } from '../../lambda/rules/sample';
import { SETTINGS, type SettingName, type Settings } from '../../lambda/rules/settings';
import type { Engine } from '../../replay/extract';
import { hasMessage } from '../../replay/replay-alert';
import { directPeerTests, filesOf, hasCorpus } from '../../scripts/quality/corpus';
import { envelopesOf } from '../../test/rules/envelope';
import { alertsOf } from '../../test/rules/timeline';
import { incidentRecords } from '../real-events';

/**
 * What is sent. A world is a story with accounts of its own: a rule's example, or a folder of real events. So stories do
 * not mix, and each says by itself what it should.
 */

export interface World {
  readonly name: string;
  /** The rule whose example it is; absent: real events. */
  readonly rule?: string;
  /** As EventBridge delivers them, in order of time. */
  readonly envelopes: readonly Envelope[];
}

export type Envelope = Readonly<Record<string, unknown>> & { readonly detail: SampleRecord };

/** Folders of real records in CloudTrail's own shape. */
const FOLDERS = [
  ...['invictus-ir', 'stratus-red-team', 'otrf-security-datasets', 'traildiscover'],
  ...['fivexl', 'trailscraper', 'cloudgrappler', 'cloud-custodian'],
];

const WEEK_MS = 7 * 24 * 60 * 60_000;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Accounts that no real record and no example has. */
function account(serial: number): string {
  return String(600_000_000_000 + serial);
}

/** Real events in their own accounts; without them the sample incident. */
export function realWorlds(nowMs: number): World[] {
  if (!hasCorpus) return [incidentWorld('incident', nowMs, 0)];
  const seen = new Set<unknown>();
  const folders = FOLDERS.map((folder) => {
    const records = filesOf(folder).flatMap((file) => file.records as SampleRecord[]);
    return worldOf(folder, distinct(records.filter(isReadable), seen), nowMs);
  });
  const peers = directPeerTests().flatMap(({ record, peer }, index) => {
    if (!isReadable(record)) return [];
    // They are about the same few accounts and events: each is a story of its own.
    const renamed = JSON.parse(
      JSON.stringify(record).replaceAll(
        String((record as SampleRecord)['recipientAccountId'] ?? 'none'),
        account(9_000 + index),
      ),
    ) as SampleRecord;
    return [worldOf(`${peer} ${index}`, [{ ...renamed, eventID: uuid(9_000 + index) }], nowMs)];
  });
  return [...folders, ...peers];
}

/** Changes of the sample incident in one account: what that account itself may report to a bus. */
export function ownWorld(name: string, nowMs: number): World {
  const own = incidentWrites().filter(({ recipientAccountId }) => recipientAccountId === EXAMPLE_ACCOUNT);
  return worldOf(name, own, nowMs);
}

/** Of the sample incident, what changes something: the emulator matches a few events a second. */
function incidentWrites(): SampleRecord[] {
  return incidentRecords().filter(({ readOnly }) => readOnly !== true);
}

/** Changes of the sample incident, in accounts of its own. */
export function incidentWorld(name: string, nowMs: number, serial: number): World {
  const renamed = JSON.stringify(incidentWrites())
    .replaceAll('111122223333', account(8_000 + 2 * serial))
    .replaceAll('444455556666', account(8_001 + 2 * serial))
    .replace(new RegExp(`"eventID":"(${UUID.source})"`, 'g'), (_, id: string) => {
      return `"eventID":"${serial.toString(16).padStart(8, '0')}${id.slice(8)}"`;
    });
  return worldOf(name, JSON.parse(renamed) as SampleRecord[], nowMs);
}

export interface Extent {
  /** Every firing example; else the shortest of each rule. */
  readonly all: boolean;
  /** Greatest number of events in an example. */
  readonly longest: number;
}

export interface ExampleWorlds {
  readonly worlds: readonly World[];
  /** Rule → its settings: of all its examples together. */
  readonly settings: Readonly<Record<string, Partial<Settings>>>;
}

/**
 * Firing examples of every rule that is deployed, each in an account of its own.
 * @param from serial of the first account
 */
export function exampleWorlds(nowMs: number, from: number, { all, longest }: Extent): ExampleWorlds {
  const settings: Record<string, Partial<Settings>> = {};
  let serial = from;
  const worlds = RULES.filter(isDeployed).flatMap(({ id }) => {
    const { fires = [] } = EXAMPLES[id]?.() ?? {};
    const byLength = [...fires].sort((a, b) => a.timeline.length - b.timeline.length);
    const chosen = (all ? fires : byLength.slice(0, 1)).filter(({ timeline }) => timeline.length <= longest);
    return chosen.map((example, index) => {
      const own = account(serial++);
      const renamed = JSON.parse(JSON.stringify(example).replaceAll(EXAMPLE_ACCOUNT, own)) as Example;
      if (renamed.settings !== undefined) settings[id] = together(settings[id] ?? {}, renamed.settings);
      return { ...worldOf(`${id} ${index + 1}`, renamed.timeline, nowMs), rule: id };
    });
  });
  return { worlds, settings };
}

/** Lists of both; a number is the default's or the first that another example asks for. */
function together(one: Partial<Settings>, other: Partial<Settings>): Partial<Settings> {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as SettingName[]);
  const values = [...names].map((name) => {
    const [a, b, byDefault] = [one[name], other[name], SETTINGS[name].default];
    if (!Array.isArray(byDefault)) return [name, a ?? b] as const;
    return [name, [...new Set([...((a as unknown[]) ?? byDefault), ...((b as unknown[]) ?? [])])]] as const;
  });
  return Object.fromEntries(values) as Partial<Settings>;
}

/**
 * Of the examples whose alerts are critical the first of each rule. Critical messages go out one by one, one in two
 * seconds: all of them would take ten minutes.
 */
export function withinPace(worlds: readonly World[], engine: Engine): World[] {
  const critical = new Set<string>();
  return worlds.filter(({ rule = '', envelopes }) => {
    const alerts = alertsOf(engine, recordsOf(envelopes));
    if (!alerts.some((alert) => alert.severity === 'critical' && hasMessage(alert))) return true;
    if (critical.has(rule)) return false;
    critical.add(rule);
    return true;
  });
}

/** The records that an envelope stands for: what a trail would deliver as files. */
export function recordsOf(envelopes: readonly Envelope[]): SampleRecord[] {
  return envelopes.map((envelope) => (findingRecord(envelope) as SampleRecord | undefined) ?? envelope.detail);
}

/** Moves the story by whole weeks, so that its last event is of the last one: days, hours and gaps stay as they are. */
function worldOf(name: string, records: readonly SampleRecord[], nowMs: number): World {
  const times = records.map(({ eventTime }) => Date.parse(String(eventTime)));
  const lastMs = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const shiftMs = Math.floor((nowMs - lastMs) / WEEK_MS) * WEEK_MS;
  const moved = records
    .map((record) => shifted(record, shiftMs))
    .sort((a, b) => Date.parse(String(a['eventTime'])) - Date.parse(String(b['eventTime'])));
  return { name, envelopes: moved.map(envelopeOf) };
}

/** Sessions, policies and keys are as old at the event as they were. */
function shifted(record: SampleRecord, shiftMs: number): SampleRecord {
  const text = JSON.stringify(record).replace(
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g,
    (time, fraction: string | undefined) => {
      const moved = new Date(Date.parse(time) + shiftMs).toISOString();
      return fraction === undefined ? moved.replace(/\.\d+Z$/, 'Z') : moved;
    },
  );
  return JSON.parse(text) as SampleRecord;
}

let envelopesMade = 0;

function envelopeOf(record: SampleRecord): Envelope {
  const known = isKind(record) ? record : { ...record, eventType: 'AwsApiCall' };
  const [envelope] = envelopesOf(known) as Envelope[];
  if (envelope === undefined) throw new Error(`no envelope for ${JSON.stringify(record).slice(0, 300)}`);
  const id = uuid(0x1000000 + envelopesMade++);
  if (envelope['detail-type'] === GUARDDUTY_FINDING.detailType && envelope['source'] === GUARDDUTY_FINDING.source) {
    return { ...envelope, id, detail: rawFinding(record) };
  }
  // Only a sign-in anomaly is told by its envelope's id.
  return { ...envelope, id, detail: record };
}

function isKind(record: SampleRecord): boolean {
  try {
    return envelopesOf(record).length > 0;
  } catch {
    return false; // of no kind that EventBridge delivers
  }
}

/** What GuardDuty would have said, for the record that intake makes of it. */
function rawFinding(record: SampleRecord): SampleRecord {
  if (record['eventType'] !== FINDING_CATEGORY) return record;
  const { findingId, archived, resources: _, ...told } = record['requestParameters'] as SampleRecord;
  return {
    ...told,
    id: `${String(findingId)}-${String(record['recipientAccountId'])}`,
    accountId: record['recipientAccountId'],
    region: record['awsRegion'],
    partition: 'aws',
    updatedAt: record['eventTime'],
    service: { archived },
    resource: {},
  };
}

/** Whether EventBridge could bring it: some captures have letters in the place of their account. */
function isReadable(record: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const event = toTrailEvent(record);
  return !isUnreadable(event) && /^\d{12}$/.test(event.account);
}

/** Captures of one event in several files are one; what has another content gets an id of its own. */
function distinct(records: readonly SampleRecord[], seen: Set<unknown>): SampleRecord[] {
  const texts = new Map(records.map((record) => [JSON.stringify(record), record]));
  return [...texts.values()].map((record, index) => {
    const { eventID } = record;
    const isNew = !seen.has(eventID);
    seen.add(eventID);
    return isNew ? record : { ...record, eventID: uuid(0x500000 + seen.size * 1_000 + index) };
  });
}

function uuid(serial: number): string {
  return `e2e00000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}
