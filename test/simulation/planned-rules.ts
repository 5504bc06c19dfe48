import { field, text } from '../../lambda/intake/fields';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { type ActiveRule, activate, type RuleOverride } from '../../lambda/rules/active-rule';
import { defineRule, type Rule, type Window } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { severityAt } from '../../lambda/rules/severity';
import type { Suppression } from '../../lambda/rules/suppression';
import type { Meaning, PlannedConfig, PlannedRule } from './schedule';

const SERVICE = 'example.amazonaws.com';

/** A rule of the product's own kind, which reads from the record what the schedule planned. */
export function ruleOf(planned: PlannedRule): Rule {
  const { id, kind, quietMs, levelFromEvents, severityMost, tiers, mode } = planned;
  const meaning = (event: TrailEvent) => meaningIn(event, id);
  const shared: Omit<Rule, 'window' | 'baseline' | 'per'> = {
    id,
    title: `Planned ${kind}`,
    severity: levelFromEvents ? (event) => severityAt(meaning(event).level ?? 0) : severityAt(tiers[0].level),
    ...(severityMost === undefined ? {} : { severityMost }),
    rows: ['0-0'],
    attack: ['TA0005/T1562.008'],
    match: [{ feed: 'api-writes', outcome: 'any', service: SERVICE, calls: ['Act'] }],
    when: (event) => field(event.record['requestParameters'], id) !== undefined,
    quietMs,
    mode,
    headline: (event) => `${event.actor} acted`,
    why: 'The schedule says so.',
    runbook: ['Look at the schedule.'],
    falsePositives: ['None.'],
    blindSpots: ['None.'],
    references: ['https://example.com/'],
  };
  const keysOf = (event: TrailEvent) => {
    const { throws, keys } = meaning(event);
    if (throws) throw new Error('the schedule wants this rule to throw');
    return keys;
  };
  if (kind === 'first-seen' || planned.gated) {
    return defineRule({
      ...shared,
      ...(planned.gated ? { window: windowOf(planned, keysOf, meaning) } : {}),
      baseline: {
        kind: id,
        ...(planned.ownSubject ? { subject: (event) => meaning(event).keys[0] } : {}),
        value: (event) => meaning(event).values ?? [],
        teachesOnly: (event) => meaning(event).teachesOnly ?? false,
        learnDays: planned.learnDays,
        expiryDays: planned.expiryDays,
      },
    });
  }
  if (kind === 'single') return defineRule({ ...shared, per: keysOf });
  return defineRule({ ...shared, window: windowOf(planned, keysOf, meaning) });
}

function windowOf(
  { kind, withinMs, tiers, stepCounts, groups }: PlannedRule,
  per: (event: TrailEvent) => readonly string[],
  meaning: (event: TrailEvent) => Meaning,
): Window {
  if (kind === 'sequence') {
    const [first, second, ...others] = stepCounts.map((count, step) => ({
      name: `step ${step}`,
      is: (event: TrailEvent) => ((meaning(event).steps ?? 0) & (1 << step)) !== 0,
      count,
    }));
    if (first === undefined || second === undefined) throw new Error('a sequence has two steps or more');
    return { kind, per, withinMs, steps: [first, second, ...others] };
  }
  const [lowest, ...higher] = tiers.map(({ threshold, level }) => ({ threshold, severity: severityAt(level) }));
  const [second, ...others] = higher;
  const counted = {
    per,
    withinMs,
    threshold: lowest?.threshold ?? 1,
    ...(second === undefined ? {} : { tiers: [second, ...others] as const }),
    unit: 'acts',
  };
  if (kind === 'sum') return { ...counted, kind, weight: (event) => meaning(event).weight };
  if (kind === 'distinct') return { ...counted, kind, value: (event) => meaning(event).values ?? [], groups };
  return { ...counted, kind: 'count' };
}

/** What a configuration makes of the rules. */
export function activeRules(rules: readonly Rule[], config: PlannedConfig): ActiveRule[] {
  return rules.flatMap((rule) => activate(rule, DEFAULT_SETTINGS, config.overrides[rule.id] as RuleOverride) ?? []);
}

export function suppressionsOf(config: PlannedConfig): Suppression[] {
  return config.suppressions.map(({ sourceIp, ...suppression }) => ({
    ...suppression,
    sourceIps: [sourceIp],
    reason: 'planned',
    owner: 'security@example.com',
  }));
}

function meaningIn({ record }: TrailEvent, rule: string): Meaning {
  const meaning = field(record['requestParameters'], rule);
  if (typeof meaning !== 'object' || meaning === null) throw new Error(`${text(record['eventID'])} says nothing`);
  // An absent weight is written as it stands; JSON has no NaN, and the schedule's is text.
  const { weight, ...rest } = meaning as Omit<Meaning, 'weight'> & { readonly weight?: number | 'NaN' };
  return weight === undefined ? rest : { ...rest, weight: Number(weight) };
}
