import { activate } from '../../lambda/rules/active-rule';
import type { Example, Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { Collector } from '../../replay/collector';
import { type Engine, Extractor } from '../../replay/extract';
import type { ReplayAlert } from '../../replay/replay-alert';

/** Every alert, also info and continued ones, that the engine finds in the records. Rule errors fail the test. */
export function alertsOf(engine: Engine, records: readonly unknown[]): ReplayAlert[] {
  const extractor = new Extractor(engine);
  const collector = new Collector(engine.rules);
  for (const record of records) extractor.take(record);
  const extract = extractor.flush();
  for (const { rule, error } of extract.ruleErrors) throw new Error(`${rule} threw: ${error}`);
  for (const { reason } of extract.unreadable) throw new Error(`unreadable record in a timeline: ${reason}`);
  collector.add(extract);
  return collector.finish();
}

/** The rule alone, live, with default settings and the example's own. */
export function engineFor(rule: Rule, example?: Example): Engine {
  const active = activate(rule, { ...DEFAULT_SETTINGS, ...example?.settings }, { mode: 'live' });
  if (active === undefined) throw new Error(`${rule.id} is off`);
  return { rules: [active], suppressions: [] };
}
