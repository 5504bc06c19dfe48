import type { ActiveRule } from '../rules/active-rule';
import { HEARTBEAT_RULES } from '../rules/heartbeat/heartbeat-rules';
import type { Rule } from '../rules/rule';
import type { ResolvedConfig } from './resolve';

/** What messages say of a rule as configured: nothing that runs, so that it can be written as JSON. */
export interface RuleText extends Pick<Rule, 'id' | 'title' | 'attack' | 'why' | 'runbook' | 'falsePositives'> {
  /** What is counted; absent where single events fire. */
  readonly window?:
    | {
        readonly kind: 'count' | 'sum' | 'distinct';
        readonly unit: string;
        readonly threshold: number;
        readonly withinMs: number;
      }
    | { readonly kind: 'sequence'; readonly steps: readonly string[]; readonly withinMs: number }
    | { readonly kind: 'silence' };
  /** First uses fire: how long ago the last one was, at least. */
  readonly expiryDays?: number;
  /** No suppression covers it, so none is offered. */
  readonly neverSuppressed?: true;
  /** Only data events match: CloudTrail's event history does not list those. */
  readonly isDataOnly: boolean;
  /** What another service found: CloudTrail knows nothing of it. */
  readonly isFinding?: true;
}

/** What is the same for every message. */
export interface MessageCommon {
  /** IANA name, shown beside UTC. */
  readonly timeZone: string;
  readonly accountNames: Readonly<Record<string, string>>;
  readonly trustedNetworks: readonly string[];
  readonly configHash: string;
}

/** As JSON beside the function that composes messages: it needs neither the rules' code nor the configuration's. */
export interface FrameData extends MessageCommon {
  readonly language: ResolvedConfig['language'];
  /** Every rule, also those that are off by now: their alerts may still be waiting. */
  readonly rules: readonly RuleText[];
}

type Config = Pick<ResolvedConfig, 'rules' | 'language' | 'timeZone' | 'accountNames' | 'settings' | 'configHash'>;

/** What messages need of the configuration, of these rules, and of what the heartbeat tells by itself. */
export function frameData(config: Config, rules: readonly Rule[]): FrameData {
  const { language, timeZone, accountNames, settings, configHash } = config;
  const active = new Map(config.rules.map((one) => [one.rule.id, one]));
  return {
    ...{ language, timeZone, accountNames, configHash },
    trustedNetworks: settings.trustedNetworks,
    rules: [...rules, ...HEARTBEAT_RULES].map((rule) => ruleText(rule, active.get(rule.id))),
  };
}

function ruleText(rule: Rule, active: ActiveRule | undefined): RuleText {
  const { id, title, attack, why, runbook, falsePositives, baseline } = rule;
  const window = windowText(rule, active);
  return {
    ...{ id, title, attack, why, runbook, falsePositives },
    ...(window === undefined ? {} : { window }),
    ...(baseline === undefined ? {} : { expiryDays: baseline.expiryDays }),
    ...(rule.neverSuppressed ? { neverSuppressed: true as const } : {}),
    isDataOnly: rule.match.every(({ feed }) => feed === 'data'),
    ...(rule.match.every(({ feed }) => feed === 'findings') ? { isFinding: true as const } : {}),
  };
}

function windowText({ window }: Rule, active: ActiveRule | undefined): RuleText['window'] {
  if (window === undefined) return undefined;
  if (window.kind === 'silence') return { kind: 'silence' };
  const withinMs = active?.window?.withinMs ?? window.withinMs;
  if (window.kind === 'sequence') return { kind: 'sequence', steps: window.steps.map(({ name }) => name), withinMs };
  const threshold = active?.window?.tiers[0].threshold ?? window.threshold;
  return { kind: window.kind, unit: window.unit, threshold, withinMs };
}
