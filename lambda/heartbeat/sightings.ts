import { BoundedMap } from '../bounded-map';
import { forEachLimited } from '../concurrency';
import { asError } from '../errors';
import { asArray, field, fieldsOf, pick, text } from '../intake/fields';
import { FINDING_CATEGORY } from '../intake/finding';
import type { ReceivedEvent } from '../intake/receive-batch';
import type { TrailEvent } from '../intake/trail-event';
import type { Clock, Log, Metrics } from '../ports';
import { CANARY_TAG, type CanaryKind, isNonce } from './canaries';
import type { SightingStore } from './heartbeat-store';
import type { LastSeen } from './silence';

/** A place is written at most this often by each worker. */
const SEEN_AGAIN_MS = 60_000;

const WRITES_AT_ONCE = 8;

/**
 * What the heartbeat does besides the canaries, all of it reading. It succeeds every five minutes in every region, which
 * would be discovery in anybody else's hands; refused, it is judged like anybody's.
 */
const OWN_CHECKS: ReadonlySet<string> = new Set(
  Object.entries({
    'cloudtrail.amazonaws.com': ['DescribeTrails', 'GetTrailStatus', 'GetEventSelectors', 'LookupEvents'],
    'events.amazonaws.com': ['ListRules', 'ListRuleNamesByTarget'],
    'lambda.amazonaws.com': ['GetFunctionConfiguration', 'GetFunctionConcurrency', 'GetEventSourceMapping'],
    'sqs.amazonaws.com': ['GetQueueAttributes'],
    'sns.amazonaws.com': ['ListSubscriptionsByTopic'],
    'dynamodb.amazonaws.com': ['DescribeTable'],
    'monitoring.amazonaws.com': ['DescribeAlarms', 'GetMetricData'],
  }).flatMap(([service, calls]) => calls.map((call) => `${service} ${call}`)),
);

export interface SightingPorts {
  readonly store: SightingStore;
  /** ARN of the heartbeat's role: only its calls are canaries. */
  readonly heartbeatRole: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * The detector's part of the heartbeat: that canaries came back, and when something last came from every place. It must
 * not cost a detection: it fails for itself, and runs beside the judging.
 */
export class Sightings {
  private readonly seen = new BoundedMap<string, number>(10_000);

  constructor(private readonly ports: SightingPorts) {}

  /**
   * Takes the heartbeat's own calls out of a batch: exactly its role, exactly its calls, and only those that succeeded.
   * @returns what is left to judge, and a promise that never rejects: what there was to store is stored
   */
  take(events: readonly ReceivedEvent[]): { readonly others: ReceivedEvent[]; readonly stored: Promise<void> } {
    const others: ReceivedEvent[] = [];
    const canaries: { readonly event: TrailEvent; readonly kind: CanaryKind; readonly nonce: string }[] = [];
    for (const received of events) {
      const { event } = received;
      if (event.actor !== this.ports.heartbeatRole || event.outcome !== 'succeeded') others.push(received);
      else if (OWN_CHECKS.has(`${event.service} ${event.call}`)) this.ports.metrics.count('IgnoredEvents', 1, OWN);
      else {
        const canary = canaryIn(event);
        if (canary === undefined) others.push(received);
        else canaries.push({ event, ...canary });
      }
    }
    const nowMs = this.ports.clock.nowMs();
    const work = [
      ...canaries.map(({ event: { region }, kind, nonce }) => () => {
        return this.ports.store.sight({ nonce, region, kind, seenMs: nowMs });
      }),
      ...this.placesOf(others, nowMs).map((place) => () => this.ports.store.see(place)),
    ];
    return { others, stored: this.storeAll(work) };
  }

  private async storeAll(work: readonly (() => Promise<void>)[]): Promise<void> {
    try {
      await forEachLimited(work, WRITES_AT_ONCE, (write) => write());
    } catch (error) {
      // The heartbeat notices: a canary that is not stored did not come back.
      this.ports.log.warn('The heartbeat could not be told what came', { error: asError(error) });
    }
  }

  /** The places of the events, each with its latest time, but for those that were written a moment ago. */
  private placesOf(events: readonly ReceivedEvent[], nowMs: number): LastSeen[] {
    const latest = new Map<string, LastSeen>();
    for (const { event } of events) {
      if (event.record['eventCategory'] === FINDING_CATEGORY) continue; // GuardDuty's word is none of CloudTrail's
      const { account, region, timeMs } = event;
      // What is no account or region would be a place of its own for good, and anybody could make up thousands.
      if (!/^\d{12}$/.test(account) || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) continue;
      const feed = feedOf(event);
      const name = `${account} ${region} ${feed}`;
      const before = latest.get(name);
      if (before === undefined || timeMs > before.seenMs) latest.set(name, { account, region, feed, seenMs: timeMs });
    }
    return [...latest].flatMap(([name, place]) => {
      if (nowMs - (this.seen.get(name) ?? Number.NEGATIVE_INFINITY) < SEEN_AGAIN_MS) return [];
      this.seen.set(name, nowMs);
      return [place];
    });
  }
}

const OWN = { reason: 'own-check' };

/**
 * The canary in an event of the heartbeat's role: a nonce as the tag of its own queue, or in the user agent of a
 * question that changes nothing.
 */
function canaryIn({ service, call, record }: TrailEvent): { kind: CanaryKind; nonce: string } | undefined {
  if (service === 'sqs.amazonaws.com' && call === 'TagQueue') {
    const nonce = tagIn(pick(record['requestParameters'], 'tags'));
    return nonce !== undefined && isNonce(nonce) ? { kind: 'write', nonce } : undefined;
  }
  if (service !== 'sts.amazonaws.com' || call !== 'GetCallerIdentity') return undefined;
  const agent = text(record['userAgent']) ?? '';
  const start = agent.indexOf(`${CANARY_TAG}/`);
  const nonce = start < 0 ? '' : agent.slice(start + CANARY_TAG.length + 1).split(/[\s\]]/, 1)[0];
  return nonce !== undefined && isNonce(nonce) ? { kind: 'read', nonce } : undefined;
}

/** Tags as SQS's record has them, a map, or as a list of keys and values. */
function tagIn(tags: unknown): string | undefined {
  const direct = text(field(fieldsOf(tags), CANARY_TAG));
  if (direct !== undefined) return direct;
  const tag = asArray(tags).find((one) => text(pick(one, 'key')) === CANARY_TAG);
  return text(pick(tag, 'value'));
}

function feedOf({ service, readOnly, record }: TrailEvent): string {
  const category = record['eventCategory'];
  if (category !== undefined && category !== 'Management' && category !== 'Insight') return 'data';
  if (service === 'signin.amazonaws.com') return 'sign-in';
  return readOnly === true ? 'reads' : 'writes';
}
