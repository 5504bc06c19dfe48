import fc from 'fast-check';
import type { AlertStore, Message, PendingMessage, StoredAlert } from '../../lambda/alerts/alert-store';
import type { Evidence } from '../../lambda/alerts/evidence';
import { runs } from '../property';

const HOUR_MS = 3_600_000;

/** What every alert store must do. `newStore` gives an empty one, whose index does not lag. */
export function alertStoreContract(newStore: () => Promise<AlertStore>, propertyRuns: number): void {
  let store: AlertStore;
  beforeEach(async () => {
    store = await newStore();
  });

  it('inserts an alert once and gives it back whole', async () => {
    const stored = alert({ evidenceKinds: [3, 34], count: 12.5 });
    expect(await store.insertAlert(stored)).toBe(true);
    expect(await store.insertAlert(alert({ count: 99 }))).toBe(false);
    expect(await store.readAlerts('g', 0, 0)).toEqual([{ alert: stored, messages: [] }]);
  });

  it('replaces an alert only if nobody else did since it was read', async () => {
    expect(await store.replaceAlert(alert({ revision: 2 }))).toBe(false);
    await store.insertAlert(alert({}));
    const second = alert({ revision: 2, count: 7, level: 3, multiple: 10, lastFiringMs: 9, evidenceKinds: [1] });
    expect(await store.replaceAlert(second)).toBe(true);
    expect(await store.replaceAlert(alert({ revision: 2, count: 8 }))).toBe(false);
    expect(await store.readAlerts('g', 0, 0)).toEqual([{ alert: second, messages: [] }]);
  });

  it('reads neighbouring buckets of one group in order, each with its messages', async () => {
    for (const bucketMs of [2 * HOUR_MS, 0, HOUR_MS, 3 * HOUR_MS]) await store.insertAlert(alert({ bucketMs }));
    await store.insertAlert(alert({ group: 'other', bucketMs: HOUR_MS }));
    await store.insertMessage(message({ bucketMs: HOUR_MS, level: 4, multiple: 100 }));
    await store.insertMessage(message({ bucketMs: HOUR_MS, level: 2, multiple: 1 }));
    await store.insertMessage(message({ bucketMs: 3 * HOUR_MS }));
    await store.insertEvidence({ group: 'g', bucketMs: HOUR_MS }, 3, evidence('e'), EXPIRES_MS);
    const found = await store.readAlerts('g', 0, 2 * HOUR_MS);
    expect(found.map((one) => one.alert.bucketMs)).toEqual([0, HOUR_MS, 2 * HOUR_MS]);
    expect(found[0]?.messages).toEqual([]);
    expect(new Set(found[1]?.messages)).toEqual(
      new Set([
        { group: 'g', bucketMs: HOUR_MS, level: 4, multiple: 100 },
        { group: 'g', bucketMs: HOUR_MS, level: 2, multiple: 1 },
      ]),
    );
    expect(await store.readAlerts('none', 0, HOUR_MS)).toEqual([]);
  });

  it('keeps the first evidence of each kind, in the order of kinds', async () => {
    const name = { group: 'g', bucketMs: HOUR_MS };
    await store.insertEvidence(name, 12, evidence('later kind'), EXPIRES_MS);
    await store.insertEvidence(name, 3, evidence('first'), EXPIRES_MS);
    await store.insertEvidence(name, 3, evidence('second'), EXPIRES_MS);
    await store.insertEvidence({ ...name, bucketMs: 0 }, 4, evidence('other alert'), EXPIRES_MS);
    expect((await store.readEvidence(name)).map(({ headline }) => headline)).toEqual(['first', 'later kind']);
    expect(await store.readEvidence({ group: 'none', bucketMs: 0 })).toEqual([]);
  });

  it('lists pending messages by severity, then age, and gives them back whole', async () => {
    const low = message({ level: 1, createdMs: 1 });
    const high = message({ level: 3, createdMs: 3, group: 'h' });
    const older = message({ level: 3, createdMs: 2, group: 'i' });
    const critical = message({ level: 4, createdMs: 4 });
    for (const one of [low, high, older, critical]) await store.insertMessage(one);
    expect(await store.listPending(10)).toEqual([critical, older, high, low].map(pending));
    expect(await store.listPending(2)).toEqual([critical, older].map(pending));
  });

  it('inserts a message once, also after it was sent', async () => {
    expect(await store.insertMessage(message({}))).toBe(true);
    expect(await store.insertMessage(message({ headline: 'again' }))).toBe(false);
    await store.markSent(message({}), 5);
    expect(await store.insertMessage(message({}))).toBe(false);
    expect(await store.listPending(10)).toEqual([]);
  });

  it('says of an alert’s messages which are sent, and what they said of a session', async () => {
    await store.insertAlert(alert({}));
    for (const level of [1, 2, 3]) await store.insertMessage(message({ level }));
    await store.markSent(message({ level: 1 }), 5);
    await store.markSent(message({ level: 2 }), 6, { session: 's_-1', takers: 0 });
    await store.markSent(message({ level: 2 }), 7, { session: 's_-1', takers: 2 });
    const name = { group: 'g', bucketMs: message({}).bucketMs, multiple: message({}).multiple };
    expect(new Set((await store.readAlerts('g', 0, 0))[0]?.messages)).toEqual(
      new Set([
        { ...name, level: 1, sentMs: 5 },
        { ...name, level: 2, sentMs: 6, said: { session: 's_-1', takers: 0 } },
        { ...name, level: 3 },
      ]),
    );
  });

  it('keeps what a rule in shadow mode would have said, never pending, and lists it once by its time', async () => {
    await store.insertAlert(alert({ track: 'shadow' }));
    const untold = message({ track: 'shadow', rule: 'on-trial', createdMs: 50, level: 2 });
    const higher = { ...untold, level: 3, createdMs: 60 };
    for (const one of [untold, untold, higher, { ...untold, createdMs: 70 }]) await store.insertUntold(one);
    expect(await store.listPending(10)).toEqual([]);
    expect(await store.claim(untold, 0, 70)).toBe(false);
    expect(await store.listUntold('on-trial', 0, 10)).toEqual([untold, higher]);
    expect(await store.listUntold('on-trial', 0, 1)).toEqual([untold]);
    expect(await store.listUntold('on-trial', 51, 1)).toEqual([higher]);
    expect(await store.listUntold('another', 0, 10)).toEqual([]);
    expect(new Set((await store.readAlerts('g', 0, 0))[0]?.messages)).toEqual(
      new Set([2, 3].map((level) => ({ group: 'g', bucketMs: 0, level, multiple: untold.multiple, untold: true }))),
    );
  });

  it('keeps an update beside the message that it follows, once for each session and hop', async () => {
    await store.insertAlert(alert({}));
    await store.insertMessage(message({}));
    const behind = {
      takers: [{ actor: 'arn:aws:iam::111122223333:user/alice', accessKeyId: 'AKIA…' }],
      complete: true,
    };
    const update = message({ update: { session: 's_-1', takers: 1 }, behind, createdMs: message({}).createdMs + 1 });
    expect(await store.insertMessage(update)).toBe(true);
    expect(await store.insertMessage({ ...update, level: update.level + 1 })).toBe(false);
    const further = { ...update, update: { session: 's_-1', takers: 2 }, createdMs: update.createdMs + 1 };
    expect(await store.insertMessage(further)).toBe(true);
    expect(await store.listPending(10)).toEqual([message({}), update, further].map(pending));
    expect((await store.readAlerts('g', 0, 0))[0]?.messages).toHaveLength(1);
    expect(await store.claim(update, 0, 70)).toBe(true);
    expect(await store.claim(update, 1, 71)).toBe(false);
    await store.release(update, 70);
    expect(await store.claim(update, 1, 71)).toBe(true);
    await store.markSent(update, 2);
    expect(await store.claim(update, 100, 170)).toBe(false);
    expect(await store.listPending(10)).toEqual([message({}), further].map(pending));
  });

  it('leases a message to one at a time, until it is sent', async () => {
    expect(await store.claim(message({}), 0, 70)).toBe(false);
    await store.insertMessage(message({}));
    expect(await store.claim(message({}), 10, 80)).toBe(true);
    expect(await store.claim(message({}), 79, 149)).toBe(false);
    expect((await store.listPending(1))[0]?.leasedUntilMs).toBe(80);
    expect(await store.claim(message({}), 80, 150)).toBe(true);
    await store.markSent(message({}), 90);
    expect(await store.claim(message({}), 1_000, 1_070)).toBe(false);
  });

  it('ends a lease for whoever holds it, and for nobody else', async () => {
    await store.insertMessage(message({}));
    await store.claim(message({}), 10, 80);
    await store.release(message({}), 79);
    expect(await store.claim(message({}), 20, 90)).toBe(false);
    await store.release(message({}), 80);
    expect(await store.claim(message({}), 20, 90)).toBe(true);
    await store.markSent(message({}), 30);
    await store.release(message({}), 90);
    expect(await store.claim(message({}), 1_000, 1_070)).toBe(false);
    await store.release(message({ bucketMs: HOUR_MS }), 0);
    expect(await store.insertMessage(message({ bucketMs: HOUR_MS }))).toBe(true);
  });

  it('marks what is not there without making it', async () => {
    await store.markSent(message({}), 5);
    expect(await store.insertMessage(message({}))).toBe(true);
    expect(await store.listPending(1)).toHaveLength(1);
  });

  it('takes groups of any length and letters, each its own', async () => {
    const groups = ['x'.repeat(4_000), `${'x'.repeat(4_000)}y`, 'é'.repeat(300), '__proto__', 'a#b', 'a'];
    for (const [index, group] of groups.entries()) {
      await store.insertAlert(alert({ group, count: index }));
      await store.insertMessage(message({ group, count: index, createdMs: index }));
    }
    for (const [index, group] of groups.entries()) {
      expect((await store.readAlerts(group, 0, 0)).map((found) => found.alert.count)).toEqual([index]);
    }
    // The name that the list gives leads to the same message.
    for (const listed of await store.listPending(10)) expect(await store.claim(listed, 0, 70)).toBe(true);
    for (const group of groups) expect(await store.claim(message({ group }), 0, 70)).toBe(false);
  });

  it('answers any sequence of operations as the definition does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operationArb, { maxLength: 25 }), async (operations) => {
        store = await newStore();
        const alerts = new Map<number, StoredAlert>();
        const messages = new Map<string, { leasedUntilMs: number; sent: boolean; message: Message }>();
        for (const { kind, bucketMs, level, revision, nowMs } of operations) {
          const known = alerts.get(bucketMs);
          const name = `${bucketMs}#${level}`;
          const told = messages.get(name);
          if (kind === 'insertAlert') {
            expect(await store.insertAlert(alert({ bucketMs, level }))).toBe(known === undefined);
            if (known === undefined) alerts.set(bucketMs, alert({ bucketMs, level }));
          } else if (kind === 'replaceAlert') {
            const next = alert({ bucketMs, level, revision });
            const expected = known !== undefined && known.revision === revision - 1;
            expect(await store.replaceAlert(next)).toBe(expected);
            if (expected) alerts.set(bucketMs, next);
          } else if (kind === 'insertMessage') {
            const inserted = message({ bucketMs, level, createdMs: nowMs });
            expect(await store.insertMessage(inserted)).toBe(told === undefined);
            if (told === undefined) messages.set(name, { leasedUntilMs: 0, sent: false, message: inserted });
          } else if (kind === 'claim') {
            const free = told !== undefined && !told.sent && told.leasedUntilMs <= nowMs;
            expect(await store.claim(message({ bucketMs, level }), nowMs, nowMs + 70)).toBe(free);
            if (free) told.leasedUntilMs = nowMs + 70;
          } else {
            await store.markSent(message({ bucketMs, level }), nowMs);
            if (told !== undefined) told.sent = true;
          }
        }
        const read = await store.readAlerts('g', 0, 3 * HOUR_MS);
        expect(read.map((found) => found.alert)).toEqual([...alerts.values()].sort((a, b) => a.bucketMs - b.bucketMs));
        for (const found of read) {
          const { bucketMs } = found.alert;
          const expected = [...messages.values()].filter((one) => one.message.bucketMs === bucketMs);
          expect(found.messages.map(({ level }) => level).sort()).toEqual(
            expected.map((one) => one.message.level).sort(),
          );
        }
        const waiting = [...messages.values()].filter(({ sent }) => !sent);
        expect(sorted(await store.listPending(100))).toEqual(
          sorted(waiting.map(({ message: one, leasedUntilMs }) => ({ ...one, leasedUntilMs }))),
        );
      }),
      runs(propertyRuns),
    );
  });
}

