import { field } from '../intake/fields';
import type { Outcome, TrailEvent } from '../intake/trail-event';
import { type ActiveRule, isAsleep } from './active-rule';
import { type Condition, compilePattern, type Pattern, type Predicate } from './pattern';
import type { Baseline, Detection, Feed, Match, Window } from './rule';
import type { Settings } from './settings';
import { levelOf } from './severity';

/** What an event means to a rule: what to store for it, under which keys. */
export interface Hit {
  readonly active: ActiveRule;
  /** The rule's index among those that the dispatcher was made of. */
  readonly order: number;
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

/** Whether everybody knows already what a rule's baseline is about to be told: then there is no hit. */
export type IsKnown = (active: ActiveRule, event: TrailEvent, uses: FirstUses, teachesOnly: boolean) => boolean;

/** Called when a rule's own code throws. The other rules go on. */
export type OnRuleError = (ruleId: string, error: unknown, event: TrailEvent) => void;

export interface Dispatcher {
  /** Hits of all rules on an event, in the order of the rules. */
  hits(event: TrailEvent): Hit[];
}

interface Candidate {
  readonly asked: Asked;
  readonly match: Match;
  /** The match's pattern, whole and in the two parts that it is asked in; undefined where there is nothing to ask. */
  readonly pattern: Predicate | undefined;
  readonly type: Predicate | undefined;
  readonly rest: Predicate | undefined;
}

/**
 * Finds the rules that an event concerns by its kind, and then by an index on service and call: the cost does not grow
 * with the number of rules that name other calls, and little with those that name none.
 */
export function createDispatcher(
  rules: readonly ActiveRule[],
  onRuleError: OnRuleError,
  isKnown?: IsKnown,
): Dispatcher {
  const candidates: Candidate[] = [];
  const patterns = new Map<string, Predicate>();
  const kinds = new Kinds();
  rules.forEach((active, order) => {
    if (isAsleep(active)) return;
    const asked = new Asked(active, order, isKnown);
    for (const match of active.rule.match) {
      candidates.push({ asked, match, ...kinds.parts(match.record, patterns) });
    }
  });
  const whole = new Index(candidates);
  /** By kind, each made of what the kind's first event is admitted by. */
  const ofKind: Index[] = [];

  function candidatesFor(event: TrailEvent): readonly Candidate[] {
    const kind = kinds.kindOf(event);
    if (kind === ODD) {
      return whole.find(event).filter((one) => admitsKind(one, event) && one.pattern?.(event.record) !== false);
    }
    let index = ofKind[kind];
    if (index === undefined) {
      index = new Index(candidates.filter((one) => admitsKind(one, event) && one.type?.(event.record) !== false));
      ofKind[kind] = index;
    }
    return index.find(event);
  }

  return {
    hits(event) {
      const found: Hit[] = [];
      let last: Asked | undefined;
      for (const { asked, rest } of candidatesFor(event)) {
        if (asked === last) continue; // several matches of one rule: the first that admits counts
        try {
          if (rest !== undefined && !rest(event.record)) continue;
          last = asked;
          const hit = asked.hit(event);
          if (hit !== undefined) found.push(hit);
        } catch (error) {
          last = asked;
          onRuleError(asked.active.rule.id, error, event);
        }
      }
      return found;
    },
  };
}

/** Candidates by call and service. */
class Index {
  private readonly everywhere = new Place();
  /** For the calls of a service that no rule names: few rules look at all calls of one, and of reads none. */
  private readonly services = new Map<string, Place>();
  /** For the calls that rules name. The call is asked first: where no rule names it, that mostly is the answer. */
  private readonly calls = new Map<string, NamedPlace>();

  constructor(candidates: readonly Candidate[]) {
    for (const candidate of candidates) {
      const { service, calls } = candidate.match;
      if (service === undefined) this.everywhere.own.push(candidate);
      else if (calls === undefined) this.ofService(service).own.push(candidate);
    }
    for (const candidate of candidates) {
      const { service, calls = [] } = candidate.match;
      if (service !== undefined) for (const call of calls) this.ofCall(service, call).own.push(candidate);
    }
  }

  /** In the order of the rules. */
  find(event: TrailEvent): readonly Candidate[] {
    const { service, call } = event;
    for (let named = this.calls.get(call); named !== undefined; named = named.next) {
      if (named.service === service) return named.candidates;
    }
    const wide = this.services.size === 0 ? undefined : this.services.get(service);
    return (wide ?? this.everywhere).candidates;
  }

  private ofService(service: string): Place {
    let place = this.services.get(service);
    if (place === undefined) {
      place = new Place(this.everywhere);
      this.services.set(service, place);
    }
    return place;
  }

