import * as fc from 'fast-check';
import { readUuid } from '../../../lambda/windows/packed-uuid';
import { HIT_WORDS, readMoment } from '../../../replay/windows/packed-hit';
import {
  HitsReceiver,
  HitsSender,
  ROW_WORDS,
  type WindowHits,
  WindowHitsBuilder,
} from '../../../replay/windows/window-hits';

const UUIDS = ['0e9c5a1c-35a5-4b3c-9e0a-6f6b5f0f1a2b', 'ffffffff-ffff-4fff-8fff-ffffffffffff'];

/** What an extractor adds: hits of some events on some keys, and now and then it forgets or hands on. */
const anyStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: fc.constantFrom(...UUIDS, 'odd', ''), key: fc.nat(4), value: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.constant('hand on' as const) },
  { weight: 1, arbitrary: fc.constant('forget' as const) },
);

/** Hits in words. */
function told({ groups, values, rows, amounts, oddIds }: WindowHits): string[] {
  return [...amounts].map((amount, row) => {
    const offset = row * ROW_WORDS;
    const id = oddIds.get(row) ?? readUuid(rows, offset);
    const { timeMs, level, steps } = readMoment(rows, offset);
    return `${groups[rows[offset + HIT_WORDS] as number]?.key} ${id} ${timeMs} ${level} ${steps} ${values[amount]}`;
  });
}

test('hits come out as they were added, in one thread and through another, whatever is forgotten meanwhile', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const builder = new WindowHitsBuilder();
      const sender = new HitsSender();
      const receiver = new HitsReceiver();
      const added: string[] = [];
      const here: WindowHits[] = [];
      const there: WindowHits[] = [];
      let groups = new Map<number, number>();
      const handOn = () => {
        const hits = builder.take();
        here.push(hits);
        there.push(receiver.receive(structuredClone(sender.send(hits))));
      };
      for (const [index, step] of [...steps, 'hand on' as const].entries()) {
        if (step === 'hand on') handOn();
        else if (step === 'forget') {
          handOn();
          builder.forget();
          groups = new Map();
        } else {
          const { id, key, value } = step;
          const group = groups.get(key) ?? builder.addGroup({ rule: 0, track: 'live', key: `key ${key}` });
          groups.set(key, group);
          builder.add(group, id, index * 1_000 + 7, 3, 5, builder.indexOf(`value ${value}`));
          added.push(`key ${key} ${id} ${index * 1_000 + 7} 3 5 value ${value}`);
        }
      }
      // Read at the end: tables that grew or were begun anew must not change what was handed on before.
      expect(here.flatMap(told)).toEqual(added);
      expect(there.flatMap(told)).toEqual(added);
    }),
  );
});

test('what is in the tables is sent once', () => {
  const builder = new WindowHitsBuilder();
  const sender = new HitsSender();
  builder.addGroup({ rule: 0, track: 'live', key: 'a' });
  builder.indexOf('one');
  expect(sender.send(builder.take())).toMatchObject({ groups: [{ key: 'a' }], values: ['one'], groupsBefore: 0 });
  builder.addGroup({ rule: 0, track: 'live', key: 'b' });
  builder.indexOf('one');
  expect(sender.send(builder.take())).toMatchObject({ groups: [{ key: 'b' }], values: [], groupsBefore: 1 });
});
