import type { Message } from '../../lambda/alerts/alert-store';
import type { Evidence } from '../../lambda/alerts/evidence';
import { StoreUnavailableError } from '../../lambda/errors';
import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { behind, behindLead } from '../../lambda/lineage/behind';
import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';
import { sessionOriginOf } from '../../lambda/lineage/session-origin';
import { sessionToken } from '../../lambda/lineage/session-token';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, byService, call, role, user } from '../../lambda/rules/sample';

const event = (record: SampleRecord) => toTrailEvent(record) as TrailEvent;
const token = (key: string) => sessionToken(key) as string;

/** `caller` takes a role and gets a session with the key. */
const taken = (caller: SampleRecord, key: string, fields: SampleRecord = {}) =>
  call('sts.amazonaws.com', 'AssumeRole', {
    readOnly: true,
    userIdentity: caller,
    responseElements: { credentials: { accessKeyId: key } },
    ...fields,
  });

const inSession = (name: string, key: string) => ({ ...role(name, 'work'), accessKeyId: key });

describe('how a session began', () => {
  it('is said by the call that gave it its key', () => {
    expect(sessionOriginOf(event(taken(user('alice'), 'ASIAEXAMPLE1')))).toEqual({
      session: token('ASIAEXAMPLE1'),
      taker: { actor: 'arn:aws:iam::111122223333:user/alice', accessKeyId: expect.stringMatching(/^AKIA/) },
      timeMs: Date.parse('2026-03-10T10:00:00Z'),
      own: true,
    });
  });

  it('names the session that the taker was in, and whole keys nowhere', () => {
    const origin = sessionOriginOf(event(taken(inSession('Deploy', 'ASIAEXAMPLEFIRST0001'), 'ASIAEXAMPLESECOND001')));
    expect(origin?.taker.session).toBe(token('ASIAEXAMPLEFIRST0001'));
    expect(JSON.stringify(origin)).not.toMatch(/ASIAEXAMPLE(FIRST|SECOND)/);
  });

  it.each<[string, SampleRecord, string]>([
    ['set before', taken({ ...role('Deploy', 's'), sessionContext: { sourceIdentity: 'ana' } }, 'ASIA1'), 'ana'],
    ['set now', taken(user('alice'), 'ASIA1', { requestParameters: { sourceIdentity: 'bob' } }), 'bob'],
  ])('keeps the source identity: %s', (_when, record, identity) =>
    expect(sessionOriginOf(event(record))?.taker.sourceIdentity).toBe(identity),
  );

  it("knows the other account's record", () => {
    const record = taken({ type: 'AWSAccount', principalId: 'AROAX:s', accountId: '444455556666' }, 'ASIA1');
    expect(sessionOriginOf(event(record))?.own).toBe(false);
  });

  it.each<[string, SampleRecord]>([
    ['a refused call', taken(user('alice'), 'ASIA1', { errorCode: 'AccessDenied' })],
    ['a service that takes a role', taken(user('alice'), 'ASIA1', byService('lambda.amazonaws.com'))],
    ['no key in the answer', taken(user('alice'), 'ASIA1', { responseElements: null })],
    ['a long-lived key in the answer', taken(user('alice'), 'AKIAEXAMPLE')],
    ['another call', but(taken(user('alice'), 'ASIA1'), { eventName: 'GetCallerIdentity' })],
    ['another service', but(taken(user('alice'), 'ASIA1'), { eventSource: 'iam.amazonaws.com' })],
    ['odd types', taken(user('alice'), 'ASIA1', { responseElements: { credentials: ['ASIA1'] } })],
  ])('is not said by %s', (_what, record) => expect(sessionOriginOf(event(record))).toBeUndefined());
});

describe('who is behind a session', () => {
  const evidence = (key: string) => ({ session: token(key), level: 1, steps: 0, timeMs: 0 }) as Evidence;
  const chain = async (...records: SampleRecord[]) => {
    const store = new MemoryLineageStore();
    for (const record of records) {
      const origin = sessionOriginOf(event(record));
      if (origin !== undefined) await store.note(origin);
    }
    return store;
  };
  const actors = ({ takers }: { readonly takers: readonly { readonly actor: string }[] }) =>
    takers.map(({ actor }) => actor.slice(actor.indexOf('3:') + 2));

  it('is found through several roles, whatever came first', async () => {
    const store = await chain(
      taken(inSession('B', 'ASIA-2'), 'ASIA-3'),
      taken(user('alice'), 'ASIA-1'),
      taken(inSession('A', 'ASIA-1'), 'ASIA-2'),
    );
    const found = await behind(store, evidence('ASIA-3'));
    expect(found?.complete).toBe(true);
    expect(actors(found ?? { takers: [] })).toEqual(['role/B', 'role/A', 'user/alice']);
  });

  it('is as much as is known', async () => {
    const store = await chain(taken(inSession('B', 'ASIA-2'), 'ASIA-3'));
    expect(await behind(store, evidence('ASIA-3'))).toMatchObject({ takers: [{}], complete: false });
    expect(await behind(store, evidence('ASIA-4'))).toEqual({ takers: [], complete: false });
  });

  it('ends where records tell of a circle', async () => {
    const store = await chain(taken(inSession('A', 'ASIA-2'), 'ASIA-1'), taken(inSession('B', 'ASIA-1'), 'ASIA-2'));
    expect(actors((await behind(store, evidence('ASIA-1'))) ?? { takers: [] })).toEqual(['role/A', 'role/B']);
  });

  it('ends after eight roles', async () => {
    const store = await chain(
      ...Array.from({ length: 20 }, (_, hop) => taken(inSession('R', `ASIA-${hop + 1}`), `ASIA-${hop}`)),
    );
    expect(await behind(store, evidence('ASIA-0'))).toMatchObject({ complete: false, takers: Array(8).fill({}) });
  });

  it('is not asked for calls outside of a session', async () => {
    const { session: _, ...plain } = evidence('ASIA-1');
    expect(await behind(new MemoryLineageStore(), plain as Evidence)).toBeUndefined();
    expect(await behind(new MemoryLineageStore(), undefined)).toBeUndefined();
  });

  it('never costs the message', async () => {
    const warnings: string[] = [];
    const log = { info: () => undefined, error: () => undefined, warn: (message: string) => warnings.push(message) };
    const lineage = {
      note: async () => [],
      find: async () => undefined,
      wait: async () => {
        throw new StoreUnavailableError('down');
      },
    };
    const message = { track: 'live' } as Message;
    const lead = { ...evidence('ASIA-1'), actor: 'arn:aws:iam::111122223333:role/Support' };
    expect(await behindLead({ lineage, log }, [lead], message)).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(await behindLead({ log }, [lead], message)).toBeUndefined();
  });
});
