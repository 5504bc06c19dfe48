import Ajv from 'ajv';
import { type ArchivedAlert, DynamoAlertArchive, everyAlert } from '../../bin/alert-archive';
import { runAlerts } from '../../bin/commands/alerts';
import { movedToNow, runSendTest } from '../../bin/commands/send-test';
import { UsageError } from '../../bin/io';
import schema from '../../docs/alert.schema.json';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { resolveConfig } from '../../lambda/config/resolve';
import { createDetector } from '../../lambda/detect';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { EXAMPLES } from '../../lambda/rules/examples';
import { type Example, HOUR, MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { but, call, later, role, user } from '../../lambda/rules/sample';
import { frame } from '../alerts/told-alerts';
import { type LocalTables, startTables } from '../dynalite';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { NOW, OUTPUTS, PaperCloud, screen } from './paper-cloud';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const stopped = but(call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } }), {
  eventTime: new Date(NOW - 2 * HOUR).toISOString(),
});
/** A burst in another account, an hour before. */
const refused = movedToNow(EXAMPLES['denied-reads']?.().fires[0] as Example, NOW - 3 * HOUR).map(
  (record) => JSON.parse(JSON.stringify(record).replaceAll('111122223333', '444455556666')) as SampleRecord,
);

/** A deployment whose alerts table is DynamoDB's, and all else on paper. */
async function deployment(config: object = {}) {
  const table = await tables.create({ name: 'alerts', pending: true });
  const alerts = new DynamoAlertStore(tables.client, table);
  const { rules, suppressions } = resolveConfig(config, RULES, NOW);
  const ports = { ...memoryPorts(NOW), alerts };
  const topic = new TestPublisher();
  const archive = new DynamoAlertArchive(tables.client, table, 3);
  const cloud = new PaperCloud({ ...OUTPUTS, AlertsTableName: table }, {}, archive);
  const detector = createDetector({ ...ports, lineage: cloud.sessions, rules, suppressions });
  return {
    cloud,
    topic,
    archive,
    detect: async (records: readonly SampleRecord[]) => {
      const bodies = records.map((record, index) =>
        delivered(record, `${index}`, { account: record['recipientAccountId'] }),
      );
      expect(await detector.handle({ records: bodies })).toEqual({ batchItemFailures: [] });
    },
    /** What came by the queue of tests. */
    detectTests: async () => {
      const records = cloud.sent
        .flatMap(({ bodies }) => bodies)
        .map((body, index) => ({ messageId: `t${index}`, body }));
      expect(await detector.handle({ records, synthetic: true })).toEqual({ batchItemFailures: [] });
    },
    tell: () =>
      drain(
        {
          ...ports,
          lineage: cloud.sessions,
          pace: new MemoryPaceStore(),
          topic,
          composer: messageComposer(frame(config), () => NOW),
        },
        NOW + 10 * MINUTE,
      ),
    command: async (...args: string[]) => {
      const on = screen();
      const code = await runAlerts(args, on, () => cloud);
      return { code, out: on.out(), errors: on.errors() };
    },
  };
}

async function all(archive: DynamoAlertArchive): Promise<ArchivedAlert[]> {
  const found: ArchivedAlert[] = [];
  for await (const alert of everyAlert(archive)) found.push(alert);
  return found;
}

function documents(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const document = JSON.parse(line) as Record<string, unknown>;
      if (!validate(document)) throw new Error(JSON.stringify(validate.errors));
      return document;
    });
}

