import { receive } from '../../lambda/intake/receive';
import { but, call, START_MS } from '../../lambda/rules/sample';
import { delivered, uuid } from '../events';

const NOW_MS = START_MS + 60_000;
const record = call('iam.amazonaws.com', 'CreateUser', { eventID: uuid(1) });

function received(detail: Record<string, unknown>, envelope: Record<string, unknown> = {}) {
  return receive(delivered(detail, 'm', envelope), NOW_MS);
}

describe('a record from the queue', () => {
  it('is an event, with the account and region of its envelope where it has none', () => {
    expect(received(record)).toMatchObject({ event: { id: uuid(1), call: 'CreateUser', account: '111122223333' } });
    const bare = but(record, { recipientAccountId: undefined, awsRegion: undefined, userIdentity: undefined });
    expect(received(bare, { account: '444455556666', region: 'eu-west-1' })).toMatchObject({
      event: { account: '444455556666', region: 'eu-west-1' },
    });
  });

  it('is ignored when it claims another account than it came from', () => {
    expect(received(record, { account: '444455556666' })).toEqual({ ignored: 'foreign-account' });
  });

  it('is ignored when an archive replays it', () => {
    expect(received(record, { 'replay-name': 'r' })).toEqual({ ignored: 'replay' });
    expect(received(record, { 'replay-name': null })).toEqual({ ignored: 'replay' });
  });

  it('is ignored when it is more than 15 minutes ahead', () => {
    const at = (timeMs: number) => received(but(record, { eventTime: new Date(timeMs).toISOString() }));
    expect(at(NOW_MS + 900_000)).toHaveProperty('event');
    expect(at(NOW_MS + 901_000)).toEqual({ ignored: 'future' });
  });

  it.each([
    ['no JSON', '{"detail":', 'the body is not JSON'],
    ['nothing', '', 'the body is not JSON'],
    ['a scalar', '7', 'no EventBridge envelope'],
    ['null', 'null', 'no EventBridge envelope'],
    ['an envelope without detail', '{"account":"111122223333"}', 'no EventBridge envelope'],
    ['a detail that is text', '{"detail":"x"}', 'expected a CloudTrail record'],
    ['a detail without id', '{"detail":{"eventTime":"2026-03-10T10:00:00Z"}}', 'no eventID'],
    ['a detail without time', '{"detail":{"eventID":"e"}}', 'no eventTime'],
    [
      'an id of a megabyte',
      `{"detail":{"eventID":"${'e'.repeat(1e6)}","eventTime":"2026-03-10T10:00:00Z"}}`,
      'an eventID of 1000000',
    ],
    ['a time before 1970', '{"detail":{"eventID":"e","eventTime":"1969-12-31T23:59:59Z"}}', 'before 1970'],
  ])('is set aside, with the reason, when it is %s', (_, body, reason) => {
    const found = receive({ messageId: 'm', body }, NOW_MS);
    expect(found).toMatchObject({ unreadable: expect.stringContaining(reason) });
    expect(JSON.stringify(found).length).toBeLessThan(700);
  });

  it('is set aside with an excerpt that is fit for a log', () => {
    const hostile = { a: 'AKIAIOSFODNN7EXAMPLE', password: 'hunter2', x: '\u202e\u001b[31m', eventID: '\u0007bell' };
    const body = JSON.stringify({ detail: hostile });
    const found = receive({ messageId: 'm', body }, NOW_MS);
    expect(JSON.stringify(found)).not.toMatch(/IOSFODNN7|hunter2/);
    for (const said of Object.values(found)) expect(said).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(found).toMatchObject({ eventId: '\ufffdbell' });
  });

  it('is never more than it says: own properties only', () => {
    const body =
      '{"__proto__":{"replay-name":"r"},"detail":{"__proto__":{"eventID":"e"},"eventTime":"2026-03-10T10:00:00Z"}}';
    expect(receive({ messageId: 'm', body }, NOW_MS)).toMatchObject({ unreadable: expect.stringContaining('eventID') });
  });
});
