import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { EXAMPLES } from '../../lambda/rules/examples';
import { but } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { levelOf } from '../../lambda/rules/severity';

const SETTINGS = { ...DEFAULT_SETTINGS, trustedNetworks: ['198.51.100.0/24'] };

/** What severities look at, beside the call: who calls with what, from where, and what refused it. */
const VARIATIONS = [
  {},
  { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.11.4' },
  { userAgent: 'ansible/2.17' },
  { sourceIPAddress: '198.51.100.9' },
  { sourceIPAddress: '203.0.113.200', userAgent: 'Boto3/1.38.2' },
  { errorMessage: 'refused with an explicit deny in a service control policy' },
];

const declared = RULES.filter(({ severityMost }) => severityMost !== undefined);

/** Levels of all hits on the rule's examples and variations of them, by key. */
function levels(rule: (typeof RULES)[number]): Map<string, Set<number>> {
  const active = activate(rule, SETTINGS, { mode: 'live' });
  if (active === undefined) throw new Error(`${rule.id} is off`);
  const dispatcher = createDispatcher([active], () => {});
  const found = new Map<string, Set<number>>();
  const { fires, quiet } = EXAMPLES[rule.id]?.() ?? { fires: [], quiet: [] };
  for (const record of [...fires, ...quiet].flatMap(({ timeline }) => timeline)) {
    for (const fields of VARIATIONS) {
      const event = toTrailEvent(but(record, fields));
      if (isUnreadable(event)) continue;
      for (const { keys, level } of dispatcher.hits(event)) {
        for (const key of keys) found.set(key, (found.get(key) ?? new Set()).add(level));
      }
    }
  }
  return found;
}

it('some rules say how severe their events are at most', () => {
  expect(declared.length).toBeGreaterThan(5);
});

describe.each(declared.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  it('keeps its word on how severe its events are', () => {
    const found = levels(rule);
    expect(found.size).toBeGreaterThan(0);
    const { severityMost } = rule;
    if (severityMost === undefined) throw new Error('not reached');
    if (severityMost === 'same-for-key') {
      // Otherwise a key would not have to part anything.
      expect(new Set([...found.values()].flatMap((of) => [...of])).size).toBeGreaterThan(1);
      expect([...found].filter(([, of]) => of.size > 1)).toEqual([]);
    } else {
      expect(Math.max(...[...found.values()].flatMap((of) => [...of]))).toBe(levelOf(severityMost));
    }
  });

  it('has a severity that a function decides, and counts', () => {
    expect(typeof rule.severity).toBe('function');
    expect(['count', 'sum']).toContain(rule.window?.kind);
  });
});
