import type { ResolvedConfig } from '../config/resolve';
import type { ActiveRule } from '../rules/active-rule';
import type { Rule } from '../rules/rule';
import type { AlertView } from './alert-view';
import { SPANISH } from './spanish';
import { ENGLISH, type Words } from './words';

/** What is the same for every message: language, names, and the rules as configured. */
export interface Frame {
  readonly words: Words;
  /** IANA name, shown beside UTC. */
  readonly timeZone: string;
  readonly accountNames: Readonly<Record<string, string>>;
  readonly trustedNetworks: readonly string[];
  /** Every rule, also those that are off by now: their alerts may still be waiting. */
  readonly rules: ReadonlyMap<string, Rule>;
  readonly active: ReadonlyMap<string, ActiveRule>;
  readonly configHash: string;
  readonly version: string;
}

type Config = Pick<ResolvedConfig, 'rules' | 'language' | 'timeZone' | 'accountNames' | 'settings' | 'configHash'>;

export function frameOf(config: Config, rules: readonly Rule[], version: string): Frame {
  const { language, timeZone, accountNames, settings, configHash } = config;
  return {
    words: language === 'es' ? SPANISH : ENGLISH,
    ...{ timeZone, accountNames, configHash, version },
    trustedNetworks: settings.trustedNetworks,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    active: new Map(config.rules.map((active) => [active.rule.id, active])),
  };
}

/** The account's name as configured. */
export function accountName({ accountNames }: Frame, account: string): string | undefined {
  return Object.hasOwn(accountNames, account) ? accountNames[account] : undefined;
}

/** Title of the alert in the frame's language. */
export function titleOf({ rule, kind }: Pick<AlertView, 'rule' | 'kind'>, { words, rules }: Frame): string {
  const title = words.title(rule) ?? rules.get(rule)?.title ?? rule;
  return kind === 'too-much' ? words.tooMuchTitle(title) : title;
}
