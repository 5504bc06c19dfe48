import type { Message } from '../../lambda/alerts/alert-store';
import { frameOf } from '../../lambda/alerts/frame';
import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { frameData } from '../../lambda/config/frame-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { drain, type NotifyPorts } from '../../lambda/notify';
import { levelOf, type Severity } from '../../lambda/rules/severity';
import { TestClock, TestLog, TestMetrics, TestPublisher } from '../memory-ports';
import { recording } from '../recording';

const START_MS = 1_700_000_000_000;
const RUN_MS = 50_000;

function setup(others: Partial<NotifyPorts> = {}) {
  const clock = new TestClock(START_MS);
  const topic = new TestPublisher();
  const sentMs: number[] = [];
  const target = new MemoryAlertStore();
  const alerts = recording(target);
  const composer = messageComposer(frameOf(frameData(resolveConfig({}, [], START_MS), []), '0.0.0'), () =>
    clock.nowMs(),
  );
  const ports = {
    ...{ alerts: alerts.store, pace: new MemoryPaceStore(), composer, clock },
    ...{ log: new TestLog(), metrics: new TestMetrics() },
    topic: {
      publish: async (notification: Parameters<TestPublisher['publish']>[0]) => {
        await topic.publish(notification);
        sentMs.push(clock.timeMs - START_MS);
      },
    },
    ...others,
  };
  let serial = 0;
  return {
    ...{
      ports,
      clock,
      topic,
      alerts,
      target,
      sentMs,
      log: ports.log as TestLog,
      metrics: ports.metrics as TestMetrics,
    },
    insert: async (severity: Severity, times = 1, fields: Partial<Message> = {}) => {
      for (let index = 0; index < times; index++) {
        serial += 1;
        const message: Message = {
          ...{ group: `g${serial}`, bucketMs: 0, level: levelOf(severity), multiple: 1, alertId: `alert-${serial}` },
          ...{ kind: 'window', rule: 'some-rule', track: 'live', account: '111122223333', region: 'us-east-1' },
          ...{ actor: 'alice', headline: `alice did ${serial}`, count: 3, firstFiringMs: 5, lastFiringMs: 6 },
          ...{ createdMs: START_MS + serial, expiresMs: START_MS * 2 },
          ...fields,
        };
        await target.insertMessage(message);
      }
    },
    run: () => drain(ports, clock.timeMs + RUN_MS),
    told: () => topic.published.flatMap(({ alertIds }) => alertIds),
    severities: () => topic.published.map(({ attributes }) => attributes['severity']),
  };
}

