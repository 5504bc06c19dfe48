import { setImmediate as turn } from 'node:timers/promises';
import { type Family, scheduleOf } from './generate';
import { REAL_PARTS, runSchedule } from './run';
import { MisuseError } from './tables';
import type { TableTwin } from './world';

/** Tables that take their time, as a service does, and answer as the simulated ones. */
class SlowTwin implements TableTwin {
  expired = 0;
  readonly ended: string[] = [];

  async answer(...[, simulated]: Parameters<TableTwin['answer']>): Promise<object> {
    await turn();
    if ('error' in simulated) throw simulated.error;
    return simulated.result;
  }

  async expire(_: string, keys: readonly object[]): Promise<void> {
    await turn();
    this.expired += keys.length;
  }

  async end(table: string): Promise<void> {
    this.ended.push(table);
  }
}

async function traced(family: Family, twin?: TableTwin): Promise<string[]> {
  const lines: string[] = [];
  const parts = twin === undefined ? REAL_PARTS : { ...REAL_PARTS, twin };
  await runSchedule(scheduleOf(7, family), parts, (line) => lines.push(line));
  return lines;
}

/** What conformance/dynamodb-local builds on. */
describe('a world over other tables', () => {
  it.each(['windows', 'outages', 'late', 'scarce'] as const)('of %s stands still until they answer', async (family) => {
    const twin = new SlowTwin();
    const lines = await traced(family, twin);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines).toEqual(await traced(family));
    expect(twin.ended.sort()).toEqual(['alerts', 'baselines', 'windows']);
    expect(twin.expired > 0).toBe(family === 'late');
  });

  it('is broken where they differ', async () => {
    const twin = new SlowTwin();
    twin.answer = async () => {
      throw new MisuseError('they differ');
    };
    const { broken } = await runSchedule(scheduleOf(7, 'windows'), { ...REAL_PARTS, twin });
    expect(broken).toContain('MisuseError: they differ');
    const late = new SlowTwin();
    late.end = async (table) => {
      throw new MisuseError(`${table} differ`);
    };
    const ended = await runSchedule(scheduleOf(7, 'windows'), { ...REAL_PARTS, twin: late });
    expect(ended.broken.join()).toContain('windows differ');
  });
});