  private ofCall(service: string, call: string): Place {
    const first = this.calls.get(call);
    let place = first;
    while (place !== undefined && place.service !== service) place = place.next;
    if (place === undefined) {
      place = new NamedPlace(service, first, this.services.get(service) ?? this.everywhere);
      this.calls.set(call, place);
    }
    return place;
  }
}

/** A place in the index. Its list is made when first asked for: few calls are ever seen. */
class Place {
  readonly own: Candidate[] = [];
  private list: readonly Candidate[] | undefined;

  /** @param wider the place whose candidates are candidates here too */
  constructor(private readonly wider?: Place) {}

  get candidates(): readonly Candidate[] {
    if (this.list === undefined) {
      const others = this.wider?.candidates ?? [];
      this.list =
        this.own.length === 0 ? others : [...others, ...this.own].sort((a, b) => a.asked.order - b.asked.order);
    }
    return this.list;
  }
}

/** The place of a call of one service; services have few names of calls in common. */
class NamedPlace extends Place {
  constructor(
    readonly service: string,
    readonly next: NamedPlace | undefined,
    wider: Place,
  ) {
    super(wider);
  }
}

const OUTCOMES: Readonly<Record<Outcome, number>> = { succeeded: 0, denied: 1, failed: 2 };

/** Of a kind that is not worth a list. */
const ODD = -1;

/**
 * Kinds of events: all events of one kind get the same answers to what most rules ask, which are the outcome, the feed,
 * the account and the type of the identity.
 */
class Kinds {
  /** Types that patterns name, a dozen: comparing is faster than hashing what was just read. */
  private readonly types: string[] = [];

  kindOf(event: TrailEvent): number {
    const { identity } = event;
    const type = field(identity, 'type');
    if (Array.isArray(identity) || (type !== undefined && typeof type !== 'string')) return ODD;
    const flags = (event.readOnly === true ? 4 : 0) + (isManagement(event) ? 2 : 0) + (event.crossAccount ? 1 : 0);
    return ((type === undefined ? 0 : this.types.indexOf(type) + 2) * 3 + OUTCOMES[event.outcome]) * 8 + flags;
  }

  /** A pattern, and what is left of it to ask of events whose kind is known. */
  parts(pattern: Pattern | undefined, patterns: Map<string, Predicate>): Pick<Candidate, 'pattern' | 'type' | 'rest'> {
    if (pattern === undefined) return { pattern, type: undefined, rest: undefined };
    const whole = shared(pattern, patterns);
    const { userIdentity: identity, ...others } = pattern;
    if (identity === undefined || Array.isArray(identity)) return { pattern: whole, type: undefined, rest: whole };
    const { type, ...fields } = identity as Pattern;
    const names = Array.isArray(type) ? exactNames(type) : undefined;
    if (type === undefined || names === undefined) return { pattern: whole, type: undefined, rest: whole };
    for (const name of names) if (!this.types.includes(name)) this.types.push(name);
    const rest = Object.keys(fields).length === 0 ? others : { ...others, userIdentity: fields };
    return {
      pattern: whole,
      type: compilePattern({ userIdentity: { type } }),
      rest: Object.keys(rest).length === 0 ? undefined : shared(rest, patterns),
    };
  }
}

/** The texts that conditions compare with, or undefined where they look at parts of a text. */
function exactNames(conditions: readonly Condition[]): string[] | undefined {
  const names: unknown[] = [];
  for (const condition of conditions) {
    if (typeof condition !== 'object' || condition === null) names.push(condition);
    else if ('anything-but' in condition) names.push(...[condition['anything-but']].flat());
    else if (!('exists' in condition)) return undefined;
  }
  return names.filter((name) => typeof name === 'string');
}

/** The whole test of one match but for service and call, which the index has answered, and its pattern. */
function admitsKind({ asked, match }: Candidate, event: TrailEvent): boolean {
  const { outcome, feed, calls } = match;
  if (asked.active.rule.side !== 'resource' && event.crossAccount) return false;
  if (outcome !== 'any' && outcome !== event.outcome && !outcome.includes(event.outcome)) return false;
  return carries(feed, calls !== undefined, event);
}

const NONE: readonly string[] = [];

/**
 * A rule as events ask it: what is needed of it each time, in one shape. Rules are objects of dozens of shapes, which
 * reading a field would have to tell apart.
 */
class Asked {
  private readonly settings: Settings;
  private readonly when: Detection['when'];
  private readonly severity: Detection['severity'] | undefined;
  private readonly baseline: AskedBaseline | undefined;
  private readonly window: AskedWindow | undefined;
  private readonly per: Detection['per'];

