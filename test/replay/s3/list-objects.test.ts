import { awsObjectStore } from '../../../replay/s3/aws-object-store';
import { listObjects, type Wanted } from '../../../replay/s3/list-objects';
import type { ObjectStore } from '../../../replay/s3/object-store';
import { S3Server } from './s3-server';
import { withCredentials } from './with-credentials';

withCredentials();

const server = new S3Server();
let store: ObjectStore;
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  process.env['AWS_ENDPOINT_URL'] = server.url;
  server.objects.clear();
  server.requests.length = 0;
  server.pageSize = 1_000;
  server.trouble = () => undefined;
  store = awsObjectStore({ connections: 8, usesPaths: true });
});
afterEach(() => store.close());

const ALL = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, delayMs: 0, accounts: [], regions: [] };

const list = (url: string, wanted: Partial<Wanted> = {}) =>
  listObjects(store, { ...ALL, urls: [url], ...wanted }, new AbortController().signal);

const keysOf = ({ found }: Awaited<ReturnType<typeof list>>) => found.map(({ object }) => object.key).sort();

/** `20260310T0805Z` → key. */
function key(account: string, region: string, minute: string, before = 'AWSLogs/'): string {
  const day = `${minute.slice(0, 4)}/${minute.slice(4, 6)}/${minute.slice(6, 8)}`;
  return `${before}${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${minute}_Mu0KsOhtH1ar15ZZ.json.gz`;
}

const [ONE, TWO] = ['111122223333', '444455556666'];

/** Puts a file for every five minutes of these days. */
function days(account: string, region: string, from: string, count: number, before?: string): string[] {
  const keys: string[] = [];
  for (let slot = 0; slot < count * 288; slot++) {
    const minute = new Date(Date.parse(`${from}T00:00:00Z`) + slot * 300_000).toISOString().slice(0, 16);
    keys.push(key(account, region, `${minute.replace(/[-:]/g, '')}Z`, before));
  }
  for (const one of keys) server.put(one, '{}');
  return keys;
}

