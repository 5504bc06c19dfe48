import { harmless, secretIn } from '../lambda/alerts/neutral';
import { type Fields, fieldsOf } from '../lambda/intake/fields';
import { counted } from './counts';

/** What a shown record may hold; each of the next is tried where a record is too long by the one before. */
interface Limits {
  /** Characters of a text. */
  readonly text: number;
  /** Elements of a list. */
  readonly items: number;
  readonly fields: number;
  /** Lists and objects in one another. */
  readonly depth: number;
}

const LIMITS: readonly Limits[] = [
  { text: 1_500, items: 50, fields: 100, depth: 14 },
  { text: 400, items: 20, fields: 60, depth: 10 },
  { text: 150, items: 6, fields: 40, depth: 6 },
  // Always short enough: the record's own fields, without what is in them.
  { text: 40, items: 0, fields: 40, depth: 1 },
];

/** Characters of a shown record, as JSON. */
export const SHOWN_RECORD_MAX = 6_000;

const REMOVED = '[removed]';

/**
 * A record as people may see it, as JSON in one line: its texts visible and without secrets, and never longer than
 * `SHOWN_RECORD_MAX` characters. What was shortened or left out says so where it stood.
 */
export function shownRecord(record: unknown): string {
  for (const limits of LIMITS) {
    const json = JSON.stringify(shown(record, limits, 0));
    if (json.length <= SHOWN_RECORD_MAX) return json;
  }
  return JSON.stringify('\u2026 [left out: too long]');
}

/** How values are taken: as they are, as a secret's, or as settings, whose names are shown and whose values are not. */
type As = 'plain' | 'secret' | 'settings';

function shown(value: unknown, limits: Limits, depth: number, as: As = 'plain'): unknown {
  if (typeof value === 'string') return as === 'plain' ? harmless(value, limits.text) : REMOVED;
  if (typeof value === 'number') return as === 'plain' ? value : REMOVED;
  if (typeof value !== 'object' || value === null) return value;
  const fields = fieldsOf(value);
  const size = fields === undefined ? (value as readonly unknown[]).length : Object.keys(fields).length;
  if (size > 0 && depth >= limits.depth) return `\u2026 [left out: ${counted(size, fields ? 'field' : 'element')}]`;
  if (fields === undefined) {
    const list = value as readonly unknown[];
    const items = list.slice(0, limits.items).map((item) => shown(item, limits, depth + 1, as));
    return size > limits.items ? [...items, `\u2026 [left out: ${size - limits.items} more]`] : items;
  }
  const names = Object.keys(fields).slice(0, limits.fields);
  const hidesValue = namesSecret(fields);
  const entries = names.map((name): [string, unknown] => {
    const how = asOf(name, fields[name], as, hidesValue);
    return [harmless(name, Math.min(100, limits.text)), shown(fields[name], limits, depth + 1, how)];
  });
  if (size > limits.fields) entries.push(['\u2026', `[left out: ${size - limits.fields} more]`]);
  // Defines, unlike an assignment, also `__proto__`.
  return Object.fromEntries(entries);
}

function asOf(name: string, value: unknown, as: As, hidesValue: boolean): As {
  if (as === 'secret') return 'secret';
  const secret = secretIn(name);
  if (secret === 'all' || (secret === 'text' && typeof value === 'string')) return 'secret';
  if (hidesValue && /value$/i.test(name)) return 'secret';
  // `environment: { variables: { NAME: value } }` of a function, `environment: [{ name, value }]` of a container.
  if (as === 'settings') return /^(?:name|key|type)$/i.test(name) ? 'plain' : 'settings';
  return /^environment(?:_?variables)?$/i.test(name) && typeof value === 'object' ? 'settings' : 'plain';
}

/** `{ parameterKey: 'DBPassword', parameterValue: … }`: a pair whose name is that of a secret. */
function namesSecret(fields: Fields): boolean {
  return Object.entries(fields).some(([name, value]) => {
    if (typeof value !== 'string' || value.length > 300 || !/(?:name|key)$/i.test(name)) return false;
    return secretIn(value.replace(/^.*[/.:]/s, '')) !== undefined;
  });
}
