import { EXPIRES_MS, isPlainName } from '../../lambda/alerts/suppression-stanza';
import type { ActiveRule } from '../../lambda/rules/active-rule';
import { addressOf } from '../../lambda/rules/networks';
import { levelOf, severityAt } from '../../lambda/rules/severity';
import { grouped } from '../counts';
import { groupBy } from '../group-by';
import { hasMessage, type ReplayAlert } from '../replay-alert';
import { type AlertDifference, differences } from './compare';
import { type Group, groupsOf, isLoud, PERIOD_LEAST_MS, type Period, Signs, whyNever, whyNotRoutine } from './routine';

/** A suppression as it stands in the configuration, all but its reason and owner. Names stand for themselves: none has a wildcard. */
export interface ProposedSuppression {
  readonly rule: string;
  readonly actor: string;
  readonly account: string;
  readonly sourceIp?: readonly string[];
  readonly resource?: readonly string[];
  /** `2027-01-31` */
  readonly expires: string;
}

export interface ProposedThreshold {
  readonly rule: string;
  readonly threshold: number;
}

export type Change = ProposedSuppression | ProposedThreshold;

/** A change, and what it does: measured by a replay of the same events with it. */
export interface Suggestion {
  readonly change: Change;
  readonly active: ActiveRule;
  /** The routine that it is for. */
  readonly groups: readonly Group[];
  /** Alerts whose message is no longer sent. */
  readonly silenced: readonly ReplayAlert[];
  /** Of them those that are not of the routine: below high, and by nobody with signs of an attack. */
  readonly besides: readonly ReplayAlert[];
  /** Messages that are sent instead: what a silenced one spoke for. */
  readonly instead: number;
  /** How much is no longer seen, as a number to compare by: see `costOf`. */
  readonly cost: number;
  /** Rows of the catalogue that the rule covers, and the other rules that go on covering them for everybody. */
  readonly weakens: readonly { readonly row: string; readonly others: readonly string[] }[];
  /** Of a threshold: the windows' counts that fired, ascending. */
  readonly counts: { readonly before: number; readonly routine: number[]; readonly others: number[] } | undefined;
}

/** A loud group that nothing is suggested for. */
export interface LeftAlone {
  readonly group: Group;
  readonly why: string;
}

export interface Suggestions {
  /** Those that silence most for what they hide first. */
  readonly suggestions: readonly Suggestion[];
  /** The loudest first. */
  readonly left: readonly LeftAlone[];
  /** Messages as things are, and with all suggestions together. */
  readonly messages: { readonly before: number; readonly after: number };
}

export interface SuggestOptions {
  /** All alerts of the period, whatever their severity, mode or suppression. */
  readonly alerts: readonly ReplayAlert[];
  readonly rules: readonly ActiveRule[];
  readonly period: Period;
  /** Suppressions end so long after this, or after the period. Milliseconds since 1970. */
  readonly nowMs: number;
  /** Replays the same events, these rules only, with these changes. */
  readonly tryOut: (changes: readonly Change[], rules: readonly string[]) => Promise<readonly ReplayAlert[]>;
}

/** Groups that are looked into: beyond them the reading would not end. */
const GROUPS_MAX = 40;
/** Suppressions for one rule; where more are needed, the threshold is wrong. */
const OF_RULE_MAX = 4;
/** More addresses or resources are no single place or thing. */
const NAMES_MAX = 5;
/** A narrower suppression is good enough when it silences this much of its group. */
const ENOUGH = 0.9;
/** A threshold so many times higher is another detection. */
const RAISE_MOST = 3;
/** What counts so much is a flood, and no threshold is raised above it. */
const FLOOD = 1_000;

const MEDIUM = levelOf('medium');
const HIGH = levelOf('high');
const CRITICAL = levelOf('critical');

/**
 * What would make the alerts quieter at the least cost, out of one replay. Each candidate is tried by replaying the events
 * with it; rules do not influence each other, so that those of different rules are tried at once.
 */
export async function suggest(options: SuggestOptions): Promise<Suggestions> {
  const { alerts, period } = options;
  const before = alerts.filter(hasMessage).length;
  const loud = groupsOf(alerts).filter(isLoud);
  const context = new Context(options);
  const left: LeftAlone[] = [];
  const candidates: Group[] = [];
  for (const group of loud.slice(0, GROUPS_MAX)) {
    const why = context.whyLeft(group, period);
    if (why !== undefined) left.push({ group, why });
    else candidates.push(group);
  }
  const trials = [...groupBy(candidates, ({ rule }) => rule)].map(([rule, groups]) =>
    context.trials(rule, groups, left),
  );
  const found = await inRounds(trials, context);
  found.sort(
    (a, b) => worth(b) - worth(a) || b.silenced.length - a.silenced.length || (nameOf(a) < nameOf(b) ? -1 : 1),
  );
  left.sort((a, b) => b.group.messages - a.group.messages);
  return { suggestions: found, left, messages: { before, after: before - (await savedTogether(found, context)) } };
}

