import { activate } from '../lambda/rules/active-rule';
import { defineRule } from '../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../lambda/rules/settings';
import { Collector } from '../replay/collector';
import type { CollectedHit, Extract } from '../replay/extract';
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
  globalThis.gc?.();
  const before = process.memoryUsage();
  let spentMs = 0;
  for (let first = 0; first < events; first += 1_000) {
    const extract = extractOf(random, keys, first, events);
    const startedMs = performance.now();
    collector.add(extract);
    spentMs += performance.now() - startedMs;
  }
  globalThis.gc?.();
  const after = process.memoryUsage();
  const startedMs = performance.now();
  collector.finish();
  spentMs += performance.now() - startedMs;
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { perSecond: (events * 1_000) / spentMs, bytesPerKey: bytes / keys };
}

/** A thousand hits as a worker's message brings them: flat strings, new for each event. */
function extractOf(random: Random, keys: number, first: number, events: number): Extract {
  const hits: CollectedHit[] = [];
  for (let index = 0; index < 1_000; index++) {
    const atMs = START_MS + Math.floor(((first + index) / events) * 86_400_000) - random.below(60_000);
    const hit: CollectedHit = {
      rule: 0,
      id: random.uuid(),
      timeMs: Math.floor(atMs / 1_000) * 1_000,
      track: 'live',
      keys: [`key-${random.below(keys)}`],
      weight: 1,
      level: 0,
      steps: 0,
      values: [],
      denied: false,
      teachesOnly: false,
      account: '111122223333',
      sampled: false,
      evidence: '',
    };
    hits.push(hit);
    if (index % 50 === 0) hits.push(hit);
  }
  const timesMs = Float64Array.from(hits, (hit) => hit.timeMs);
  const extract = {
    events: hits.length,
    timesMs,
    accounts: new Map([['111122223333', START_MS]]),
    hits,
    unreadable: [],
    ruleErrors: [],
  };
  return structuredClone(extract);
}

const START_MS = Date.parse('2026-03-10T00:00:00Z');
