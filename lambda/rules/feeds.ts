import { GUARDDUTY_FINDING, SIGN_IN_ANOMALY } from '../intake/finding';
import type { Outcome } from '../intake/trail-event';
import {
  DATA,
  type DeployedCondition,
  type EventPattern,
  eventNames,
  FAILED,
  FROM_AWS,
  isTaken,
  MANAGEMENT,
  PATTERN_LIMIT,
  patternLength,
  READ,
  SUCCEEDED,
  WRITE,
  withoutFeedFields,
} from './event-pattern';
import { compilePattern, type Pattern } from './pattern';
import type { Detection, Feed, Match } from './rule';

/**
 * What a deployment must switch on for a rule.
 * - `named-calls`: certain calls, or all calls of one service; always forwarded
 * - `writes`: every write; always forwarded, but then every write is also stored and evaluated
 * - `all-reads`: every read; forwarded only when configured
 * - `errors`: every failed call; always forwarded
 * - `sign-in`: console sign-in; always forwarded, from the regions that have it
 * - `data-events`: forwarded only when configured, and recorded only by a trail that selects them
 * - `findings`: always forwarded; GuardDuty must be on
 */
export type Need = 'named-calls' | 'writes' | 'all-reads' | 'errors' | 'sign-in' | 'data-events' | 'findings';

/** What the rule's matches need, each once, in the order of the matches. */
export function needs(rule: Detection): readonly Need[] {
  return [...new Set(rule.match.map(needOf))];
}

function needOf(match: Match): Need {
  if (match.feed === 'data') return 'data-events';
  if (match.feed === 'errors' || match.feed === 'sign-in' || match.feed === 'findings') return match.feed;
  if (match.service !== undefined) return 'named-calls';
  return match.feed === 'api-writes' ? 'writes' : 'all-reads';
}

/**
 * The calls whose return through the whole pipeline proves that it works: a write that every region has, and a read.
 * The heartbeat makes them, so they are wanted whatever the rules want.
 */
export const CANARIES: readonly Match[] = [
  { feed: 'api-writes', outcome: 'succeeded', service: 'sqs.amazonaws.com', calls: ['TagQueue'] },
  { feed: 'api-reads', outcome: 'succeeded', service: 'sts.amazonaws.com', calls: ['GetCallerIdentity'] },
];

/** One EventBridge rule on the hub bus, or on the bus for data events. */
export interface FeedPattern {
  /** Stable word for the logical ID: `WritesSucceededIam`, `ReadsFailed`. */
  readonly id: string;
  readonly side: Side;
  readonly pattern: EventPattern;
  /** Ids of the rules that want its events, in the order of the rules; `canary` for the heartbeat's calls. */
  readonly wantedBy: readonly string[];
  /** True when every event of a side, or every failed one, is wanted: what costs most. */
  readonly wildcard: boolean;
}

/**
 * Where an event goes: writes and sign-in to the priority queue, reads to the bulk queue, data events over a bus of
 * their own to the bulk queue.
 */
type Side = 'writes' | 'reads' | 'data';

/** How a call ended, as far as EventBridge can tell: `denied` is a failure like any other. */
type Ending = 'succeeded' | 'failed';

const SIDES: Readonly<Record<Feed, readonly Side[]>> = {
  'api-writes': ['writes'],
  'api-reads': ['reads'],
  errors: ['writes', 'reads'],
  'sign-in': ['writes'],
  data: ['data'],
  findings: [], // not by CloudTrail: see findingsPattern
};

