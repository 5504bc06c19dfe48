import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { createDetector } from '../../lambda/detect';
import { StoreUnavailableError } from '../../lambda/errors';
import type { LineageStore } from '../../lambda/lineage/lineage-store';
import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { but, call, later, repeat, role, START_MS, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import type { Suppression } from '../../lambda/rules/suppression';
import { alertJson } from '../../replay/replay-alert';
import { frame } from '../alerts/told-alerts';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { recording } from '../recording';
import { alertsOf } from '../rules/timeline';

const SESSION = 'ASIAEXAMPLESESSION01';
const inRole = { userIdentity: { ...role('Support', 'work'), accessKeyId: SESSION } };
const refused = call('ec2.amazonaws.com', 'DescribeInstances', {
  ...inRole,
  errorCode: 'Client.UnauthorizedOperation',
});
const taken = call('sts.amazonaws.com', 'AssumeRole', {
  readOnly: true,
  userIdentity: user('alice'),
  requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/Support' },
  responseElements: { credentials: { accessKeyId: SESSION } },
});

/** Detector and notifier over one memory. */
function deployment(lineage: LineageStore = new MemoryLineageStore(), suppressions: readonly Suppression[] = []) {
  const rules = RULES.filter(({ id }) => id === 'denied-reads').flatMap(
    (rule) => activate(rule, DEFAULT_SETTINGS) ?? [],
  );
  const ports = { ...memoryPorts(START_MS + 10 * MINUTE), lineage };
  const detector = createDetector({ ...ports, rules, suppressions });
  const topic = new TestPublisher();
  const composer = messageComposer(frame(), () => ports.clock.nowMs());
  const notifier = { ...ports, topic, pace: new MemoryPaceStore(), composer };
  return {
    ...{ topic, clock: ports.clock },
    handle: (records: readonly SampleRecord[], synthetic = false) =>
      detector.handle({ records: records.map((record) => delivered(record)), synthetic }),
    told: async () => {
      topic.published.length = 0;
      await drain(notifier, ports.clock.nowMs() + 10 * MINUTE);
      return topic.published.map(({ text }) => text ?? '');
    },
  };
}

describe('an alert on what a role did', () => {
  it('names who took the role, when the call that says so came before', async () => {
    const { handle, told } = deployment();
    await handle([taken]);
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    const [text, ...more] = await told();
    expect(more).toEqual([]);
    expect(text).toContain('behind it: arn:aws:iam::111122223333:user/alice (key AKIA');
    expect(text).not.toContain(SESSION);
  });

  it('says that it is unknown yet, and an update names it once it is known', async () => {
    const { handle, told, topic } = deployment();
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    expect((await told())[0]).toContain('who took the role: unknown yet');
    await handle([taken]);
    const [text, ...more] = await told();
    expect(more).toEqual([]);
    expect(text).toContain('behind it: arn:aws:iam::111122223333:user/alice (key AKIA');
    expect(text).toContain('role/Support');
    expect(text).not.toMatch(/unknown yet|undefined/);
    expect(text).not.toContain(SESSION);
    const [update] = topic.published;
    expect(update?.subject).toMatch(/^\[\w+\] Update: /);
    expect(update?.attributes).toMatchObject({ kind: 'update', rule: 'denied-reads' });
    expect(JSON.parse(update?.data ?? '')).toMatchObject({
      stage: 'known-now',
      alertId: update?.alertIds[0],
      behind: { takers: [{ actor: 'arn:aws:iam::111122223333:user/alice' }], complete: true },
    });
    const chat = JSON.parse(update?.chat ?? '') as { content: { description: string }; metadata: object };
    expect(chat.content.description).toContain('user/alice');
    expect(chat.metadata).toMatchObject({ threadId: update?.alertIds[0] });
  });

  it('has no update where the same message told it, or the call comes again', async () => {
    const { handle, told } = deployment();
    await handle([...repeat(later(refused, MINUTE), 10, 1_000), taken]);
    expect(await told()).toEqual([expect.stringContaining('user/alice')]);
    await handle([taken]);
    expect(await told()).toEqual([]);
  });

  it('has one update of the same, whoever tells the call again', async () => {
    const { handle, told } = deployment();
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    await told();
    const byStranger = but(taken, {
      userIdentity: { type: 'AWSAccount', principalId: 'AIDAX:s', accountId: '444455556666' },
    });
    for (const record of [byStranger, taken, byStranger, taken]) await handle([record]);
    expect(await told()).toHaveLength(1);
    await handle([taken]);
    expect(await told()).toEqual([]);
  });

  it('has no update when it is suppressed', async () => {
    const suppression = { id: 'known', rules: ['denied-reads'], actors: ['*'], reason: 'a test', owner: 'ana' };
    const { handle, told } = deployment(new MemoryLineageStore(), [suppression]);
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    await handle([taken]);
    expect(await told()).toEqual([]);
  });

  it('has no update after 37 hours', async () => {
    const { handle, told, clock } = deployment();
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    await told();
    clock.timeMs = START_MS + 38 * 60 * MINUTE;
    await handle([taken]);
    expect(await told()).toEqual([]);
  });

  it('has an update of what is known, and one more when the rest is', async () => {
    const { handle, told } = deployment();
    const first = 'ASIAEXAMPLESESSION00';
    const before = but(taken, {
      userIdentity: { ...role('Deploy', 'ci'), accessKeyId: first },
      eventID: 'the-second-hop',
    });
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    expect((await told())[0]).toContain('unknown yet');
    await handle([before]);
    expect(await told()).toEqual([expect.stringMatching(/role\/Deploy.*who began that session: unknown yet/s)]);
    await handle([but(taken, { responseElements: { credentials: { accessKeyId: first } } })]);
    const texts = await told();
    expect(texts).toEqual([expect.stringContaining('user/alice')]);
    expect(texts[0]).not.toContain('unknown yet');
  });

  it('asks nothing of the tables for events that are neither', async () => {
    const lineage = recording(new MemoryLineageStore());
    const { handle, told } = deployment(lineage.store);
    await handle(repeat(but(later(refused, MINUTE), { userIdentity: user('bob') }), 100, 1_000));
    await handle(repeat(but(later(refused, MINUTE), { errorCode: null }), 900, 10));
    await told();
    expect(lineage.calls).toEqual([]);
    await handle([taken]);
    expect(lineage.calls).toEqual(['note']);
  });

  it('does not believe the records of a test', async () => {
    const { handle, told } = deployment();
    await handle([taken], true);
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    expect((await told())[0]).toContain('unknown yet');
  });

  it('says nothing of it for who took none', async () => {
    const { handle, told } = deployment();
    await handle(repeat(but(later(refused, MINUTE), { userIdentity: user('bob') }), 10, 1_000));
    const [text] = await told();
    expect(text).toContain('user/bob');
    expect(text).not.toMatch(/behind it|unknown yet/);
  });
});

it('a record whose lineage could not be stored comes again', async () => {
  class Down extends MemoryLineageStore {
    override async note(): Promise<never> {
      throw new StoreUnavailableError('down');
    }
  }
  const { batchItemFailures } = await deployment(new Down()).handle([taken, later(refused, MINUTE)]);
  expect(batchItemFailures).toEqual([{ itemIdentifier: taken['eventID'] }]);
});

describe('an alert over files', () => {
  const rules = RULES.filter(({ id }) => id === 'denied-reads').flatMap(
    (rule) => activate(rule, DEFAULT_SETTINGS) ?? [],
  );
  const refusals = repeat(later(refused, MINUTE), 10, 1_000);
  const byStranger = but(taken, {
    userIdentity: { type: 'AWSAccount', principalId: 'AIDAX:s', accountId: '444455556666' },
  });

  it.each([
    ['before', [taken, ...refusals]],
    ['after', [...refusals, taken]],
    ["beside the role's own account's record", [taken, ...refusals, byStranger]],
  ])('names who took the role, wherever the call stands in them: %s', (_where, records) => {
    const [alert] = alertsOf({ rules, suppressions: [] }, records);
    expect(alert?.behind).toMatchObject({
      takers: [{ actor: 'arn:aws:iam::111122223333:user/alice' }],
      complete: true,
    });
    expect(JSON.stringify(alert && alertJson(alert))).not.toContain(SESSION);
  });

  it('says nothing where they do not tell', () => {
    const [alert] = alertsOf({ rules, suppressions: [] }, refusals);
    expect(alert).toBeDefined();
    expect(alert).not.toHaveProperty('behind');
  });
});
