import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { createDetector } from '../../lambda/detect';
import { StoreUnavailableError } from '../../lambda/errors';
import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { but, call, later, repeat, role, START_MS, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { alertJson } from '../../replay/replay-alert';
import { frame } from '../alerts/told-alerts';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
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
function deployment(lineage = new MemoryLineageStore()) {
  const rules = RULES.filter(({ id }) => id === 'denied-reads').flatMap(
    (rule) => activate(rule, DEFAULT_SETTINGS) ?? [],
  );
  const ports = { ...memoryPorts(START_MS + 10 * MINUTE), lineage };
  const detector = createDetector({ ...ports, rules, suppressions: [] });
  const topic = new TestPublisher();
  const composer = messageComposer(frame(), () => ports.clock.nowMs());
  const notifier = { ...ports, topic, pace: new MemoryPaceStore(), composer };
  return {
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
    const { handle, told } = deployment();
    await handle(repeat(later(refused, MINUTE), 10, 1_000));
    expect((await told())[0]).toContain('who took the role: unknown yet');
    await handle([taken]);
    await handle(repeat(later(refused, 2 * MINUTE), 100, 1_000));
    const [update] = await told();
    expect(update).toContain('behind it: arn:aws:iam::111122223333:user/alice');
    expect(update).not.toContain('unknown yet');
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