/**
 * The patterns that bring the rules their events, each event by exactly one of them.
 *
 * Every record lies in one lane: a side (write, read or data event) and an ending. A lane is cut by service, so that
 * patterns of two services never accept the same record; what is wanted of every service is folded into each of them
 * and, for the services that no rule names, into a pattern for the others. Inside a pattern branches may overlap: it is
 * one EventBridge rule, which delivers once.
 *
 * ```
 *           writes                          reads                        data
 *           succeeded        failed         succeeded        failed
 *  iam      CreateUser, …    ┐              GetCallerId…     ┐
 *  ec2      RunInstances, …  ├ everything                    ├ everything      when a rule wants all errors,
 *  others   when Root        ┘              when Root        ┘                 the lane is one pattern
 * ```
 * @throws {Error} a pattern cannot be cut below EventBridge's limit; the message names the rules.
 */
export function feedPatterns(rules: readonly Detection[]): readonly FeedPattern[] {
  const wants = [
    ...rules.filter(isDeployed).flatMap((rule) => rule.match.flatMap((match) => wantsOf(rule.id, match))),
    ...CANARIES.flatMap((match) => wantsOf('canary', match)),
  ];
  const patterns = (['writes', 'reads', 'data'] as const).flatMap((side) => {
    const succeeded = cutByService(wants.filter((want) => want.side === side && want.ending === 'succeeded'));
    const failed = cutByService(wants.filter((want) => want.side === side && want.ending === 'failed'));
    return joinEndings(succeeded, failed).flatMap((piece) => patternsOf(side, piece));
  });
  return [...patterns, ...findingsPattern(rules)];
}

/** The pattern that brings findings. Its events have no event name. */
export const FINDINGS = 'Findings';

/** What GuardDuty and the sign-in service say themselves, to the queue of what does not wait; when a rule wants it. */
function findingsPattern(rules: readonly Detection[]): FeedPattern[] {
  const wantedBy = rules.filter(({ match }) => match.some(({ feed }) => feed === 'findings')).map(({ id }) => id);
  if (wantedBy.length === 0) return [];
  const kinds = [GUARDDUTY_FINDING, SIGN_IN_ANOMALY];
  const pattern = {
    source: kinds.map(({ source }) => source),
    'detail-type': kinds.map(({ detailType }) => detailType),
  };
  return [{ id: FINDINGS, side: 'writes', pattern, wantedBy, wildcard: false }];
}

/** Rules for files alone ask nothing of a deployment. */
export function isDeployed(rule: Detection): boolean {
  return rule.replayOnly !== true;
}

interface Want {
  readonly ruleId: string;
  readonly side: Side;
  readonly ending: Ending;
  /** Absent: every service. */
  readonly service: string | undefined;
  readonly branch: Branch;
}

/** One alternative of a pattern: which calls, under which conditions on the record. */
interface Branch {
  readonly names: Names;
  readonly record: Pattern;
}

type Names =
  | { readonly kind: 'all' }
  | { readonly kind: 'calls'; readonly calls: readonly string[] }
  | { readonly kind: 'starting'; readonly prefixes: readonly string[] }
  | { readonly kind: 'not-starting'; readonly prefixes: readonly string[] };

const ALL: Names = { kind: 'all' };

function wantsOf(ruleId: string, match: Match): Want[] {
  const branch: Branch = {
    // Without a service the engine does not look at calls, and neither may the pattern.
    names:
      match.calls === undefined || match.service === undefined
        ? ALL
        : { kind: 'calls', calls: [...match.calls].sort() },
    record: withoutFeedFields(match.record),
  };
  return SIDES[match.feed].flatMap((side) =>
    endingsOf(match)
      .filter((ending) => possibleIn(side, ending, match.record))
      .map((ending) => ({ ruleId, side, ending, service: match.service, branch })),
  );
}

function endingsOf({ feed, outcome }: Match): readonly Ending[] {
  const outcomes: readonly (Outcome | 'any')[] = typeof outcome === 'string' ? [outcome] : outcome;
  const succeeded = feed !== 'errors' && (outcomes.includes('any') || outcomes.includes('succeeded'));
  const failed = outcomes.some((one) => one !== 'succeeded');
  return [...(succeeded ? (['succeeded'] as const) : []), ...(failed ? (['failed'] as const) : [])];
}

