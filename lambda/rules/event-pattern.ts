import type { Condition, Pattern } from './pattern';

/**
 * EventBridge's pattern language as far as our deployed rules use it: that of rules' own conditions, and besides it
 * `$or` and `anything-but` with prefixes.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export interface EventPattern {
  readonly [name: string]: EventPattern | readonly DeployedCondition[] | readonly EventPattern[];
}

export type DeployedCondition = Condition | { readonly 'anything-but': { readonly prefix: readonly string[] } };

/**
 * EventBridge's limit for one pattern, in characters of its JSON text.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const PATTERN_LIMIT = 2048;

/** Length of a pattern as EventBridge counts it: CloudFormation sends it without spaces. */
export function patternLength(pattern: EventPattern): number {
  return JSON.stringify(pattern).length;
}

/**
 * EventBridge's limit for rule combinations: the lengths of all `$or` lists of a pattern, multiplied, nested ones too.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
const COMBINATIONS_LIMIT = 1_000;

/** Rule combinations as EventBridge counts them: more than there are where one `$or` is within another. */
function combinations(pattern: unknown): number {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) return 1;
  return Object.entries(pattern).reduce((product, [name, inner]: [string, unknown]) => {
    if (name !== '$or' || !Array.isArray(inner)) return product * combinations(inner);
    return inner.reduce((within: number, branch) => within * combinations(branch), product * inner.length);
  }, 1);
}

/** True when EventBridge takes the pattern: it is short enough, and of few enough combinations. */
export function isTaken(pattern: EventPattern): boolean {
  return patternLength(pattern) <= PATTERN_LIMIT && combinations(pattern) <= COMBINATIONS_LIMIT;
}

/**
 * Only AWS itself can put events whose source starts with `aws.`: PutEvents refuses them with
 * NotAuthorizedForSourceException. Without this anybody with events:PutEvents could forge CloudTrail's events.
 */
export const FROM_AWS = [{ prefix: 'aws.' }] as const;

/**
 * Management events. Insight events describe management calls. Records before eventVersion 1.07 have no category, and
 * some services' own events lack it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const MANAGEMENT = ['Management', 'Insight', { exists: false }] as const;
/** Everything else: data and network activity events, whose categories are always given. */
export const DATA = [{ 'anything-but': ['Management', 'Insight'] }] as const;

/** readOnly is absent from some sign-in and service events: unless it says "read", it counts as a write. */
export const WRITE = [false, { exists: false }] as const;
export const READ = [true] as const;

/** Exactly those records whose outcome is `succeeded`; see intake/outcome.ts. */
export const SUCCEEDED = { errorCode: [{ exists: false }], errorMessage: [{ exists: false }] } as const;
/** The others: a failed console sign-in has an errorMessage and no errorCode. */
export const FAILED = {
  $or: [{ errorCode: [{ exists: true }] }, { errorMessage: [{ exists: true }] }],
} as const;

/**
 * Services that append their API's date to event names (`UpdateFunctionCode20150331v2`, `CreateFunction2020_05_31`).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
const VERSIONED_SERVICES: ReadonlySet<string> = new Set(['lambda.amazonaws.com', 'cloudfront.amazonaws.com']);

/** Conditions on eventName for calls that a rule names without their version. */
export function eventNames(service: string, calls: readonly string[]): readonly Condition[] {
  return VERSIONED_SERVICES.has(service) ? calls.map((prefix) => ({ prefix })) : calls;
}

/**
 * Fields that say which events a feed carries. A rule's own conditions on them decide at most whether a feed is of use
 * to it; they are left out of deployed patterns, which may accept more than the rule but never less.
 */
const FEED_FIELDS: ReadonlySet<string> = new Set([
  'eventCategory',
  'managementEvent',
  'readOnly',
  'errorCode',
  'errorMessage',
  'eventSource',
  'eventName',
]);

/** The part of a rule's conditions that can stand beside a feed's own. */
export function withoutFeedFields(record: Pattern | undefined): Pattern {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => !FEED_FIELDS.has(name)));
}
