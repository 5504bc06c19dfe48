import { type CanaryState, NO_CANARIES } from './canaries';
import { type Coverage, NO_COVERAGE } from './grace';
import type { KnownSubscriptions } from './integrity';
import type { Habits } from './silence';
import type { Troubles } from './states';
import { type Latencies, NO_LATENCIES } from './week';

/** What the heartbeat remembers from run to run. */
export interface HeartbeatState {
  /** When it ran last. */
  readonly ranMs: number;
  readonly troubles: Troubles;
  readonly canaries: CanaryState;
  readonly coverage: Coverage;
  readonly habits: Habits;
  readonly subscriptions: { readonly alerts: KnownSubscriptions; readonly ops: KnownSubscriptions };
  /** Of this week's canaries. */
  readonly latencies: Latencies;
  /** Week of the last report; see `weekOf`. Undefined until the first run. */
  readonly reported: string | undefined;
  /** What is not told yet, the oldest first. */
  readonly outbox: readonly Dispatch[];
}

/** Something to tell: worded when it came up, and told in the same words however often that fails. */
export interface Dispatch {
  /** The same in every repetition. */
  readonly id: string;
  readonly atMs: number;
  readonly subject: string;
  readonly text: string;
  /** Position on the scale of severities. */
  readonly level: number;
  readonly kind: 'trouble' | 'recovered' | 'report';
  /** One sentence of at most 300 characters. */
  readonly headline: string;
  readonly opsTold: boolean;
  readonly alertsTold: boolean;
}

export const FIRST_STATE: HeartbeatState = {
  ranMs: 0,
  troubles: {},
  canaries: NO_CANARIES,
  coverage: NO_COVERAGE,
  habits: {},
  subscriptions: { alerts: {}, ops: {} },
  latencies: NO_LATENCIES,
  reported: undefined,
  outbox: [],
};
