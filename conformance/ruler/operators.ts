/**
 * Every operator of the language that rules and deployed patterns use, on one field: `f`, and `o.f` below an object.
 * Both are asked of every value of `VALUES`.
 */
const CONDITIONS: readonly (readonly unknown[])[] = [
  ['a'],
  ['a', 'b'],
  [''],
  ['A'],
  ['true'],
  ['1'],
  [1],
  [0],
  [-1.5],
  [1e3],
  [true],
  [false],
  [null],
  [false, null],
  ['a', 1, true, null],
  [{ prefix: 'a' }],
  [{ prefix: '' }],
  [{ prefix: 'é' }],
  [{ suffix: 'z' }],
  [{ suffix: '' }],
  [{ suffix: 'é' }],
  [{ 'equals-ignore-case': 'aB' }],
  [{ 'equals-ignore-case': 'É' }],
  [{ exists: true }],
  [{ exists: false }],
  ['a', { exists: false }],
  [false, { exists: false }],
  [{ 'anything-but': 'a' }],
  [{ 'anything-but': ['a', 'b'] }],
  [{ 'anything-but': 1 }],
  [{ 'anything-but': [1, 2] }],
  [{ 'anything-but': ['a', 'b'] }, { exists: false }],
  [{ 'anything-but': { prefix: 'a' } }],
  [{ 'anything-but': { prefix: ['a', 'b'] } }],
  [{ 'anything-but': { prefix: ['a', 'b'] } }, { exists: false }],
  [{ prefix: 'a' }, { suffix: 'z' }, 'm'],
];

const LEAVES: readonly unknown[] = [
  ...['a', 'b', 'A', 'ab', 'aB', 'AB', 'az', 'za', 'z', 'm', '', ' ', 'true', 'false', 'null', '1', '1.0', '0', '1000'],
  ...['é', 'É', 'éa', 'aé', 'e\u0301', 'a\u0000', '"a"', '\\', '{"prefix":"a"}', '😀', 'x'.repeat(3_000)],
  ...[1, 1.0000001, 0, -0, -1.5, 1000, 1e300, 0.1, 2 ** 53, true, false, null],
];

const CONTAINERS: readonly unknown[] = [
  [],
  {},
  ['a'],
  ['x', 'a'],
  ['x', 'y'],
  [1, 'a'],
  [1, 2],
  [true, false],
  [null],
  [null, 'a'],
  [['a']],
  [['x'], ['a', 'b']],
  [[]],
  [[], 'a'],
  [{}],
  [{}, 'a'],
  [{ x: 'a' }],
  [{ x: 'a' }, 'a'],
  { x: 'a' },
  { x: { y: 'a' } },
];

const VALUES: readonly unknown[] = [...LEAVES, ...CONTAINERS];

/** Objects in arrays: the parts of a pattern belong to one element, `exists: false` to the whole field. */
const IN_ARRAYS: readonly unknown[] = [
  [],
  [{}],
  [{ f: 'a' }],
  [{ f: 'x' }],
  [{ f: 'a' }, { f: 'x' }],
  [{ f: 'a' }, {}],
  [{ f: 'x' }, {}],
  [{}, { g: 'a' }],
  [{ f: 'a' }, { g: 'b' }],
  [{ f: 'a', g: 'b' }],
  [{ f: ['x', 'a'] }, { g: 'b' }],
  [{ f: [] }],
  [[{ f: 'a' }]],
  [[{ f: 'a' }], [{ g: 'b' }]],
  ['a'],
  ['a', { f: 'a' }],
  [null, { f: 'a' }],
  null,
  'a',
  1,
];

/** Two fields, and alternatives. */
const COMBINED: readonly unknown[] = [
  { o: { f: ['a'], g: ['b'] } },
  { o: { f: ['a'], g: [{ exists: false }] } },
  { o: { f: [{ exists: false }], g: ['b'] } },
  { o: { f: [{ exists: false }], g: [{ exists: false }] } },
  { o: { f: [{ 'anything-but': 'a' }], g: ['b'] } },
  { f: ['a'], o: { f: ['a'] } },
  { $or: [{ f: ['a'] }, { o: { f: ['a'] } }] },
  { f: ['a'], $or: [{ o: { f: ['a'] } }, { o: { g: ['b'] } }] },
  { $or: [{ f: ['a'], $or: [{ o: { g: ['b'] } }, { o: { g: [{ exists: false }] } }] }, { f: [{ exists: false }] }] },
  { o: { $or: [{ f: ['a'] }, { g: ['b'] }] } },
  { o: { p: { f: ['a'] } } },
  { o: { p: { f: [{ exists: false }] } } },
];

/**
 * Where AWS's answer hangs on the alphabet: for one element of a list, `f` found and `g` absent looks for `g` in that
 * element only, but `f` absent and `g` found looks for `f` in all of them. Ours always looks in all. No rule of ours has
 * conditions on two fields of a list's elements; the lane would show it.
 */
export const BY_ALPHABET = JSON.stringify({ o: { f: ['a'], g: [{ exists: false }] } });

/** Patterns by what they say, and events. */
export function operatorTable(): { readonly patterns: Record<string, unknown>; readonly events: readonly unknown[] } {
  const all = [
    ...CONDITIONS.flatMap((conditions) => [{ f: conditions }, { o: { f: conditions } }]),
    // Rules' conditions on `constructor` and the like are conditions on fields of that name.
    ...['__proto__', 'constructor', 'toString'].flatMap((name) => [
      JSON.parse(`{"${name}":["a"]}`) as unknown,
      JSON.parse(`{"o":{"${name}":[{"exists":false}]}}`) as unknown,
    ]),
    ...COMBINED,
  ];
  const events = [
    {},
    ...VALUES.flatMap((value) => [{ f: value }, { o: { f: value } }, { f: 'a', o: { f: value, g: 'b' } }]),
    ...[...VALUES, ...IN_ARRAYS].flatMap((value) => [{ o: value }, { o: { p: value } }, { f: 'a', o: value }]),
    ...['__proto__', 'constructor', 'toString'].flatMap((name) =>
      ['"a"', '["a"]', '{"x":"a"}', '{"a":["a"]}'].flatMap((value) => [
        JSON.parse(`{"${name}":${value}}`) as unknown,
        JSON.parse(`{"o":{"${name}":${value}}}`) as unknown,
      ]),
    ),
  ];
  return { patterns: Object.fromEntries(all.map((pattern) => [JSON.stringify(pattern), pattern])), events };
}