/** False when the rule's own conditions on readOnly or the error fields refuse every record of the lane. */
function possibleIn(side: Side, ending: Ending, record: Pattern | undefined): boolean {
  if (record === undefined) return true;
  const { readOnly, errorCode, errorMessage } = record;
  const admits = (part: Pattern, records: readonly object[]) => records.some(compilePattern(part));
  if (readOnly !== undefined && side !== 'data') {
    const flags = side === 'reads' ? [{ readOnly: true }] : [{ readOnly: false }, {}];
    if (!admits({ readOnly }, flags)) return false;
  }
  if (ending === 'failed') return true; // the texts of errors are too many to try
  return admits({ ...(errorCode && { errorCode }), ...(errorMessage && { errorMessage }) }, [{}]);
}

/** What is wanted of one service, or of all others, in a lane. */
interface Cut {
  /** A service; `everything` when the lane is one piece; `others` for the services that are not named. */
  readonly of: string;
  /** For `others`: the services that have cuts of their own. */
  readonly not: readonly string[];
  readonly branches: readonly Branch[];
  readonly wantedBy: readonly string[];
}

const EVERYTHING = 'everything';
const OTHERS = 'others';

function cutByService(wants: readonly Want[]): Cut[] {
  const anywhere = wants.filter((want) => want.service === undefined);
  if (anywhere.some((want) => isUnconditional(want.branch))) {
    return [{ of: EVERYTHING, not: [], branches: [], wantedBy: ruleIds(wants) }];
  }
  const services = [...new Set(wants.flatMap((want) => want.service ?? []))].sort();
  const cuts = services.map((service): Cut => {
    const own = [...wants.filter((want) => want.service === service), ...anywhere];
    return { of: service, not: [], branches: joinBranches(own.map((want) => want.branch)), wantedBy: ruleIds(own) };
  });
  if (anywhere.length === 0) return cuts;
  const branches = joinBranches(anywhere.map((want) => want.branch));
  return [...cuts, { of: OTHERS, not: services, branches, wantedBy: ruleIds(anywhere) }];
}

function isUnconditional(branch: Branch): boolean {
  return branch.names.kind === 'all' && Object.keys(branch.record).length === 0;
}

function ruleIds(wants: readonly Want[]): string[] {
  return [...new Set(wants.map((want) => want.ruleId))];
}

/** One branch for each distinct condition, and none that a wider one contains. No branches: every event. */
function joinBranches(branches: readonly Branch[]): readonly Branch[] {
  if (branches.some(isUnconditional)) return [];
  const byRecord = new Map<string, { record: Pattern; all: boolean; calls: Set<string> }>();
  for (const { names, record } of branches) {
    const key = JSON.stringify(record);
    const joined = byRecord.get(key) ?? { record, all: false, calls: new Set<string>() };
    byRecord.set(key, joined);
    if (names.kind === 'calls') for (const call of names.calls) joined.calls.add(call);
    else joined.all = true;
  }
  const distinct = [...byRecord].sort(byKey).map(([, joined]) => joined);
  return distinct.flatMap((one, index): Branch[] => {
    const wider = distinct.filter(
      (other, at) =>
        other !== one && isWider(other.record, one.record) && (at < index || !isWider(one.record, other.record)),
    );
    if (wider.some((other) => other.all)) return [];
    if (one.all) return [{ names: ALL, record: one.record }];
    const calls = [...one.calls].filter((call) => !wider.some((other) => other.calls.has(call))).sort();
    return calls.length === 0 ? [] : [{ names: { kind: 'calls', calls }, record: one.record }];
  });
}

