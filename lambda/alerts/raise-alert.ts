import { StoreUnavailableError } from '../errors';
import type { AlertKey } from './alert';
import type { AlertKind, AlertStore, AlertWithMessages, Message, StoredAlert } from './alert-store';
import type { Evidence } from './evidence';
import { harmless } from './neutral';
import type { Sample } from './samples';
import { type Settling, spokenForBy, type Told, toldOf } from './settle';

/** An alert to be put or raised, with what this batch knows of it. */
export interface Raising extends Omit<AlertKey, 'bucketMs' | 'quietMs'> {
  readonly alertId: string;
  readonly kind: AlertKind;
  /** See AlertName. */
  readonly group: string;
  readonly bucketMs: number;
  /** 0 for alerts that have no neighbours. */
  readonly quietMs: number;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  readonly firstEventMs: number;
  readonly count: number;
  readonly level: number;
  readonly multiple: number;
  /** Samples of the batch's own events, one of each kind; the first one leads. */
  readonly samples: readonly Sample[];
}

export interface Raised {
  readonly alert: StoredAlert;
  /** What messages of the alert and of close neighbours tell. */
  readonly told: readonly Told[];
  /** True if this raise inserted a message. */
  readonly inserted: boolean;
}

/** Beyond it a sum is no number that a person compares; and DynamoDB has no larger ones than 1e126. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** Alerts are kept this long. */
const RETENTION_MS = 400 * 24 * 60 * 60_000;

/** Each attempt that fails means that another worker got ahead; there are ten or so. */
const ATTEMPTS_MAX = 30;

/**
 * Puts or raises an alert, and sees to it that somebody is told.
 *
 *     read alert and neighbours ─▶ covers what we know? ──yes──▶ spoken for? ──yes──▶ done
 *          ▲                            │ no                        │ no
 *          └── put evidence, alert ◀────┘                           └──▶ insert message
 *
 * Whether to insert a message is decided by a reading that came after our own write, or that already contained it:
 * of two workers on neighbouring alerts the one that writes last sees the other. A crash anywhere is made good by the
 * redelivery, because each step is decided by what is stored, never by what this call changed.
 *
 * @throws {StoreUnavailableError}
 */
export async function raiseAlert(store: AlertStore, raising: Raising, nowMs: number): Promise<Raised> {
  const { group, bucketMs, quietMs } = raising;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const found = await store.readAlerts(group, Math.max(0, bucketMs - quietMs), bucketMs + quietMs);
    const own = found.find(({ alert }) => alert.bucketMs === bucketMs);
    const raised = raisedBy(own?.alert, raising, nowMs);
    if (own !== undefined && raised === own.alert) return tell(store, raising, own, found, nowMs);
    // Evidence before the alert, the alert before its message: who is told can always look it up.
    for (const { kind, evidence } of raising.samples) {
      if (!own?.alert.evidenceKinds.includes(kind)) {
        await store.insertEvidence(raising, kind, evidence(), raised.expiresMs);
      }
    }
    if (own === undefined) await store.insertAlert(raised);
    else await store.replaceAlert(raised);
  }
  throw new StoreUnavailableError(`alerts: ${ATTEMPTS_MAX} others were faster to change ${raising.alertId}`);
}

async function tell(
  store: AlertStore,
  raising: Raising,
  { alert, messages }: AlertWithMessages,
  found: readonly AlertWithMessages[],
  nowMs: number,
): Promise<Raised> {
  const neighbours = found.filter((other) => other.alert !== alert).map(settlingOf);
  const own = { ...settlingOf({ alert, messages }), level: alert.level, multiple: alert.multiple };
  const told = toldOf(own, neighbours, raising.quietMs);
  const speaker = spokenForBy(own, neighbours, raising.quietMs);
  const isShadow = raising.track === 'shadow';
  const isSilent = !isTold(raising.track) && !isShadow;
  if (speaker !== undefined || isSilent || alert.level === 0) return { alert, told, inserted: false };
  const message = messageOf(alert, raising.samples[0]?.evidence(), nowMs);
  if (isShadow) {
    await store.insertUntold(message);
    return { alert, told, inserted: false };
  }
  const inserted = await store.insertMessage(message);
  return { alert, told: [...told, { level: alert.level, multiple: alert.multiple }], inserted };
}

/** Shadow and suppressed alerts are stored and listed, never told. */
export function isTold(track: string): boolean {
  return track === 'live' || track === 'test';
}

/** The alert after the raise; the stored one itself, if that already says as much. */
function raisedBy(stored: StoredAlert | undefined, raising: Raising, nowMs: number): StoredAlert {
  const { group, bucketMs, alertId, kind, rule, track, quietMs } = raising;
  const { firstFiringMs, lastFiringMs, firstEventMs, level, multiple } = raising;
  const count = Math.min(raising.count, COUNT_MAX);
  const kinds = raising.samples.map(({ kind }) => kind);
  if (stored === undefined) {
    return {
      ...{ group, bucketMs, alertId, kind, rule, key: harmless(raising.key, 200), track, quietMs },
      ...{ firstFiringMs, lastFiringMs, firstEventMs, count, level, multiple },
      evidenceKinds: unionOf([], kinds),
      revision: 1,
      createdMs: nowMs,
      expiresMs: nowMs + RETENTION_MS,
    };
  }
  const saysAsMuch =
    stored.firstFiringMs <= firstFiringMs &&
    stored.lastFiringMs >= lastFiringMs &&
    stored.firstEventMs <= firstEventMs &&
    stored.count >= count &&
    stored.level >= level &&
    stored.multiple >= multiple &&
    kinds.every((kind) => stored.evidenceKinds.includes(kind));
  if (saysAsMuch) return stored;
  return {
    ...stored,
    firstFiringMs: Math.min(stored.firstFiringMs, firstFiringMs),
    lastFiringMs: Math.max(stored.lastFiringMs, lastFiringMs),
    firstEventMs: Math.min(stored.firstEventMs, firstEventMs),
    count: Math.max(stored.count, count),
    level: Math.max(stored.level, level),
    multiple: Math.max(stored.multiple, multiple),
    evidenceKinds: unionOf(stored.evidenceKinds, kinds),
    revision: stored.revision + 1,
    expiresMs: Math.max(stored.expiresMs, nowMs + RETENTION_MS),
  };
}

function unionOf(some: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...some, ...more])].sort((a, b) => a - b);
}

function settlingOf({ alert, messages }: AlertWithMessages): Settling {
  const { alertId, firstFiringMs, lastFiringMs } = alert;
  return { alertId, firstFiringMs, lastFiringMs, messages };
}

function messageOf(alert: StoredAlert, lead: Evidence | undefined, nowMs: number): Message {
  const { group, bucketMs, level, multiple, alertId, kind, rule, track, count, firstFiringMs, lastFiringMs } = alert;
  return {
    ...{ group, bucketMs, level, multiple, alertId, kind, rule, track, count, firstFiringMs, lastFiringMs },
    account: lead?.account ?? 'unknown',
    region: lead?.region ?? 'unknown',
    actor: harmless(lead?.actor ?? 'unknown', 200),
    headline: harmless(lead?.headline ?? alert.key, 300),
    createdMs: nowMs,
    expiresMs: nowMs + RETENTION_MS,
  };
}
