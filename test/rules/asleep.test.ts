import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { RULES } from '../../lambda/rules';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { EXAMPLES } from '../../lambda/rules/examples';
import type { Example, Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS, type Settings } from '../../lambda/rules/settings';

const sleepers = RULES.filter(({ sleepsWithout }) => sleepsWithout !== undefined);

function eventsOf({ timeline }: Example): TrailEvent[] {
  return timeline.map((record, index) => {
    const event = toTrailEvent({ eventID: `event ${index}`, eventTime: '2026-11-20T08:15:00Z', ...record });
    if (isUnreadable(event)) throw new Error(event.unreadable);
    return event;
  });
}

function hitsOf(rule: Rule, settings: Settings, events: readonly TrailEvent[]): number {
  const active = activate(rule, settings, { mode: 'live' }) as ActiveRule;
  const dispatcher = createDispatcher([active], (_, error) => {
    throw error;
  });
  return events.reduce((sum, event) => sum + dispatcher.hits(event).length, 0);
}

test('rules that live on lists of settings say so', () => {
  expect(sleepers.length).toBeGreaterThan(10);
});

describe.each(sleepers.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const names = rule.sleepsWithout ?? [];
  const fires = EXAMPLES[id]?.().fires ?? [];

  test('reads the settings that it waits for, and they are lists', () => {
    expect(rule.settings).toEqual(expect.arrayContaining([...names]));
    for (const name of names) expect(DEFAULT_SETTINGS[name]).toBeInstanceOf(Array);
  });

  test('is awake as soon as one of them has an entry', () => {
    expect(fires.length).toBeGreaterThan(0);
    for (const example of fires) {
      expect(hitsOf(rule, { ...DEFAULT_SETTINGS, ...example.settings }, eventsOf(example))).toBeGreaterThan(0);
    }
  });

  test('would find nothing while they are empty, if it were asked', () => {
    const { sleepsWithout: _, ...sleepless } = rule;
    for (const example of fires) {
      const settings = {
        ...DEFAULT_SETTINGS,
        ...example.settings,
        ...Object.fromEntries(names.map((name) => [name, []])),
      };
      expect(hitsOf(sleepless, settings, eventsOf(example))).toBe(0);
    }
  });

  test('is not asked while they are empty', () => {
    let asked = 0;
    const counting = { ...rule, when: () => ++asked > 0 };
    for (const example of fires) {
      const settings = {
        ...DEFAULT_SETTINGS,
        ...example.settings,
        ...Object.fromEntries(names.map((name) => [name, []])),
      };
      hitsOf(counting, settings, eventsOf(example));
    }
    expect(asked).toBe(0);
  });
});