  constructor(
    readonly active: ActiveRule,
    /** Index in the rules. */
    readonly order: number,
    private readonly isKnown: IsKnown | undefined,
  ) {
    const { rule, settings, constantLevel } = active;
    const { baseline, window } = rule;
    this.settings = settings;
    this.when = rule.when;
    this.severity = constantLevel === undefined ? rule.severity : undefined;
    this.per = window?.per ?? rule.per;
    this.baseline = baseline && { subject: baseline.subject, value: baseline.value, teachesOnly: baseline.teachesOnly };
    this.window = window && {
      weight: window.kind === 'sum' ? window.weight : undefined,
      value: window.kind === 'distinct' ? window.value : undefined,
      steps: window.kind === 'sequence' ? window.steps : undefined,
    };
  }

  hit(event: TrailEvent): Hit | undefined {
    const { active, order, settings, baseline } = this;
    if (this.when !== undefined && !this.when(event, settings)) return undefined;
    if (baseline === undefined) return this.windowHit(event);
    const subject = baseline.subject === undefined ? event.account : baseline.subject(event, settings);
    const values = list(baseline.value(event, settings));
    if (subject === undefined || values.length === 0) return undefined;
    const teachesOnly = baseline.teachesOnly?.(event, settings) ?? false;
    if (this.isKnown?.(active, event, { subject, values }, teachesOnly)) return undefined;
    if (this.window === undefined) {
      return { active, order, keys: [subject], weight: 1, level: this.level(event), steps: 0, values, teachesOnly };
    }
    const { keys, weight, level, steps, values: counted } = this.windowHit(event) ?? this.nothing(event);
    return { active, order, keys, weight, level, steps, values: counted, teachesOnly, onlyIfNew: { subject, values } };
  }

  /** A hit that counts in no window. */
  private nothing(event: TrailEvent): Hit {
    return this.counted(event, NONE, 1, 0, NONE);
  }

  private windowHit(event: TrailEvent): Hit | undefined {
    const { per, settings, window } = this;
    const keys = per === undefined ? [`${event.account}|${event.actor}|${event.call}`] : list(per(event, settings));
    if (keys.length === 0) return undefined;
    if (window?.weight !== undefined) {
      const weight = window.weight(event, settings);
      if (weight === undefined || !(weight > 0) || !Number.isFinite(weight)) return undefined;
      return this.counted(event, keys, weight, 0, NONE);
    }
    if (window?.value !== undefined) {
      const values = list(window.value(event, settings));
      return values.length === 0 ? undefined : this.counted(event, keys, 1, 0, values);
    }
    if (window?.steps !== undefined) {
      let steps = 0;
      window.steps.forEach((step, index) => {
        if (step.is(event, settings)) steps |= 1 << index;
      });
      return steps === 0 ? undefined : this.counted(event, keys, 1, steps, NONE);
    }
    return this.counted(event, keys, 1, 0, NONE);
  }

  private counted(
    event: TrailEvent,
    keys: readonly string[],
    weight: number,
    steps: number,
    values: readonly string[],
  ): Hit {
    const { active, order } = this;
    return { active, order, keys, weight, level: this.level(event), steps, values, teachesOnly: false };
  }

  /**
   * The level that an event alone earns, where the rule's function decides. A configured severity replaces it; what is
   * no alert (info) does not become one.
   */
  private level(event: TrailEvent): number {
    const { severity } = this;
    if (severity === undefined) return 0;
    const level = levelOf(typeof severity === 'function' ? severity(event, this.settings) : severity);
    return level === 0 ? 0 : (this.active.levelOverride ?? level);
  }
}

/** Of a baseline, what it asks. */
interface AskedBaseline {
  readonly subject: Baseline['subject'];
  readonly value: Baseline['value'];
  readonly teachesOnly: Baseline['teachesOnly'];
}

/** Of a window, what its kind asks. */
interface AskedWindow {
  readonly weight: Extract<Window, { kind: 'sum' }>['weight'] | undefined;
  readonly value: Extract<Window, { kind: 'distinct' }>['value'] | undefined;
  readonly steps: Extract<Window, { kind: 'sequence' }>['steps'] | undefined;
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value.length > 1 ? [...new Set(value)] : value;
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
function carries(feed: Feed, named: boolean, event: TrailEvent): boolean {
  switch (feed) {
    case 'api-writes':
      return (named || event.readOnly !== true) && isManagement(event);
    case 'api-reads':
      return (named || event.readOnly === true) && isManagement(event);
    case 'errors':
      return event.outcome !== 'succeeded' && isManagement(event);
    case 'sign-in':
      return isManagement(event);
    case 'data':
    case 'findings': // told apart by service and call, which rules on either name
      return !isManagement(event);
  }
}

/**
 * Data and network activity events say so in eventCategory (since eventVersion 1.07) or managementEvent; records
 * without either are management events.
 */
function isManagement(event: TrailEvent): boolean {
  const category = field(event.record, 'eventCategory');
  if (typeof category === 'string') return category === 'Management' || category === 'Insight';
  return field(event.record, 'managementEvent') !== false;
}
