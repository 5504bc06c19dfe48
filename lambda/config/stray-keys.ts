import type * as v from 'valibot';
import { isMap, type Keys } from './wording';

/** A key that the schema does not know, or something else where a map belongs. */
export interface Stray {
  readonly keys: Keys;
  /** Keys that are known there; undefined when the value should have been a map. */
  readonly known: readonly string[] | undefined;
  readonly value: unknown;
}

/** What valibot's schemas say about their insides. @see https://valibot.dev/guides/schemas/ */
interface Node {
  readonly type: string;
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly entries?: v.ObjectEntries;
  readonly getter?: (value: unknown) => v.GenericSchema;
}

/** Keys that valibot's records leave out without a word. */
const NEVER_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Every unknown key, wherever it stands: valibot's own strict objects name only the first of each map, take lists for
 * maps, and do not see `__proto__`.
 */
export function* strayKeys(schema: v.GenericSchema, value: unknown, keys: Keys = []): Generator<Stray> {
  if (value === undefined || value === null) return;
  const { type, wrapped, item, entries, getter } = schema as unknown as Node;
  if (wrapped !== undefined) yield* strayKeys(wrapped, value, keys);
  else if (getter !== undefined) yield* strayKeys(getter(value), value, keys);
  else if (item !== undefined && Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* strayKeys(item, element, [...keys, index]);
  } else if (type === 'object' || type === 'record') {
    if (isMap(value)) yield* inMap(entries, value, keys);
    else if (typeof value === 'object') yield { keys, known: undefined, value };
  }
}

function* inMap(entries: v.ObjectEntries | undefined, value: Record<string, unknown>, keys: Keys): Generator<Stray> {
  for (const key of Object.keys(value)) {
    const inner = [...keys, key];
    if (entries === undefined) {
      if (NEVER_KEYS.includes(key)) yield { keys: inner, known: [], value: value[key] };
    } else if (!Object.hasOwn(entries, key)) {
      yield { keys: inner, known: Object.keys(entries), value: value[key] };
    } else {
      yield* strayKeys(entries[key] as v.GenericSchema, value[key], inner);
    }
  }
}