describe('what is below AWSLogs/', () => {
  test('accounts and regions are discovered; digests, summaries and other services are not even listed', async () => {
    const wanted = [
      key(ONE, 'eu-west-1', '20260310T0805Z'),
      key(ONE, 'us-east-1', '20260310T0810Z'),
      key(TWO, 'eu-west-1', '20260310T0815Z'),
    ];
    for (const one of wanted) server.put(one, '{}');
    server.put(wanted[0]?.replace('/CloudTrail/', '/CloudTrail-Digest/') as string, '{}');
    server.put(wanted[0]?.replace('/CloudTrail/', '/CloudTrail-Insight/') as string, '{}');
    server.put(wanted[0]?.replace('/CloudTrail/', '/Config/') as string, '{}');
    server.put('AWSLogs/aws-account-id=111122223333/x.json.gz', '{}');
    server.put('AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/10/', '');
    const listed = await list('s3://logs');
    expect(keysOf(listed)).toEqual(wanted);
    expect(listed.problems).toEqual([]);
    expect([...listed.accounts].sort()).toEqual([ONE, TWO]);
    expect([...listed.regions].sort()).toEqual(['eu-west-1', 'us-east-1']);
    expect(server.listed().filter((prefix) => /Digest|Insight|Config|aws-account/.test(prefix))).toEqual([]);
    expect(listed.requests).toBe(server.count('list'));
  });

  test.each([
    's3://logs',
    's3://logs/',
    's3://logs/trails',
    's3://logs/trails/o-abc123/',
    's3://logs/trails/o-abc123/AWSLogs',
    's3://logs/trails/o-abc123/AWSLogs/o-abc123/',
    `s3://logs/trails/o-abc123/AWSLogs/o-abc123/${ONE}`,
    `s3://logs/trails/o-abc123/AWSLogs/o-abc123/${ONE}/CloudTrail/`,
    `s3://logs/trails/o-abc123/AWSLogs/o-abc123/${ONE}/CloudTrail/eu-west-1`,
    `s3://logs/trails/o-abc123/AWSLogs/o-abc123/${ONE}/CloudTrail/eu-west-1/2026`,
    `s3://logs/trails/o-abc123/AWSLogs/o-abc123/${ONE}/CloudTrail/eu-west-1/2026/03/10/`,
    `s3://logs/${key(ONE, 'eu-west-1', '20260310T0805Z', 'trails/o-abc123/AWSLogs/o-abc123/')}`,
  ])('an organisation’s trail with a prefix is found from %s', async (url) => {
    const wanted = key(ONE, 'eu-west-1', '20260310T0805Z', 'trails/o-abc123/AWSLogs/o-abc123/');
    server.put(wanted, '{}');
    server.put('trails/readme.txt', 'hello');
    const listed = await list(url);
    expect({ keys: keysOf(listed), problems: listed.problems }).toEqual({ keys: [wanted], problems: [] });
    expect(listed.found[0]?.deliveredAtMs).toBe(Date.UTC(2026, 2, 10, 8, 5));
  });

  test('only what is asked for is listed: accounts, regions, and the minutes that may matter', async () => {
    const ours = days(ONE, 'eu-west-1', '2026-03-01', 30);
    days(ONE, 'us-east-1', '2026-03-01', 1);
    days(TWO, 'eu-west-1', '2026-03-01', 1);
    const listed = await list('s3://logs', {
      accounts: [ONE],
      regions: ['eu-west-1'],
      fromMs: Date.parse('2026-03-14T22:00:00Z'),
      toMs: Date.parse('2026-03-15T01:00:00Z'),
      delayMs: 3_600_000,
    });
    // From five minutes before (clocks) to an hour after (late files).
    const minutes = keysOf(listed).map((one) => /T\d{4}/.exec(one)?.[0]);
    expect([minutes[0], minutes.at(-1), minutes.length]).toEqual(['T2155', 'T0200', 50]);
    expect(keysOf(listed)).toEqual(ours.filter((one) => keysOf(listed).includes(one)));
    // AWSLogs/ is looked for, accounts, services, regions, and one page of files.
    expect(server.listed()).toEqual([
      '',
      'AWSLogs/',
      `AWSLogs/${ONE}/CloudTrail`,
      `AWSLogs/${ONE}/CloudTrail/`,
      `AWSLogs/${ONE}/CloudTrail/eu-west-1/`,
    ]);
  });

  test('listing stops behind the last day, and goes on over pages until then', async () => {
    days(ONE, 'eu-west-1', '2026-03-01', 10);
    server.pageSize = 100;
    const listed = await list(`s3://logs/AWSLogs/${ONE}/CloudTrail/eu-west-1/`, {
      fromMs: Date.parse('2026-03-02T00:05:00Z'),
      toMs: Date.parse('2026-03-02T23:00:00Z'),
      delayMs: 3_500_000,
    });
    expect(listed.found).toHaveLength(288);
    expect(server.count('list')).toBe(3);
  });

  test('a folder that may not be listed is a problem that names the permission, and the others are read', async () => {
    const wanted = key(ONE, 'us-east-1', '20260310T0810Z');
    server.put(wanted, '{}');
    server.put(key(ONE, 'eu-west-1', '20260310T0805Z'), '{}');
    server.trouble = ({ url }) =>
      url.searchParams.get('prefix')?.endsWith('/eu-west-1/') ? { status: 403, code: 'AccessDenied' } : undefined;
    const listed = await list('s3://logs/AWSLogs/');
    expect(keysOf(listed)).toEqual([wanted]);
    expect(listed.problems).toMatchObject([
      {
        file: `s3://logs/AWSLogs/${ONE}/CloudTrail/eu-west-1/`,
        fix: expect.stringContaining('s3:ListBucket on arn:aws:s3:::logs') as string,
      },
    ]);
  });
});

