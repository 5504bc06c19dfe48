/**
 * Reading fields of records that attackers and a hundred AWS teams write.
 * All functions take anything and never throw; they see own properties only, so `__proto__` and `constructor` are
 * ordinary absent names.
 */

export type Fields = { readonly [name: string]: unknown };

/** The value as an object with fields, or undefined (null, array, scalar). */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/**
 * Own property `name` of `value`, or undefined. Records are JSON: what is inherited is a function or a prototype, which
 * is cheaper to tell than to ask for own properties, on a path that every event takes a dozen times.
 */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Fields)[name];
  if (typeof found === 'function' || found === Object.prototype || found === Array.prototype) return undefined;
  return found;
}

/** Follows `names` from `value`: `at(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn')`. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  let current: unknown = value;
  for (const name of names) {
    current = field(current, name);
    if (current === undefined) return undefined;
  }
  return current;
}

/** The field whose name equals `name` in any letter case. EC2's newer calls write PascalCase, older ones camelCase. */
export function pick(value: unknown, name: string): unknown {
  const exact = field(value, name);
  if (exact !== undefined) return exact;
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const lower = name.toLowerCase();
  for (const key of Object.keys(fields)) if (key.toLowerCase() === lower) return fields[key];
  return undefined;
}

/**
 * One or many: S3 and EC2 write a single element as an object and several as an array, EC2 wraps lists as `{items: []}`
 * and an empty list as `{}`.
 */
export function asArray(value: unknown): readonly unknown[] {
  let list = value;
  // A loop, not a recursion: hostile records nest as deep as JSON allows.
  for (let items = field(list, 'items'); items !== undefined && !Array.isArray(list); items = field(list, 'items')) {
    list = items;
  }
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  return fieldsOf(list) !== undefined && Object.keys(list).length === 0 ? [] : [list];
}

/** The value as a string: a string itself, the first string of an array (old records wrap scalars), a number. */
export function text(value: unknown): string | undefined {
  let first = value;
  while (Array.isArray(first)) first = first[0];
  if (typeof first === 'string') return first;
  return typeof first === 'number' ? String(first) : undefined;
}

/** The value as a finite number: a number, or a string that is one. */
export function numeric(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' && value.trim() !== '') {
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  return undefined;
}

/** `true`, `false`, and their spellings as strings (`"true"`, `"False"`); undefined for anything else. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** A JSON document that is an object already or a string holding one (IAM's policyDocument); undefined if neither. */
export function document(value: unknown): Fields | undefined {
  if (typeof value !== 'string') return fieldsOf(value);
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/**
 * True where CloudTrail left the content out for its size: requestParameters and responseElements above 100 KB become
 * `{omitted: true, reason: …}`. A caller can bring that about with padding, so rules that judge by the content alert.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function isOmitted(value: unknown): boolean {
  return flag(field(value, 'omitted')) === true;
}
