import { type ActiveRule, activate, type RuleOverride } from '../rules/active-rule';
import type { Detection } from '../rules/rule';
import type { Settings } from '../rules/settings';
import type { Suppression } from '../rules/suppression';
import type { ResolvedConfig } from './resolve';

/**
 * What the detector needs of a configuration, as JSON beside its code: checked and resolved when the stack is
 * synthesized, so that a cold start carries no schema and can't be stopped by a mistake in the file.
 */
export interface DetectionData {
  readonly settings: Settings;
  /** By rule id. */
  readonly overrides: Readonly<Record<string, RuleOverride>>;
  readonly suppressions: readonly Suppression[];
}

export function detectionData({ settings, overrides, suppressions }: ResolvedConfig): DetectionData {
  return { settings, overrides: Object.fromEntries(overrides), suppressions };
}

/** The rules that are on, as the configuration wants them. @param rules every rule there is */
export function activeRules({ settings, overrides }: DetectionData, rules: readonly Detection[]): ActiveRule[] {
  const written = new Map(Object.entries(overrides));
  return rules.flatMap((rule) => activate(rule, settings, written.get(rule.id)) ?? []);
}
