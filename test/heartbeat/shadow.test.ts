import type { Message } from '../../lambda/alerts/alert-store';
import { createDetector } from '../../lambda/detect';
import { shadowLines, UNTOLD_MAX } from '../../lambda/heartbeat/shadow';
import { but, call, later, repeat, START_MS, user } from '../../lambda/rules/sample';
import { delivered } from '../events';
import { memoryPorts } from '../memory-ports';
import { World } from './world';

const DAY_MS = 24 * 60 * 60_000;
const CONFIG = {
  rules: { 'cloudtrail-stopped': { mode: 'shadow' }, 'cloudtrail-selectors-narrowed': { mode: 'shadow' } },
};

describe('the report of the week', () => {
  it('says what a rule in shadow mode would have said, from the event on, and tells none of it before', async () => {
    const world = new World(Date.parse('2026-03-13T07:00:00Z'), CONFIG);
    await world.run(2 * 24 * 60);
    const ports = { ...memoryPorts(world.clock.timeMs), alerts: world.alerts.store };
    const detector = createDetector({ ...ports, rules: world.config.rules, suppressions: [] });
    const stopped = later(
      call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } }),
      world.clock.timeMs - START_MS - 60_000,
    );
    const from = (name: string) => but(stopped, { userIdentity: user(name) });
    const timeline = [...repeat(from('alice'), 100, 100), ...repeat(from('<b>https://evil.example</b>'), 2, 100)];
    for (const record of timeline) await detector.handle({ records: [delivered(record)] });
    expect(await ports.alerts.listPending(9)).toEqual([]);
    await world.run(26 * 60);
    const told = world.told.map(({ notification }) => notification);
    expect(told.filter(({ attributes }) => attributes['rule'] === 'cloudtrail-stopped')).toEqual([]);
    const [report] = told.filter(({ attributes }) => attributes['kind'] === 'heartbeat-report');
    const text = report?.text ?? '';
    expect(text).toMatch(/Rules +\d+ live, 2 shadow/);
    expect(text).toContain('  cloudtrail-stopped: ');
    expect(text).toMatch(/4 messages about 2 alerts: 2 critical/); // at 10 and 100 times the threshold it is said again
    expect(text).toMatch(/who {4}.*user\/alice \(1\)/);
    expect(text).toMatch(/where {2}111122223333 us-east-1 \(2\)/);
    expect(text).toMatch(/- 2026-03-15T06:5\d:\d\dZ \w+: .*user\/alice/);
    expect(text).toContain('      rules:\n        cloudtrail-stopped:\n          mode: live');
    expect(text).toContain('  Nothing: cloudtrail-selectors-narrowed');
    expect(text).not.toMatch(/<b>|https:\/\/|evil\.example/);
  });

  it('says nothing of shadow mode where no rule is in it, and that nobody knows where the table does not answer', async () => {
    const quiet = new World(Date.parse('2026-03-15T07:00:00Z'), {});
    await quiet.run(26 * 60);
    const down = new World(Date.parse('2026-03-15T07:00:00Z'), CONFIG);
    down.alerts.setDown((method) => method === 'listUntold');
    await down.run(26 * 60);
    const reportOf = ({ told }: World) =>
      told.find(({ notification }) => notification.attributes['kind'] === 'heartbeat-report')?.notification.text;
    expect(reportOf(quiet)).toContain('All is well');
    expect(reportOf(quiet)).not.toContain('shadow mode');
    expect(reportOf(down)).toMatch(/Nobody knows, the table did not answer: .*cloudtrail-stopped/);
  });
});

describe('what rules in shadow mode would have said', () => {
  const message = (serial: number, fields: Partial<Message> = {}): Message => ({
    ...{ group: `g${serial}`, bucketMs: 0, level: 2, multiple: 1, alertId: `a${serial}`, kind: 'window' },
    ...{ rule: 'r', track: 'shadow', account: '111122223333', region: 'eu-west-1', actor: `actor-${serial % 7}` },
    ...{ headline: `did ${serial}`, count: 1, firstFiringMs: START_MS, lastFiringMs: START_MS + serial * 1_000 },
    ...{ createdMs: START_MS, expiresMs: START_MS + DAY_MS },
    ...fields,
  });
  const many = (count: number) => Array.from({ length: count }, (_, serial) => message(serial));

  it('is short, however much it is', () => {
    const messages = many(UNTOLD_MAX).map((one) => ({ ...one, actor: 'x'.repeat(200), headline: 'y'.repeat(300) }));
    const rules = Array.from({ length: 100 }, (_, index) => ({ id: `rule-number-${index}`, title: 'T'.repeat(80) }));
    const untold = rules.map((rule) => ({ rule, messages }));
    const text = shadowLines(untold).join('\n');
    expect(text.length).toBeLessThan(18_000);
    expect(text).toContain('1,000 or more messages about 1000 alerts: 1000 medium');
    expect(text).toContain('More that would have said something: rule-number-8, ');
  });

  it('has the gravest first, and says who did most of it', () => {
    const lines = shadowLines([
      { rule: { id: 'many', title: 'Many' }, messages: many(20) },
      { rule: { id: 'grave', title: 'Grave' }, messages: [message(1, { level: 4 }), message(1, { multiple: 10 })] },
    ]);
    const text = lines.join('\n');
    expect(text.indexOf('grave: Grave')).toBeLessThan(text.indexOf('many: Many'));
    expect(text).toContain('2 messages about 1 alert: 1 critical');
    expect(text).toContain('actor-0 (3), actor-1 (3), actor-2 (3) and 4 more');
    expect(lines.filter((line) => line.startsWith('    - '))).toHaveLength(4);
    expect(text).toContain('did 19');
  });
});
