import type { Surroundings } from '../../lambda/heartbeat/surroundings';
import { linesOf } from './scenarios';
import { World } from './world';

jest.setTimeout(60_000);

const START_MS = Date.parse('2026-03-10T10:00:00Z');

/** Everything that the heartbeat asks AWS all the time. */
const QUESTIONS = [
  ...['trails', 'rules', 'mapping', 'lambda', 'table', 'waiting', 'subscriptions', 'alarms', 'sendCanary'],
] as readonly (keyof Surroundings)[];
const FAILURES = ['AccessDeniedException', 'ThrottlingException', 'TimeoutError'];

describe('a question that AWS does not answer', () => {
  it.each(QUESTIONS.flatMap((question) => FAILURES.map((failure) => [question, failure] as const)))(
    'is unknown, and told after 15 and 30 minutes and when it is over: %s, %s',
    async (question, failure) => {
      const world = new World(START_MS);
      await world.run(31);
      world.failing = (asked) => (asked === question ? failure : undefined);
      await world.run(40);
      world.failing = () => undefined;
      await world.run(30);
      const told = linesOf(world, START_MS).filter((line) => line.includes(' ops '));
      const at = (time: string, word: string) => told.filter((line) => line.startsWith(`0d ${time} ops ${word}`));
      const all = [...at('00:50', 'WARNING'), ...at('01:05', 'CRITICAL'), ...at('01:15', 'RECOVERED')];
      expect(all.length).toBeGreaterThan(0);
      expect(told).toEqual(all);
      for (const line of told) expect(line).toContain(`could not be checked: ${failure}`);
      expect(at('00:50', 'WARNING')).toHaveLength(all.length / 3);
      expect(world.metrics.total('UnknownChecks')).toBe((all.length / 3) * 8);
    },
  );

  it('keeps the week’s report from nobody: what is unknown is called so', async () => {
    const world = new World(Date.parse('2026-03-16T07:00:00Z'));
    world.failing = (question) => (question === 'counts' ? 'AccessDenied' : undefined);
    await world.run(120);
    const [report] = world.told;
    expect(world.told).toHaveLength(1);
    expect(report?.notification.text).toMatch(/Events +unknown evaluated/);
    expect(report?.notification.text).toMatch(/Canaries +writes p50 \d+ s, p95 \d+ s; reads p50 \d+ s/);
  });

  it('keeps nothing else from being told', async () => {
    const world = new World(START_MS);
    await world.run(31);
    world.failing = (question) => (question === 'trails' ? undefined : 'AccessDenied');
    world.trails = [];
    await world.run(5);
    expect(linesOf(world, START_MS)[0]).toBe(
      '0d 00:35 ops CRITICAL no trail covers all regions, as ap-southeast-2 sees it.',
    );
  });
});

describe('the week’s report', () => {
  it('says how it was, what is still wrong, and which suppressions are about to end, and cannot be suppressed itself', async () => {
    const suppression = (id: string, expires?: string) => ({
      ...{ id, rule: 'cloudtrail-stopped', account: '111122223333', reason: 'r', owner: 'security' },
      ...(expires === undefined ? {} : { expires }),
    });
    const world = new World(Date.parse('2026-03-13T07:00:00Z'), {
      suppressions: [
        suppression('old', '2026-03-01'),
        suppression('soon', '2026-03-28'),
        suppression('far', '2026-12-31'),
        suppression('for-ever'),
        { ...suppression('everything', '2026-12-31'), rule: '*' },
      ],
    });
    await world.run(2 * 24 * 60);
    world.tables.set('alerts', { status: 'ACTIVE', isProtected: false, hasStream: true });
    await world.run(26 * 60);
    const reports = world.told.filter(({ notification }) => notification.attributes['kind'] === 'heartbeat-report');
    expect(reports).toHaveLength(1);
    const text = reports[0]?.notification.text ?? '';
    expect(text).toContain('Not all is well; 1 told already:');
    expect(text).toContain('table alerts can be deleted');
    expect(text).toMatch(/Events +12,345 evaluated/);
    expect(text).toMatch(/Alerts +3 live, 1 suppressed, 2 shadow/);
    expect(text).toContain('- old expired on 2026-03-01 and no longer applies (owner: security)');
    expect(text).toContain('- soon expires on 2026-03-28 (owner: security)');
    expect(text).toContain('- for-ever never expires (owner: security)');
    expect(text).not.toContain('- far');
    expect(text).toMatch(/configuration [0-9a-f]{32}/);
  });
});
