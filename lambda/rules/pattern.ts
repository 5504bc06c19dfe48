import { field } from '../intake/fields';

/**
 * The subset of EventBridge's pattern language that rules may use over a record, and that we also evaluate ourselves:
 * exact strings, numbers, booleans and null; `prefix`, `suffix`, `equals-ignore-case`, `exists`, and `anything-but` of
 * exact values. Fields nest as in the record; an array in the record matches when any element does.
 *
 * No wildcards (30 rules per bus) and no regular expressions (EventBridge has none).
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export interface Pattern {
  readonly [name: string]: Pattern | readonly Condition[];
}

export type Scalar = string | number | boolean | null;

export type Condition =
  | Scalar
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly 'equals-ignore-case': string }
  | { readonly exists: boolean }
  | { readonly 'anything-but': Scalar | readonly Scalar[] };

export type Predicate = (value: unknown) => boolean;

/**
 * A predicate that answers as EventBridge does. Compiled once, asked for each event.
 *
 * Differences that AWS documents and that matter here: `exists` looks at leaves only (an object or an empty array does
 * not exist); `anything-but` needs the field to be there.
 */
export function compilePattern(pattern: Pattern): Predicate {
  const checks = Object.entries(pattern).map(([name, inner]) => {
    const check = isConditions(inner) ? compileConditions(inner) : compileNested(inner);
    return (record: unknown) => check(field(record, name));
  });
  return (record) => {
    for (const check of checks) if (!check(record)) return false;
    return true;
  };
}

function isConditions(inner: Pattern | readonly Condition[]): inner is readonly Condition[] {
  return Array.isArray(inner);
}

/** Arrays of objects match when any element matches; the ruler keeps fields of one element together. */
function compileNested(inner: Pattern): Predicate {
  const matchesObject = compilePattern(inner);
  return (value) => (Array.isArray(value) ? value.some((element) => matchesObject(element)) : matchesObject(value));
}

function compileConditions(conditions: readonly Condition[]): Predicate {
  const exact = new Set<unknown>();
  const others: Predicate[] = [];
  for (const condition of conditions) {
    if (typeof condition !== 'object' || condition === null) exact.add(condition);
    else others.push(compileOperator(condition));
  }
  const leaf = (value: unknown) => exact.has(value) || others.some((other) => other(value));
  return (value) => {
    if (!Array.isArray(value)) return leaf(value);
    if (value.length === 0) return others.some((other) => other(undefined));
    return value.some((element) => leaf(element));
  };
}

function compileOperator(condition: Exclude<Condition, Scalar>): Predicate {
  if ('prefix' in condition) return (value) => typeof value === 'string' && value.startsWith(condition.prefix);
  if ('suffix' in condition) return (value) => typeof value === 'string' && value.endsWith(condition.suffix);
  if ('equals-ignore-case' in condition) {
    const expected = condition['equals-ignore-case'].toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === expected;
  }
  if ('exists' in condition) return (value) => isLeaf(value) === condition.exists;
  const but = condition['anything-but'];
  const refused: ReadonlySet<unknown> = new Set<unknown>(Array.isArray(but) ? but : [but]);
  return (value) => isLeaf(value) && !refused.has(value);
}

function isLeaf(value: unknown): boolean {
  return value === null || (value !== undefined && typeof value !== 'object');
}
