import { field } from '../intake/fields';
import type { Outcome, TrailEvent } from '../intake/trail-event';
import type { ActiveRule } from './active-rule';
import { compilePattern, type Pattern, type Predicate } from './pattern';
import type { Detection, Feed, Match } from './rule';
import { levelOf } from './severity';

/** What an event means to a rule: what to store for it, under which keys. */
export interface Hit {
  readonly active: ActiveRule;
  /** Independent windows that the event counts in; for a baseline without a window, its one subject. */
  readonly keys: readonly string[];
  /** Weight in a sum; 1 otherwise. */
  readonly weight: number;
  /** Level of severity that this event alone earns, where a function decides; 0 otherwise. */
  readonly level: number;
  /** Steps of a sequence that it fits, as bits; 0 otherwise. */
  readonly steps: number;
  /** Values of a distinct window, or of a baseline without a window; empty otherwise. */
  readonly values: readonly string[];
  /** Baseline: the values become known, and nothing is said. */
  readonly teachesOnly: boolean;
  /** A baseline beside the window: the hit counts in it only if one of these values is new to the subject. */
  readonly onlyIfNew?: FirstUses | undefined;
}

/** What an event uses, that may be for the first time. */
export interface FirstUses {
  readonly subject: string;
  readonly values: readonly string[];
}

/** Called when a rule's own code throws. The other rules go on. */
export type OnRuleError = (ruleId: string, error: unknown, event: TrailEvent) => void;

export interface Dispatcher {
  /** Hits of all rules on an event, in the order of the rules. */
  hits(event: TrailEvent): Hit[];
}

interface Candidate {
  readonly active: ActiveRule;
  readonly order: number;
  readonly outcome: Match['outcome'];
  readonly admits: (event: TrailEvent) => boolean;
}

/** Candidates for an event, by how it ended: most rules want one outcome, and most events succeed. */
type ByOutcome = Readonly<Record<Outcome, readonly Candidate[]>>;

/**
 * Finds the rules that an event concerns by an index on service and call: the cost does not grow with the number of
 * rules that name other calls.
 */
