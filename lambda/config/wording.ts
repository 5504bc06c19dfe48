import { visible, withoutSecrets } from '../alerts/neutral';

/** Where a value stands in the configuration, from the outside in. */
export type Keys = readonly (string | number)[];

/** Letters of a found text that a message repeats. */
const SHOWN_MAX = 60;

/**
 * Text that looks like a key or a token although nothing around it says so: 40 or more letters and digits in one piece
 * (an AWS secret access key has 40), or the start of a JSON web token. Configuration has no use for either.
 */
const SECRET_SHAPED = /[A-Za-z0-9+/=]{40,}|\beyJ[\w.-]{10,}/g;

/** Somebody else's text, quoted, short, on one line, and without what looks like a secret. */
export function quoted(text: string): string {
  const clean = withoutSecrets(visible(text)).replace(SECRET_SHAPED, '[removed]');
  return JSON.stringify(clean.length <= SHOWN_MAX ? clean : `${clean.slice(0, SHOWN_MAX)}\u2026`);
}

/** What was found, with its type, for the end of `expected …, found …`. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (typeof value === 'string') return `${quoted(value)} (string)`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return `${value} (${typeof value})`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (value instanceof Date) return 'a timestamp';
  return isMap(value) ? 'a map' : `a value of type ${typeof value}`;
}

/** `expected …, found …; what to do`. */
export function expectedFound(what: string, value: unknown, fix?: string): string {
  return `expected ${what}, found ${found(value)}${fix === undefined ? '' : `; ${fix}`}`;
}

/** A map as YAML and JSON make them, and nothing else: no list, no date, no class of its own. */
export function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Not compared with Object.prototype: structuredClone and test runners have one of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `suppressions[2].actor`; keys that are no plain words are quoted. The whole file is `configuration`. */
export function pathText(keys: Keys): string {
  let text = '';
  for (const key of keys) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]{1,60}$/.test(key) && quoted(key) === `"${key}"`) text += text === '' ? key : `.${key}`;
    else text += `[${quoted(key)}]`;
  }
  return text === '' ? 'configuration' : text;
}

/** `a`, `a and b`, `a, b and c`; `nothing` of an empty list. */
export function listed(words: readonly string[], and = 'and'): string {
  if (words.length <= 1) return words[0] ?? 'nothing';
  return `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
}
