import { compilePattern, type Pattern } from '../../lambda/rules/pattern';
import { accepts } from './deployed-pattern';

/**
 * What AWS's guide says of each operator, accepted and refused.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
const TABLE: readonly [string, unknown, unknown, boolean][] = [
  ['a value of the list', { state: ['running', 'stopped'] }, { state: 'stopped' }, true],
  ['no value of the list', { state: ['running', 'stopped'] }, { state: 'Stopped' }, false],
  ['all fields', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, true],
  ['only one field', { a: ['x'], b: ['y'] }, { a: 'x', b: 'z' }, false],
  ['a nested field', { detail: { state: ['on'] } }, { detail: { state: 'on', more: 1 } }, true],
  ['one element of an array', { resources: ['b'] }, { resources: ['a', 'b'] }, true],
  ['an array without it', { resources: ['c'] }, { resources: ['a', 'b'] }, false],
  ['null', { error: [null] }, { error: null }, true],
  ['null where the field is absent', { error: [null] }, {}, false],
  ['the empty string', { name: [''] }, { name: '' }, true],
  ['a number, not its text', { n: [1] }, { n: '1' }, false],
  ['a boolean, not its text', { readOnly: [true] }, { readOnly: 'true' }, false],
  ['prefix', { region: [{ prefix: 'us-' }] }, { region: 'us-east-1' }, true],
  ['prefix elsewhere', { region: [{ prefix: 'us-' }] }, { region: 'eu-us-1' }, false],
  ['prefix in any case', { s: [{ prefix: { 'equals-ignore-case': 'eventb' } }] }, { s: 'EventBridge' }, true],
  ['suffix', { file: [{ suffix: '.png' }] }, { file: 'a.png' }, true],
  ['suffix in any case', { file: [{ suffix: { 'equals-ignore-case': '.png' } }] }, { file: 'a.PNG' }, true],
  ['equals in any case', { name: [{ 'equals-ignore-case': 'alice' }] }, { name: 'ALICE' }, true],
  ['anything but a value', { s: [{ 'anything-but': 'initializing' }] }, { s: 'running' }, true],
  ['anything but that value', { s: [{ 'anything-but': 'initializing' }] }, { s: 'initializing' }, false],
  ['anything-but where the field is absent', { s: [{ 'anything-but': 'initializing' }] }, {}, false],
  ['anything but a list', { n: [{ 'anything-but': [100, 200] }] }, { n: 200 }, false],
  ['anything but a prefix', { s: [{ 'anything-but': { prefix: 'init' } }] }, { s: 'initial' }, false],
  ['anything but prefixes', { s: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, { s: 'beta' }, false],
  ['none of the prefixes', { s: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, { s: 'gamma' }, true],
  ['anything but a suffix', { f: [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }] }, { f: 'a.rtf' }, false],
  ['anything but in any case', { s: [{ 'anything-but': { 'equals-ignore-case': 'INIT' } }] }, { s: 'init' }, false],
  ['anything but a wildcard', { f: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { f: 'a/lib/b' }, false],
  ['wildcard', { arn: [{ wildcard: 'arn:*:role/x*' }] }, { arn: 'arn:aws:iam::1:role/xy' }, true],
  ['wildcard with a literal star', { s: [{ wildcard: 'a\\*b' }] }, { s: 'a*b' }, true],
  ['wildcard with a literal star, another letter', { s: [{ wildcard: 'a\\*b' }] }, { s: 'axb' }, false],
  ['numeric range', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }, true],
  ['numeric range, outside', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 0 }, false],
  ['numeric equality', { n: [{ numeric: ['=', 301.8] }] }, { n: 301.8 }, true],
  ['cidr', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, true],
  ['cidr, outside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, false],
  ['cidr of a name', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: 'cloudformation.amazonaws.com' }, false],
  ['exists', { d: { n: [{ exists: true }] } }, { d: { n: 1 } }, true],
  ['exists looks at leaves only', { d: [{ exists: true }] }, { d: { n: 1 } }, false],
  ['does not exist', { d: { n: [{ exists: false }] } }, { d: {} }, true],
  ['does not exist, the parent is missing', { d: { n: [{ exists: false }] } }, {}, true],
  ['a value, or absent', { readOnly: [false, { exists: false }] }, {}, true],
  ['a value, or absent, but another value', { readOnly: [false, { exists: false }] }, { readOnly: true }, false],
  ['does not exist, the parent is an empty list', { d: { n: [{ exists: false }] } }, { d: [] }, true],
  ['does not exist in one element only', { d: { n: [{ exists: false }] } }, { d: [{ n: 1 }, {}] }, false],
  ['a value in a list of lists', { n: [1] }, { n: [[2], [1]] }, true],
  ['an object in a list of lists', { d: { n: [1] } }, { d: [[{ n: 1 }]] }, true],
  ['two fields of different elements', { d: { a: [1], b: [2] } }, { d: [{ a: 1 }, { b: 2 }] }, false],
  [
    'two fields of one element',
    { d: { a: [1], b: [2] } },
    {
      d: [
        { a: 2, b: 1 },
        { a: 1, b: 2 },
      ],
    },
    true,
  ],
  ['$or', { detail: { $or: [{ c: [1] }, { d: [2] }] } }, { detail: { d: 2 } }, true],
  ['$or, none', { detail: { $or: [{ c: [1] }, { d: [2] }] } }, { detail: { c: 2, d: 1 } }, false],
  ['$or beside a field', { detail: { a: ['x'], $or: [{ c: [1] }, { d: [2] }] } }, { detail: { d: 2 } }, false],
  ['$or inside $or', { $or: [{ a: [1], $or: [{ b: [1] }, { c: [1] }] }, { d: [1] }] }, { a: 1, c: 1 }, true],
];

describe('the evaluator of deployed patterns', () => {
  it.each(TABLE)('%s', (_what, pattern, event, expected) => {
    expect(accepts(pattern, event)).toBe(expected);
  });

  it.each([
    ['an unknown operator', { a: [{ regex: 'x' }] }],
    ['a value that is no list', { a: 'x' }],
    ['an empty list', { a: [] }],
    ['$or of one', { $or: [{ a: ['x'] }] }],
  ])('refuses %s, as EventBridge does', (_what, pattern) => {
    expect(() => accepts(pattern, { a: 'y' })).toThrow();
  });
});

/** Operators that rules have no use for, and the engine does not know. */
const NOT_OF_RULES = /\$or|wildcard|numeric|cidr|"(?:prefix|suffix|anything-but)":\{/;

describe("the engine's evaluator of rules' own conditions", () => {
  it.each(TABLE.filter(([, pattern]) => !NOT_OF_RULES.test(JSON.stringify(pattern))))(
    'agrees: %s',
    (_what, pattern, event, expected) => {
      expect(compilePattern(pattern as Pattern)(event)).toBe(expected);
    },
  );

  it('takes lists as deep as a record can hold', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(compilePattern({ name: ['x'] })({ name: deep })).toBe(true);
    expect(compilePattern({ name: [{ exists: false }] })({ name: deep })).toBe(false);
  });
});
