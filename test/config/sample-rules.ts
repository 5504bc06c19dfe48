import { resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { DAY, defineRule, MINUTE, type Rule } from '../../lambda/rules/rule';

/** Rules of the tests' own, one of each kind, so that shipped rules may come and change. */

const about = {
  rows: ['0-0'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: 'ec2.amazonaws.com', calls: ['RunInstances'] }],
  headline: () => 'something happened',
  why: 'It matters.',
  runbook: ['Look.'],
  falsePositives: ['Tests.'],
  blindSpots: ['Everything else.'],
  references: ['https://docs.aws.amazon.com/'],
} as const;

/** Counts, with tiers, a slot of 5 minutes and two settings. */
export const MASS_LAUNCH = defineRule({
  ...about,
  id: 'mass-launch',
  title: 'Many things launched in a few minutes',
  severity: 'medium',
  attack: ['TA0040/T1496'],
  window: {
    kind: 'count',
    per: () => 'all',
    withinMs: 10 * MINUTE,
    threshold: 10,
    tiers: [{ threshold: 25, severity: 'high' }],
    unit: 'launches',
  },
  settings: ['trustedNetworks', 'adminUsers'],
});

/** Single, by a function, watches the watchers. */
export const LOG_STOPPED = defineRule({
  ...about,
  id: 'log-stopped',
  title: 'Logging stopped by somebody',
  severity: (event) => (event.call === 'RunInstances' ? 'high' : 'info'),
  attack: ['TA0005/T1562.008'],
});

const MADE_AND_ARMED = defineRule({
  ...about,
  id: 'made-and-armed',
  title: 'User made and armed at once',
  severity: 'high',
  attack: ['TA0003/T1136'],
  window: {
    kind: 'sequence',
    per: () => 'all',
    withinMs: 2 * MINUTE,
    steps: [
      { name: 'made', is: () => true },
      { name: 'armed', is: () => true },
    ],
  },
});

const NEW_IMAGE = defineRule({
  ...about,
  id: 'new-image',
  title: 'An image never used before',
  severity: 'low',
  attack: ['TA0002/T1204'],
  baseline: { kind: 'image', value: () => 'ami-1', learnDays: 7, expiryDays: 90 },
});

/** A long window: slots of an hour. */
const SLOW_BREADTH = defineRule({
  ...about,
  id: 'slow-breadth',
  title: 'Many different calls in a day',
  severity: 'low',
  attack: ['TA0007/T1580'],
  mode: 'shadow',
  window: { kind: 'distinct', per: () => 'all', value: () => 'x', withinMs: DAY, threshold: 20, unit: 'calls' },
});

export const SAMPLE_RULES: readonly Rule[] = [MASS_LAUNCH, LOG_STOPPED, MADE_AND_ARMED, NEW_IMAGE, SLOW_BREADTH];

/** The clock of all configuration tests. */
export const NOW_MS = Date.parse('2026-11-22T12:00:00Z');

export function resolveSample(value: unknown) {
  return resolveConfig(value, SAMPLE_RULES, NOW_MS);
}

/** Problems of a configuration as a person reads them; empty when it is valid. */
export function problemsOf(value: unknown): string[] {
  try {
    resolveSample(value);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

/** The fields that every suppression needs, and that these tests are not about. */
export const ANSWERED = { reason: 'planned', owner: 'platform team', expires: '2027-06-30' };