export function createDispatcher(rules: readonly ActiveRule[], onRuleError: OnRuleError): Dispatcher {
  const everywhere: Candidate[] = [];
  const byService = new Map<string, Candidate[]>();
  const byCall = new Map<string, Map<string, Candidate[]>>();
  const patterns = new Map<string, Predicate>();
  rules.forEach((active, order) => {
    for (const match of active.rule.match) {
      const candidate = { active, order, outcome: match.outcome, admits: admission(active.rule, match, patterns) };
      if (match.service === undefined) everywhere.push(candidate);
      else if (match.calls === undefined) push(byService, match.service, candidate);
      else {
        const calls = byCall.get(match.service) ?? new Map<string, Candidate[]>();
        byCall.set(match.service, calls);
        for (const call of match.calls) push(calls, call, candidate);
      }
    }
  });
  // Lists for the calls that no rule names and for those that one does, each made when first asked for.
  const joined = new Map<string, { readonly unnamed: ByOutcome; readonly named: Map<string, ByOutcome> }>();
  const candidatesFor = (service: string, call: string): ByOutcome => {
    let ofService = joined.get(service);
    if (ofService === undefined) {
      const unnamed = [...everywhere, ...(byService.get(service) ?? [])];
      const named = new Map<string, ByOutcome>();
      for (const [name, own] of byCall.get(service) ?? []) named.set(name, byOutcome([...unnamed, ...own]));
      ofService = { unnamed: byOutcome(unnamed), named };
      if (joined.size > 5_000) joined.clear(); // services come from records: bounded
      joined.set(service, ofService);
    }
    return ofService.named.get(call) ?? ofService.unnamed;
  };

  return {
    hits(event) {
      const candidates = candidatesFor(event.service, event.call)[event.outcome];
      const found: Hit[] = [];
      let last: ActiveRule | undefined;
      for (const { active, admits } of candidates) {
        if (active === last) continue; // several matches of one rule: the first that admits counts
        try {
          if (!admits(event)) continue;
          last = active;
          const hit = hitOf(active, event);
          if (hit !== undefined) found.push(hit);
        } catch (error) {
          last = active;
          onRuleError(active.rule.id, error, event);
        }
      }
      return found;
    },
  };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function byOutcome(candidates: readonly Candidate[]): ByOutcome {
  const inOrder = [...candidates].sort((a, b) => a.order - b.order);
  const wanting = (ended: Outcome) =>
    inOrder.filter(({ outcome }) => outcome === 'any' || outcome === ended || outcome.includes(ended));
  return { succeeded: wanting('succeeded'), denied: wanting('denied'), failed: wanting('failed') };
}

function hitOf(active: ActiveRule, event: TrailEvent): Hit | undefined {
  const { rule, settings } = active;
  if (rule.when !== undefined && !rule.when(event, settings)) return undefined;
  const level = active.constantLevel === undefined ? eventLevel(event, active) : 0;
  if (rule.baseline === undefined) return windowHit(active, event, level);
  const subject = rule.baseline.subject === undefined ? event.account : rule.baseline.subject(event, settings);
  const values = list(rule.baseline.value(event, settings));
  if (subject === undefined || values.length === 0) return undefined;
  const teachesOnly = rule.baseline.teachesOnly?.(event, settings) ?? false;
  if (rule.window === undefined) return { active, keys: [subject], weight: 1, level, steps: 0, values, teachesOnly };
  const counted = windowHit(active, event, level) ?? { active, keys: [], weight: 1, level, steps: 0, values: [] };
  return { ...counted, teachesOnly, onlyIfNew: { subject, values } };
}

function windowHit(active: ActiveRule, event: TrailEvent, level: number): Hit | undefined {
  const { rule, settings } = active;
  const { window } = rule;
  const per = window?.per ?? rule.per;
  const keys = per === undefined ? [`${event.account}|${event.actor}|${event.call}`] : list(per(event, settings));
  if (keys.length === 0) return undefined;
  const hit: Hit = { active, keys, weight: 1, level, steps: 0, values: [], teachesOnly: false };
  if (window === undefined || window.kind === 'count' || window.kind === 'silence') return hit;
  if (window.kind === 'sum') {
    const weight = window.weight(event, settings);
    if (weight === undefined || !(weight > 0) || !Number.isFinite(weight)) return undefined;
    return { ...hit, weight };
  }
  if (window.kind === 'distinct') {
    const values = list(window.value(event, settings));
    return values.length === 0 ? undefined : { ...hit, values };
  }
  let steps = 0;
  window.steps.forEach((step, index) => {
    if (step.is(event, settings)) steps |= 1 << index;
  });
  return steps === 0 ? undefined : { ...hit, steps };
}

/** Level by the rule's function. A configured severity replaces it; what is no alert (info) does not become one. */
function eventLevel(event: TrailEvent, { rule, settings, levelOverride }: ActiveRule): number {
  const level = levelOf(typeof rule.severity === 'function' ? rule.severity(event, settings) : rule.severity);
  return level === 0 ? 0 : (levelOverride ?? level);
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value.length > 1 ? [...new Set(value)] : value;
}

/** The whole test of one match but for service, call and outcome, which the index has answered. */
function admission(rule: Detection, match: Match, patterns: Map<string, Predicate>): (event: TrailEvent) => boolean {
  const feed = feedTest(match.feed, match.calls !== undefined);
  const pattern = match.record && shared(match.record, patterns);
  const callerOnly = rule.side !== 'resource';
  return (event) => {
    if (callerOnly && event.crossAccount) return false;
    return (pattern === undefined || pattern(event.record)) && feed(event);
  };
}

/** One predicate for all rules with the same pattern, which answers for a record once: many rules ask for the root user. */
function shared(pattern: Pattern, patterns: Map<string, Predicate>): Predicate {
  const name = JSON.stringify(pattern);
  let predicate = patterns.get(name);
  if (predicate === undefined) {
    const compiled = compilePattern(pattern);
    let asked: unknown;
    let answer = false;
    predicate = (record) => {
      if (record !== asked) {
        asked = record;
        answer = compiled(record);
      }
      return answer;
    };
    patterns.set(name, predicate);
  }
  return predicate;
}

/**
 * What a feed carries. Named calls say by themselves what they are, so that old records without a readOnly flag match;
 * only a wildcard asks for the flag.
 */
function feedTest(feed: Feed, named: boolean): (event: TrailEvent) => boolean {
  switch (feed) {
    case 'api-writes':
      return named ? isManagement : (event) => event.readOnly !== true && isManagement(event);
    case 'api-reads':
      return named ? isManagement : (event) => event.readOnly === true && isManagement(event);
    case 'errors':
      return (event) => event.outcome !== 'succeeded' && isManagement(event);
    case 'sign-in':
      return isManagement;
    case 'data':
      return (event) => !isManagement(event);
  }
}

/**
 * Data and network activity events say so in eventCategory (since eventVersion 1.07) or managementEvent; records
 * without either are management events.
 */
export function isManagement(event: TrailEvent): boolean {
  const category = field(event.record, 'eventCategory');
  if (typeof category === 'string') return category === 'Management' || category === 'Insight';
  return field(event.record, 'managementEvent') !== false;
}
