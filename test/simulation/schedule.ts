import type { Severity } from '../../lambda/rules/severity';
import type { TableLimits } from './tables';

/**
 * A schedule: what happens in one simulated world, made from a seed alone. Plain data in the words of the promises, not
 * of the code: from it come the records that the detector gets and, separately, what the oracle expects.
 */
export interface Schedule {
  readonly seed: number;
  /** What it is mainly about. */
  readonly family: string;
  /** When the first deliveries come; event times lie around it. */
  readonly startMs: number;
  readonly rules: readonly PlannedRule[];
  /** The first one holds from the beginning; the others are deployed, in this order. */
  readonly configs: readonly [PlannedConfig, ...PlannedConfig[]];
  readonly events: readonly PlannedEvent[];
  readonly deliveries: readonly Delivery[];
  readonly queue: QueuePlan;
  readonly limits: TableLimits;
  readonly latency: LatencyPlan;
  readonly faults: FaultPlan;
  readonly outages: readonly Outage[];
  readonly notify: NotifyPlan;
  /** Items past their time to live may be deleted then. */
  readonly expiryAtMs: readonly number[];
}

export type PlannedKind = 'single' | 'count' | 'sum' | 'distinct' | 'sequence' | 'first-seen';

export interface PlannedTier {
  readonly threshold: number;
  readonly level: number;
}

export interface PlannedRule {
  readonly id: string;
  readonly kind: PlannedKind;
  /** As shipped; a configuration may override it. */
  readonly withinMs: number;
  readonly quietMs: number;
  /** Ascending; one for kinds without a threshold. */
  readonly tiers: readonly [PlannedTier, ...PlannedTier[]];
  /** The level comes from what each event says. */
  readonly levelFromEvents: boolean;
  /** What the rule says of its events' levels, if it says anything; the events keep to it. */
  readonly severityMost?: Severity | 'same-for-key';
  readonly stepCounts: readonly number[];
  /** Distinct: groups that the values must be of. */
  readonly groups: number;
  /** Distinct: only events count that use a value for the first time. */
  readonly gated: boolean;
  readonly mode: 'live' | 'shadow';
  /** First seen: days of quiet at the beginning, and until a value is forgotten; whether a subject has habits of its own. */
  readonly learnDays: number;
  readonly expiryDays: number;
  readonly ownSubject: boolean;
}

export interface PlannedConfig {
  /** New workers run it from then on. */
  readonly fromMs: number;
  readonly overrides: { readonly [rule: string]: PlannedOverride };
  readonly suppressions: readonly PlannedSuppression[];
}

export interface PlannedOverride {
  readonly mode?: 'live' | 'shadow' | 'off';
  readonly threshold?: number;
  readonly withinMs?: number;
}

export interface PlannedSuppression {
  readonly id: string;
  readonly rules: readonly string[];
  /** Covers events of this address. */
  readonly sourceIp: string;
  readonly expiresMs?: number;
}

/** Something that happened once. Later versions say more, or less, of the same event. */
export interface PlannedEvent {
  readonly id: string;
  readonly timeMs: number;
  readonly sourceIp: string;
  readonly denied: boolean;
  readonly versions: readonly [Version, ...Version[]];
}

/** What a version of an event says to each rule that it concerns. */
export type Version = { readonly [rule: string]: Meaning };

export interface Meaning {
  readonly keys: readonly string[];
  readonly weight?: number;
  readonly values?: readonly string[];
  /** Bit i: fits step i. */
  readonly steps?: number;
  readonly level?: number;
  readonly teachesOnly?: boolean;
  /** The rule's own code throws at this event. */
  readonly throws?: boolean;
}

export type Delivery =
  | { readonly atMs: number; readonly kind: 'event'; readonly event: number; readonly version: number }
  /** A record that must leave no trace. */
  | { readonly atMs: number; readonly kind: 'noise'; readonly noise: Noise; readonly event: number };

export type Noise = 'foreign-account' | 'archive-replay' | 'future' | 'not-json' | 'no-detail' | 'no-time';

export interface QueuePlan {
  /** Workers at a time. */
  readonly workers: number;
  readonly batchMax: number;
  readonly visibilityMs: number;
  /** Share of batches that take fewer records than they could. */
  readonly rebatching: number;
  /** Share of records that a worker gets while another has them: a standard queue delivers at least once. */
  readonly twice: number;
  /** Records of the queue for tests. */
  readonly synthetic: boolean;
}

export interface LatencyPlan {
  readonly kind: 'lockstep' | 'even' | 'long-tail';
  /** Longest ordinary way of a request to the service, and of its answer back. */
  readonly maxMs: number;
}

/** Probabilities for each request, until a time: then the world is whole again, and everything must come right. */
export interface FaultPlan {
  readonly untilMs: number;
  /** The worker dies before the request is sent, while it is under way, or after it took effect. */
  readonly crash: number;
  /** The service refuses. */
  readonly refuse: number;
  /** The request takes effect, and no answer comes. */
  readonly lose: number;
  /** The answer is lost, and the SDK asks again by itself. */
  readonly repeat: number;
  /** The answer takes seconds. */
  readonly stall: number;
  /** After an invocation, its worker is replaced by a cold one. */
  readonly recycle: number;
  /** Acknowledged records that the queue delivers again. */
  readonly redeliver: number;
  /** What happens to one request, counted over all workers. */
  readonly strike?: { readonly request: number; readonly fate: Fate };
}

/** What may happen to a request, beside taking its time. */
export const FATES = ['crash before', 'crash under way', 'crash after', 'refuse', 'lose', 'repeat', 'stall'] as const;
export type Fate = (typeof FATES)[number];

export interface Outage {
  readonly of: 'windows' | 'baselines' | 'alerts' | 'topic';
  readonly fromMs: number;
  readonly toMs: number;
  /** Refused at once; no answer and no effect; or effect and no answer. */
  readonly how: 'refuse' | 'hang' | 'mute';
}

export interface NotifyPlan {
  readonly concurrency: number;
  /** Share of the doorbell's rings that come through. */
  readonly streamWorks: number;
  readonly streamDelayMs: number;
  /** Clocks of drains differ by as much as this, to either side. */
  readonly skewMs: number;
}

export const ACCOUNT = '111122223333';
export const BENIGN_IP = '198.51.100.7';
export const OTHER_IP = '203.0.113.9';
