import type { FrameData, MessageCommon, RuleText } from '../config/frame-data';
import { postureTitle } from '../posture/words';
import type { AlertView } from './alert-view';
import { SPANISH } from './spanish';
import { ENGLISH, type Words } from './words';

/** Language, names, and the rules as configured. */
export interface Frame extends MessageCommon {
  readonly words: Words;
  readonly rules: ReadonlyMap<string, RuleText>;
  readonly version: string;
}

/** Frame of the messages of one version of the program. */
export function frameOf({ language, rules, ...common }: FrameData, version: string): Frame {
  const words = language === 'es' ? SPANISH : ENGLISH;
  return { ...common, words, rules: new Map(rules.map((rule) => [rule.id, rule])), version };
}

/** The account's name as configured. */
export function accountName({ accountNames }: Frame, account: string): string | undefined {
  return Object.hasOwn(accountNames, account) ? accountNames[account] : undefined;
}

/** Title of what is told of the alert in the frame's language. */
export function messageTitle(view: AlertView, frame: Frame): string {
  const title = titleOf(view, frame);
  return view.stage.kind === 'known-now' ? frame.words.updateTitle(title) : title;
}

/** Title of the alert in the frame's language. */
export function titleOf({ rule, kind }: Pick<AlertView, 'rule' | 'kind'>, { words, rules }: Frame): string {
  if (kind === 'posture') return postureTitle(rule, words.locale);
  const title = words.title(rule) ?? rules.get(rule)?.title ?? rule;
  return kind === 'too-much' ? words.tooMuchTitle(title) : title;
}
