import { nonceOf } from '../../lambda/heartbeat/canaries';
import { MemoryHeartbeatStore } from '../../lambda/heartbeat/memory-heartbeat-store';
import { Sightings } from '../../lambda/heartbeat/sightings';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, call, consoleLogin, denied, role, START_MS } from '../../lambda/rules/sample';
import { TestClock, TestLog, TestMetrics } from '../memory-ports';
import { recording } from '../recording';

const ROLE = 'arn:aws:iam::111122223333:role/Trailhound-Hub-HeartbeatRole-EXAMPLE';
const NONCE = nonceOf(START_MS, '0123456789abcdef');

function setup() {
  const target = new MemoryHeartbeatStore();
  const store = recording(target);
  const clock = new TestClock(START_MS);
  const log = new TestLog();
  const metrics = new TestMetrics();
  const sightings = new Sightings({ store: store.store, heartbeatRole: ROLE, clock, log, metrics });
  const take = async (...records: SampleRecord[]) => {
    const events = records.map((record) => {
      const event = toTrailEvent(record);
      if (isUnreadable(event)) throw new Error(event.unreadable);
      return { event, messageId: event.id };
    });
    const { others, stored } = sightings.take(events);
    await stored;
    return others.map(({ event }) => event.call);
  };
  return { take, target, store, clock, log, metrics };
}

const mine = { userIdentity: role('Trailhound-Hub-HeartbeatRole-EXAMPLE', 'Trailhound-Hub-Heartbeat') };
const write = call('sqs.amazonaws.com', 'TagQueue', {
  ...mine,
  readOnly: false,
  awsRegion: 'eu-west-1',
  requestParameters: { queueUrl: 'https://example.com', tags: { 'trailhound-canary': NONCE } },
});
const read = call('sts.amazonaws.com', 'GetCallerIdentity', {
  ...mine,
  awsRegion: 'eu-west-1',
  userAgent: `[aws-sdk-js/3.1 md/nodejs#24 trailhound-canary/${NONCE}]`,
});

describe('sightings', () => {
  it('store canaries of both kinds, and leave them out of what is judged', async () => {
    const { take, target } = setup();
    expect(await take(write, read)).toEqual([]);
    expect(await target.sightings(NONCE)).toEqual([
      { nonce: NONCE, region: 'eu-west-1', kind: 'write', seenMs: START_MS },
      { nonce: NONCE, region: 'eu-west-1', kind: 'read', seenMs: START_MS },
    ]);
    expect(await target.lastSeen()).toEqual([]);
  });

  it('of findings are none: they come when CloudTrail does not', async () => {
    const { take, target } = setup();
    expect(await take(call('guardduty.amazonaws.com', 'Finding', { eventCategory: 'Finding' }))).toEqual(['Finding']);
    expect(await target.lastSeen()).toEqual([]);
  });

  it('take tags in either form', async () => {
    const { take, target } = setup();
    await take(but(write, { requestParameters: { tags: [{ key: 'trailhound-canary', value: NONCE }] } }));
    expect(await target.sightings(NONCE)).toHaveLength(1);
  });

  it('take the heartbeat’s own questions out of what is judged', async () => {
    const { take, metrics } = setup();
    expect(await take(call('events.amazonaws.com', 'ListRules', mine))).toEqual([]);
    expect(metrics.total('IgnoredEvents own-check')).toBe(1);
  });

  it.each<[string, SampleRecord]>([
    ['somebody else with the same nonce', but(write, { userIdentity: role('Other', 'x') })],
    [
      'a role of the same name in another account',
      but(write, { userIdentity: role('Trailhound-Hub-HeartbeatRole-EXAMPLE', 'x', '444455556666') }),
    ],
    ['a refused call', denied(write)],
    ['another call of the role', but(write, { eventName: 'PurgeQueue' })],
    ['a tag that is no nonce', but(write, { requestParameters: { tags: { 'trailhound-canary': 'x' } } })],
    ['a call without parameters', but(write, { requestParameters: null })],
    ['a caller whose agent says nothing', but(read, { userAgent: 'aws-cli/2' })],
    ['a refused question', denied(call('events.amazonaws.com', 'ListRules', mine))],
  ])('leave to the rules: %s', async (_, record) => {
    const { take, target } = setup();
    expect(await take(record)).toHaveLength(1);
    expect(await target.sightings('')).toEqual([]);
  });

  it('note when something last came, by account, region and feed, once a minute', async () => {
    const { take, target, store, clock } = setup();
    const made = call('ec2.amazonaws.com', 'RunInstances', { readOnly: false });
    for (let second = 0; second < 59; second++) {
      clock.timeMs += 1_000;
      await take(but(made, {}));
    }
    expect(store.calls).toEqual(['see']);
    clock.timeMs += 60_000;
    await take(
      but(made, { eventTime: '2026-03-10T10:01:00Z' }),
      call('ec2.amazonaws.com', 'DescribeInstances'),
      consoleLogin('alice', 'Success'),
    );
    await take(call('s3.amazonaws.com', 'GetObject', { eventCategory: 'Data' }));
    const found = (await target.lastSeen()).map(({ feed, seenMs }) => [feed, (seenMs - START_MS) / 1_000]);
    expect(found).toEqual([
      ['writes', 60],
      ['reads', 0],
      ['sign-in', 0],
      ['data', 0],
    ]);
  });

  it('make no places out of what is none', async () => {
    const { take, store } = setup();
    await take(
      call('x.amazonaws.com', 'Do', { recipientAccountId: 'unknown' }),
      call('x.amazonaws.com', 'Do', { awsRegion: '../..' }),
    );
    expect(store.calls).toEqual([]);
  });

  it('cost no detection when the store does not answer', async () => {
    const { take, store, log } = setup();
    store.setDown(() => true);
    expect(await take(write, call('ec2.amazonaws.com', 'RunInstances'))).toEqual(['RunInstances']);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  });
});
