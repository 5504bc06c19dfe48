import { join } from 'node:path';
import { DEFAULT_LATENESS_MS } from '../../replay/collector';
import { ALWAYS } from '../../replay/extract';
import { listInputs } from '../../replay/reading/inputs';
import { replay } from '../../replay/replay';

const INCIDENT = join(__dirname, '../../examples/incident');

describe('a replay that is interrupted', () => {
  it('stops in one thread too, and judges what it read', async () => {
    const { inputs } = await listInputs([INCIDENT]);
    const many = Array.from({ length: 200 }, () => inputs).flat();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const result = await replay({
      engine: { config: undefined, nowMs: 0 },
      inputs: many,
      span: ALWAYS,
      workers: 1,
      latenessMs: DEFAULT_LATENESS_MS,
      signal: stop.signal,
    });
    expect(result.interrupted).toBe(true);
    expect(result.inputs).toBeGreaterThan(0);
    expect(result.inputs).toBeLessThan(many.length);
    expect(result.events).toBeGreaterThan(0);
  });
});

test('a thread that cannot work fails the replay, which does not wait for it', async () => {
  const { inputs } = await listInputs([INCIDENT]);
  // Only the built command line has the file that a thread begins with.
  const asked = replay({
    engine: { config: undefined, nowMs: 0 },
    inputs,
    span: ALWAYS,
    workers: 2,
    latenessMs: DEFAULT_LATENESS_MS,
  });
  await expect(asked).rejects.toThrow(/replay-worker/);
});