/** Whether the conditions of `wide` are among those of `narrow`, so that it accepts every record that `narrow` does. */
function isWider(wide: Pattern, narrow: Pattern): boolean {
  return Object.entries(wide).every(([name, condition]) => {
    const other = narrow[name];
    if (other === undefined) return false;
    if (Array.isArray(condition) || Array.isArray(other)) return JSON.stringify(condition) === JSON.stringify(other);
    return isWider(condition as Pattern, other as Pattern);
  });
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Piece extends Cut {
  readonly ending: Ending | 'both';
}

/** Where the same is wanted of successes and of failures, one pattern serves both. */
function joinEndings(succeeded: readonly Cut[], failed: readonly Cut[]): Piece[] {
  const isSame = (a: Cut, b: Cut) =>
    a.of === b.of && JSON.stringify([a.not, a.branches]) === JSON.stringify([b.not, b.branches]);
  const pieces: Piece[] = succeeded.map((cut) => {
    const twin = failed.find((other) => isSame(cut, other));
    if (twin === undefined) return { ...cut, ending: 'succeeded' };
    return { ...cut, wantedBy: [...new Set([...cut.wantedBy, ...twin.wantedBy])], ending: 'both' };
  });
  const left = failed.filter((cut) => !succeeded.some((other) => isSame(cut, other)));
  return [...pieces, ...left.map((cut): Piece => ({ ...cut, ending: 'failed' }))];
}

/** The piece's patterns: one, or several when one would be too long. */
function patternsOf(side: Side, piece: Piece): FeedPattern[] {
  const id = `${capital(side)}${piece.ending === 'both' ? '' : capital(piece.ending)}${serviceWord(piece.of)}`;
  const build = (branches: readonly Branch[]) => patternOf(side, piece, branches);
  return splitToFit(piece.branches, build, `${id} (wanted by ${piece.wantedBy.join(', ')})`).map((branches, index) => ({
    id: index === 0 ? id : `${id}${index + 1}`,
    side,
    pattern: build(branches),
    wantedBy: piece.wantedBy,
    wildcard: piece.of === EVERYTHING,
  }));
}

function patternOf(side: Side, piece: Piece, branches: readonly Branch[]): EventPattern {
  const ending = piece.ending === 'both' ? {} : piece.ending === 'succeeded' ? SUCCEEDED : FAILED;
  const alternatives = branches.map(({ names, record }) => ({ ...namesPattern(piece.of, names), ...record }));
  return {
    source: FROM_AWS,
    'detail-type': [{ suffix: 'via CloudTrail' }],
    detail: {
      eventCategory: side === 'data' ? DATA : MANAGEMENT,
      ...(side === 'writes' ? { readOnly: WRITE } : side === 'reads' ? { readOnly: READ } : {}),
      ...servicePattern(piece),
      ...(alternatives.length < 2
        ? { ...ending, ...alternatives[0] }
        : piece.ending === 'failed'
          ? // A pattern has one `$or` at each level, so the choice of error goes into every branch.
            { $or: alternatives.map((alternative) => ({ ...alternative, ...FAILED })) }
          : { ...ending, $or: alternatives }),
    },
  };
}

function servicePattern({ of, not }: Cut): EventPattern {
  if (of === EVERYTHING || (of === OTHERS && not.length === 0)) return {};
  if (of !== OTHERS) return { eventSource: [of] };
  // Insights name no service, and are of the others.
  const exact = { eventSource: [{ 'anything-but': not }, { exists: false }] };
  if (patternLength(exact) <= PATTERN_LIMIT / 2) return exact;
  // `iam.` instead of `iam.amazonaws.com`: no service's name is the start of another's up to the dot.
  const prefixes = not.map((service) => `${service.split('.')[0]}.`);
  return { eventSource: [{ 'anything-but': { prefix: prefixes } }, { exists: false }] };
}

function namesPattern(service: string, names: Names): EventPattern {
  switch (names.kind) {
    case 'all':
      return {};
    case 'calls':
      return { eventName: eventNames(service, names.calls) };
    case 'starting':
      return { eventName: names.prefixes.map((prefix): DeployedCondition => ({ prefix })) };
    case 'not-starting':
      return { eventName: [{ 'anything-but': { prefix: names.prefixes } }] };
  }
}

/**
 * Cuts branches by how the calls' names begin until each part's pattern fits. The parts accept no event in common, and
 * together what the whole accepts.
 */
function splitToFit(
  branches: readonly Branch[],
  build: (branches: readonly Branch[]) => EventPattern,
  what: string,
): readonly (readonly Branch[])[] {
  const fits = (part: readonly Branch[]) => isTaken(build(part));
  if (fits(branches)) return [branches];
  const calls = [...new Set(branches.flatMap(({ names }) => callsOf(names)))].sort();
  const rest = branches.filter(({ names }) => names.kind === 'all');
  const parts = splitByPrefix(calls, (_, prefixes) => build(startingWith(branches, prefixes)), what);
  const cut = parts.map(({ prefixes }) => startingWith(branches, prefixes));
  if (rest.length > 0) {
    const prefixes = parts.flatMap((part) => part.prefixes);
    cut.push(rest.map(({ record }) => ({ names: { kind: 'not-starting', prefixes }, record })));
  }
  if (calls.length === 0 || !cut.every(fits)) {
    throw new Error(
      `${what}: conditions on every call are too long, or too many, for one pattern of ${PATTERN_LIMIT} characters`,
    );
  }
  return cut;
}

/** Calls, and the beginnings that all of them have and no call of another part has. */
interface PartOfCalls {
  readonly calls: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * Cuts a sorted list of calls into parts whose patterns fit, all calls with one beginning in the same part: also where a
 * call's name is the prefix of another's, no event can be accepted by two of them. A beginning is one letter, and more
 * where one letter's calls are too many.
 * @throws {Error} when calls cannot be told apart by longer beginnings, since one of them is the beginning.
 */
export function splitByPrefix(
  calls: readonly string[],
  build: (calls: readonly string[], prefixes: readonly string[]) => EventPattern,
  what: string,
): readonly PartOfCalls[] {
  const fits = (part: PartOfCalls) => isTaken(build(part.calls, part.prefixes));
  const groupsOf = (some: readonly string[], length: number): PartOfCalls[] =>
    unique(some.map((call) => call.slice(0, length))).flatMap((prefix) => {
      const group = { calls: some.filter((call) => call.startsWith(prefix)), prefixes: [prefix] };
      if (fits(group)) return [group];
      if (group.calls.some((call) => call.length <= length)) {
        throw new Error(`${what}: too many calls begin with ${prefix} for one pattern of ${PATTERN_LIMIT} characters`);
      }
      return groupsOf(group.calls, length + 1);
    });
  const parts: PartOfCalls[] = [];
  for (const next of groupsOf(calls, 1)) {
    const last = parts.at(-1) ?? { calls: [], prefixes: [] };
    const grown = { calls: [...last.calls, ...next.calls], prefixes: [...last.prefixes, ...next.prefixes] };
    if (parts.length > 0 && fits(grown)) parts.splice(-1, 1, grown);
    else parts.push(next);
  }
  return parts;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function startingWith(branches: readonly Branch[], prefixes: readonly string[]): Branch[] {
  return branches.flatMap(({ names, record }): Branch[] => {
    if (names.kind === 'all') return [{ names: { kind: 'starting', prefixes }, record }];
    const calls = callsOf(names).filter((call) => prefixes.some((prefix) => call.startsWith(prefix)));
    return calls.length === 0 ? [] : [{ names: { kind: 'calls', calls }, record }];
  });
}

function callsOf(names: Names): readonly string[] {
  return names.kind === 'calls' ? names.calls : [];
}

/** `sso-directory.amazonaws.com` → `SsoDirectory`. */
function serviceWord(service: string): string {
  if (service === EVERYTHING) return '';
  return service
    .replace(/\.amazonaws\.com$/, '')
    .split(/[^A-Za-z0-9]+/)
    .map(capital)
    .join('');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
