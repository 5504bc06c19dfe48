import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { but, call } from '../../lambda/rules/sample';
import { EVENTS_MAX, NO_RECORDS, rawRecords, shownEvents } from '../../replay/raw-records';
import { recordsAmong } from '../../replay/reading/find-records';
import type { ReplayAlert } from '../../replay/replay-alert';
import { shownRecord } from '../../replay/shown-record';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-raw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const id = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
/** As CloudTrail writes it: eventVersion in front. */
const recordOf = (index: number, fields: object = {}) => {
  const { eventVersion, ...rest } = call('ec2.amazonaws.com', 'RunInstances');
  return { eventVersion, ...but(rest, { eventID: id(index), ...fields }) };
};
let files = 0;
function file(text: string | Buffer, name = 'json'): { name: string; path: string; sizeBytes: number } {
  const path = join(folder, `${++files}.${name}`);
  writeFileSync(path, text);
  return { name: path, path, sizeBytes: text.length };
}
const delivery = (...records: object[]) => JSON.stringify({ Records: records });

function alert(eventIds: string[], fields: Partial<ReplayAlert> = {}): ReplayAlert {
  return {
    ...{
      alertId: 'a',
      rule: 'ec2-mass-launch',
      severity: 'high',
      mode: 'live',
      suppressed: null,
      actor: 'x',
      account: 'x',
    },
    ...{
      region: 'x',
      firstEventMs: 0,
      firstFiringMs: 0,
      lastFiringMs: 0,
      count: 1,
      continues: null,
      key: 'x',
      multiple: 1,
    },
    ...{ headline: 'x', evidence: [], eventIds },
    ...fields,
  };
}

describe('the records of alerts', () => {
  const wanted = [alert([id(1), id(2), id(3)])];
  const found = async (...inputs: ReturnType<typeof file>[]) =>
    [...(await rawRecords(wanted, inputs)).texts.keys()].sort();

  it('are those of the events that are shown, in whatever file they are', async () => {
    const records = [1, 2, 3, 4].map((index) => recordOf(index));
    const [first, , last] = records;
    for (const inputs of [
      [file(delivery(...records))],
      [file(gzipSync(delivery(...records)), 'json.gz')],
      [file(delivery(records[3] as object)), file(delivery(first as object)), file(delivery(last as object))],
      [file(JSON.stringify({ Records: records }, null, 2))],
      [file(records.map((record) => `${JSON.stringify(record)}\n`).join(''), 'jsonl')],
      [
        file(
          JSON.stringify(records.map((record) => ({ 'detail-type': 'AWS API Call via CloudTrail', detail: record }))),
        ),
      ],
    ]) {
      expect(await found(...inputs)).toEqual([id(1), id(3)]);
    }
    const { texts } = await rawRecords(wanted, [file(delivery(...records))]);
    expect(texts.get(id(1))).toBe(shownRecord(first));
  });

  it('are left out where they are not found: no file, a damaged one, standard input', async () => {
    const gone = { name: 'gone', path: join(folder, 'gone.json'), sizeBytes: 9 };
    const cut = file(delivery(recordOf(1), recordOf(3)).slice(0, -30));
    expect(await found(gone, { name: 'standard input', path: '-', sizeBytes: 0 }, cut)).toEqual([id(1)]);
    expect(await rawRecords(wanted, [])).toEqual(NO_RECORDS);
  });

  it('are never those of a record that only mentions the id', async () => {
    const forged = recordOf(7, {
      requestParameters: {
        eventID: id(1),
        text: `"eventID":"${id(3)}"`,
        record: { eventVersion: '1.08', eventID: id(3) },
      },
    });
    expect(await found(file(delivery(forged, recordOf(8))))).toEqual([]);
    expect(await found(file(delivery(forged, recordOf(1), recordOf(3))))).toEqual([id(1), id(3)]);
    // Not clear at first sight, so the whole file is read.
    const nested = recordOf(1, { requestParameters: { record: [{ eventVersion: '1.08' }, { eventVersion: '1.08' }] } });
    expect(await found(file(delivery(nested, recordOf(3))))).toEqual([id(1), id(3)]);
  });

  it('are those of the most severe alerts when there are too many', async () => {
    const many = Array.from({ length: 8_001 }, (_, index) => alert([id(index)], { severity: 'low' }));
    const told = [
      ...many,
      alert([id(9_000)], { severity: 'critical' }),
      alert([id(9_001)], { severity: 'critical', mode: 'shadow' }),
    ];
    const { texts, leftOut } = await rawRecords(told, [file(delivery(recordOf(9_000), recordOf(0), recordOf(8_000)))]);
    expect([...texts.keys()]).toEqual([id(9_000), id(0)]);
    expect([...leftOut]).toEqual([id(7_999), id(8_000), id(9_001)]);
  });
});

describe('events that an alert is shown with', () => {
  const sample = (eventId: string, level: number, timeMs: number) =>
    ({ eventId, level, timeMs, steps: 0 }) as ReplayAlert['evidence'][number];

  it('are the leading one, the first and the last, then others, each once', () => {
    const evidence = [sample('b', 2, 2), sample('c', 4, 3), sample('d', 1, 4), sample('e', 1, 5)];
    expect(shownEvents({ evidence, eventIds: ['a', 'b', 'c', 'd', 'e', 'z'] })).toEqual(['c', 'a', 'z', 'b']);
    expect(shownEvents({ evidence, eventIds: ['b', 'c'] })).toHaveLength(EVENTS_MAX);
    expect(shownEvents({ evidence: [], eventIds: ['a'] })).toEqual(['a']);
    expect(shownEvents({ evidence: [], eventIds: [] })).toEqual([]);
  });
});

it('reads a file as CloudTrail writes it without parsing its other records', () => {
  const second = recordOf(2);
  const { path } = file(gzipSync(delivery(recordOf(1), second)), 'json.gz');
  expect(recordsAmong(path, new Set([id(2)]))).toEqual({ found: new Map([[id(2), second]]), unsure: false });
  expect(recordsAmong(path, new Set([id(5)]))).toEqual({ found: new Map(), unsure: false });
  expect(recordsAmong(join(folder, 'gone'), new Set([id(5)]))).toEqual({ found: new Map(), unsure: true });
});
