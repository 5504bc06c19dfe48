import { broken, fine, type Observation, PATIENCE } from './observation';

/** A write and a read: they take different ways, and one can break alone. */
export const CANARY_KINDS = ['write', 'read'] as const;
export type CanaryKind = (typeof CANARY_KINDS)[number];

/** One round of canaries, into every region at once. */
export interface Round {
  readonly nonce: string;
  readonly sentMs: number;
  /** `eu-west-1 write`: calls that AWS accepted. */
  readonly sent: readonly string[];
}

/** A canary that came back through the whole pipeline. */
export interface Sighting {
  readonly nonce: string;
  readonly region: string;
  readonly kind: CanaryKind;
  /** When the detector judged it. */
  readonly seenMs: number;
}

export interface CanaryState {
  /** Rounds that somebody may still wait for, the oldest first. */
  readonly rounds: readonly Round[];
  /** By way (`eu-west-1 write`): when the newest canary that came back was sent. */
  readonly proved: { readonly [way: string]: number };
}

export const NO_CANARIES: CanaryState = { rounds: [], proved: {} };

/**
 * A nonce is looked for this long. When a way is broken for longer, what is kept is since when (in the state of the
 * trouble), and that newer canaries do not come back either.
 */
const KEPT_MS = 3 * 60 * 60_000;

/** Names the nonce, in the tag of a queue and in a user agent. */
export const CANARY_TAG = 'trailhound-canary';

/** 14 digits of time, so that nonces sort, and 64 random bits, so that none is ever met twice. */
const NONCE = /^\d{14}-[0-9a-f]{16}$/;

export function nonceOf(nowMs: number, random: string): string {
  return `${String(nowMs).padStart(14, '0')}-${random}`;
}

export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

export function wayOf(region: string, kind: CanaryKind): string {
  return `${region} ${kind}`;
}

/** What came back since the last run, with how long it took. */
export interface Returned {
  readonly kind: CanaryKind;
  readonly latencyMs: number;
}

/** Takes in what was sighted; each canary's return is told once. */
export function takeSightings(
  { rounds, proved }: CanaryState,
  sightings: readonly Sighting[],
  nowMs: number,
): { readonly state: CanaryState; readonly returned: readonly Returned[] } {
  const seen = new Map(sightings.map((one) => [`${one.nonce} ${wayOf(one.region, one.kind)}`, one]));
  const newest: Record<string, number> = { ...proved };
  const returned: Returned[] = [];
  const left = rounds.flatMap((round): Round[] => {
    const waiting = round.sent.filter((way) => {
      const sighting = seen.get(`${round.nonce} ${way}`);
      if (sighting === undefined) return true;
      newest[way] = Math.max(newest[way] ?? 0, round.sentMs);
      // Two clocks: the detector's may be behind.
      returned.push({ kind: sighting.kind, latencyMs: Math.max(0, sighting.seenMs - round.sentMs) });
      return false;
    });
    return waiting.length === 0 || nowMs - round.sentMs > KEPT_MS ? [] : [{ ...round, sent: waiting }];
  });
  return { state: { rounds: left, proved: newest }, returned };
}

/**
 * The oldest canary of a way that is missed: none that was sent later came back either. One that is lost between two
 * that came is no sign of a broken way.
 */
export function missedOn({ rounds, proved }: CanaryState, way: string): Round | undefined {
  return rounds.find(({ sentMs, sent }) => sentMs > (proved[way] ?? 0) && sent.includes(way));
}

export const CANARIES_SUBJECT = 'canaries';

export function canarySubject(region: string, kind: CanaryKind): string {
  return `${CANARIES_SUBJECT}, ${kind} of ${region}`;
}

/** Both canaries of a region. */
export function canariesOf(region: string): string[] {
  return CANARY_KINDS.map((kind) => canarySubject(region, kind));
}

/**
 * Forgets the canaries that were sent while something else was known to be wrong: they never come back, and when it is
 * right again, they would look like another trouble.
 */
export function withoutExplained({ rounds, proved }: CanaryState, explained: ReadonlySet<string>): CanaryState {
  const isExplained = (way: string) => {
    const [region = '', kind = ''] = way.split(' ');
    return explained.has(canarySubject(region, kind as CanaryKind));
  };
  const left = rounds.map((round) => ({ ...round, sent: round.sent.filter((way) => !isExplained(way)) }));
  return { rounds: left.filter(({ sent }) => sent.length > 0), proved };
}

/** What CloudTrail's own event history says of a missed canary. */
export type Tie = 'in-history' | 'not-in-history' | 'unknown';

/** Whether it is time to ask CloudTrail's event history. */
export function needsTie(missed: Round | undefined, nowMs: number): missed is Round {
  return missed !== undefined && nowMs - missed.sentMs >= PATIENCE.late.warnMs;
}

/**
 * What a missed canary says. CloudTrail's event history needs no trail: if the canary is there, CloudTrail knows of it
 * and the way from there to us is broken; if not, CloudTrail itself is late.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function judgeCanary(region: string, kind: CanaryKind, missed: Round | undefined, tie: Tie): Observation {
  const subject = canarySubject(region, kind);
  if (missed === undefined) return fine(subject);
  const sinceMs = missed.sentMs;
  const what = kind === 'write' ? 'changes' : 'reads';
  if (tie === 'not-in-history') {
    return broken(
      subject,
      `CloudTrail is late in ${region}: its own history lacks our ${kind}`,
      PATIENCE.cloudTrailLate,
      {
        sinceMs,
        advice: 'See the AWS Health dashboard. Detection is late until it catches up; nothing needs to be done here.',
      },
    );
  }
  const proof =
    tie === 'in-history'
      ? 'CloudTrail recorded our test call, and it did not come back'
      : 'our test call did not come back, and CloudTrail’s history could not be asked';
  return broken(subject, `no ${what} arrive from ${region}: ${proof}`, PATIENCE.late, {
    sinceMs,
    advice:
      kind === 'write'
        ? 'In this order: is a trail logging, are the rules trailhound-… of that region enabled, does the hub’s bus get events, does the detector fail?'
        : 'If changes still arrive: is the rule trailhound-NamedReads of that region in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS?',
  });
}
