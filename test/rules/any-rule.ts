import { defineRule, type Rule } from '../../lambda/rules/rule';

/** A live rule of medium severity about every change, for tests of what becomes of a rule's hits. */
export function anyRule(fields: Partial<Rule>): Rule {
  return defineRule({
    id: 'rule',
    title: 'A rule of a test',
    severity: 'medium',
    rows: ['0-1'],
    attack: ['TA0005/T1562.008'],
    match: [{ feed: 'api-writes', outcome: 'any' }],
    headline: () => 'h',
    why: 'w',
    runbook: ['r'],
    falsePositives: ['f'],
    blindSpots: ['b'],
    references: ['https://example.com'],
    ...fields,
  });
}
