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
  return compileFields(pattern).alone;
}

/** A test of the value at one place of the record. */
interface Test {
  /** The value is the only one at its place: no list above. Almost always so. */
  readonly alone: Predicate;
  /** The value is of one element of a list; `all` are the values at its place in all elements. */
  readonly among: (all: readonly unknown[]) => Predicate;
}

function compileFields(pattern: Pattern): Test {
  const tests = Object.entries(pattern).map(([name, inner]) => ({
    name,
    ...(isConditions(inner) ? compileConditions(inner) : compileNested(inner)),
  }));
  return {
    alone: (record) => {
      for (const { name, alone } of tests) if (!alone(field(record, name))) return false;
      return true;
    },
    among: (all) => {
      const within = tests.map(({ name, among }) => ({ name, test: among(all.map((one) => field(one, name))) }));
      return (record) => within.every(({ name, test }) => test(field(record, name)));
    },
  };
}

function isConditions(inner: Pattern | readonly Condition[]): inner is readonly Condition[] {
  return Array.isArray(inner);
}

function compileNested(inner: Pattern): Test {
  const { alone, among } = compileFields(inner);
  // Without an element there is still what must be absent.
  const some = (elements: readonly unknown[], test: Predicate) =>
    elements.length === 0 ? test(undefined) : elements.some(test);
  return {
    alone: (value) => {
      if (!Array.isArray(value)) return alone(value);
      const elements = elementsOf(value);
      return some(elements, among(elements));
    },
    among: (all) => {
      const test = among(all.flatMap(elementsOf));
      return (value) => some(elementsOf(value), test);
    },
  };
}

function compileConditions(conditions: readonly Condition[]): Test {
  const exact = new Set<unknown>();
  const others: Predicate[] = [];
  let mayBeAbsent = false;
  for (const condition of conditions) {
    if (typeof condition !== 'object' || condition === null) exact.add(condition);
    else if ('exists' in condition && !condition.exists) mayBeAbsent = true;
    else others.push(compileOperator(condition));
  }
  const meets = (leaf: unknown) => exact.has(leaf) || others.some((other) => other(leaf));
  const someMeets = (value: unknown) => elementsOf(value).some((element) => isLeaf(element) && meets(element));
  const isAbsent = (value: unknown) => !elementsOf(value).some(isLeaf);
  return {
    alone: (value) => {
      if (Array.isArray(value)) return someMeets(value) || (mayBeAbsent && isAbsent(value));
      return isLeaf(value) ? meets(value) : mayBeAbsent;
    },
    among: (all) => {
      const absent = mayBeAbsent && all.every(isAbsent);
      return (value) => absent || someMeets(value);
    },
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
