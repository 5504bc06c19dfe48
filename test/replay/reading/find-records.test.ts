import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findRecords } from '../../../replay/reading/find-records';
import { sampleRecord, sampleRecords } from './written-records';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

const idOf = (n: number) => String(sampleRecord(n)['eventID']);

function foundIn(document: unknown, ...ids: string[]): Record<string, unknown> {
  const path = join(folder, 'file.json.gz');
  writeFileSync(path, gzipSync(JSON.stringify(document)));
  return Object.fromEntries(findRecords(path, ids));
}

describe('records found by their ids', () => {
  it('are those of the file, wherever they stand in it', () => {
    const records = sampleRecords(5);
    for (const [n, record] of records.entries()) {
      expect(foundIn({ Records: records }, idOf(n))).toEqual({ [idOf(n)]: record });
    }
    expect(foundIn({ Records: records }, idOf(1), idOf(3), idOf(9))).toEqual({
      [idOf(1)]: records[1],
      [idOf(3)]: records[3],
    });
  });

  it('are found where one was delivered twice', () => {
    const records = [sampleRecord(1), sampleRecord(2), sampleRecord(1)];
    expect(foundIn({ Records: records }, idOf(1))).toEqual({ [idOf(1)]: records[0] });
    const changed = [...records.slice(0, 2), sampleRecord(1, { eventName: 'StopInstances' })];
    expect(foundIn({ Records: changed }, idOf(1))).toEqual({});
  });

  it('are left to a whole reading where an event names the id of another', () => {
    const copy = { eventVersion: '1.11', eventID: idOf(2), eventTime: '2026-03-01T12:00:02Z' };
    const hostile = sampleRecord(1, { requestParameters: { tags: [copy, { eventVersion: '1' }] } });
    expect(foundIn({ Records: [hostile, sampleRecord(2)] }, idOf(2))).toEqual({});
  });

  it('are left to a whole reading where an event holds what looks like the beginning of one', () => {
    const hostile = sampleRecord(1, { requestParameters: { tags: { eventVersion: '1.11' } } });
    expect(foundIn({ Records: [sampleRecord(0), hostile] }, idOf(1), idOf(0))).toEqual({ [idOf(0)]: sampleRecord(0) });
    const first = { ...sampleRecord(3), requestParameters: undefined, tags: [{ eventVersion: '1' }] };
    expect(foundIn({ Records: [first, sampleRecord(4)] }, idOf(4))).toEqual({ [idOf(4)]: sampleRecord(4) });
  });

  it('are left to a whole reading in files of other shapes', () => {
    expect(foundIn(sampleRecords(3), idOf(1))).toEqual({});
    expect(foundIn({ Events: sampleRecords(3) }, idOf(1))).toEqual({});
  });

  it('are left to a whole reading where the id is a word that stands everywhere', () => {
    expect(foundIn({ Records: [sampleRecord(1), sampleRecord(2, { eventID: 'e' })] }, 'e')).toEqual({});
  });

  it('are none of a file that is gone, or is no gzip', () => {
    expect(findRecords(join(folder, 'gone'), [idOf(1)]).size).toBe(0);
    const path = join(folder, 'broken.json.gz');
    writeFileSync(path, gzipSync(JSON.stringify({ Records: sampleRecords(5) })).subarray(0, 100));
    expect(findRecords(path, [idOf(1)]).size).toBe(0);
  });
});
