import { withOwnRules } from '../lambda/config/own-rules';
import { resolveConfig } from '../lambda/config/resolve';
import { RULES } from '../lambda/rules';
import type { Engine } from './extract';

/** How to make an engine, as plain data: every thread makes its own, because rules are code. */
export interface EngineOptions {
  /** The configuration as read, not resolved. */
  readonly config: unknown;
  /** Rule ids to run; all that are not off when absent. */
  readonly only?: readonly string[];
  /** For warnings about expiry; suppressions themselves go by the events' time. */
  readonly nowMs: number;
}

/** @throws ConfigError */
export function engineFrom({ config, only, nowMs }: EngineOptions): Engine {
  // Every thread has rules of its own. The path is absolute since the configuration was read.
  const { rules, suppressions } = resolveConfig(withOwnRules(config, '/'), RULES, nowMs);
  return { rules: only === undefined ? rules : rules.filter(({ rule }) => only.includes(rule.id)), suppressions };
}
