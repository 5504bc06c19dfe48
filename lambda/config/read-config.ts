import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isScalar, LineCounter, type ParsedNode, parseDocument, visit, type YAMLMap } from 'yaml';
import { visible } from '../alerts/neutral';
import { ConfigError, type ConfigProblem } from '../errors';
import { withOwnRules } from './own-rules';
import { type Keys, quoted } from './wording';

/**
 * Reading `trailhound.yaml`: for synth and the command line. A Lambda gets the value as JSON, so that no bundle carries a
 * YAML parser; only `resolve.ts` is for both.
 */

/** The file that is read when none is named. */
const DEFAULT_FILE = 'trailhound.yaml';

/** A configuration is written by people; what is larger is something else. */
const SIZE_MAX_BYTES = 1_000_000;
/** Anchors may be used now and then; a thousandfold expansion may not. */
const ALIASES_MAX = 50;
/** Syntax errors that are told; the later ones mostly follow from the first. */
const SYNTAX_ERRORS_MAX = 20;

/** A configuration as read, for `resolveConfig`. */
export interface LoadedConfig {
  /** Plain maps, lists, strings, numbers, booleans and null; `{}` where there is no file. */
  readonly value: unknown;
  /** The file as it was named; undefined where there is none and the defaults apply. */
  readonly file: string | undefined;
  /** Line (from 1) on which a key stands, or the nearest one around it; undefined where there is no file. */
  readonly lineOf: (keys: Keys) => number | undefined;
}

/**
 * Reads the configuration: the file that is named, else `trailhound.yaml` in the current folder, else nothing. Rules of
 * the user's own that it names are among the others from then on.
 * @throws {ConfigError} when a named file can't be read, or a file is no YAML, or the own rules can't be used
 */
export function loadConfig({ configPath, cwd }: { readonly configPath?: string; readonly cwd: string }): LoadedConfig {
  const file = configPath ?? DEFAULT_FILE;
  const bytes = readBounded(resolve(cwd, file), file, configPath === undefined);
  if (bytes === undefined) return { value: {}, file: undefined, lineOf: () => undefined };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw problem(file, 'expected text in UTF-8, found other bytes; save the file as UTF-8', cause);
  }
  const { value, lineOf } = parseConfig(text, file);
  return { value: withOwnRules(value, dirname(resolve(cwd, file))), lineOf, file };
}

/**
 * The value of YAML (or JSON) text, and where its parts stand.
 * @throws {ConfigError} with line and column of every syntax error, duplicate key and unknown tag
 */
export function parseConfig(text: string, file: string): Pick<LoadedConfig, 'value' | 'lineOf'> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    prettyErrors: false, // they quote lines of the file, which may hold anything
    uniqueKeys: false, // quadratic: a file of 60,000 keys takes minutes; checked below
    logLevel: 'error',
  });
  const mistakes = [...document.errors, ...document.warnings];
  const tooDeep = mistakes.find(({ code }) => code === 'RESOURCE_EXHAUSTION'); // what follows it means nothing
  const problems = (tooDeep === undefined ? mistakes : [tooDeep])
    .map(({ code, message, pos }) => ({ offset: pos[0], text: syntaxText(code, message) }))
    .concat(duplicateKeys(document));
  if (problems.length > 0) {
    problems.sort((a, b) => a.offset - b.offset);
    const told = problems.slice(0, SYNTAX_ERRORS_MAX).map(({ offset, text }): ConfigProblem => {
      const { line, col } = lines.linePos(offset);
      return { path: `${visible(file)}:${line}:${col}`, problem: text };
    });
    throw new ConfigError(told as [ConfigProblem, ...ConfigProblem[]]);
  }
  return { value: plainValue(document, file), lineOf: (keys) => lineOf(document, lines, keys) };
}

function plainValue(document: Document.Parsed, file: string): unknown {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
    JSON.stringify(value); // an alias inside its own anchor makes a circle
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const unresolved = /^Unresolved alias[^:]*: (.*)/.exec(message)?.[1];
    throw problem(
      file,
      unresolved === undefined
        ? `expected few aliases (*), found more than ${ALIASES_MAX} or one inside its own anchor; write the values out`
        : `expected an anchor (&) before its alias (*), found none named ${quoted(unresolved)}; write the value out, or put text that begins with * in quotes`,
      cause,
    );
  }
  return value ?? {};
}

/** Keys that a map has twice, and keys that are no words: of both, one would be lost without a word. */
function duplicateKeys(document: Document.Parsed): { offset: number; text: string }[] {
  const problems: { offset: number; text: string }[] = [];
  visit(document, {
    Map(_, map: YAMLMap) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const offset = (key as ParsedNode | null)?.range?.[0] ?? map.range?.[0] ?? 0;
        if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
          problems.push({ offset, text: 'expected a word as the key, found something else; put it in quotes' });
          continue;
        }
        const name = String(key.value);
        if (seen.has(name))
          problems.push({ offset, text: `expected each key once, found ${quoted(name)} again; merge the two` });
        seen.add(name);
      }
    },
  });
  return problems;
}

/** What the parser's codes mean to somebody who writes a configuration; its own words for the others. */
function syntaxText(code: string, message: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'expected a configuration, found too many levels of nesting';
  if (code === 'MULTIPLE_DOCS') return 'expected one document, found a second after ---; remove the line';
  if (code === 'TAB_AS_INDENT') return 'expected spaces, found a tab; YAML does not indent with tabs';
  if (code === 'TAG_RESOLVE_FAILED')
    return `expected plain YAML, found an unknown tag (${quoted(message)}); put text that begins with ! in quotes`;
  return `expected YAML, found a mistake: ${visible(message).slice(0, 200)}`;
}

function lineOf(document: Document.Parsed, lines: LineCounter, keys: Keys): number {
  for (let length = keys.length; length > 0; length--) {
    const parent = document.getIn(keys.slice(0, length - 1), true) as { items?: readonly unknown[] } | undefined;
    const last = keys[length - 1];
    const item = parent?.items?.find((candidate, index) =>
      typeof last === 'number' ? index === last : isPairOf(candidate, last),
    ) as { range?: readonly number[]; key?: { range?: readonly number[] } } | undefined;
    const offset = (item?.key ?? item)?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

function isPairOf(item: unknown, name: string | undefined): boolean {
  const key = (item as { key?: unknown } | null)?.key;
  return isScalar(key) && String(key.value) === name;
}

/** The file's bytes, or undefined when it may be absent and is. Reads no more than is allowed, whatever the file is. */
function readBounded(path: string, file: string, mayBeAbsent: boolean): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const buffer = Buffer.alloc(SIZE_MAX_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (read === 0) break;
      length += read;
    }
    if (length > SIZE_MAX_BYTES) {
      throw problem(file, 'expected at most 1 MB, found more; is this the configuration?');
    }
    return buffer.subarray(0, length);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && mayBeAbsent) return undefined;
    throw problem(file, `expected a file that can be read, found ${reasonOf(code)}; check the path`, cause);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function reasonOf(code: string | undefined): string {
  if (code === 'ENOENT') return 'none there';
  if (code === 'EISDIR') return 'a folder';
  return code === 'EACCES' ? 'one without permission to read' : `an error (${code ?? 'unknown'})`;
}

function problem(file: string, text: string, cause?: unknown): ConfigError {
  return new ConfigError([{ path: visible(file), problem: text }], { cause });
}
