import type { Json } from '../mutate';
import { corpusRecords, incidentRecords } from '../real-events';
import { fuzz } from './fuzz';

/** Part of the lane, in a process of its own: `worker.ts SEED MUTATIONS SECONDS`, prints its result as JSON. */
async function main(): Promise<void> {
  const [seed = 0, mutations = 0, seconds = 0] = process.argv.slice(2).map(Number);
  const records = [...corpusRecords(), ...incidentRecords()] as Json[];
  const result = await fuzz({ seed, mutations, records, everyNth: 10, untilMs: Date.now() + seconds * 1_000 });
  console.log(JSON.stringify(result));
}

void main();
