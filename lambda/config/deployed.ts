import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../rules';
import { CONFIG_FILE, ENVIRONMENT } from './environment';
import { type ResolvedConfig, resolveConfig } from './resolve';

/**
 * The configuration that the stack put beside the code. Read when a function starts; a broken one fails the start, and
 * with it the deployment's first invocation, loudly.
 */
export function deployedConfig(nowMs: number): ResolvedConfig {
  const file = path.join(process.env['LAMBDA_TASK_ROOT'] ?? '.', CONFIG_FILE);
  return resolveConfig(JSON.parse(readFileSync(file, 'utf8')), RULES, nowMs);
}

/** What the stack told about a place. @throws {Error} that names the variable, if it did not */
export function place(name: keyof typeof ENVIRONMENT): string {
  const value = process.env[ENVIRONMENT[name]];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${ENVIRONMENT[name]} is not set: the stack must set it`);
  }
  return value;
}
