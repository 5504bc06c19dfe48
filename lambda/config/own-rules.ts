import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { visible } from '../alerts/neutral';
import { asError, ConfigError } from '../errors';
import { fieldsOf } from '../intake/fields';
import { RULES } from '../rules';
import { RETIRED } from '../rules/retired';
import type { Examples, Rule } from '../rules/rule';

/**
 * Rules that live outside of this repository, in the folder that `rulesFolder` names: TypeScript, compiled when a
 * configuration is read, at synth and by the command line. They are code, run with the rights of whoever reads the
 * configuration.
 */

export interface OwnRule {
  /** Absolute path. */
  readonly file: string;
  readonly rule: Rule;
  readonly examples: (() => Examples) | undefined;
}

/** Folders whose rules are among the others already. */
const admitted = new Set<string>();

/** Folders of the rules that were put behind the shipped ones: a bundle of the detector needs them too. */
export function admittedFolders(): readonly string[] {
  return [...admitted];
}

/**
 * Puts the rules of the folder that the configuration names behind the shipped ones, once. Everything reads one list of
 * rules, and reads it after the configuration.
 * @param value a configuration as read
 * @param base folder that a relative path starts from
 * @returns the value, with the absolute path of the folder
 * @throws {ConfigError} when there are no rules there, or they can't be compiled or clash with others
 */
export function withOwnRules(value: unknown, base: string): unknown {
  const named = fieldsOf(value)?.['rulesFolder'];
  if (typeof named !== 'string' || named === '') return value; // the resolver says what is wrong
  const folder = resolve(base, named);
  if (!admitted.has(folder)) {
    const own = readOwnRules(folder);
    for (const { file, rule } of own) checkId(rule.id, file);
    (RULES as Rule[]).push(...own.map(({ rule }) => rule));
    admitted.add(folder);
  }
  return { ...fieldsOf(value), rulesFolder: folder };
}

function checkId(id: string, file: string): void {
  if (RULES.some((rule) => rule.id === id)) throw problem(file, `there is a rule ${id} already: choose another id`);
  if (RETIRED.some((rule) => rule.id === id)) throw problem(file, `${id} was a rule once: ids are not used again`);
}

/** Files of the folder that export a rule, sorted. @throws {ConfigError} when there are none */
export function ownRuleFiles(folder: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (cause) {
    throw problem(folder, `expected a folder with rules, found none that can be read`, cause);
  }
  const files = names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .filter((file) => /^export default /m.test(readFileSync(file, 'utf8')))
    .sort();
  if (files.length === 0) throw problem(folder, 'expected rules, found no .ts file with a default export');
  return files;
}

/** Compiles and loads the rules of a folder. @throws {ConfigError} */
export function readOwnRules(folder: string): readonly OwnRule[] {
  const files = ownRuleFiles(folder);
  let code: string;
  try {
    const { outputFiles } = esbuildFor(folder).buildSync({
      stdin: {
        contents: files.map((file, index) => `export * as own${index} from ${JSON.stringify(file)};`).join('\n'),
        resolveDir: folder,
        loader: 'ts',
      },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      alias: { trailhound: kit() },
      logLevel: 'silent',
    });
    code = outputFiles[0]?.text ?? '';
  } catch (cause) {
    throw problem(
      folder,
      `expected rules that compile, found: ${visible(asError(cause).message).slice(0, 1_000)}`,
      cause,
    );
  }
  const module: { exports: Record<string, { default?: unknown; examples?: unknown }> } = { exports: {} };
  try {
    const run = runInThisContext(`(function (module, exports, require) {${code}\n})`, { filename: folder });
    run(module, module.exports, createRequire(join(folder, 'rules.js')));
  } catch (cause) {
    throw problem(folder, `expected rules that load, found: ${visible(asError(cause).message).slice(0, 1_000)}`, cause);
  }
  return files.map((file, index) => {
    const { default: rule, examples } = module.exports[`own${index}`] ?? {};
    if (!isRule(rule)) throw problem(file, 'expected a rule as the default export (defineRule), found something else');
    return { file, rule, examples: typeof examples === 'function' ? (examples as () => Examples) : undefined };
  });
}

function isRule(value: unknown): value is Rule {
  const fields = fieldsOf(value);
  return typeof fields?.['id'] === 'string' && Array.isArray(fields['match']) && Array.isArray(fields['rows']);
}

/** What `import … from 'trailhound'` means: the sources in a checkout, a file beside the command line elsewhere. */
export function kit(): string {
  const packed = join(__dirname, 'rule-kit.js');
  return existsSync(packed) ? packed : join(__dirname, '../rules/kit.ts');
}

/** Not a library of the command line, which has none: the user's, or the checkout's own. */
function esbuildFor(folder: string): typeof import('esbuild') {
  for (const from of [join(folder, 'rules.js'), __filename]) {
    try {
      return createRequire(from)('esbuild') as typeof import('esbuild');
    } catch {
      // the next place may have it
    }
  }
  throw problem(folder, 'rules of your own are compiled with esbuild, which is not installed: npm install esbuild');
}

function problem(path: string, text: string, cause?: unknown): ConfigError {
  return new ConfigError([{ path: visible(path), problem: text }], { cause });
}
