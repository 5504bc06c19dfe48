import fc from 'fast-check';
import { packEntries, segmentName, unpackEntries } from '../../lambda/windows/segment-content';
import { type Entry, unionOfEntries } from '../../lambda/windows/verdict';
import { runs } from '../property';

const SLOT_MS = 1_767_225_600_000;

function entry(serial: number, fields: Partial<Entry> = {}): Entry {
  const id = `0000000${serial % 10}-89ab-4cde-8f01-23456789abcd`;
  return { id, timeMs: SLOT_MS + serial * 1_000, weight: 1, level: 0, steps: 0, ...fields };
}

describe('the content of a segment', () => {
  it('keeps its form: what is stored must stay readable', () => {
    const plain = packEntries(SLOT_MS, [entry(1), entry(2, { timeMs: SLOT_MS + 301_000 })]);
    expect(Buffer.from(plain.bytes).toString('hex')).toBe(
      `04${'0000000189ab4cde8f0123456789abcd'}01${'0000000289ab4cde8f0123456789abcd'}ac02`,
    );
    const full = packEntries(SLOT_MS, [entry(3, { timeMs: SLOT_MS + 1, weight: 300, level: 4, steps: 3 })]);
    expect(Buffer.from(full.bytes).toString('hex')).toBe(`03${'0000000389ab4cde8f0123456789abcd'}011cac02`);
    const fraction = packEntries(SLOT_MS, [entry(3, { weight: 0.5 })]);
    expect(Buffer.from(fraction.bytes).toString('hex')).toBe(
      `05${'0000000389ab4cde8f0123456789abcd'}03003fe0000000000000`,
    );
  });

  it('puts 50 events in one write unit, keys included', () => {
    const entries = Array.from({ length: 50 }, (_, serial) => entry(serial));
    const keys =
      'console-login-failed#1#live#111122223333|arn:aws:iam::111122223333:user/somebody.with.a.name'.length + 37;
    const names = 'pkskettl'.length + 8;
    expect(packEntries(SLOT_MS, unionOfEntries(entries)).bytes.length + keys + names).toBeLessThanOrEqual(1_024);
  });

  it('is named by all that its entries say', () => {
    const names = [
      [entry(1)],
      [entry(2)],
      [entry(1), entry(2)],
      [entry(1, { timeMs: SLOT_MS })],
      [entry(1, { weight: 2 })],
      [entry(1, { level: 1 })],
      [entry(1, { steps: 1 })],
      [entry(1, { id: 'odd' })],
      [entry(1, { id: 'odder' })],
    ].map((entries) => segmentName(packEntries(SLOT_MS, entries)));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w-]{22}$/);
  });

  it('gives back what went in, for any entries', () => {
    const entryArb = fc.record({
      id: fc.oneof(fc.uuid(), fc.string({ maxLength: 128 })),
      timeMs: fc.integer({ min: 0, max: 3_599_999 }).map((offset) => SLOT_MS + offset),
      weight: fc.oneof(
        fc.constant(1),
        fc.nat(1_000_000).map((n) => n + 1),
        fc.double({ min: 1e-300, noNaN: true }),
      ),
      level: fc.integer({ min: 0, max: 4 }),
      steps: fc.integer({ min: 0, max: 2 ** 20 }),
    });
    fc.assert(
      fc.property(fc.array(entryArb), (some) => {
        const entries = unionOfEntries(some.filter(({ weight }) => Number.isFinite(weight)));
        expect(unionOfEntries(unpackEntries(SLOT_MS, packEntries(SLOT_MS, entries)))).toEqual(entries);
      }),
      runs(500),
    );
  });

  it('keeps a hash of an id that is long and no UUID: equal ids stay equal, others differ', () => {
    const idOf = (id: string) => unpackEntries(SLOT_MS, packEntries(SLOT_MS, [entry(1, { id })]))[0]?.id;
    const [long, longer] = ['x'.repeat(1_000), `${'x'.repeat(1_000)}y`];
    expect(idOf(long)).toBe(idOf(long));
    expect(idOf(long)).not.toBe(idOf(longer));
    expect(idOf(long)).toHaveLength(36);
  });
});
