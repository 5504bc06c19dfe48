import fc from 'fast-check';
import { listObjects } from '../../../replay/s3/list-objects';
import type { ListPage, ListRequest, ObjectStore } from '../../../replay/s3/object-store';

/** A bucket in memory, that gives its keys in pages as S3 does. */
class MemoryStore implements ObjectStore {
  /** Keys that were listed, but for one that is asked for to see whether a place is an object. */
  readonly given = new Set<string>();
  private readonly keys: string[];

  constructor(
    keys: Iterable<string>,
    private readonly pageSize: number,
  ) {
    this.keys = [...new Set(keys)].sort();
  }

  list({ bucket, prefix, byFolder, startAfter = '', token = '', max = this.pageSize }: ListRequest): Promise<ListPage> {
    const after = token || startAfter;
    const names: string[] = [];
    for (const key of this.keys) {
      if (!key.startsWith(prefix)) continue;
      const end = byFolder === true ? key.indexOf('/', prefix.length) : -1;
      const name = end < 0 ? key : key.slice(0, end + 1);
      if (name > after && name !== names.at(-1)) names.push(name);
    }
    const page = names.slice(0, Math.min(max, this.pageSize));
    const objects = page.filter((name) => this.keys.includes(name));
    if (max !== 1) for (const key of objects) this.given.add(key);
    return Promise.resolve({
      objects: objects.map((key) => ({ bucket, key, sizeBytes: 1, etag: '', modifiedMs: 0 })),
      folders: page.filter((name) => !this.keys.includes(name)),
      next: names.length > page.length ? page.at(-1) : undefined,
    });
  }

  read(): never {
    throw new Error('listing reads nothing');
  }

  close(): void {}
}

const START_MS = Date.parse('2026-02-26T00:00:00Z');
const MINUTE_MS = 60_000;
const DAYS = 5;

const account: fc.Arbitrary<string> = fc.constantFrom('111122223333', '444455556666', '777788889999');
const region: fc.Arbitrary<string> = fc.constantFrom('eu-west-1', 'us-east-1', 'us-gov-west-1');
/** Few enough that bounds fall on files. */
const minute = fc.integer({ min: 0, max: DAYS * 24 }).map((hours) => START_MS + hours * 60 * MINUTE_MS);

interface File {
  readonly account: string;
  readonly region: string;
  readonly timeMs: number;
  readonly service: string;
  readonly unique: string;
}

const file: fc.Arbitrary<File> = fc.record({
  account,
  region,
  timeMs: minute,
  service: fc.constantFrom(
    'CloudTrail',
    'CloudTrail',
    'CloudTrail',
    'CloudTrail-Digest',
    'CloudTrail-Insight',
    'Config',
  ),
  unique: fc.stringMatching(/^[0-9A-Za-z]{4}$/),
});

function keyOf(root: string, { account, region, timeMs, service, unique }: File): string {
  const time = new Date(timeMs).toISOString();
  const stamp = `${time.slice(0, 16).replace(/[-:]/g, '')}Z`;
  return `${root}${account}/${service}/${region}/${time.slice(0, 10).replaceAll('-', '/')}/${account}_${service}_${region}_${stamp}_${unique}.json.gz`;
}

const bound = (other: number) =>
  fc.oneof(
    fc.constant(other),
    minute,
    minute.map((timeMs) => timeMs + 5 * MINUTE_MS),
  );

test('finds what lies below a place and within the filters, whatever the layout and the pages, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('AWSLogs/', 'trail/AWSLogs/', 'a/b/AWSLogs/o-abc123/', 'o-abc123/AWSLogs/o-abc123/'),
      fc.array(file, { maxLength: 60 }),
      fc.record({
        fromMs: bound(Number.NEGATIVE_INFINITY),
        toMs: bound(Number.POSITIVE_INFINITY),
        delayMs: fc.constantFrom(0, 3_600_000, 24 * 3_600_000),
        accounts: fc.uniqueArray(account, { maxLength: 2 }),
        regions: fc.uniqueArray(region, { maxLength: 2 }),
      }),
      fc.nat(),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
      async (root, files, filters, chosen, depth, pageSize) => {
        const keys = new Map(files.map((one) => [keyOf(root, one), one]));
        const place = [...keys.keys()][chosen % Math.max(keys.size, 1)]?.split('/').slice(0, depth).join('/') ?? '';
        const store = new MemoryStore([...keys.keys(), 'readme.txt', 'zoo/animals.csv'], pageSize);
        const { signal } = new AbortController();
        const { found } = await listObjects(store, { ...filters, urls: [`s3://logs/${place}`] }, signal);
        const expected = [...keys].flatMap(([key, one]) => {
          const isBelow = place === '' || key === place || key.startsWith(`${place}/`);
          const isWanted =
            (filters.accounts.length === 0 || filters.accounts.includes(one.account)) &&
            (filters.regions.length === 0 || filters.regions.includes(one.region)) &&
            one.timeMs >= filters.fromMs - 5 * MINUTE_MS &&
            one.timeMs <= filters.toMs + filters.delayMs;
          // A file that a person names is taken whatever the filters say.
          return one.service === 'CloudTrail' && isBelow && (isWanted || key === place) ? [key] : [];
        });
        expect(found.map(({ object }) => object.key).sort()).toEqual(expected.sort());
        for (const key of store.given)
          expect(key).not.toMatch(/\/(?:CloudTrail-(?:Digest|Insight)|Config)\/.*\/.*\/.*\//);
      },
    ),
    { numRuns: 1_000 },
  );
});
