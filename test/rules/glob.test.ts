import fc from 'fast-check';
import { anyGlobMatches, globMatches } from '../../lambda/rules/glob';
import { runs } from '../property';

describe('a glob', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['?', '', false],
    ['a', 'a', true],
    ['a', 'A', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['**', 'anything', true],
    ['?*', '', false],
    ['*?', 'a', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXcYb', false],
    ['arn:aws:iam::*:role/deploy', 'arn:aws:iam::111122223333:role/deploy', true],
    ['arn:aws:iam::*:role/deploy', 'arn:aws:iam::111122223333:role/path/deploy', false],
    ['arn:aws:iam::*role/*', 'arn:aws:iam::111122223333:role/path/deploy', true],
    ['[a-z]', 'b', false],
    ['a.c', 'abc', false],
    ['\\*', '*', false],
    ['\\*', '\\x', true],
    ['{a,b}', 'a', false],
  ])('%j on %j: %s', (glob, subject, expected) => {
    expect(globMatches(glob, subject)).toBe(expected);
  });

  it('agrees with the definition, read literally', () => {
    const letter = fc.constantFrom('a', 'b', '*', '?', '/');
    const text = (maxLength: number) => fc.array(letter, { maxLength }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(text(8), text(10), (glob, subject) => {
        expect(globMatches(glob, subject)).toBe(matchesByDefinition(glob, subject));
      }),
      runs(3_000),
    );
  });

  it('matches what it was made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.nat(40)), (subject, cuts) => {
        expect(globMatches('*', subject)).toBe(true);
        expect(globMatches('?'.repeat(subject.length), subject)).toBe(true);
        const withStars = cuts.reduce((glob, cut) => `${glob.slice(0, cut)}*${glob.slice(cut)}`, subject);
        expect(globMatches(withStars, subject)).toBe(true);
      }),
      runs(500),
    );
  });

  // Counted, not timed: how often a letter of the subject or the pattern is looked at.
  it.each([
    ['many stars, no end', '*a*a*a*a*a*a*a*a*a*b', (n: number) => 'a'.repeat(n)],
    ['a long tail that nearly fits', `*${'a'.repeat(20)}b`, (n: number) => 'a'.repeat(n)],
    ['question marks', `*${'?'.repeat(20)}b`, (n: number) => 'a'.repeat(n)],
    ['stars and halves', '*ab*ab*ab*ab*ac', (n: number) => 'ab'.repeat(n / 2)],
    ['only stars', `${'*'.repeat(20)}b`, (n: number) => 'c'.repeat(n)],
  ])('takes steps in proportion to a hostile subject: %s', (_what, glob, subjectOf) => {
    const [short, long] = [stepsOf(glob, subjectOf(2_000)), stepsOf(glob, subjectOf(20_000))];
    expect(long).toBeLessThan(short * 10.5);
    expect(long).toBeLessThan(5 * 20_000 * (glob.length + 1));
    expect(long).toBeGreaterThan(20_000);
  });

  it('takes at most pattern times subject steps, whatever both are', () => {
    const text = fc
      .array(fc.constantFrom('a', 'a', 'b', '*', '?'), { maxLength: 60 })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(text, text, (glob, subject) => {
        expect(stepsOf(glob, subject)).toBeLessThanOrEqual(6 * (glob.length + 1) * (subject.length + 1));
      }),
      runs(500),
    );
  });

  it('may leave letter case aside', () => {
    expect(anyGlobMatches(['x', '*ADMIN*'], 'the-Admin-role')).toBe(false);
    expect(anyGlobMatches(['x', '*ADMIN*'], 'the-Admin-role', true)).toBe(true);
    expect(anyGlobMatches([], 'a', true)).toBe(false);
  });
});

/** `*` is any run of letters, `?` any one letter, everything else itself. Slow and obvious. */
function matchesByDefinition(glob: string, subject: string): boolean {
  const [first, ...rest] = [...glob];
  if (first === undefined) return subject === '';
  const others = rest.join('');
  if (first === '*') {
    return Array.from({ length: subject.length + 1 }, (_, taken) => taken).some((taken) =>
      matchesByDefinition(others, subject.slice(taken)),
    );
  }
  return subject !== '' && (first === '?' || first === subject[0]) && matchesByDefinition(others, subject.slice(1));
}

/** Letters that the matcher looked at. */
function stepsOf(glob: string, subject: string): number {
  let steps = 0;
  const counted = (text: string) =>
    new Proxy(Object(text) as object, {
      get(target, name) {
        if (name !== 'length') steps++;
        return Reflect.get(target, name) as unknown;
      },
    }) as unknown as string;
  expect(globMatches(counted(glob), counted(subject))).toBe(globMatches(glob, subject));
  return steps;
}
