import { harmless } from '../alerts/neutral';
import { hashOf } from '../config/config-hash';
import { broken, fine, type Observation, PATIENCE } from './observation';

/** An EventBridge rule as it should be. */
export interface ExpectedRule {
  /** `hashOf` the pattern that AWS should give. */
  readonly patternHash: string;
  /** Read-only events reach it only in a state of its own. */
  readonly reads: boolean;
  /** ARN that one of its targets must have. */
  readonly target: string;
  /** Canaries that pass it. */
  readonly explains: readonly string[];
}

/** The same as AWS gives it; undefined where there is none. */
export interface FoundRule {
  readonly state: string | undefined;
  /** JSON text. */
  readonly pattern: string | undefined;
  readonly targets: readonly string[];
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html */
const WITH_READS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

const WHO =
  'Look in CloudTrail for who changed it; then deploy again, which puts it back only if its template changed: otherwise put it back by hand.';
const DEPLOYING = `If Trailhound is being deployed right now, this goes away by itself. ${WHO}`;

/** @param what the rule, for people */
export function judgeRule(
  subject: string,
  what: string,
  expected: ExpectedRule,
  found: FoundRule | undefined,
): Observation {
  const wrong = wrongWith(expected, found);
  return wrong === undefined
    ? fine(subject)
    : broken(subject, `${what} ${wrong}`, PATIENCE.confirmed, { advice: DEPLOYING, explains: expected.explains });
}

function wrongWith({ patternHash, reads, target }: ExpectedRule, found: FoundRule | undefined): string | undefined {
  if (found === undefined) return 'is gone';
  const { state } = found;
  if (state !== 'ENABLED' && state !== WITH_READS) return 'is disabled';
  if (reads && state !== WITH_READS) return 'gets no read-only events any more';
  if (hashOfText(found.pattern) !== patternHash) return 'has another pattern than it was deployed with';
  if (!found.targets.includes(target)) return 'does not lead to its target any more';
  return undefined;
}

/** Patterns are compared by their meaning: EventBridge may give the keys back in another order. */
function hashOfText(pattern: string | undefined): string | undefined {
  try {
    return hashOf(JSON.parse(pattern ?? ''));
  } catch {
    return undefined;
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function judgeMapping(
  subject: string,
  state: string | undefined,
  isBell: boolean,
  explains: readonly string[],
): Observation {
  if (state !== undefined && /^(Enabled|Enabling|Updating|Creating)$/.test(state)) return fine(subject);
  const says = `${subject} ${state === undefined ? 'is gone' : `is ${state.toLowerCase()}`}`;
  // Without the bell messages wait for the next minute; nothing is lost.
  return broken(subject, says, isBell ? PATIENCE.lesser : PATIENCE.confirmed, {
    advice: DEPLOYING,
    explains,
  });
}

export interface FoundFunction {
  readonly state: string | undefined;
  readonly reservedConcurrency: number | undefined;
}

export function judgeFunction(
  subject: string,
  found: FoundFunction | undefined,
  explains: readonly string[],
): Observation {
  const wrong =
    found === undefined
      ? 'is gone'
      : found.reservedConcurrency === 0
        ? 'may not run: its concurrency is set to 0'
        : found.state === 'Failed'
          ? 'cannot run'
          : undefined; // Inactive and Pending ones wake up when they are called
  return wrong === undefined
    ? fine(subject)
    : broken(subject, `${subject} ${wrong}`, PATIENCE.confirmed, { advice: DEPLOYING, explains });
}

export interface FoundTable {
  readonly status: string | undefined;
  readonly isProtected: boolean;
  readonly hasStream: boolean;
}

export function judgeTable(subject: string, found: FoundTable | undefined, needsStream: boolean): Observation[] {
  const grave =
    found === undefined || !/^(ACTIVE|UPDATING)$/.test(found.status ?? '')
      ? `${subject} ${found === undefined ? 'is gone' : `is ${(found.status ?? 'in an unknown state').toLowerCase()}`}`
      : undefined;
  if (grave !== undefined) return [broken(subject, grave, PATIENCE.confirmed, { advice: WHO })];
  const lesser = [
    ...(found?.isProtected ? [] : ['can be deleted: its protection is off']),
    ...(needsStream && !found?.hasStream ? ['has no stream: alerts wait for the next minute'] : []),
  ];
  return [
    fine(subject),
    lesser.length === 0
      ? fine(`${subject}, settings`)
      : broken(`${subject}, settings`, `${subject} ${lesser.join(', and ')}`, PATIENCE.lesser, { advice: WHO }),
  ];
}

/** What waits in a queue for what could not be delivered. */
export function judgeFailed(subject: string, messages: number | undefined, advice: string): Observation {
  if (messages === undefined) return broken(subject, `${subject} is gone`, PATIENCE.confirmed, { advice: WHO });
  if (messages === 0) return fine(subject);
  const count = messages === 1 ? 'an event that was' : `about ${messages} events that were`;
  return broken(subject, `${subject} holds ${count} given up`, PATIENCE.lesser, { advice });
}

export interface FoundAlarm {
  readonly isOn: boolean;
  readonly tellsOps: boolean;
  readonly isRinging: boolean;
  /** When it came into its state. */
  readonly sinceMs: number | undefined;
}

/** Whether an alarm would ring. */
export function judgeAlarm(subject: string, name: string, found: FoundAlarm | undefined): Observation {
  const wrong =
    found === undefined ? 'is gone' : !found.isOn ? 'is switched off' : !found.tellsOps ? 'tells nobody' : undefined;
  return wrong === undefined
    ? fine(subject)
    : broken(subject, `alarm ${name} ${wrong}`, PATIENCE.confirmed, { advice: DEPLOYING });
}

/** The alarm rings when the oldest event has waited for five minutes. */
const RINGS_AFTER_MS = 5 * 60_000;

export function judgeQueueAge(
  subject: string,
  queue: string,
  found: FoundAlarm | undefined,
  nowMs: number,
): Observation {
  if (found === undefined || !found.isRinging) return fine(subject);
  return broken(subject, `events wait in the ${queue} queue and are not worked off`, PATIENCE.late, {
    sinceMs: (found.sinceMs ?? nowMs) - RINGS_AFTER_MS,
    advice:
      "Look at the detector's errors and throttles on the dashboard; raise deploy.concurrency if it is merely busy.",
  });
}

export interface Subscription {
  /** Undefined while it is not confirmed. */
  readonly arn: string | undefined;
  readonly protocol: string;
  readonly endpoint: string;
}

/** What is known of a topic's confirmed subscriptions, from run to run: when one was missed first, or 0. */
export type KnownSubscriptions = { readonly [arn: string]: { readonly endpoint: string; readonly goneMs: number } };

/** Somebody who means to take a subscription away is reminded for a day, and then it is forgotten. */
const FORGET_MS = 24 * 60 * 60_000;

/**
 * Whether a topic reaches people: somebody must have confirmed, every address of the configuration, and nobody who once
 * had may be gone. Told on both topics, because nobody hears on the one that is broken.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html SNS itself suspends busy addresses
 */
export function judgeSubscriptions(
  topic: 'alerts' | 'ops',
  found: readonly Subscription[],
  configured: readonly string[],
  known: KnownSubscriptions,
  nowMs: number,
): { readonly observations: Observation[]; readonly known: KnownSubscriptions } {
  const confirmed = found.filter(({ arn }) => arn !== undefined);
  const subject = `subscriptions of the ${topic} topic`;
  const observations: Observation[] = [
    confirmed.length > 0
      ? fine(subject)
      : broken(subject, `nobody gets what the ${topic} topic sends`, PATIENCE.confirmed, {
          advice: `Confirm the e-mail from AWS Notifications, or subscribe to the ${topic} topic.`,
        }),
  ];
  for (const email of configured) {
    const own = found.filter(({ protocol, endpoint }) => protocol === 'email' && endpoint === email);
    const what = `${email} on the ${topic} topic`;
    const part = `${subject}, ${email}`;
    const problem =
      own.length === 0
        ? `${what} is not subscribed any more`
        : own.some(({ arn }) => arn !== undefined)
          ? undefined
          : `${what} has not confirmed its subscription`;
    const advice =
      own.length === 0
        ? 'If nobody left on purpose, find out who called Unsubscribe; subscribe the address again.'
        : 'Confirm the e-mail from AWS Notifications: it is valid for two days. SNS also suspends an address that got too much at once.';
    const gravity = own.length === 0 ? PATIENCE.confirmed : PATIENCE.lesser;
    observations.push(problem === undefined ? fine(part) : broken(part, problem, gravity, { advice }));
  }
  const next: Record<string, { endpoint: string; goneMs: number }> = {};
  for (const { arn, protocol, endpoint } of confirmed) {
    const isWatched = protocol === 'email' && configured.includes(endpoint);
    if (arn !== undefined && !isWatched) next[arn] = { endpoint: `${protocol} ${endpoint}`, goneMs: 0 };
  }
  for (const [arn, { endpoint, goneMs }] of Object.entries(known)) {
    const what = `${harmless(endpoint, 200)} on the ${topic} topic`;
    const part = `${subject}, ${harmless(endpoint, 200)}`;
    if (Object.hasOwn(next, arn)) observations.push(fine(part));
    else if (goneMs === 0 || nowMs - goneMs < FORGET_MS) {
      next[arn] = { endpoint, goneMs: goneMs || nowMs };
      observations.push(
        broken(part, `${what} is not subscribed any more`, PATIENCE.lesser, {
          advice: 'If that was meant, there is nothing to do: it is forgotten in a day.',
        }),
      );
    }
  }
  return { observations, known: next };
}