describe('trailhound alerts', () => {
  it('lists what is stored, the latest last, with what became of it', async () => {
    const { detect, tell, command } = await deployment({ rules: { 'denied-reads': { mode: 'shadow' } } });
    await detect([stopped, ...refused]);
    const waiting = await command('--track', 'all');
    expect(waiting.out).toContain('waits to be told');
    await tell();
    const { code, out, errors } = await command('--track', 'all');
    expect(code).toBe(0);
    const at = (text: string) => {
      expect(out).toContain(text);
      return out.indexOf(text);
    };
    expect(at('Many refused reads by one user or role  444455556666 us-east-1')).toBeLessThan(
      at('CRITICAL  2026-11-20 06:15:30  CloudTrail logging stopped  111122223333 us-east-1'),
    );
    expect(out).toContain('the rule was on trial (shadow) · told to nobody');
    expect(out).toContain('rule cloudtrail-stopped · told 2026-11-20 08:15:30 · alert');
    expect(errors).toMatch(/^\d+ alerts of \d+ stored\n$/);
    const live = await command();
    expect(live.out).toContain('cloudtrail-stopped');
    expect(live.out).not.toContain('denied-reads');
  });

  it('filters by time, rule, severity, account, caller and track', async () => {
    const { detect, command } = await deployment();
    await detect([stopped, ...refused]);
    const rules = async (...args: string[]) => {
      const { out } = await command('--format', 'jsonl', ...args);
      return out === '' ? [] : [...new Set(documents(out).map(({ rule }) => rule))];
    };
    expect(await rules()).toEqual(expect.arrayContaining(['cloudtrail-stopped', 'denied-reads']));
    expect(await rules('--rule', 'denied-reads')).toEqual(['denied-reads']);
    expect(await rules('--min-severity', 'critical')).toEqual(['cloudtrail-stopped']);
    expect(await rules('--account', '444455556666')).toContain('denied-reads');
    expect(await rules('--account', '444455556666')).not.toContain('cloudtrail-stopped');
    expect(await rules('--actor', 'arn:aws:iam::444455556666:*')).toContain('denied-reads');
    expect(await rules('--actor', 'arn:aws:iam::444455556666:*')).not.toContain('cloudtrail-stopped');
    expect(await rules('--since', '1h')).toEqual([]);
    expect(await rules('--until', new Date(NOW - 2.5 * HOUR).toISOString())).not.toContain('cloudtrail-stopped');
    expect(await rules('--track', 'test')).toEqual([]);
    expect(await rules('--limit', '1')).toEqual(['cloudtrail-stopped']);
    expect((await command('--limit', '1')).errors).toMatch(/earlier ones match too: raise --limit/);
  });

  it('exports all of it as JSON by the schema', async () => {
    const { detect, tell, command } = await deployment();
    await detect([stopped, ...refused]);
    await tell();
    const exported = documents((await command('--format', 'jsonl')).out);
    expect(exported.find(({ rule }) => rule === 'cloudtrail-stopped')).toMatchObject({
      kind: 'alert',
      severity: 'critical',
      headline: 'arn:aws:iam::111122223333:user/alice called StopLogging on trail org-trail',
      evidence: [{ call: 'StopLogging' }],
      messages: [
        {
          severity: 'critical',
          multiple: 1,
          createdTime: expect.any(String) as string,
          sentTime: expect.any(String) as string,
        },
      ],
    });
    expect(exported.every((document) => !('stage' in document) && !('configHash' in document))).toBe(true);
  });

  it('reads every alert once, wherever a page ends', async () => {
    const { detect, archive } = await deployment();
    const users = Array.from({ length: 20 }, (_, index) =>
      but(later(stopped, index), { userIdentity: user(`user-${index}`) }),
    );
    await detect(users);
    const found = (await all(archive)).filter(({ alert }) => alert.rule === 'cloudtrail-stopped');
    expect(found).toHaveLength(20);
    expect(new Set(found.map(({ alert }) => alert.alertId)).size).toBe(20);
    for (const { alert, messages, evidence } of found) {
      expect(messages.map(({ alertId }) => alertId)).toEqual([alert.alertId]);
      expect(evidence).toHaveLength(1);
    }
  });

  it('shows one alert as its message says it, and takes the beginning of an id', async () => {
    const { detect, tell, command, archive } = await deployment();
    await detect([stopped]);
    await tell();
    const id = (await all(archive)).find(({ alert }) => alert.rule === 'cloudtrail-stopped')?.alert.alertId ?? '';
    const { out } = await command(id.slice(0, 12));
    expect(out).toMatch(/^WHAT {7}CloudTrail logging stopped$/m);
    expect(out).toContain(`alert ${id}`);
    expect(out).toMatch(/^TOLD\n {2}critical: sent 2026-11-20 08:15:30 UTC$/m);
    expect(out).toContain('ACKNOWLEDGED\n  by nobody yet\n');
    expect(documents((await command(id, '--format', 'jsonl')).out)[0]).toMatchObject({ alertId: id });
  });

  it('says who took the role, when that is known', async () => {
    const { cloud, detect, tell, command } = await deployment();
    const key = 'ASIAEXAMPLESESSION01';
    const inRole = but(stopped, { userIdentity: { ...role('Support', 'work'), accessKeyId: key } });
    await detect([inRole]);
    const [alert] = (await command('--format', 'jsonl')).out.split('\n');
    const { alertId } = JSON.parse(alert ?? '') as { alertId: string };
    expect((await command(alertId)).out).not.toContain('who took the role');
    await tell();
    const taken = call('sts.amazonaws.com', 'AssumeRole', {
      ...{ readOnly: true, userIdentity: user('alice') },
      responseElements: { credentials: { accessKeyId: key } },
    });
    await detect([taken]);
    expect((await command(alertId)).out).toMatch(
      /behind it: arn:aws:iam::111122223333:user\/alice .*who took the role/,
    );
    expect(JSON.parse((await command(alertId, '--format', 'jsonl')).out)).toMatchObject({
      behind: { takers: [{ actor: 'arn:aws:iam::111122223333:user/alice' }], complete: true },
    });
    cloud.lineage = () => ({
      find: () => Promise.reject(new UsageError('the baselines table: AccessDeniedException')),
    });
    const { code, out, errors } = await command(alertId);
    expect(code).toBe(0);
    expect(out).not.toContain('alice');
    expect(errors).toContain('Who took the role is left out: the baselines table: AccessDeniedException');
  });

  it('acknowledges one, by the ARN of whoever does; the detector goes on with it as before', async () => {
    const { detect, command, archive } = await deployment();
    await detect([stopped]);
    const id = (await all(archive)).find(({ alert }) => alert.rule === 'cloudtrail-stopped')?.alert.alertId ?? '';
    const open = async () => (await command('--open')).out.includes(id);
    expect(await open()).toBe(true);
    const done = await command(id, '--acknowledge', '--note', 'a drill\u001b[2J of the blue team');
    expect(done.out).toBe(`${id} is acknowledged by arn:aws:sts::111122223333:assumed-role/Operator/alice.\n`);
    expect(await open()).toBe(false);
    await detect([stopped, but(stopped, { eventID: '00000000-0000-4000-8000-00000000000a' })]);
    const [seen] = documents((await command('--format', 'jsonl', '--rule', 'cloudtrail-stopped')).out);
    expect(seen).toMatchObject({
      count: 2,
      acknowledged: {
        time: '2026-11-20T08:15:30.400Z',
        by: 'arn:aws:sts::111122223333:assumed-role/Operator/alice',
        note: 'a drill\ufffd[2J of the blue team',
      },
    });
    expect((await command(id)).out).toContain(
      '  2026-11-20 08:15:30 UTC by arn:aws:sts::111122223333:assumed-role/Operator/alice: a drill\ufffd[2J of',
    );
    expect((await command(id, '--acknowledge')).out).toContain('It was before, by arn:aws:sts');
  });

  it('leaves no acknowledgement of an alert that is gone', async () => {
    const { archive } = await deployment();
    const acknowledgement = { atMs: NOW, by: 'somebody', note: undefined };
    expect(await archive.acknowledge({ group: 'gone', bucketMs: 0 }, acknowledgement)).toBe(false);
    expect(await all(archive)).toEqual([]);
  });

  it.each([
    [['zzzzzzzz'], /there is no alert zzzzzzzz/],
    [['abc'], /at least 6 letters/],
    [['Not an id'], /is no alert's id/],
    [['abcdefgh', 'abcdefgj'], /one alert at a time/],
    [['--acknowledge'], /need the id/],
    [['abcdefgh', '--note', 'x'], /--note goes with --acknowledge/],
    [['--track', 'shadows'], /--track: expected live, test, shadow/],
    [['--since', 'yesterday'], /--since: expected a date or a time/],
    [['--rule', 'cloudtrail-stoped'], /did you mean cloudtrail-stopped/],
  ])('refuses %j', async (args, message) => {
    const { command } = await deployment();
    await expect(command(...args)).rejects.toThrow(message);
  });

  it('says so when the stack is another one', async () => {
    await expect(runAlerts([], screen(), () => new PaperCloud({}))).rejects.toThrow(/no output AlertsTableName/);
  });
});

describe('send-test, end to end', () => {
  it.each(['cloudtrail-stopped', 'denied-reads'])(
    'tells of %s that it is a TEST, in the subject, the text, chat, JSON and attributes, and nothing else',
    async (rule) => {
      const { cloud, detectTests, tell, topic, command } = await deployment();
      await runSendTest(['--rule', rule], screen(), () => cloud);
      await detectTests();
      await tell();
      const told = topic.published.find(({ attributes }) => attributes['rule'] === rule);
      expect(told?.subject).toMatch(/^\[TEST\] \[/);
      expect(told?.text).toMatch(/^TEST\. Made by trailhound send-test/);
      expect(told?.chat).toContain('[TEST]');
      expect(documents(told?.data ?? '')[0]).toMatchObject({ kind: 'test', rule });
      expect(topic.published.map(({ attributes }) => attributes['kind'])).toEqual(topic.published.map(() => 'test'));
      expect((await command()).out).toBe('');
      expect((await command('--track', 'test')).out).toContain(`rule ${rule} · a test · told`);
    },
  );
});
