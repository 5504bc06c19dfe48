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
 * not exist); `anything-but` needs the field to be there. What AWS's matcher does and its guide leaves out: lists in
 * lists count as one list, conditions on several fields must hold in one element, but `exists: false` holds only if the
 * field is in none of them.
 * @see https://github.com/aws/event-ruler
 */
export function compilePattern(pattern: Pattern): Predicate {
  const check = compileFields(pattern);
  return (record) => check(record, undefined);
}

/** @param beside when the value stands in a list, all values at its place in the elements of that list */
type Check = (value: unknown, beside: readonly unknown[] | undefined) => boolean;

function compileFields(pattern: Pattern): Check {
  const checks = Object.entries(pattern).map(([name, inner]): Check => {
    const check = isConditions(inner) ? compileConditions(inner) : compileNested(inner);
    return (record, beside) =>
      check(
        field(record, name),
        beside?.map((other) => field(other, name)),
      );
  });
  return (record, beside) => {
    for (const check of checks) if (!check(record, beside)) return false;
    return true;
  };
}

function isConditions(inner: Pattern | readonly Condition[]): inner is readonly Condition[] {
  return Array.isArray(inner);
}

function compileNested(inner: Pattern): Check {
  const check = compileFields(inner);
  return (value, beside) => {
    if (!Array.isArray(value) && beside === undefined) return check(value, undefined);
    const elements = elementsOf(value);
    const all = beside?.flatMap(elementsOf) ?? elements;
    // Without an element there is still what must be absent.
    return elements.length === 0 ? check(undefined, all) : elements.some((element) => check(element, all));
  };
}

function compileConditions(conditions: readonly Condition[]): Check {
  const exact = new Set<unknown>();
  const others: Predicate[] = [];
  let mayBeAbsent = false;
  for (const condition of conditions) {
    if (typeof condition !== 'object' || condition === null) exact.add(condition);
    else if ('exists' in condition && !condition.exists) mayBeAbsent = true;
    else others.push(compileOperator(condition));
  }
  const meets = (leaf: unknown) => exact.has(leaf) || others.some((other) => other(leaf));
  return (value, beside) => {
    if (!Array.isArray(value) && beside === undefined) return isLeaf(value) ? meets(value) : mayBeAbsent;
    if (elementsOf(value).some((element) => isLeaf(element) && meets(element))) return true;
    return mayBeAbsent && !(beside ?? [value]).some((other) => elementsOf(other).some(isLeaf));
  };
}

/** What stands in a list, and in lists within it. A loop, because hostile records nest as deep as JSON allows. */
function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  if (!value.some(Array.isArray)) return value;
  const elements: unknown[] = [];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (Array.isArray(next)) for (const element of next) left.push(element);
    else elements.push(next);
  }
  return elements;
}

/** A test of a leaf. */
function compileOperator(condition: Exclude<Condition, Scalar>): Predicate {
  if ('prefix' in condition) return (value) => typeof value === 'string' && value.startsWith(condition.prefix);
  if ('suffix' in condition) return (value) => typeof value === 'string' && value.endsWith(condition.suffix);
  if ('equals-ignore-case' in condition) {
    const expected = condition['equals-ignore-case'].toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === expected;
  }
  if ('exists' in condition) return isLeaf;
  const but = condition['anything-but'];
  const refused: ReadonlySet<unknown> = new Set<unknown>(Array.isArray(but) ? but : [but]);
  return (value) => !refused.has(value);
}

function isLeaf(value: unknown): boolean {
  return value === null || (value !== undefined && typeof value !== 'object');
}
