import type fc from 'fast-check';

/** Repeat a failure with TRAILHOUND_SEED=<seed>; more runs with TRAILHOUND_RUNS=<factor>. */
const SEED = process.env['TRAILHOUND_SEED'] === undefined ? undefined : Number(process.env['TRAILHOUND_SEED']);
const FACTOR = Number(process.env['TRAILHOUND_RUNS'] ?? 1);

/** Parameters of a property: fast-check prints the seed and the smallest example when it fails. */
export function runs(numRuns: number): fc.Parameters<unknown> {
  return { numRuns: Math.ceil(numRuns * FACTOR), ...(SEED === undefined ? {} : { seed: SEED }) };
}