/** Messages saved for each unit of cost. */
function worth(suggestion: Suggestion): number {
  return saved(suggestion) / suggestion.cost;
}

/** Messages that a suggestion saves. */
export function saved({ silenced, instead }: Pick<Suggestion, 'silenced' | 'instead'>): number {
  return silenced.length - instead;
}

function nameOf({ change }: Suggestion): string {
  return JSON.stringify(change);
}

/** Asks for one candidate to be tried, is told what differs, and so on; ends with what is worth suggesting. */
type Trials = Generator<Change, readonly Suggestion[], readonly AlertDifference[]>;

/** Runs the trials of all rules side by side: each replay tries the next candidate of every rule. */
async function inRounds(trials: readonly Trials[], context: Context): Promise<Suggestion[]> {
  const found: Suggestion[] = [];
  let open = trials.map((trial) => ({ trial, step: trial.next() }));
  for (;;) {
    for (const { step } of open) if (step.done === true) found.push(...step.value);
    const asking = open.flatMap(({ trial, step }) => (step.done === true ? [] : [{ trial, change: step.value }]));
    if (asking.length === 0) return found;
    const differ = await context.differ(asking.map(({ change }) => change));
    open = asking.map(({ trial, change }) => ({ trial, step: trial.next(differ(change.rule)) }));
  }
}

/** Messages that all suggestions save at once. */
async function savedTogether(found: readonly Suggestion[], context: Context): Promise<number> {
  if (found.length === 0) return 0;
  const differ = await context.differ(found.map(({ change }) => change));
  const all = [...new Set(found.map(({ change }) => change.rule))].flatMap((rule) => differ(rule));
  const count = (message: AlertDifference['message']) => all.filter((one) => one.message === message).length;
  return count('lost') - count('gained');
}

/** What is known while candidates are tried. */
class Context {
  private readonly active: ReadonlyMap<string, ActiveRule>;
  private readonly signs: Signs;
  private readonly byRule: ReadonlyMap<string, readonly ReplayAlert[]>;
  private readonly expires: string;

  constructor(private readonly options: SuggestOptions) {
    const { alerts, rules, nowMs, period } = options;
    this.active = new Map(rules.map((active) => [active.rule.id, active]));
    this.signs = new Signs(alerts, new Map(rules.map(({ rule }) => [rule.id, rule.rows])));
    this.byRule = groupBy(alerts, ({ rule }) => rule);
    this.expires = new Date(Math.max(nowMs, period.toMs) + EXPIRES_MS).toISOString().slice(0, 10);
  }

  /** Replays with the changes. @returns by rule what differs then */
  async differ(changes: readonly Change[]): Promise<(rule: string) => readonly AlertDifference[]> {
    const rules = [...new Set(changes.map(({ rule }) => rule))];
    const after = await this.options.tryOut(changes, rules);
    return (rule) =>
      differences(
        this.byRule.get(rule) ?? [],
        after.filter((alert) => alert.rule === rule),
      );
  }

  /** Why a group is no candidate, or undefined if it is one. */
  whyLeft(group: Group, period: Period): string | undefined {
    const active = this.active.get(group.rule) as ActiveRule;
    if (group.actor.startsWith('root:')) return 'the root user is never routine';
    if (group.level >= CRITICAL) return 'critical alerts are never routine';
    const never = whyNever(active.rule);
    if (never !== undefined) return never;
    const nobody = whyNobody(group, active) ?? whyTogether(group, active);
    if (nobody !== undefined) return nobody;
    if (period.toMs - period.fromMs < PERIOD_LEAST_MS) return 'nothing is routine in less than six hours of events';
    return whyNotRoutine(group, period) ?? this.signs.against(group);
  }

