import { activate } from '../lambda/rules/active-rule';
import { defineRule } from '../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../lambda/rules/settings';
import { Collector } from '../replay/collector';
import type { Extract } from '../replay/extract';
import { WindowHitsBuilder } from '../replay/windows/window-hits';
import { Random } from './random';

/** Speed of windows alone: hits that workers already made, through collecting, judging and alerting. */
export interface WindowSpeed {
  readonly perSecond: number;
  readonly bytesPerKey: number;
}

export function windowSpeeds(): { few: WindowSpeed; many: WindowSpeed } {
  speedOf(1_000, 200_000); // warm
  return { few: speedOf(1_000, 1_000_000), many: speedOf(100_000, 1_000_000) };
}

const RULE = defineRule({
  id: 'bench-window',
  title: 'A window of five minutes',
  severity: 'medium',
  rows: ['0-9'],
  attack: ['TA0007/T1526'],
  match: [{ feed: 'api-writes', outcome: 'any' }],
  window: { kind: 'count', per: (event) => event.actor, threshold: 50, withinMs: 300_000, unit: 'calls' },
  headline: (event) => event.actor,
  why: 'It is measured.',
  runbook: ['Read the numbers.'],
  falsePositives: ['None.'],
  blindSpots: ['None.'],
  references: ['https://example.com'],
});

/** Events over a day, 2 % delivered twice, a minute of disorder; making them is not timed. */
function speedOf(keys: number, events: number): WindowSpeed {
  const random = new Random(keys);
  const active = activate(RULE, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is off');
  const collector = new Collector([active]);
  collectGarbage();
  const before = process.memoryUsage();
  const hits = new WindowHitsBuilder();
  const groups = new Map<string, number>();
  let spentMs = 0;
  for (let first = 0; first < events; first += 1_000) {
    const extract = extractOf(random, hits, groups, keys, first, events);
    const startedMs = performance.now();
    collector.add(extract);
    spentMs += performance.now() - startedMs;
  }
  collectGarbage();
  const after = process.memoryUsage();
  const startedMs = performance.now();
  collector.finish();
  spentMs += performance.now() - startedMs;
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { perSecond: (events * 1_000) / spentMs, bytesPerKey: bytes / keys };
}

/** Twice: columns that nothing holds any more are counted until the next collection. */
function collectGarbage(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}

/** A thousand hits. */
function extractOf(
  random: Random,
  hits: WindowHitsBuilder,
  groups: Map<string, number>,
  keys: number,
  first: number,
  events: number,
): Extract {
  const timesMs: number[] = [];
  for (let index = 0; index < 1_000; index++) {
    const atMs = START_MS + Math.floor(((first + index) / events) * 86_400_000) - random.below(60_000);
    const timeMs = Math.floor(atMs / 1_000) * 1_000;
    const id = random.uuid();
    const key = `key-${random.below(keys)}`;
    const group = groups.get(key) ?? hits.addGroup({ rule: 0, track: 'live', key });
    groups.set(key, group);
    for (let times = index % 50 === 0 ? 2 : 1; times > 0; times--) {
      hits.add(group, id, timeMs, 0, 0, 1);
      timesMs.push(timeMs);
    }
  }
  return {
    events: timesMs.length,
    timesMs: Float64Array.from(timesMs),
    accounts: new Map([['111122223333', START_MS]]),
    hits: hits.take(),
    uses: [],
    unreadable: [],
    ruleErrors: [],
  };
}

const START_MS = Date.parse('2026-03-10T00:00:00Z');
