import { parse } from 'yaml';
import { resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { RULES } from '../../lambda/rules';
import type { ActiveRule } from '../../lambda/rules/active-rule';
import { DAY, HOUR, MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { but, byService, call, denied, later, repeat, role, root, START_MS, user } from '../../lambda/rules/sample';
import { engineFrom } from '../../replay/engine';
import { suggestionsJson, suggestionsText } from '../../replay/formats/suggestions';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { withChanges } from '../../replay/tuning/changes';
import { type Suggestions, suggest } from '../../replay/tuning/suggest';
import { filesOf, hasCorpus, labels, rowsOf } from '../../scripts/quality/corpus';
import { alertsOf } from '../rules/timeline';

const NOW_MS = START_MS + 30 * DAY;

function alertsWith(config: unknown, records: readonly unknown[], only?: readonly string[]): ReplayAlert[] {
  return alertsOf(engineFrom({ config, nowMs: NOW_MS, ...(only === undefined ? {} : { only }) }), records);
}

async function suggestionsIn(records: readonly SampleRecord[], config: unknown = {}): Promise<Suggestions> {
  const times = records.map(({ eventTime }) => Date.parse(String(eventTime)));
  return suggest({
    alerts: alertsWith(config, records),
    rules: engineFrom({ config, nowMs: NOW_MS }).rules,
    period: { fromMs: Math.min(...times), toMs: Math.max(...times) },
    nowMs: NOW_MS,
    tryOut: async (changes, rules) => alertsWith(withChanges(config, changes), records, rules),
  });
}

/** The text as somebody would fill it in. */
function filledIn(text: string): unknown {
  return parse(text.replaceAll('reason: ""', 'reason: "reviewed"').replaceAll('owner: ""', 'owner: "platform"'));
}

const told = (alerts: readonly ReplayAlert[]) => alerts.filter(hasMessage);
const changes = ({ suggestions }: Suggestions) => suggestions.map(({ change }) => change);

/** Every other hour of a day, beginning at ten. */
const allDay = (burst: (round: number) => readonly SampleRecord[]): SampleRecord[] =>
  Array.from({ length: 12 }, (_, round) => burst(round).map((record) => later(record, round * 2 * HOUR))).flat();

const ci = { userIdentity: role('ci-deploy', 'build-7'), sourceIPAddress: '203.0.113.10' };
const refused = (fields: SampleRecord) => denied(call('s3.amazonaws.com', 'GetBucketPolicy', fields));
const launched = (count: number, fields: SampleRecord) =>
  call('ec2.amazonaws.com', 'RunInstances', {
    requestParameters: { instanceType: 't3.micro' },
    responseElements: {
      instancesSet: { items: Array.from({ length: count }, () => ({ imageId: 'ami-0123456789abcdef0' })) },
    },
    ...fields,
  });
/** Medium alerts of denied-reads. */
const noisyCi = allDay((round) => repeat(refused(ci), 12 + (round % 4), 4_000));
const CI_SUPPRESSION = {
  rule: 'denied-reads',
  actor: 'arn:aws:iam::111122223333:role/ci-deploy',
  account: '111122223333',
  sourceIp: ['203.0.113.10'],
  expires: '2026-07-08',
};

const mallory = { userIdentity: user('mallory'), sourceIPAddress: '198.51.100.66' };
const attack = [
  ...repeat(refused(mallory), 30, 1_000),
  later(call('cloudtrail.amazonaws.com', 'StopLogging', { ...mallory, requestParameters: { name: 'main' } }), HOUR),
];

describe('a noisy role on a quiet day', () => {
  const records = [...noisyCi, ...attack];

  it('is suppressed for its rule, account and address; the attack beside it is not', async () => {
    const found = await suggestionsIn(records);
    expect(changes(found)).toEqual([CI_SUPPRESSION]);
    expect(found.messages).toEqual({ before: 14, after: 2 });
    expect(found.suggestions[0]?.silenced).toHaveLength(12);
    expect(found.suggestions[0]?.besides).toEqual([]);
    expect(found.suggestions[0]?.weakens[0]).toMatchObject({ row: '0-9' });
    expect(found.suggestions[0]?.weakens[0]?.others).toContain('denied-breadth');
  });

  it('is said as a configuration that needs only a reason and an owner, and does what was measured', async () => {
    const found = await suggestionsIn(records);
    const text = suggestionsText(found);
    expect(() => resolveConfig(parse(text), RULES, NOW_MS)).toThrow(ConfigError);
    const config = filledIn(text);
    expect(resolveConfig(config, RULES, NOW_MS).warnings).toEqual([]);
    expect(told(alertsWith(config, records)).map(({ rule, actor }) => [rule, actor])).toEqual([
      ['denied-reads', 'arn:aws:iam::111122223333:user/mallory'],
      ['cloudtrail-stopped', 'arn:aws:iam::111122223333:user/mallory'],
    ]);
  });

  it('is said with numbers that are true', async () => {
    const text = suggestionsText(await suggestionsIn(records));
    expect(text).toMatch(/^# 14 messages; with all of this 2\. /);
    expect(text).toContain(
      '# 1. 12 of 14 messages fewer (12 medium; 162 events): Many refused reads by one user or role\n',
    );
    expect(text).toContain('weakens row 0-9 (Denied reads in mass); still watched by denied-breadth');
    expect(text).toContain('hides no alert of anybody else');
  });

  it('is said the same whatever the order of the events', async () => {
    expect(suggestionsText(await suggestionsIn([...records].reverse()))).toBe(
      suggestionsText(await suggestionsIn(records)),
    );
  });

  it('is said as data with the same YAML', async () => {
    const found = await suggestionsIn(records);
    const data = JSON.parse(suggestionsJson(found)) as {
      suggestions: { yaml: string; under: string; events: number }[];
    };
    expect(data.suggestions).toHaveLength(1);
    expect(data.suggestions[0]).toMatchObject({ under: 'suppressions', events: 162 });
    expect(parse(data.suggestions[0]?.yaml ?? '')).toEqual([{ ...CI_SUPPRESSION, reason: '', owner: '' }]);
  });

  it('is not suggested twice', async () => {
    const config = filledIn(suggestionsText(await suggestionsIn(records)));
    expect(changes(await suggestionsIn(records, config))).toEqual([]);
  });

  it('may have been suppressed until some time ago', async () => {
    const expired = { suppressions: [{ ...CI_SUPPRESSION, reason: 'x', owner: 'y', expires: '2026-01-01' }] };
    expect(changes(await suggestionsIn(records, expired))).toEqual([CI_SUPPRESSION]);
  });

  it('is suppressed from everywhere where its addresses are many', async () => {
    const roaming = allDay((round) => repeat(refused({ ...ci, sourceIPAddress: `203.0.113.${round + 1}` }), 12, 4_000));
    const { sourceIp: _, ...anywhere } = CI_SUPPRESSION;
    expect(changes(await suggestionsIn(roaming))).toEqual([anywhere]);
  });
});

describe('many noisy roles', () => {
  const roles = Array.from({ length: 8 }, (_, index) => `reader-${index}`);
  const noise = roles.flatMap((name, index) =>
    allDay((round) =>
      repeat(
        later(refused({ userIdentity: role(name, 's'), sourceIPAddress: `203.0.113.${index + 1}` }), index * MINUTE),
        11 + ((round + index) % 5),
        4_000,
      ),
    ),
  );

  it('raise the threshold to just above what they do', async () => {
    const found = await suggestionsIn([...noise, ...attack]);
    expect(changes(found)).toEqual([{ rule: 'denied-reads', threshold: 16 }]);
    expect(found.suggestions[0]?.counts).toMatchObject({ before: 10, others: [30] });
    expect(new Set(found.suggestions[0]?.counts?.routine)).toEqual(new Set([11, 12, 13, 14, 15]));
    expect(found.messages.after).toBe(2);
    const config = filledIn(suggestionsText(found));
    expect(config).toEqual({ rules: { 'denied-reads': { threshold: 16 } } });
    expect(told(alertsWith(config, [...noise, ...attack]))).toHaveLength(2);
  });

  it('keep it where an attacker does no more than they do', async () => {
    const careful = [...repeat(refused(mallory), 13, 1_000), ...attack.slice(-1)];
    const found = await suggestionsIn([...noise, ...careful]);
    expect(changes(found).every((change) => !('threshold' in change))).toBe(true);
    expect(found.suggestions.length).toBeGreaterThan(0);
    const after = told(alertsWith(filledIn(suggestionsText(found)), [...noise, ...careful]));
    expect(after.filter(({ actor }) => actor.endsWith('mallory')).map(({ rule }) => rule)).toEqual([
      'denied-reads',
      'cloudtrail-stopped',
    ]);
  });

  it('keep it where a high alert would become less', async () => {
    const batches = roles.flatMap((name, index) =>
      allDay((round) => {
        const fields = { userIdentity: role(name, 's'), sourceIPAddress: `203.0.113.${index + 1}` };
        return [later(launched(11 + ((round + index) % 9), fields), index * 12 * MINUTE)];
      }),
    );
    expect(changes(await suggestionsIn(batches))).toEqual([{ rule: 'ec2-mass-launch', threshold: 20 }]);
    // A tier says high from 25 on; with the threshold at 20 it would say so from 50 on.
    const once = later(launched(26, { userIdentity: user('bob'), sourceIPAddress: '198.51.100.9' }), 7 * MINUTE);
    expect(changes(await suggestionsIn([...batches, once])).filter((change) => 'threshold' in change)).toEqual([]);
  });

  it('are not suppressed where the rule can become critical', async () => {
    const noise = allDay(() => repeat(refused(ci), 12, 4_000));
    const critical = (active: ActiveRule): ActiveRule => {
      const { window, rule } = active;
      if (rule.id !== 'denied-reads' || window === undefined) return active;
      return { ...active, window: { ...window, tiers: [window.tiers[0], { threshold: 100, level: 4 }] } };
    };
    const found = await suggest({
      alerts: alertsWith({}, noise),
      rules: engineFrom({ config: {}, nowMs: NOW_MS }).rules.map(critical),
      period: { fromMs: START_MS, toMs: START_MS + DAY },
      nowMs: NOW_MS,
      tryOut: async (tried, rules) => alertsWith(withChanges({}, tried), noise, rules),
    });
    expect(changes(found)).toEqual([{ rule: 'denied-reads', threshold: 13 }]);
  });

  it('keep it where it would have to be another detection', async () => {
    const louder = allDay(() => repeat(refused(ci), 60, 4_000));
    expect(changes(await suggestionsIn(louder))).toEqual([CI_SUPPRESSION]);
  });
});

describe('what is never suggested', () => {
  const stopped = (fields: SampleRecord) =>
    call('cloudtrail.amazonaws.com', 'StopLogging', { ...fields, requestParameters: { name: 'main' } });
  const tried = (fields: SampleRecord) => but(stopped(fields), { errorCode: 'TrailNotFoundException' });
  const shared = (fields: SampleRecord, snapshot = 'snap-0123456789abcdef0') =>
    call('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
      requestParameters: {
        snapshotId: snapshot,
        attributeType: 'CREATE_VOLUME_PERMISSION',
        createVolumePermission: { add: { items: [{ userId: '444455556666' }] } },
      },
      responseElements: { _return: true },
      ...fields,
    });

  it.each<[string, readonly SampleRecord[], RegExp, unknown?]>([
    ['critical alerts', allDay(() => [stopped(ci)]), /cloudtrail-stopped .*critical alerts are never routine/],
    [
      'attempts on the logs, however mild',
      allDay(() => [tried(ci)]),
      /cloudtrail-tampering-attempted .*it watches the logs that everything else is found in/,
    ],
    [
      'the root user',
      allDay(() => [call('s3.amazonaws.com', 'CreateBucket', { ...root(), userIdentity: root() })]),
      /by root:111122223333: the root user is never routine/,
    ],
    [
      'somebody of another account',
      allDay(() => [
        shared({ ...ci, userIdentity: { ...role('vendor', 's', '999988887777'), accountId: '111122223333' } }),
      ]),
      /role\/vendor: the caller is of another account/,
    ],
    [
      'an incident of three hours',
      [0, 1, 2].flatMap((round) =>
        repeat(later(refused(ci), round * 65 * MINUTE), 12, 4_000).concat(later(call('ec2.amazonaws.com', 'X'), DAY)),
      ),
      /role\/ci-deploy: all within 3 h of 24 h: an incident looks like this too/,
    ],
    [
      'anything in too short a time',
      [0, 1, 2].flatMap((round) => repeat(later(refused(ci), round * 70 * MINUTE), 12, 4_000)),
      /role\/ci-deploy: nothing is routine in less than six hours of events/,
    ],
    [
      'an actor with another alert that is high',
      [...noisyCi, shared(ci)],
      /denied-reads by .*role\/ci-deploy: high alert snapshot-shared by the same actor/,
    ],
    [
      'an address from which somebody else raised one',
      [...noisyCi, shared({ ...mallory, sourceIPAddress: '203.0.113.10' })],
      /denied-reads by .*role\/ci-deploy: high alert snapshot-shared by the same address/,
    ],
    [
      'a sign of an attack that was suppressed',
      [...noisyCi, shared(ci)],
      /denied-reads by .*role\/ci-deploy: high alert snapshot-shared by the same actor/,
      { suppressions: [{ rule: 'snapshot-shared', actor: '*ci-deploy', reason: 'x', owner: 'y' }] },
    ],
    [
      'high alerts about many things',
      allDay((round) => [shared(ci, `snap-0123456789abcde${(round + 16).toString(16)}`)]),
      /snapshot-shared by .*: a high alert may only be suppressed for known resources and addresses/,
    ],
    [
      'a name that AWS does not allow, and that would match others',
      allDay(() =>
        repeat(
          refused({
            ...ci,
            userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/*', accountId: '111122223333' },
          }),
          12,
          4_000,
        ),
      ),
      /user\/\*: nobody in particular does it/,
    ],
  ])('%s', async (_what, records, said, config = {}) => {
    const found = await suggestionsIn(records, config);
    expect(changes(found)).toEqual([]);
    expect(suggestionsText(found)).toMatch(said);
  });

  it('a bait', async () => {
    const config = { settings: { honeyBuckets: ['example-payroll'] } };
    const touched = allDay(() => [
      call('s3.amazonaws.com', 'GetBucketPolicy', { ...ci, requestParameters: { bucketName: 'example-payroll' } }),
    ]);
    const found = await suggestionsIn(touched, config);
    expect(alertsWith(config, touched).length).toBeGreaterThan(2);
    expect(changes(found)).toEqual([]);
  });

  it('a high alert without its resource and its address', async () => {
    expect(changes(await suggestionsIn(allDay(() => [shared(ci)])))).toEqual([
      { ...CI_SUPPRESSION, rule: 'snapshot-shared', resource: ['snap-0123456789abcdef0'] },
    ]);
  });

  it('a threshold for high alerts', async () => {
    // From a new address each time: no suppression would be narrow enough.
    const batches = allDay((round) => [launched(26, { ...ci, sourceIPAddress: `203.0.113.${round + 1}` })]);
    expect(told(alertsWith({}, batches)).map(({ severity }) => severity)).toContain('high');
    expect(changes(await suggestionsIn(batches))).toEqual([]);
  });

  it('a wildcard', async () => {
    for (const records of [noisyCi, allDay(() => [shared(ci)])]) {
      expect(JSON.stringify(changes(await suggestionsIn(records)))).not.toMatch(/[*?]/);
    }
  });

  it('what would hide an attacker who is counted with them', async () => {
    // Fifty in the account are needed: in the last round there are, only because of the routine.
    const records = [
      ...allDay((round) => [launched(round === 11 ? 45 : 50, ci)]),
      later(launched(6, mallory), 22 * HOUR + MINUTE),
    ];
    const found = await suggestionsIn(records);
    expect(told(alertsWith({}, records)).filter(({ rule }) => rule === 'ec2-mass-launch-account')).toHaveLength(12);
    expect(changes(found).filter(({ rule }) => rule === 'ec2-mass-launch-account')).toEqual([]);
    expect(suggestionsText(found)).toMatch(/ec2-mass-launch-account by .*: it counts what several do together/);
  });
});

describe('what AWS itself does', () => {
  it('has no address to be known by', async () => {
    const byBackup = allDay(() => [
      call('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
        ...byService('backup.amazonaws.com'),
        requestParameters: {
          snapshotId: 'snap-0123456789abcdef0',
          attributeType: 'CREATE_VOLUME_PERMISSION',
          createVolumePermission: { add: { items: [{ userId: '444455556666' }] } },
        },
        responseElements: { _return: true },
      }),
    ]);
    for (const change of changes(await suggestionsIn(byBackup))) expect(change).not.toHaveProperty('sourceIp');
  });
});

const describeCorpus = hasCorpus ? describe : describe.skip;

describeCorpus('a labelled attack', () => {
  const hour = hasCorpus ? (filesOf('invictus-ir').flatMap(({ records }) => records) as SampleRecord[]) : [];
  const wanted = hasCorpus ? labels().filter(({ want }) => want === 'alert') : [];
  const rowsOfRule = new Map(RULES.map(({ id, rows }) => [id, rows]));

  /** Labels whose event is in a message of a rule of its row, or in one that a message speaks for. */
  function foundIn(alerts: readonly ReplayAlert[]): string[] {
    const spoken = new Set(told(alerts).map(({ alertId }) => alertId));
    const heard = alerts.filter(({ alertId, continues }) => spoken.has(alertId) || spoken.has(continues ?? ''));
    return wanted
      .filter(({ eventID, row }) =>
        heard.some(
          ({ rule, eventIds }) =>
            eventIds.includes(eventID) && rowsOfRule.get(rule)?.some((own) => rowsOf(row).includes(own)),
        ),
      )
      .map(({ eventID }) => eventID);
  }

  const shifted = (days: number) =>
    hour.map((record) => ({
      ...record,
      eventID: days === 0 ? record['eventID'] : `${String(record['eventID'])}-${days}`,
      eventTime: new Date(Date.parse(String(record['eventTime'])) + days * DAY).toISOString(),
    }));

  const account = String(hour.find(({ recipientAccountId }) => recipientAccountId)?.['recipientAccountId'] ?? '');
  const week = Array.from({ length: 7 }, (_, day) => day - 3);
  const around = (record: SampleRecord) =>
    week.map((day) => {
      const timeMs = Date.parse('2023-07-10T03:00:00Z') + day * DAY;
      return but(record, { eventTime: new Date(timeMs).toISOString() });
    });
  const inAccount = { userIdentity: role('ci-deploy', 'b', account), recipientAccountId: account };
  const noise = repeat(refused({ ...ci, ...inAccount }), 12, 1_000).flatMap(around);

  it('is still found with all that is suggested, though the attack comes back every day', async () => {
    const records = [...week.flatMap(shifted), ...noise];
    const found = await suggestionsIn(records);
    expect(changes(found)).toContainEqual(expect.objectContaining({ rule: 'denied-reads', account }) as unknown);
    const config = filledIn(suggestionsText(found));
    const before = foundIn(alertsWith({}, records));
    expect(before.length).toBeGreaterThan(60);
    expect(foundIn(alertsWith(config, records))).toEqual(before);
  }, 120_000);
});
