import * as v from 'valibot';
import { ConfigError, type ConfigProblem } from '../errors';
import type { RetiredRule } from '../rules/retired';
import type { Rule } from '../rules/rule';
import { SETTINGS } from '../rules/settings';
import { inconsistencies } from './consistency';
import { nearest } from './nearest';
import { type ConfigFile, configSchema, unknownRule } from './schema';
import { type Stray, strayKeys } from './stray-keys';
import { found, type Keys, listed, pathText, quoted } from './wording';

/** Problems that one error tells; a broken file of a megabyte must not become a message of fifty. */
const PROBLEMS_MAX = 500;

/**
 * The configuration, known to be sound.
 * @throws {ConfigError} with every problem of the schema, of unknown keys, and of values that don't go together
 */
export function checkedConfig(value: unknown, rules: readonly Rule[], retired: readonly RetiredRule[]): ConfigFile {
  const schema = configSchema({ rules, retired });
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  const problems: { keys: Keys; say: () => string }[] = [];
  const wrongShape: Keys[] = [];
  for (const stray of strayKeys(schema, value)) {
    if (stray.known === undefined) wrongShape.push(stray.keys);
    problems.push({ keys: stray.keys, say: () => strayText(stray, retired) });
  }
  for (const issue of parsed.issues ?? []) {
    problems.push({ keys: keysOf(issue), say: () => issue.message });
  }
  for (const { keys, problem } of inconsistencies(value, rules)) problems.push({ keys, say: () => problem });
  if (problems.length === 0 && parsed.success) return parsed.output;
  const told = inOrder(problems.filter(({ keys }) => !wrongShape.some((outer) => isInside(keys, outer))));
  throw new ConfigError(toProblems(told));
}

function keysOf(issue: v.BaseIssue<unknown>): Keys {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
}

function isInside(keys: Keys, outer: Keys): boolean {
  return keys.length > outer.length && outer.every((key, index) => keys[index] === key);
}

/** Problems by path, one for each path and text. */
function inOrder<P extends { readonly keys: Keys }>(problems: readonly P[]): P[] {
  return [...problems].sort((a, b) => {
    for (let index = 0; index < Math.max(a.keys.length, b.keys.length); index++) {
      const [left, right] = [a.keys[index], b.keys[index]];
      if (left === right) continue;
      if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
      return typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left) < String(right)
          ? -1
          : 1;
    }
    return 0;
  });
}

function toProblems(problems: readonly { keys: Keys; say: () => string }[]): [ConfigProblem, ...ConfigProblem[]] {
  const told = problems
    .slice(0, PROBLEMS_MAX)
    .map(({ keys, say }): ConfigProblem => ({ path: pathText(keys), problem: say(), keys }));
  const [first, ...others] = told.filter(
    ({ path, problem }, index) =>
      !told.slice(0, index).some((before) => before.path === path && before.problem === problem),
  );
  if (problems.length > PROBLEMS_MAX) {
    others.push({
      path: pathText([]),
      problem: `expected fewer problems, found ${problems.length}; these are the first ${PROBLEMS_MAX}`,
    });
  }
  return [first as ConfigProblem, ...others];
}

/** What to say about a key that is not known where it stands. */
function strayText({ keys, known, value }: Stray, retired: readonly RetiredRule[]): string {
  if (known === undefined) return `expected a map, found ${found(value)}`;
  const key = String(keys.at(-1));
  const where = keys.slice(0, -1);
  const say = (what: string, fix: string | undefined) =>
    `expected ${what}, found ${quoted(key)}${fix === undefined ? '' : `; ${fix}`}`;
  const close = nearest(key, known);
  const didYouMean = close === undefined ? undefined : `did you mean ${close}?`;
  if (where[0] === 'rules' && where.length === 1) return say('the id of a rule', unknownRule(key, known, retired));
  if (where[0] === 'accounts' && where.length === 1) return say('an AWS account ID', undefined);
  if (where[0] === 'settings')
    return say('a setting', didYouMean ?? elsewhere(key, where) ?? 'docs/settings.md lists them');
  if (where.at(-1) === 'settings') {
    const id = String(where[1]);
    const reads = `it reads ${known.length === 0 ? 'no settings' : listed(known)}`;
    return say(`a setting that ${id} reads`, Object.hasOwn(SETTINGS, key) ? reads : (didYouMean ?? reads));
  }
  return say(`one of ${known.join(', ')}`, didYouMean ?? elsewhere(key, where));
}

/** Where a key that stands in the wrong map belongs. */
function elsewhere(key: string, where: Keys): string | undefined {
  const { entries } = configSchema({ rules: [], retired: [] });
  if (Object.hasOwn(SETTINGS, key)) return 'it belongs under settings';
  if (where.length > 0 && Object.hasOwn(entries, key)) return 'it belongs to the top level of the file';
  return Object.hasOwn(entries.deploy.wrapped.entries, key) ? 'it belongs under deploy' : undefined;
}