describe('drain', () => {
  it('tells what is pending, the most severe first, then the oldest, and nothing twice', async () => {
    const { insert, run, told, clock, target } = setup();
    for (const severity of ['low', 'critical', 'high', 'critical', 'medium'] as const) await insert(severity);
    expect(await run()).toBe(5);
    expect(told()).toEqual(['alert-2', 'alert-4', 'alert-3', 'alert-5', 'alert-1']);
    expect(await target.listPending(9)).toEqual([]);
    clock.timeMs += 120_000;
    expect(await run()).toBe(0);
    expect(told()).toHaveLength(5);
  });

  it('keeps the pace: five at once, then one every two seconds, for what is critical', async () => {
    const { insert, run, sentMs } = setup();
    await insert('critical', 9);
    await run();
    expect(sentMs).toEqual([0, 0, 0, 0, 0, 2_000, 4_000, 6_000, 8_000]);
  });

  it('leaves tokens for what is critical: two others at once', async () => {
    const { insert, run, sentMs } = setup();
    await insert('high', 4);
    await run();
    expect(sentMs).toEqual([0, 0, 1_000, 3_000]);
  });

  it('tells a critical message at once in the middle of others', async () => {
    const { insert, run, severities, sentMs, clock } = setup();
    await insert('high', 5);
    const sleep = clock.sleep.bind(clock);
    let came = false;
    clock.sleep = async (ms) => {
      if (!came) await insert('critical', 3);
      came = true;
      await sleep(ms);
    };
    await run();
    expect(severities().slice(0, 5)).toEqual(['high', 'high', 'critical', 'critical', 'critical']);
    expect(sentMs.slice(2, 5)).toEqual([1_000, 1_000, 1_000]);
  });

  it('puts many that are not critical into one digest that lists every alert, and critical ones never', async () => {
    const { insert, run, topic, told } = setup();
    await insert('critical', 7);
    await insert('high', 20);
    await insert('low', 30);
    await run();
    expect(topic.published.slice(0, 7).every(({ attributes }) => attributes['kind'] === 'alert')).toBe(true);
    const digest = topic.published[7];
    expect(topic.published).toHaveLength(8);
    expect(digest?.attributes).toMatchObject({ severity: ['high', 'low'], kind: 'digest' });
    for (let serial = 8; serial <= 57; serial++) expect(digest?.text).toMatch(new RegExp(`\\balert-${serial}\\b`));
    expect(new Set(told()).size).toBe(57);
  });

  const behind = {
    takers: [{ actor: 'arn:aws:iam::111122223333:user/alice', accessKeyId: 'AKIA…' }],
    complete: true,
  };
  const update = { update: { session: 's', takers: 1 }, behind };

  it('says in a digest who took the role, of each update', async () => {
    const { insert, run, topic } = setup();
    await insert('high', 6, update);
    await run();
    expect(topic.published).toHaveLength(1);
    const text = topic.published[0]?.text ?? '';
    expect(text.match(/- \[HIGH\] Update: alice did \d/g)).toHaveLength(6);
    expect(
      text.match(/behind it: arn:aws:iam::111122223333:user\/alice \(key AKIA…\), who took the role/g),
    ).toHaveLength(6);
    expect(topic.published[0]?.subject).toMatch(/^\[HIGH\] 6 alerts, the first: Update: /);
  });

  it('says who took the role also where all else of the alert is gone', async () => {
    const { insert, run, topic } = setup();
    await insert('critical', 1, update);
    await run();
    expect(topic.published[0]?.text).toContain('behind it: arn:aws:iam::111122223333:user/alice');
    expect(topic.published[0]?.chat).toContain('user/alice');
    expect(topic.published[0]?.attributes).toMatchObject({ kind: 'update' });
  });

  it('tells five that are not critical one by one', async () => {
    const { insert, run, topic } = setup();
    await insert('medium', 5);
    await run();
    expect(topic.published.map(({ alertIds }) => alertIds.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('tells a storm of ten thousand at a mailbox’s pace, losing none and delaying nothing critical', async () => {
    const { insert, run, told, sentMs, clock } = setup();
    await insert('medium', 9_980);
    await insert('critical', 20);
    let minutes = 0;
    while (new Set(told()).size < 10_000 && minutes < 60) {
      const minuteMs = clock.timeMs;
      await run();
      clock.timeMs = Math.max(clock.timeMs, minuteMs + 60_000);
      minutes += 1;
    }
    expect(told()).toHaveLength(10_000);
    expect(new Set(told()).size).toBe(10_000);
    expect(
      told()
        .slice(0, 20)
        .every((id) => Number(id.slice(6)) > 9_980),
    ).toBe(true);
    expect(sentMs[19]).toBe(30_000);
    expect(minutes).toBeLessThanOrEqual(6);
    // At no time more than the burst and one every two seconds.
    sentMs.forEach((startMs) => {
      const within = sentMs.filter((otherMs) => otherMs >= startMs && otherMs < startMs + 10_000).length;
      expect(within).toBeLessThanOrEqual(10);
    });
  });

  it('stops when its time is over; the next run goes on', async () => {
    const { insert, run, sentMs, clock } = setup();
    await insert('critical', 60);
    expect(await run()).toBe(30);
    expect(clock.timeMs).toBeLessThanOrEqual(START_MS + RUN_MS);
    await run();
    expect(sentMs).toHaveLength(55);
  });

  it('leaves messages pending while the topic is down, and tells them when it is back', async () => {
    const { insert, run, topic, told, clock, metrics, target } = setup();
    await insert('critical', 2);
    await insert('high', 8);
    topic.failure = new Error('503');
    for (let minute = 0; minute < 60; minute++) {
      await run();
      clock.timeMs += 60_000;
    }
    expect(metrics.total('PublishFailures')).toBeGreaterThan(30);
    expect(metrics.total('PublishFailures')).toBeLessThanOrEqual(180);
    expect(await target.listPending(99)).toHaveLength(10);
    topic.failure = undefined;
    clock.timeMs += 70_000;
    await run();
    expect(told().slice(0, 2).sort()).toEqual(['alert-1', 'alert-2']);
    expect(new Set(told()).size).toBe(10);
  });

  it('lets one message that the topic refuses hold up nobody', async () => {
    const { insert, run, told, topic } = setup();
    await insert('critical', 4);
    const publish = topic.publish.bind(topic);
    topic.publish = async (notification) => {
      if (notification.alertIds.includes('alert-1')) throw new Error('InvalidParameter');
      await publish(notification);
    };
    await run();
    expect(told()).toEqual(['alert-2', 'alert-3', 'alert-4']);
  });

  it('tells again with the same id what it does not know to be told, and only that', async () => {
    const { insert, run, told, alerts, clock } = setup();
    await insert('critical', 2);
    alerts.failNext('markSent');
    await run();
    expect(told()).toEqual(['alert-1']);
    await run(); // the lease holds
    expect(told()).toEqual(['alert-1', 'alert-2']);
    clock.timeMs += 70_000;
    await run();
    expect(told()).toEqual(['alert-1', 'alert-2', 'alert-1']);
    clock.timeMs += 70_000;
    await run();
    expect(told()).toHaveLength(3);
  });

  it('tells nothing twice when the index still lists what was sent', async () => {
    const { insert, ports, told, target, clock } = setup();
    await insert('critical', 3);
    const stale = await target.listPending(9);
    const lagging = Object.assign(Object.create(target) as MemoryAlertStore, { listPending: async () => stale });
    await drain({ ...ports, alerts: lagging }, clock.timeMs + RUN_MS);
    await drain({ ...ports, alerts: lagging }, clock.timeMs + RUN_MS);
    expect(told()).toHaveLength(3);
  });

  it('tells at once what the stream brought, though the index does not list it yet, and nothing twice', async () => {
    const { insert, ports, told, target, clock } = setup();
    await insert('medium', 1);
    await insert('critical', 1);
    const rung = await target.listPending(9);
    const lagging = Object.assign(Object.create(target) as MemoryAlertStore, { listPending: async () => [] });
    await drain({ ...ports, alerts: lagging }, clock.timeMs + RUN_MS, rung);
    expect(told()).toEqual(['alert-2', 'alert-1']);
    await drain({ ...ports, alerts: lagging }, clock.timeMs + RUN_MS, rung);
    await drain(ports, clock.timeMs + RUN_MS, rung);
    expect(told()).toHaveLength(2);
  });

  it('takes no token for a message that rang long ago: it is listed, or was sent', async () => {
    const { insert, ports, told, target, clock } = setup();
    await insert('critical', 1);
    const rung = await target.listPending(9);
    await drain(ports, clock.timeMs + RUN_MS);
    clock.timeMs += 10 * 60_000;
    const before = await ports.pace.readPace();
    await drain(ports, clock.timeMs + RUN_MS, rung);
    expect(await ports.pace.readPace()).toEqual(before);
    expect(told()).toHaveLength(1);
  });

  it('shares the work with others, and the pace', async () => {
    const { insert, ports, told, sentMs } = setup();
    await insert('critical', 12);
    await insert('low', 40);
    const runs = [1, 2, 3].map(() => drain(ports, START_MS + RUN_MS));
    await Promise.all(runs);
    expect(told().length).toBe(new Set(told()).size);
    expect(new Set(told()).size).toBe(52);
    sentMs.forEach((startMs) => {
      const within = sentMs.filter((otherMs) => otherMs >= startMs && otherMs < startMs + 10_000).length;
      expect(within).toBeLessThanOrEqual(10);
    });
  });

  it('tells in plain words what cannot be composed', async () => {
    const composer = {
      single: () => {
        throw new TypeError('a field is missing');
      },
      digest: () => {
        throw new TypeError('a field is missing');
      },
    };
    const { insert, run, topic, metrics } = setup({ composer });
    await insert('critical');
    await insert('high', 6);
    await run();
    expect(topic.published[0]).toMatchObject({
      subject: '[CRITICAL] some-rule in account 111122223333, us-east-1: alice did 1 (alert alert-1)',
    });
    expect(topic.published[1]?.alertIds).toHaveLength(6);
    expect(metrics.total('UnexpectedErrors')).toBe(2);
  });

  it('gives up quietly while the tables do not answer', async () => {
    const { insert, run, alerts, told, log, clock } = setup();
    await insert('critical');
    for (const method of ['listPending', 'claim', 'readAlerts', 'readEvidence'] as const) {
      alerts.failNext(method);
      expect(await run()).toBe(0);
      clock.timeMs += 70_000; // the lease of a message that was claimed in vain
    }
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn', 'warn']);
    expect(told()).toEqual([]);
  });
});