describe('other places', () => {
  test('files named like logs are taken, of any folder, by their names’ time or by when they were written', async () => {
    const at = (hour: number) => Date.UTC(2026, 2, 10, hour);
    server.put('stream/2026/03/10/08/delivery-1-2026-03-10-08-00-00-abc.gz', '{}', at(8));
    server.put('stream/2026/03/10/05/delivery-1-2026-03-10-05-00-00-abc.gz', '{}', at(5));
    server.put('stream/copy of events + more&.json', '{}', at(9));
    server.put('stream/notes.txt', 'x', at(9));
    server.put(`stream/${ONE}_CloudTrail_eu-west-1_20260310T0805Z_Mu0KsOhtH1ar15ZZ.json.gz`, '{}', at(20));
    server.put(`stream/${ONE}_CloudTrail_eu-west-1_20260310T1105Z_Mu0KsOhtH1ar15ZZ.json.gz`, '{}', at(20));
    server.put(`stream/${ONE}_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260310T080500Z.json.gz`, '{}', at(20));
    const listed = await list('s3://logs/stream', { fromMs: at(7), toMs: at(10) });
    expect(keysOf(listed)).toEqual([
      `stream/${ONE}_CloudTrail_eu-west-1_20260310T0805Z_Mu0KsOhtH1ar15ZZ.json.gz`,
      'stream/2026/03/10/08/delivery-1-2026-03-10-08-00-00-abc.gz',
      'stream/copy of events + more&.json',
    ]);
    expect(listed.skipped).toMatchObject({ digests: 1, otherFiles: 1 });
  });

  test('one object is taken whatever its name; what is given twice is read once', async () => {
    server.put('exports/a', '{}');
    server.put('exports/a.json', '{}');
    const one = await list('s3://logs/exports/a');
    expect(keysOf(one)).toEqual(['exports/a']);
    const both = await listObjects(
      store,
      { ...ALL, urls: ['s3://logs/exports/', 's3://logs/exports/a.json', 's3://logs/exports/a'] },
      new AbortController().signal,
    );
    expect(keysOf(both)).toEqual(['exports/a', 'exports/a.json']);
  });

  test('names that no path could bear come through unharmed', async () => {
    const names = ['../../etc/x.json', 'a\nb\u001b[2J.json', 'ü %2F?#&<>"\'.json', '//double//.json', '.json'];
    for (const name of names) server.put(`odd/${name}`, '{}');
    expect(keysOf(await list('s3://logs/odd/'))).toEqual(names.map((name) => `odd/${name}`).sort());
  });
});

describe('what goes wrong', () => {
  test.each([
    ['s3://logs/nothing/here', /no CloudTrail files there$/],
    ['s3://other/', /no such bucket/],
    ['s3://', /no place in S3/],
    ['s3://a b/', /no place in S3/],
  ])('%s is told in a sentence', async (url, reason) => {
    server.put('logs/x.json', '{}');
    const { problems, found } = await list(url);
    expect(found).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.file).toBe(url);
  });

  test.each([
    ['AccessDenied', 403, 'access denied', 's3:ListBucket on arn:aws:s3:::logs'],
    ['ExpiredToken', 400, 'does not accept the credentials (ExpiredToken', 'Log in again'],
    ['InvalidAccessKeyId', 403, 'does not accept the credentials', '--profile'],
  ])('%s says what to do', async (code, status, reason, fix) => {
    server.trouble = ({ method }) => (method === 'GET' ? { status, code } : undefined);
    const { problems } = await list('s3://logs/AWSLogs/');
    expect(problems).toEqual([
      {
        file: 's3://logs/AWSLogs/',
        reason: expect.stringContaining(reason) as string,
        fix: expect.stringContaining(fix) as string,
        recordsLost: 'unknown',
      },
    ]);
  });

  test('filters that leave nothing are named', async () => {
    server.put(key(ONE, 'eu-west-1', '20260310T0805Z'), '{}');
    const { problems } = await list('s3://logs', { accounts: [TWO], fromMs: 0 });
    expect(problems[0]?.reason).toBe(`no CloudTrail files there in this time of ${TWO}`);
  });

  test('S3 that is busy is asked again', async () => {
    server.put(key(ONE, 'eu-west-1', '20260310T0805Z'), '{}');
    let busy = 2;
    server.trouble = ({ method }) => (method === 'GET' && busy-- > 0 ? { status: 503, code: 'SlowDown' } : undefined);
    expect((await list('s3://logs')).found).toHaveLength(1);
  });

  test('the bucket’s region is found out, whichever was guessed', async () => {
    server.put(key(ONE, 'eu-west-1', '20260310T0805Z'), '{}');
    process.env['AWS_REGION'] = 'us-west-2';
    const { found, problems } = await list('s3://logs');
    expect(problems).toEqual([]);
    expect(found).toHaveLength(1);
  });
});
