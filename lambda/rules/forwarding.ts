import { GUARDDUTY_FINDING, SIGN_IN_ANOMALY } from '../intake/finding';
import {
  DATA,
  type DeployedCondition,
  type EventPattern,
  eventNames,
  FAILED,
  FROM_AWS,
  MANAGEMENT,
  READ,
  SUCCEEDED,
  WRITE,
} from './event-pattern';
import { CANARIES, isDeployed, splitByPrefix } from './feeds';
import type { Detection, Match } from './rule';

/** One EventBridge rule on the default bus of every region of every account. */
export interface ForwardingPattern {
  /** Stable word for the logical ID. */
  readonly id: string;
  readonly pattern: EventPattern;
  /**
   * Read-only events reach a rule only in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS.
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
   */
  readonly reads: boolean;
  /** Data events go to a bus of their own. */
  readonly data: boolean;
  /** For people: what it forwards. */
  readonly about: string;
}

export interface ForwardingOptions {
  /** Forward every read, not only the named and the failed ones. */
  readonly allReads?: boolean | undefined;
  /** Forward data events; of S3 only those of these buckets, when any are given. */
  readonly data?: { readonly buckets?: readonly string[] | undefined } | undefined;
}

/**
 * Everything that CloudTrail says by EventBridge about management events, but for console sign-in.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
const MANAGEMENT_TYPES = [
  'AWS API Call via CloudTrail',
  'AWS Console Action via CloudTrail',
  'AWS Service Event via CloudTrail',
  'AWS Insight via CloudTrail',
];

/**
 * AWS's guide spells it "Signin", the events seen in the field "Sign In": the prefix takes both. The anomaly alert comes
 * from the sign-in service itself, not from CloudTrail.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-signin.html
 */
const SIGN_IN_TYPES = [{ prefix: 'AWS Console Sign' }, SIGN_IN_ANOMALY.detailType];

const DATA_TYPES = ['AWS API Call via CloudTrail', 'AWS Network Activity Event via CloudTrail'];

/** KMS makes up almost all reads of a busy account; of its reads only named ones are forwarded. */
const TOO_MANY_READS = 'kms.amazonaws.com';

/**
 * What every region forwards to the hub bus: all writes, sign-in, all failed reads, and the reads that some shipped rule
 * names, whether it is on or off. So a change of configuration, or of most rules, leaves every region as it is. No event
 * is accepted by two of the patterns.
 * @throws {Error} a pattern cannot be cut below EventBridge's limit.
 */
export function forwardingPatterns(
  shipped: readonly Detection[],
  { allReads = false, data }: ForwardingOptions = {},
): readonly ForwardingPattern[] {
  const matches = [...shipped.filter(isDeployed).flatMap((rule) => rule.match), ...CANARIES];
  return [
    {
      id: 'Writes',
      pattern: forwarded(MANAGEMENT_TYPES, { eventCategory: MANAGEMENT, readOnly: WRITE }),
      reads: false,
      data: false,
      about: 'every management event that is not read-only',
    },
    {
      id: 'SignIn',
      pattern: { source: FROM_AWS, 'detail-type': SIGN_IN_TYPES },
      reads: false,
      data: false,
      about: 'console sign-in, and sign-in anomalies',
    },
    {
      id: 'Findings',
      pattern: { source: [GUARDDUTY_FINDING.source], 'detail-type': [GUARDDUTY_FINDING.detailType] },
      reads: false,
      data: false,
      about: 'findings of GuardDuty',
    },
    {
      id: 'FailedReads',
      pattern: forwarded(MANAGEMENT_TYPES, { eventCategory: MANAGEMENT, readOnly: READ, ...FAILED }),
      reads: true,
      data: false,
      about: 'every read that failed',
    },
    ...readPatterns(matches, allReads),
    ...(data === undefined ? [] : dataPatterns(matches, data.buckets ?? [])),
  ];
}

function forwarded(types: readonly DeployedCondition[], detail: EventPattern): EventPattern {
  return { source: FROM_AWS, 'detail-type': types, detail };
}

function readPatterns(matches: readonly Match[], allReads: boolean): ForwardingPattern[] {
  const wanted = matches.filter((match) => match.feed === 'api-reads' && match.service !== undefined);
  const some = wanted.filter((match) => !allReads || match.service === TOO_MANY_READS);
  const whole = unique(some.filter((match) => match.calls === undefined).map(serviceOf));
  const named = some.filter((match) => match.calls !== undefined && !whole.includes(serviceOf(match)));
  return [
    ...(allReads
      ? [
          reads(
            'AllReads',
            { eventSource: [{ 'anything-but': [TOO_MANY_READS] }] },
            `every read but ${TOO_MANY_READS}'s`,
          ),
        ]
      : []),
    ...(whole.length > 0 ? [reads('ServiceReads', { eventSource: whole }, `every read of ${whole.join(', ')}`)] : []),
    ...namedReads(named),
  ];
}

function reads(id: string, detail: EventPattern, about: string): ForwardingPattern {
  const pattern = forwarded(MANAGEMENT_TYPES, { eventCategory: MANAGEMENT, readOnly: READ, ...SUCCEEDED, ...detail });
  return { id, pattern, reads: true, data: false, about: `${about}, succeeded` };
}

/** Services and calls as two lists: it lets through a few calls that nobody named, and stays short. */
function namedReads(matches: readonly Match[]): ForwardingPattern[] {
  if (matches.length === 0) return [];
  const services = unique(matches.map(serviceOf));
  const conditions = new Map(
    matches.flatMap((match) => {
      const calls = match.calls ?? [];
      return eventNames(serviceOf(match), calls).map((condition, index) => [calls[index] ?? '', condition] as const);
    }),
  );
  const calls = unique([...conditions.keys()]);
  const build = (part: readonly string[]) =>
    reads(
      'NamedReads',
      { eventSource: services, eventName: part.map((call) => conditions.get(call) ?? call) },
      'the reads that shipped rules name',
    );
  return splitByPrefix(calls, (part) => build(part).pattern, 'the forwarded reads').map(({ calls: part }, index) => ({
    ...build(part),
    id: index === 0 ? 'NamedReads' : `NamedReads${index + 1}`,
  }));
}

function dataPatterns(matches: readonly Match[], buckets: readonly string[]): ForwardingPattern[] {
  const wanted = matches.filter((match) => match.feed === 'data');
  if (wanted.length === 0) return [];
  if (wanted.some((match) => match.service === undefined)) {
    // Our own queues and tables can have data events: a pipeline that reports itself never rests.
    throw new Error('a match on data events must name its service');
  }
  const services = unique(wanted.map(serviceOf));
  const others = services.filter((service) => service !== S3);
  const ofBuckets = { eventSource: [S3], requestParameters: { bucketName: buckets } };
  const where: EventPattern =
    buckets.length === 0 || !services.includes(S3)
      ? { eventSource: services }
      : others.length === 0
        ? ofBuckets
        : { $or: [ofBuckets, { eventSource: others }] };
  const about = buckets.length === 0 ? 'of the services that rules name' : `of the buckets ${buckets.join(', ')}`;
  const pattern = forwarded(DATA_TYPES, { eventCategory: DATA, ...where });
  return [{ id: 'Data', pattern, reads: false, data: true, about: `data events ${about}` }];
}

const S3 = 's3.amazonaws.com';

function serviceOf(match: Match): string {
  return match.service ?? '';
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
