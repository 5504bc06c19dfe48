import { StoreUnavailableError } from '../errors';

/**
 * The pace of everything that publishes: one shared bucket of tokens. SNS suspends an e-mail subscription that gets
 * more than 10 messages a second, and an attacker can cause a storm of alerts.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
export interface PaceStore {
  /** The bucket as stored, strongly consistent; undefined before its first use. */
  readPace(): Promise<Pace | undefined>;
  /** Replaces the bucket if it still is `known`. False if it is another by now. */
  replacePace(known: Pace | undefined, next: Pace): Promise<boolean>;
}

export interface Pace {
  readonly tokens: number;
  /** When `tokens` was right; never goes back, whatever the clocks of the workers say. */
  readonly refilledMs: number;
}

/** One publish every 2 seconds, after a rest five at once. */
export const BURST = 5;
export const MS_PER_TOKEN = 2_000;

/** Tokens that must be there for a publish, which takes one. The rest is kept for critical messages. */
export const NEEDED = { critical: 1, other: 3.5 } as const;

/** Each failed attempt means that another worker took a token; there are five. */
const ATTEMPTS_MAX = 20;

/**
 * Takes a token if `needed` are there. Returns 0 then, or the milliseconds after which it is worth asking again.
 * @throws {StoreUnavailableError} a token may have been taken: the pace is then slower, never faster
 */
export async function takeToken(store: PaceStore, needed: number, nowMs: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const known = await store.readPace();
    const pace = refilled(known, nowMs);
    if (pace.tokens < needed) return Math.ceil((needed - pace.tokens) * MS_PER_TOKEN + (pace.refilledMs - nowMs));
    if (await store.replacePace(known, { ...pace, tokens: pace.tokens - 1 })) return 0;
  }
  throw new StoreUnavailableError(`pace: ${ATTEMPTS_MAX} others were faster to take a token`);
}

function refilled(known: Pace | undefined, nowMs: number): Pace {
  if (known === undefined) return { tokens: BURST, refilledMs: nowMs };
  // A worker whose clock is behind refills nothing and does not set the time back: else the next would refill twice.
  const elapsedMs = Math.max(0, nowMs - known.refilledMs);
  return {
    tokens: Math.min(BURST, known.tokens + elapsedMs / MS_PER_TOKEN),
    refilledMs: known.refilledMs + elapsedMs,
  };
}