  /** Why a change may not be, or undefined if it may: what it silences besides the groups must be harmless. */
  whyTooMuch(differ: readonly AlertDifference[], groups: readonly Group[]): string | undefined {
    const ours = new Set(groups.flatMap(({ alerts }) => alerts));
    for (const { before, after, message } of differ) {
      if (before === undefined || ours.has(before) || !hasMessage(before)) continue;
      const falls = after !== undefined && levelOf(after.severity) < levelOf(before.severity);
      if (message !== 'lost' && !falls) continue;
      if (levelOf(before.severity) >= HIGH) return `it would hide a ${before.severity} alert about ${before.actor}`;
      const signs = this.signs.against({ rule: before.rule, actor: before.actor, alerts: [before] });
      if (signs !== undefined) return `it would hide an alert about ${before.actor}: ${signs}`;
    }
    return undefined;
  }

  /** The trials of one rule: a suppression for each of its groups, as narrow as does, or one threshold. */
  *trials(rule: string, groups: readonly Group[], left: LeftAlone[]): Trials {
    const active = this.active.get(rule) as ActiveRule;
    const suppressions: Suggestion[] = [];
    const refused: LeftAlone[] = [];
    for (const group of groups.slice(0, OF_RULE_MAX)) {
      const { suggestion, why } = yield* this.suppression(active, group);
      if (suggestion !== undefined) suppressions.push(suggestion);
      else refused.push({ group, why });
    }
    const others = groups.slice(OF_RULE_MAX).map((group) => ({ group, why: 'enough is suppressed of this rule' }));
    const threshold = yield* this.threshold(active, groups);
    const best = sum(suppressions.map(saved)) / sum(suppressions.map(({ cost }) => cost));
    if (threshold !== undefined && (suppressions.length === 0 || others.length > 0 || worth(threshold) > best)) {
      const covered = new Set(threshold.groups);
      left.push(...[...refused, ...others].filter(({ group }) => !covered.has(group)));
      // Groups too large for the threshold keep their suppressions.
      return [threshold, ...suppressions.filter((one) => !one.groups.some((group) => covered.has(group)))];
    }
    left.push(...refused, ...others);
    return suppressions;
  }

  /** The narrowest suppression that silences the group. */
  private *suppression(
    active: ActiveRule,
    group: Group,
  ): Generator<Change, { suggestion: Suggestion | undefined; why: string }, readonly AlertDifference[]> {
    if (reachesCritical(active)) return { suggestion: undefined, why: 'it can become critical' };
    let why = 'a high alert may only be suppressed for known resources and addresses, and these have none in common';
    for (const change of this.suppressionsOf(group)) {
      const differ = yield change;
      const suggestion = this.suggestion(change, active, [group], differ);
      const tooMuch = this.whyTooMuch(differ, [group]);
      const ofGroup = suggestion.silenced.length - suggestion.besides.length;
      if (tooMuch === undefined && ofGroup >= group.messages * ENOUGH && saved(suggestion) > 0)
        return { suggestion, why: '' };
      why = tooMuch ?? `the best suppression for it silences ${grouped(ofGroup)} of ${grouped(group.messages)}`;
      if (tooMuch !== undefined) break; // a wider one hides no less
    }
    return { suggestion: undefined, why };
  }

  /** From narrow to wide. A high alert only as narrow as can be; what AWS's services do comes from no address. */
  private *suppressionsOf({ rule, actor, account, alerts, level }: Group): Generator<ProposedSuppression> {
    const evidence = alerts.flatMap((alert) => alert.evidence);
    const addresses = common(evidence.map(({ caller }) => (caller.sourceIp === undefined ? [] : [caller.sourceIp])));
    const places = addresses?.every((address) => addressOf(address) !== undefined) ? addresses : undefined;
    const touched = common(evidence.map(({ resources }) => resources));
    const resource = touched?.every(isPlainName) ? touched : undefined;
    const wide = { rule, actor, account, expires: this.expires } as const;
    const isPlaceless = evidence.every(({ caller }) => caller.sourceIp === undefined);
    if (places !== undefined && resource !== undefined) yield { ...wide, sourceIp: places, resource };
    if (resource !== undefined && (level < HIGH || isPlaceless)) yield { ...wide, resource };
    if (level >= HIGH) return;
    if (places !== undefined) yield { ...wide, sourceIp: places };
    yield wide;
  }

