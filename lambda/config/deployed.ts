import { RULES } from '../rules';
import { CONFIG_FILE } from './environment';
import { deployedJson } from './place';
import { type ResolvedConfig, resolveConfig } from './resolve';

/**
 * The configuration that the stack put beside the code. Read when a function starts; a broken one fails the start, and
 * with it the deployment's first invocation, loudly.
 */
export function deployedConfig(nowMs: number): ResolvedConfig {
  return resolveConfig(deployedJson(CONFIG_FILE), RULES, nowMs);
}