const EXPIRES_MS = 4_000_000_000_000;

function alert(fields: Partial<StoredAlert>): StoredAlert {
  return {
    group: 'g',
    bucketMs: 0,
    alertId: 'id',
    kind: 'window',
    rule: 'some-rule',
    key: 'alice',
    track: 'live',
    quietMs: HOUR_MS,
    firstFiringMs: 5,
    lastFiringMs: 6,
    firstEventMs: 4,
    count: 3,
    level: 2,
    multiple: 1,
    evidenceKinds: [],
    revision: 1,
    createdMs: 7,
    expiresMs: EXPIRES_MS,
    ...fields,
  };
}

function message(fields: Partial<Message>): Message {
  return {
    group: 'g',
    bucketMs: 0,
    level: 2,
    multiple: 1,
    alertId: 'id',
    kind: 'window',
    rule: 'some-rule',
    track: 'live',
    account: '111122223333',
    region: 'us-east-1',
    actor: 'alice',
    headline: 'alice did it',
    count: 3,
    firstFiringMs: 5,
    lastFiringMs: 6,
    createdMs: 7,
    expiresMs: EXPIRES_MS,
    ...fields,
  };
}

function pending(one: Message): PendingMessage {
  return { ...one, leasedUntilMs: 0 };
}

function evidence(headline: string): Evidence {
  return {
    eventId: '00000000-0000-4000-8000-000000000001',
    timeMs: 4,
    account: '111122223333',
    region: 'us-east-1',
    service: 'iam.amazonaws.com',
    call: 'CreateUser',
    actor: 'alice',
    outcome: 'succeeded',
    caller: { mfa: false },
    resources: ['bob'],
    headline,
    level: 0,
    steps: 0,
  };
}

/** Most severe first, then oldest; equal ones by bucket, since the order among them is the store's. */
function sorted(messages: readonly PendingMessage[]): PendingMessage[] {
  return [...messages].sort((a, b) => b.level - a.level || a.createdMs - b.createdMs || a.bucketMs - b.bucketMs);
}

const operationArb = fc.record({
  kind: fc.constantFrom('insertAlert', 'replaceAlert', 'insertMessage', 'claim', 'markSent'),
  bucketMs: fc.constantFrom(0, HOUR_MS),
  level: fc.integer({ min: 1, max: 4 }),
  revision: fc.integer({ min: 2, max: 3 }),
  nowMs: fc.integer({ min: 0, max: 20 }).map((step) => step * 10),
});
