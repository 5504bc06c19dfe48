import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DeployedFile, ENVIRONMENT } from './environment';

/** What the stack told about a place. @throws {Error} that names the variable, if it did not */
export function place(name: keyof typeof ENVIRONMENT): string {
  const value = process.env[ENVIRONMENT[name]];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${ENVIRONMENT[name]} is not set: the stack must set it`);
  }
  return value;
}

/** Whether the stack told about it: of places that only some configurations have. */
export function isPlace(name: keyof typeof ENVIRONMENT): boolean {
  return (process.env[ENVIRONMENT[name]] ?? '') !== '';
}

/** What the stack put beside the code. @throws when it is not there, or no JSON */
export function deployedJson<T>(file: DeployedFile): T {
  return JSON.parse(readFileSync(path.join(process.env['LAMBDA_TASK_ROOT'] ?? '.', file), 'utf8'));
}
