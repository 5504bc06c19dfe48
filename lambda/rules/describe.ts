import type { Detection, Examples } from './rule';
import { SEVERITIES, type Severity } from './severity';

/** Rules and numbers in words, for the command line, the docs and the alerts. */

/** `90 s`, `10 min`, `24 h`, `14 d`: the largest unit that leaves a whole number; hours and days only from two on. */
export function duration(ms: number): string {
  const units: readonly [number, string][] = [
    [24 * 3_600_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  for (const [length, name] of units) {
    if (ms === length || (ms >= 2 * length && ms % length === 0)) return `${ms / length} ${name}`;
  }
  return `${ms / 1_000} s`;
}

/** When the rule fires, in one sentence made from its window or baseline. */
export function firesWhen({ window, baseline }: Pick<Detection, 'window' | 'baseline'>): string {
  if (baseline !== undefined) {
    const learning = baseline.learnDays === 0 ? '' : `, after ${baseline.learnDays} days of learning`;
    const isNew = `a ${baseline.kind} not seen in the last ${baseline.expiryDays} days${learning}`;
    return window === undefined ? `on ${isNew}` : `${firesWhen({ window })}, of events with ${isNew}`;
  }
  if (window === undefined) return 'on every matching event';
  const within = duration(window.withinMs);
  if (window.kind === 'silence') return `when nothing came for longer than ${within}`;
  if (window.kind === 'sequence') {
    const steps = window.steps.map(({ name, count }) =>
      count === undefined || count === 1 ? name : `${count} × ${name}`,
    );
    return `when these follow each other within ${within}: ${steps.join(', then ')}`;
  }
  const groups = window.kind === 'distinct' && window.groups !== undefined ? ` of ${window.groups} groups or more` : '';
  return `from ${window.threshold} ${window.unit}${groups} within ${within}`;
}

/** What the rule can say, least severe first: of a severity that a function decides, what its firing examples show. */
export function severitiesOf(rule: Detection, examples: Examples | undefined): Severity[] {
  const declared =
    typeof rule.severity === 'string'
      ? [rule.severity]
      : (examples?.fires ?? []).flatMap(({ severity }) => (severity === undefined ? [] : [severity]));
  const tiers = rule.window !== undefined && 'tiers' in rule.window ? (rule.window.tiers ?? []) : [];
  const all = new Set<Severity>([...declared, ...tiers.map((tier) => tier.severity)]);
  return SEVERITIES.filter((severity) => all.has(severity));
}
