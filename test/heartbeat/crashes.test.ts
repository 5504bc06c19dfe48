import { linesOf } from './scenarios';
import { World } from './world';

const START_MS = Date.parse('2026-03-10T10:00:00Z');

/** A world in which a rule was deleted a while ago, and the next beat tells. */
async function aboutToTell(): Promise<World> {
  const world = new World(START_MS);
  await world.run(31);
  world.rule('us-east-1', 'trailhound-Writes', undefined);
  await world.run(5);
  return world;
}
const criticals = (world: World, way: 'ops' | 'alerts') =>
  linesOf(world, START_MS).filter((line) => line.includes(way) && line.includes('CRITICAL'));

describe('a heartbeat that dies', () => {
  it('between remembering and telling tells the next time, once', async () => {
    const world = await aboutToTell();
    // As if the process ended there: nothing is told, nothing is remembered but what is stored.
    world.ops.failure = new Error('killed');
    world.alerts.setDown((method) => method.startsWith('insert'));
    await world.run(5);
    expect(criticals(world, 'ops')).toEqual([]);
    world.ops.failure = undefined;
    world.alerts.setDown(() => false);
    world.restart();
    await world.run(30);
    expect(criticals(world, 'ops')).toHaveLength(1);
    expect(criticals(world, 'alerts')).toHaveLength(1);
  });

  it('between telling and remembering that it told says it twice at most, to programs with the same id', async () => {
    const world = await aboutToTell();
    let replaced = 0;
    world.memory.setDown((method) => method === 'replaceState' && ++replaced === 2);
    await world.run(5);
    world.restart();
    await world.run(30);
    expect(criticals(world, 'ops')).toHaveLength(2);
    const ids = world.told.filter(({ way }) => way === 'ops').map(({ notification }) => notification.alertIds[0]);
    expect(new Set(ids).size).toBe(1);
    expect(criticals(world, 'alerts')).toHaveLength(1);
  });

  it('without an answer from its memory, which did take what it was given, says it once while it lives', async () => {
    const world = await aboutToTell();
    world.memory.loseNext('replaceState');
    await world.run(30);
    expect(criticals(world, 'ops')).toHaveLength(1);
    expect(criticals(world, 'alerts')).toHaveLength(1);
  });

  it('holds back what it has to tell when much waited, and forgets none of it', async () => {
    const world = new World(START_MS);
    await world.run(31);
    world.ops.failure = new Error('503');
    for (let turn = 0; turn < 12; turn++) {
      world.trails = world.trails.map((one) => ({ ...one, isLogging: turn % 2 !== 0 }));
      await world.run(5);
    }
    world.ops.failure = undefined;
    await world.run(20);
    const ops = world.told.filter(({ way }) => way === 'ops');
    expect(ops).toHaveLength(12);
    const beats = new Map<number, number>();
    for (const { atMs } of ops) beats.set(atMs, (beats.get(atMs) ?? 0) + 1);
    expect([...beats.values()]).toEqual([5, 5, 2]);
  });
});
