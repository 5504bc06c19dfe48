import { slotLengthMs } from '../windows/slots';
import type { LevelTier, WindowSpec } from '../windows/verdict';
import { type Detection, MINUTE } from './rule';
import type { Settings } from './settings';
import { levelOf, type Severity } from './severity';

/** What the configuration may say about one rule. */
export interface RuleOverride {
  readonly mode?: 'off' | 'shadow' | 'live' | undefined;
  readonly severity?: Severity | undefined;
  readonly threshold?: number | undefined;
  readonly withinMs?: number | undefined;
  readonly quietMs?: number | undefined;
  /** Values of settings for this rule alone. */
  readonly settings?: Partial<Settings> | undefined;
}

/** A rule with its configured numbers: what the engine runs. */
export interface ActiveRule {
  readonly rule: Detection;
  readonly mode: 'shadow' | 'live';
  readonly settings: Settings;
  /** Undefined for rules that only have a baseline. */
  readonly window: WindowSpec | undefined;
  /** Slot of stored items; from the shipped window, whatever the override. */
  readonly slotMs: number;
  /** Quiet period of its alerts: at least the window. */
  readonly quietMs: number;
  /** Constant level of a single, count, sum or distinct rule's lowest tier; undefined when a function decides. */
  readonly constantLevel: number | undefined;
  /** Configured level where a function decides: it replaces what the function says, but info, which is no alert. */
  readonly levelOverride: number | undefined;
}

/** A rule without a window counts single events within this time. */
const SINGLE_WITHIN_MS = 5 * MINUTE;
const DEFAULT_QUIET_MS = 60 * MINUTE;

/** The rule as configured, or undefined when it is off. */
export function activate(rule: Detection, settings: Settings, override: RuleOverride = {}): ActiveRule | undefined {
  const mode = override.mode ?? rule.mode ?? 'live';
  if (mode === 'off') return undefined;
  const configured = override.severity === undefined ? undefined : levelOf(override.severity);
  const constantLevel = typeof rule.severity === 'string' ? (configured ?? levelOf(rule.severity)) : undefined;
  const withinMs = override.withinMs ?? rule.window?.withinMs ?? SINGLE_WITHIN_MS;
  return {
    rule,
    mode,
    settings: override.settings === undefined ? settings : { ...settings, ...override.settings },
    window: rule.baseline && !rule.window ? undefined : windowSpec(rule, override, withinMs, constantLevel),
    slotMs: slotLengthMs(rule.window?.withinMs ?? SINGLE_WITHIN_MS),
    quietMs: Math.max(override.quietMs ?? rule.quietMs ?? DEFAULT_QUIET_MS, withinMs),
    constantLevel,
    levelOverride: constantLevel === undefined ? configured : undefined,
  };
}

/** True while the lists that the rule lives on are empty: asking it would cost, and find nothing. */
export function isAsleep({ rule, settings }: Pick<ActiveRule, 'rule' | 'settings'>): boolean {
  return rule.sleepsWithout?.every((name) => (settings[name] as readonly unknown[]).length === 0) === true;
}

function windowSpec(rule: Detection, override: RuleOverride, withinMs: number, level: number | undefined): WindowSpec {
  const { window } = rule;
  const spec = { withinMs, levelFromEvents: level === undefined };
  const baseLevel = level ?? 0;
  if (window === undefined) {
    return { ...spec, kind: 'count', tiers: [{ threshold: 1, level: baseLevel }], stepCounts: [] };
  }
  if (window.kind === 'sequence') {
    const stepCounts = window.steps.map((step) => step.count ?? 1);
    return { ...spec, kind: 'sequence', tiers: [{ threshold: 1, level: baseLevel }], stepCounts };
  }
  if (window.kind === 'silence') {
    return { ...spec, kind: 'silence', tiers: [{ threshold: 1, level: baseLevel }], stepCounts: [] };
  }
  const threshold = override.threshold ?? window.threshold;
  // Tiers keep their proportion to the threshold, and never say less than a configured severity.
  const tiers = (window.tiers ?? []).map(
    (tier): LevelTier => ({
      threshold: Math.max(threshold + 1, Math.ceil((tier.threshold * threshold) / window.threshold)),
      level: Math.max(baseLevel, levelOf(tier.severity)),
    }),
  );
  const groupsMin = window.kind === 'distinct' ? (window.groups ?? 0) : 0;
  return { ...spec, kind: window.kind, tiers: [{ threshold, level: baseLevel }, ...tiers], stepCounts: [], groupsMin };
}

/** Partition key of what is stored for a rule's key on a track. Without threshold, window length or version. */
export function windowKey(rule: Detection, key: string, track: string): string {
  return `${rule.id}#${rule.keyVersion ?? 1}#${track.replaceAll('#', '%23')}#${key}`;
}
