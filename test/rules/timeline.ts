import { activate } from '../../lambda/rules/active-rule';
import type { Example, Rule, SampleRecord } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { Collector } from '../../replay/collector';
import { createExtractor, type Engine } from '../../replay/extract';
import type { ReplayAlert } from '../../replay/replay-alert';

/** Every alert, also info and continued ones, that the engine finds in the records. Rule errors fail the test. */
export function alertsOf(engine: Engine, records: readonly unknown[]): ReplayAlert[] {
  const collector = new Collector(engine.rules);
  const extract = createExtractor(engine, {
    arrived: (event) => collector.arrived(event.account, event.timeMs),
    hit: (ruleIndex, hit) => collector.add(ruleIndex, hit),
    unreadable: (reason) => {
      throw new Error(`unreadable record in a timeline: ${reason}`);
    },
    ruleError: (ruleId, error) => {
      throw new Error(`${ruleId} threw: ${String(error)}`, { cause: error });
    },
  });
  records.forEach((record, index) => extract(record, index));
  return collector.finish();
}

/** The rule alone, live, with default settings and the example's own. */
export function engineFor(rule: Rule, example?: Example): Engine {
  const active = activate(rule, { ...DEFAULT_SETTINGS, ...example?.settings }, { mode: 'live' });
  if (active === undefined) throw new Error(`${rule.id} is off`);
  return { rules: [active], suppressions: [] };
}

/** Same record with other fields, one level deep. */
export function withFields(record: SampleRecord, fields: SampleRecord): SampleRecord {
  return { ...record, ...fields };
}
