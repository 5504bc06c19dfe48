import type { Random } from '../bench/random';
import { PAYLOADS } from '../test/alerts/hostile-payloads';

/** JSON, as it arrives. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** Names that mean something to JavaScript, and none to CloudTrail. */
const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON'];

const POLLUTION = '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}';

const NUMBERS = [0, -0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e21];

const TEXTS = [
  ...['', ' ', '0', '-1', '1e999', 'null', 'true', 'True', '{}', '[]', '[[['],
  ...['HIDDEN_DUE_TO_SECURITY_REASONS', 'AccessDenied', 'Client.UnauthorizedOperation', 'AWSService', 'Root', '*'],
  ...['0.0.0.0/0', '::/0', '300.1.2.3', '1.2.3.4/99', '::ffff:1.2.3.4', 'arn:aws:iam::111122223333:user/x', 'arn:::::'],
  ...['2026-03-10T10:00:00Z', '2026-02-30T25:61:61Z', '9999-12-31T23:59:59Z', '0000-00-00T00:00:00Z', '1'],
  ...['{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}', '{"Statement":', POLLUTION],
  'a'.repeat(5_000),
  '%'.repeat(3_000),
  '\\'.repeat(2_000),
  ' '.repeat(4_000),
  `${'('.repeat(400)}${'a+'.repeat(400)}`,
  ...PAYLOADS.map(([, text]) => text),
];

/** Arrays and objects many levels deep: what recurses on its input overflows. JSON.parse itself takes them. */
const DEEP: readonly Json[] = [nested(1_500, (inner) => [inner]), nested(1_500, (inner) => ({ items: inner }))];

function nested(levels: number, wrap: (inner: Json) => Json): Json {
  let value: Json = 'x';
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

/**
 * A record changed in one to four places in the ways that records differ, go wrong, or are made to: fields gone, of
 * another type, under another name, from another event, holding hostile text. What was not changed is shared with it.
 */
export function mutated(record: Json, others: readonly Json[], random: Random): Json {
  let result = record;
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes; change++) result = changedSomewhere(result, others, random);
  return result;
}

function changedSomewhere(record: Json, others: readonly Json[], random: Random): Json {
  const path: string[] = [];
  let at: Json = record;
  while (isContainer(at)) {
    const names = Object.keys(at);
    if (names.length === 0 || (path.length > 0 && random.below(3) === 0) || path.length > 40) break;
    const name = random.pick(names);
    path.push(name);
    at = (at as JsonObject)[name] as Json;
  }
  const last = path.pop();
  if (last === undefined) return hostile(random);
  const other = random.pick(others);
  return changedAt(record, path, (parent) => changedField(parent, last, path, other, random));
}

/** The value with `change` applied to what lies at `path`; everything beside the path is shared. */
function changedAt(value: Json, [name, ...rest]: readonly string[], change: (value: Json) => Json): Json {
  if (name === undefined) return change(value);
  if (!isContainer(value)) return value;
  return withField(value, name, changedAt((value as JsonObject)[name] as Json, rest, change));
}

function changedField(parent: Json, name: string, path: readonly string[], other: Json, random: Random): Json {
  if (!isContainer(parent)) return hostile(random);
  const value = (parent as JsonObject)[name] as Json;
  switch (random.below(12)) {
    case 0:
    case 1:
      return withoutField(parent, name);
    case 2:
    case 3:
      return withField(parent, name, hostile(random));
    case 4: {
      // The same field of another event: another call, another caller, another answer.
      const there = at(other, [...path, name]);
      return there === undefined ? withoutField(parent, name) : withField(parent, name, there);
    }
    case 5:
      return withField(withoutField(parent, name) as Json[] | JsonObject, renamed(name, random), value);
    case 6:
      return withField(
        parent,
        name,
        random.pick<Json>([[value], { items: value }, { items: [value] }, [value, value]]),
      );
    case 7:
      return withField(parent, name, typeof value === 'string' ? parsedOr(value) : JSON.stringify(value));
    case 8:
      return withField(parent, name, typeof value === 'string' ? spliced(value, random) : random.pick(NUMBERS));
    case 9:
      return withField(parent, random.pick(PROTOTYPE_NAMES), random.below(2) === 0 ? hostile(random) : value);
    case 10:
      // A field beside its own: what code finds by ignoring case, or by taking the first.
      return withField(parent, random.below(2) === 0 ? name.toUpperCase() : renamed(name, random), hostile(random));
    default:
      return withField(parent, name, typeof value === 'string' ? value + random.pick(PAYLOADS)[1] : hostile(random));
  }
}

function hostile(random: Random): Json {
  switch (random.below(8)) {
    case 0:
      return random.pick<Json>([null, true, false, [], {}, [null], [[]], { items: null }, { items: {} }]);
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.below(20) === 0 ? random.pick(DEEP) : [random.pick(TEXTS)];
    case 3:
      return JSON.parse(POLLUTION) as Json;
    case 4:
      return random.below(50) === 0 ? Array.from({ length: 2_000 }, (_, index) => index) : { omitted: true };
    default:
      return random.pick(TEXTS);
  }
}

function spliced(text: string, random: Random): string {
  const cut = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, cut);
    case 1:
      return text.slice(0, cut) + random.pick(PAYLOADS)[1] + text.slice(cut);
    case 2:
      return random.below(2) === 0 ? text.toUpperCase() : text.toLowerCase();
    default:
      return text.slice(0, cut) + String.fromCharCode(random.below(0x10000)) + text.slice(cut + 1);
  }
}

function renamed(name: string, random: Random): string {
  switch (random.below(4)) {
    case 0:
      return random.pick(PROTOTYPE_NAMES);
    case 1:
      return name.charAt(0).toUpperCase() + name.slice(1);
    case 2:
      return `${name} `;
    default:
      return random.pick(TEXTS).slice(0, 200);
  }
}

function parsedOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return [text];
  }
}

function at(value: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const name of path) {
    if (current === undefined || !isContainer(current) || !Object.hasOwn(current, name)) return undefined;
    current = (current as JsonObject)[name];
  }
  return current;
}

function isContainer(value: Json): value is Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function withField(parent: Json[] | JsonObject, name: string, value: Json): Json {
  if (Array.isArray(parent)) {
    const index = Number(name);
    return Number.isInteger(index) && index >= 0 && index < parent.length
      ? parent.map((element, at) => (at === index ? value : element))
      : [...parent, value];
  }
  const copy = copyOf(parent);
  // As JSON.parse does it: `__proto__` becomes a field like any other.
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

function withoutField(parent: Json[] | JsonObject, name: string): Json {
  if (Array.isArray(parent)) return parent.filter((_, index) => String(index) !== name);
  const copy = copyOf(parent);
  delete copy[name];
  return copy;
}

/** Spread would do, were it not for records that have an own `__proto__`: spread keeps that too. */
function copyOf(parent: JsonObject): JsonObject {
  return { ...parent };
}
