import { fuzz } from '../conformance/fuzz/fuzz';

/** A taste of `npm run conformance:fuzz`, which makes a million from another seed each time: here always the same. */
const SEED = Number(process.env['TRAILHOUND_SEED'] ?? 820_206);

it(`takes records however they are mutated (seed ${SEED})`, async () => {
  const untilMs = Date.now() + 6_000;
  const { problems, mutations, messages } = await fuzz({
    seed: SEED,
    mutations: 5_000,
    records: [],
    everyNth: 4,
    untilMs,
  });
  expect(problems).toEqual([]);
  expect(mutations).toBeGreaterThan(300);
  expect(messages).toBeGreaterThan(0);
}, 60_000);
