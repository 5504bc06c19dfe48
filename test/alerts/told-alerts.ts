import type { AlertView } from '../../lambda/alerts/alert-view';
import { type Frame, frameOf } from '../../lambda/alerts/frame';
import { frameData } from '../../lambda/config/frame-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { EXAMPLES } from '../../lambda/rules/examples';
import type { Example, Rule } from '../../lambda/rules/rule';
import { viewOfReplay } from '../../replay/formats/email';
import { hasMessage } from '../../replay/replay-alert';
import { alertsOf, engineFor } from '../rules/timeline';

/** A Tuesday afternoon, after every example of a rule. */
export const NOW_MS = Date.parse('2026-03-10T15:00:00Z');

/** How messages are written: by default in English and UTC, with the accounts of the examples named. */
export function frame(config: object = {}): Frame {
  const resolved = resolveConfig({ accounts: { '111122223333': 'prod' }, ...config }, RULES, NOW_MS);
  return frameOf(frameData(resolved, RULES), '1.2.3');
}

export interface ToldExample {
  readonly rule: Rule;
  readonly example: Example;
  /** The alert that the example raises, as a message sees it. */
  readonly view: AlertView;
}

/** Every firing example of every rule, with its alert. */
export function toldExamples(): ToldExample[] {
  return RULES.flatMap((rule) => (EXAMPLES[rule.id]?.().fires ?? []).map((example) => told(rule, example)));
}

function told(rule: Rule, example: Example): ToldExample {
  const [alert] = alertsOf(engineFor(rule, example), example.timeline).filter(hasMessage);
  if (alert === undefined) throw new Error(`${rule.id} does not fire: ${example.why}`);
  return { rule, example, view: viewOfReplay(alert) };
}

/** The view with all that a record may lack: who called, from where, what was touched, which event it was. */
export function bare(view: AlertView): AlertView {
  const nobody = { account: 'unknown', region: 'unknown', actor: 'unknown' };
  return {
    ...view,
    ...nobody,
    key: undefined,
    samples: view.samples.map(({ errorCode: _, errorMessage: __, ...sample }) => ({
      ...sample,
      ...nobody,
      ...{ eventId: 'unknown', service: 'unknown', call: 'unknown', caller: {}, resources: [] },
    })),
  };
}

/** The view of which only the message is left: the alert and its evidence are gone. */
export function lost(view: AlertView): AlertView {
  return { ...view, key: undefined, samples: [] };
}