  /** The lowest threshold that silences the routine, if that is not another detection. */
  private *threshold(
    active: ActiveRule,
    groups: readonly Group[],
  ): Generator<Change, Suggestion | undefined, readonly AlertDifference[]> {
    const { window, rule } = active;
    if (rule.window === undefined || !('threshold' in rule.window) || window === undefined) return undefined;
    const before = window.tiers[0].threshold;
    const countsOf = (alerts: readonly ReplayAlert[]) => alerts.map(({ count }) => count).sort((a, b) => a - b);
    const mostOf = (group: Group) => Math.max(...group.alerts.map(({ count }) => count));
    const fitting = groups.filter(
      (group) => group.level <= MEDIUM && mostOf(group) < Math.min(before * RAISE_MOST, FLOOD),
    );
    if (fitting.length === 0 || window.tiers[0].level >= HIGH) return undefined;
    const threshold = Math.floor(Math.max(...fitting.map(mostOf))) + 1;
    const change: Change = { rule: rule.id, threshold };
    const differ = yield change;
    if (this.whyTooMuch(differ, fitting) !== undefined) return undefined;
    const suggestion = this.suggestion(change, active, fitting, differ);
    if (saved(suggestion) <= 0) return undefined;
    const ofGroups = new Set(fitting.flatMap(({ alerts }) => alerts));
    const others = (this.byRule.get(rule.id) ?? []).filter((alert) => !ofGroups.has(alert));
    return { ...suggestion, counts: { before, routine: countsOf([...ofGroups]), others: countsOf(others) } };
  }

  private suggestion(
    change: Change,
    active: ActiveRule,
    groups: readonly Group[],
    differ: readonly AlertDifference[],
  ): Suggestion {
    const ours = new Set(groups.flatMap(({ alerts }) => alerts));
    const silenced = differ.flatMap(({ before, message }) => (message === 'lost' && before ? [before] : []));
    const level = Math.max(...groups.map((group) => group.level));
    const others = this.options.rules.filter(({ rule, mode }) => rule !== active.rule && mode === 'live');
    return {
      change,
      active,
      groups,
      silenced,
      besides: silenced.filter((alert) => !ours.has(alert)),
      instead: differ.filter(({ message }) => message === 'gained').length,
      cost: costOf(change, active, level),
      weakens: active.rule.rows.map((row) => ({
        row,
        others: others.filter(({ rule }) => rule.rows.includes(row)).map(({ rule }) => rule.id),
      })),
      counts: undefined,
    };
  }
}

/**
 * What a change hides, to compare by: the severity (each step three times the one before), times the rows of the rule,
 * times how wide it is: 1 for one actor, from known addresses and on known resources; 2 without one of them; 4 for
 * all that the actor does; 8 for everybody, and more as the threshold rises.
 */
function costOf(change: Change, { rule, window }: ActiveRule, level: number): number {
  const weight = 3 ** (level - 1) * rule.rows.length;
  if ('threshold' in change) return (weight * 8 * change.threshold) / (window?.tiers[0].threshold ?? 1);
  return weight * (change.sourceIp === undefined ? 2 : 1) * (change.resource === undefined ? 2 : 1);
}

function reachesCritical({ constantLevel, window, levelOverride }: ActiveRule): boolean {
  const levels = [constantLevel, levelOverride, ...(window?.tiers.map(({ level }) => level) ?? [])];
  return levels.some((level) => level === CRITICAL);
}

/** Why a suppression can't hold on to the actor, or undefined if it can. */
function whyNobody({ actor, account, level }: Group, { settings }: ActiveRule): string | undefined {
  if (!/^\d{12}$/.test(account)) return 'its account is not known';
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(actor)) return undefined; // AWS writes this, nobody else can
  const owner = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):[a-z-]+\/./.exec(actor)?.[1];
  if (owner === undefined || !isPlainName(actor))
    return 'nobody in particular does it, so that nobody could answer for it';
  if (owner === account || settings.organizationAccounts.includes(owner)) return undefined;
  return `the caller is of another account than yours (${severityAt(level)}); name it in organizationAccounts if it is yours`;
}

/**
 * Why quieting one actor would hide another, or undefined where it would not. Where a window counts what several do, an
 * attacker's few events reach the threshold only with the routine's; an alert shows samples, not everybody who took part.
 */
function whyTogether({ actor, alerts }: Group, { window }: ActiveRule): string | undefined {
  const isCounted = window !== undefined && (window.kind === 'sequence' || window.tiers[0].threshold > 1);
  if (!isCounted || alerts.every(({ key }) => key.includes(actor))) return undefined;
  return 'it counts what several do together, and an attacker may be among them';
}

/** All names of all lists, if each list has some and they are few; sorted. */
function common(lists: readonly (readonly string[])[]): string[] | undefined {
  const names = new Set(lists.flat());
  if (lists.length === 0 || names.size > NAMES_MAX || lists.some((list) => list.length === 0)) return undefined;
  return [...names].sort();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
