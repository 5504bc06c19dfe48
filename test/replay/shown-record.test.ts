import { call } from '../../lambda/rules/sample';
import { SHOWN_RECORD_MAX, shownRecord } from '../../replay/shown-record';
import { LYING, leavesOf } from '../alerts/dangers';
import { PAYLOADS } from '../alerts/hostile-payloads';

const shown = (record: unknown) => JSON.parse(shownRecord(record));
const record = call('ec2.amazonaws.com', 'RunInstances', { userIdentity: { type: 'Root', accountId: '111122223333' } });

it('shows a record as it is', () => {
  const ordinary = {
    ...record,
    requestParameters: { instanceType: 'm5.large', count: 2, dryRun: false, tags: [null] },
  };
  expect(shown(ordinary)).toEqual(ordinary);
});

describe('secrets', () => {
  it.each<[string, unknown, unknown]>([
    ['in a field of that name', { masterUserPassword: 'hunter2' }, { masterUserPassword: '[removed]' }],
    ['as a number', { password: 12345 }, { password: '[removed]' }],
    [
      'below a field of that name',
      { userData: { value: 'IyEv', lines: ['x'] } },
      { userData: { value: '[removed]', lines: ['[removed]'] } },
    ],
    ['of a KMS key', { plaintext: 'AAAA', keyId: 'k-1' }, { plaintext: '[removed]', keyId: 'k-1' }],
    [
      'that end in token',
      { 'x-amz-security-token': 'abc', maxResults: 3 },
      { 'x-amz-security-token': '[removed]', maxResults: 3 },
    ],
    [
      'described, not held',
      { masterUserSecret: { secretArn: 'arn:x' }, secretId: 's' },
      { masterUserSecret: { secretArn: 'arn:x' }, secretId: 's' },
    ],
    [
      'of a function',
      { environment: { variables: { STAGE: 'prod' } } },
      { environment: { variables: { STAGE: '[removed]' } } },
    ],
    [
      'of a container',
      { environment: [{ name: 'STAGE', value: 'prod' }] },
      { environment: [{ name: 'STAGE', value: '[removed]' }] },
    ],
    ['of no environment', { environment: 'prod' }, { environment: 'prod' }],
    [
      'as a parameter',
      { parameters: [{ parameterKey: 'DBPassword', parameterValue: 'x' }] },
      { parameters: [{ parameterKey: 'DBPassword', parameterValue: '[removed]' }] },
    ],
    [
      'as a path',
      { name: '/prod/db/password', value: 'x', type: 'String' },
      { name: '/prod/db/password', value: '[removed]', type: 'String' },
    ],
    ['of no secret name', { key: 'Stage', value: 'prod' }, { key: 'Stage', value: 'prod' }],
    ['that are none', { publicKeyMaterial: 'ssh-rsa AAAA' }, { publicKeyMaterial: 'ssh-rsa AAAA' }],
    ['within a text', { text: 'x password=hunter2 y' }, { text: 'x password=[removed] y' }],
    ['in a name', { AKIAIOSFODNN7EXAMPLE: 1 }, { 'AKIA\u2026MPLE': 1 }],
    ['of a key', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, { accessKeyId: 'AKIA\u2026MPLE' }],
  ])('%s are not shown', (_, requestParameters, expected) => {
    expect(shown({ ...record, requestParameters }).requestParameters).toEqual(expected);
  });
});

describe('hostile records', () => {
  it.each(PAYLOADS)('%s is shown without letters that lie, in names and values', (_, payload) => {
    const text = shownRecord({ ...record, requestParameters: { [payload]: payload } });
    const names = Object.keys(JSON.parse(text).requestParameters);
    expect(names).toHaveLength(1);
    for (const leaf of [...leavesOf(JSON.parse(text)), ...names]) expect(leaf).not.toMatch(LYING);
    expect(text).not.toContain('\n');
  });

  it('keeps __proto__ as a name', () => {
    expect(shownRecord(JSON.parse('{"__proto__":{"admin":true}}'))).toBe('{"__proto__":{"admin":true}}');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  it.each<[string, unknown]>([
    ['a long text', { ...record, userAgent: 'x y '.repeat(50_000) }],
    ['many quotes', { ...record, userAgent: '"'.repeat(100_000) }],
    ['many fields', Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, '"'.repeat(300)]))],
    ['many elements', { ...record, resources: Array.from({ length: 20_000 }, () => ({ arn: 'arn:aws:s3:::b' })) }],
    ['much at each depth', { a: Array(60).fill({ b: Array(60).fill({ c: Array(60).fill('x'.repeat(300)) }) }) }],
    ['depth', nested(3_000)],
    ['lists in lists', JSON.parse('['.repeat(3_000) + ']'.repeat(3_000))],
    ['no object', 'x'.repeat(100_000)],
    ['nothing', null],
  ])('with %s are short, and say what is left out', (what, value) => {
    const text = shownRecord(value);
    expect(text.length).toBeLessThanOrEqual(SHOWN_RECORD_MAX);
    if (what !== 'nothing') expect(text).toMatch(/\u2026 ?\[(?:left out: |truncated )|"\u2026":"\[left out: /);
  });

  it('lose their content before their own fields', () => {
    const text = shown({
      ...record,
      requestParameters: { list: Array.from({ length: 500 }, (_, index) => ({ [`name${index}`]: 'x'.repeat(400) })) },
    });
    expect(Object.keys(text)).toEqual(Object.keys({ ...record, requestParameters: {} }));
    expect(text.eventName).toBe('RunInstances');
  });
});
