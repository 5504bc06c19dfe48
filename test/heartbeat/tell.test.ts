import { MemoryAlertStore } from '../../lambda/alerts/memory-alert-store';
import type { Dispatch } from '../../lambda/heartbeat/state';
import { tellAll } from '../../lambda/heartbeat/tell';
import { TestLog, TestMetrics, TestPublisher } from '../memory-ports';
import { recording } from '../recording';

const PLACE = { account: '111122223333', region: 'eu-west-1', version: '0.1.0', configHash: 'c0ffee' };
const dispatch = (id: string, fields: Partial<Dispatch> = {}): Dispatch => ({
  ...{
    id,
    atMs: 1_000,
    subject: `subject ${id}`,
    text: `text ${id}`,
    level: 4,
    kind: 'trouble',
    headline: `headline ${id}`,
  },
  ...{ opsTold: false, alertsTold: false },
  ...fields,
});

function setup() {
  const ops = new TestPublisher();
  const alerts = recording(new MemoryAlertStore());
  const metrics = new TestMetrics();
  const tell = (outbox: readonly Dispatch[]) =>
    tellAll(outbox, PLACE, { ops, alerts: alerts.store, log: new TestLog(), metrics });
  return { ops, alerts, metrics, tell, told: () => ops.published.map(({ alertIds }) => alertIds[0]) };
}

describe('what waits to be told', () => {
  it('goes both ways, the oldest first, as what filters of subscriptions can take', async () => {
    const { tell, ops, alerts } = setup();
    expect(await tell([dispatch('a'), dispatch('b', { kind: 'report', level: 0, alertsTold: true })])).toEqual([]);
    expect(ops.published.map(({ attributes }) => attributes)).toEqual([
      { severity: 'critical', kind: 'heartbeat', account: '111122223333', region: 'eu-west-1' },
      { severity: 'info', kind: 'heartbeat-report', account: '111122223333', region: 'eu-west-1' },
    ]);
    expect(await alerts.store.listPending(9)).toMatchObject([
      {
        alertId: 'a',
        rule: 'heartbeat-trouble',
        level: 4,
        track: 'live',
        account: '111122223333',
        headline: 'headline a',
      },
    ]);
  });

  it('is the same alert and message however often it is put into the outbox', async () => {
    const { tell, alerts } = setup();
    alerts.loseNext('insertMessage');
    const left = await tell([dispatch('a')]);
    expect(left).toMatchObject([{ id: 'a', opsTold: true, alertsTold: false }]);
    expect(await tell(left)).toEqual([]);
    expect(await alerts.store.listPending(9)).toHaveLength(1);
  });

  it('waits where a way is broken, which is tried once, and goes the other', async () => {
    const { tell, ops, alerts, metrics } = setup();
    ops.failure = new Error('503');
    const left = await tell([dispatch('a'), dispatch('b'), dispatch('c')]);
    expect(left.map(({ id, opsTold, alertsTold }) => [id, opsTold, alertsTold])).toEqual([
      ['b', false, true],
      ['c', false, true],
      ['a', false, true],
    ]);
    expect(metrics.total('PublishFailures')).toBe(1);
    expect(await alerts.store.listPending(9)).toHaveLength(3);
  });

  it('is not held up by something that is refused for ever', async () => {
    const { tell, ops, told } = setup();
    const publish = ops.publish.bind(ops);
    ops.publish = async (notification) => {
      if (notification.alertIds[0] === 'poison') throw new Error('InvalidParameter');
      await publish(notification);
    };
    const one = await tell([dispatch('poison', { alertsTold: true }), dispatch('a'), dispatch('b')]);
    const two = await tell(one);
    await tell(two);
    expect(told().sort()).toEqual(['a', 'b']);
  });

  it('is five at once at most', async () => {
    const { tell, told } = setup();
    const many = Array.from({ length: 12 }, (_, index) => dispatch(`d${index}`));
    const left = await tell(many);
    expect(told()).toEqual(['d0', 'd1', 'd2', 'd3', 'd4']);
    expect(left.map(({ id }) => id)).toEqual(many.slice(5).map(({ id }) => id));
  });
});
