import { costliest, expenseOf, parseInstanceType } from '../../lambda/rules/ec2/instance-types';
import { DEFAULT_SETTINGS, type Settings } from '../../lambda/rules/settings';

const whole = Number.POSITIVE_INFINITY;

describe('parseInstanceType', () => {
  it.each([
    ['t3.nano', 't3', 't', 3, 'nano', 1 / 32],
    ['t2.micro', 't2', 't', 2, 'micro', 1 / 16],
    ['t4g.small', 't4g', 't', 4, 'small', 1 / 8],
    ['m3.medium', 'm3', 'm', 3, 'medium', 1 / 4],
    ['m7i-flex.large', 'm7i-flex', 'm', 7, 'large', 1 / 2],
    ['c5d.xlarge', 'c5d', 'c', 5, 'xlarge', 1],
    ['M7I.4XLARGE', 'm7i', 'm', 7, '4xlarge', 4],
    ['p5en.48xlarge', 'p5en', 'p', 5, '48xlarge', 48],
    ['p6-b200.48xlarge', 'p6-b200', 'p', 6, '48xlarge', 48],
    ['p6e-gb200.36xlarge', 'p6e-gb200', 'p', 6, '36xlarge', 36],
    ['gr6f.4xlarge', 'gr6f', 'gr', 6, '4xlarge', 4],
    ['inf2.xlarge', 'inf2', 'inf', 2, 'xlarge', 1],
    ['trn1n.32xlarge', 'trn1n', 'trn', 1, '32xlarge', 32],
    ['dl2q.24xlarge', 'dl2q', 'dl', 2, '24xlarge', 24],
    ['u-6tb1.112xlarge', 'u-6tb1', 'u', 1, '112xlarge', 112],
    ['u7i-12tb.224xlarge', 'u7i-12tb', 'u', 7, '224xlarge', 224],
    ['x2iedn.metal', 'x2iedn', 'x', 2, 'metal', whole],
    ['c7i.metal-24xl', 'c7i', 'c', 7, 'metal-24xl', 24],
    ['mac2-m2pro.metal', 'mac2-m2pro', 'mac', 2, 'metal', whole],
    ['im4gn.large', 'im4gn', 'im', 4, 'large', 1 / 2],
  ])('takes %s apart', (text, family, series, generation, size, xlarges) => {
    expect(parseInstanceType(text)).toEqual({ name: text.toLowerCase(), family, series, generation, size, xlarges });
  });

  it("drops SageMaker's prefix", () => {
    expect(parseInstanceType('ml.g5.12xlarge')).toMatchObject({ name: 'g5.12xlarge', family: 'g5', xlarges: 12 });
  });

  it('takes a bare family, as AWS Batch does', () => {
    expect(parseInstanceType('p3')).toMatchObject({ series: 'p', generation: 3, size: '', xlarges: 0 });
  });

  it.each([
    '',
    'optimal',
    '.large',
    'm5.huge',
    'm5.4xlarge.x',
    'm5.-4xlarge',
    'm5.99999xlarge',
    'resolve:ssm:/types',
    'ml.',
    '5.large',
    'a'.repeat(65),
  ])('knows that %j is none', (text) => {
    expect(parseInstanceType(text)).toBeUndefined();
  });
});

describe('expenseOf', () => {
  const expense = (text: string, settings: Partial<Settings> = {}) => {
    const type = parseInstanceType(text);
    if (type === undefined) throw new Error(`${text} is no instance type`);
    return expenseOf(type, { ...DEFAULT_SETTINGS, ...settings });
  };

  it.each([
    ['p2.xlarge', 'accelerated'],
    ['g4dn.xlarge', 'accelerated'],
    ['g6f.large', 'accelerated'],
    ['gr6.4xlarge', 'accelerated'],
    ['inf1.xlarge', 'accelerated'],
    ['trn2.48xlarge', 'accelerated'],
    ['dl1.24xlarge', 'accelerated'],
    ['vt1.3xlarge', 'accelerated'],
    ['f2.6xlarge', 'accelerated'],
    ['p3', 'accelerated'],
    ['m7i.24xlarge', 'huge'],
    ['c5.metal', 'huge'],
    ['c7i.metal-48xl', 'huge'],
    ['c6gd.metal-16xl', 'huge'],
    ['u-6tb1.56xlarge', 'huge'],
    ['mac2.metal', 'huge'],
    ['c7i.8xlarge', 'large'],
    ['x1e.xlarge', 'large'],
    ['x2gd.large', 'large'],
    ['hpc7g.4xlarge', 'large'],
    ['z1d.large', 'large'],
  ])('calls %s %s', (text, expected) => {
    expect(expense(text)).toBe(expected);
  });

  it.each(['t3.micro', 'm7i.4xlarge', 'c7i-flex.2xlarge', 'im4gn.4xlarge', 'i4i.large', 'r8g.large'])(
    'calls %s ordinary',
    (text) => {
      expect(expense(text)).toBeUndefined();
    },
  );

  it('takes the smallest large size from the settings', () => {
    expect(expense('m7i.4xlarge', { largeSizeMinimum: 4 })).toBe('large');
    expect(expense('m7i.8xlarge', { largeSizeMinimum: 9 })).toBeUndefined();
  });

  it('takes more types from the settings, and exceptions', () => {
    expect(expense('m7i.4xlarge', { expensiveInstanceTypes: ['m7i.*'] })).toBe('large');
    expect(expense('p5.48xlarge', { instanceTypesAllowed: ['p5.*'] })).toBeUndefined();
    expect(expense('g5.xlarge', { acceleratedFamilies: ['p'] })).toBeUndefined();
  });
});

describe('costliest', () => {
  it('prefers accelerators, then size', () => {
    const found = (types: string[]) => costliest(types, DEFAULT_SETTINGS)?.type.name;
    expect(found(['t3.micro', 'c7i.8xlarge', 'c7i.16xlarge'])).toBe('c7i.16xlarge');
    expect(found(['c7i.48xlarge', 'g5.xlarge'])).toBe('g5.xlarge');
    expect(found(['g5.xlarge', 'g5.12xlarge', 'not a type'])).toBe('g5.12xlarge');
    expect(found(['c7i.metal', 'c7i.48xlarge'])).toBe('c7i.metal');
    expect(found(['t3.micro'])).toBeUndefined();
    expect(found([])).toBeUndefined();
  });
});
