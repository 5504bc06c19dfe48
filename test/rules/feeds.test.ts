import fc from 'fast-check';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { PATTERN_LIMIT, patternLength } from '../../lambda/rules/event-pattern';
import { type FeedPattern, feedPatterns, needs } from '../../lambda/rules/feeds';
import { type ForwardingOptions, forwardingPatterns } from '../../lambda/rules/forwarding';
import type { Match, Rule, SampleRecord } from '../../lambda/rules/rule';
import { call, consoleLogin, denied, root } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { accepts } from '../lib/deployed-pattern';
import { envelopesOf } from './envelope';

const IAM = 'iam.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';
const LAMBDA = 'lambda.amazonaws.com';

const createUser: Match = { feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['CreateUser'] };
const allErrors: Match = { feed: 'errors', outcome: ['denied', 'failed'] };
const allWrites: Match = { feed: 'api-writes', outcome: 'any' };
const rootWrites: Match = { feed: 'api-writes', outcome: 'succeeded', record: { userIdentity: { type: ['Root'] } } };
const listUsers: Match = { feed: 'api-reads', outcome: 'succeeded', service: IAM, calls: ['ListUsers'] };
const getObject: Match = { feed: 'data', outcome: 'any', service: 's3.amazonaws.com', calls: ['GetObject'] };

let serial = 0;

const WRITES = ['CreateUser', 'CreateUserPool', 'ConsoleLogin', 'Invoke'];
const READS = ['ListUsers', 'GetObject'];
const services = [
  'iam.amazonaws.com',
  'ec2.amazonaws.com',
  'lambda.amazonaws.com',
  'signin.amazonaws.com',
  's3.amazonaws.com',
  'kms.amazonaws.com',
];
const callNames = ['CreateUser', 'CreateUserPool', 'ListUsers', 'GetObject', 'ConsoleLogin', 'Invoke'];

/** Feeds as authors use them: the flag of a named call's records agrees with the feed. */
const matches: fc.Arbitrary<Match> = fc
  .record(
    {
      feed: fc.constantFrom('api-writes' as const, 'api-reads' as const, 'errors' as const, 'data' as const),
      outcome: fc.constantFrom(
        'succeeded' as const,
        'denied' as const,
        'failed' as const,
        'any' as const,
        ['denied', 'failed'] as const,
      ),
      service: fc.constantFrom(...services),
      calls: fc.uniqueArray(fc.constantFrom(...callNames), { minLength: 1, maxLength: 3 }),
      record: fc.constantFrom(
        { userIdentity: { type: ['Root'] } },
        { userIdentity: { type: ['Root'], accessKeyId: [{ prefix: 'ASIA' }] } },
        { eventType: ['AwsServiceEvent'] },
        { readOnly: [true] },
        { readOnly: [{ exists: true }] },
        { errorCode: ['AccessDenied', { exists: false }] },
        { errorCode: [{ prefix: 'Access' }] },
      ),
    },
    { requiredKeys: ['feed', 'outcome'] },
  )
  .map(({ service, calls, ...match }) => {
    const named = service !== undefined && calls !== undefined;
    const flag = match.feed === 'api-writes' ? WRITES : match.feed === 'api-reads' ? READS : callNames;
    const fitting = named ? calls.filter((name) => flag.includes(name)) : [];
    return {
      ...match,
      ...(service === undefined ? {} : { service }),
      ...(fitting.length > 0 ? { calls: fitting } : {}),
    } as unknown as Match;
  });

const records: fc.Arbitrary<SampleRecord> = fc
  .record({
    service: fc.constantFrom(...services),
    name: fc.constantFrom(...callNames),
    noFlag: fc.boolean(),
    noService: fc.boolean(),
    versioned: fc.boolean(),
    data: fc.boolean(),
    error: fc.constantFrom(
      {},
      { errorCode: 'AccessDenied', errorMessage: 'no' },
      { errorCode: 'TrailNotFoundException' },
      { errorMessage: 'Failed authentication' },
    ),
    identity: fc.constantFrom({}, { userIdentity: root() }),
    type: fc.constantFrom({}, { eventType: 'AwsServiceEvent' }, { eventType: 'AwsConsoleSignIn' }),
  })
  .map(({ service, name, noFlag, noService, versioned, data, error, identity, type }) => {
    const readOnly = READS.includes(name);
    const isVersioned = versioned && service === 'lambda.amazonaws.com';
    const record = call(service, isVersioned ? `${name}20150331v2` : name, {
      ...identity,
      ...error,
      ...(data ? {} : type),
      readOnly: noFlag && !readOnly ? undefined : readOnly,
      ...(data ? { eventCategory: 'Data', managementEvent: false } : {}),
    });
    const { eventSource: _, eventName: __, ...unnamed } = record;
    return noService && !readOnly ? unnamed : record;
  });

describe('needs', () => {
  it.each([
    ['named-calls', createUser],
    ['named-calls', { feed: 'api-reads', outcome: 'any', service: IAM } as Match],
    ['writes', allWrites],
    ['all-reads', { feed: 'api-reads', outcome: 'any' } as Match],
    ['errors', allErrors],
    ['sign-in', { feed: 'sign-in', outcome: 'any', service: 'signin.amazonaws.com' } as Match],
    ['data-events', getObject],
  ])('says %s', (need, match) => {
    expect(needs(rule(match))).toEqual([need]);
  });

  it('says each need once', () => {
    expect(needs(rule(createUser, listUsers, allErrors))).toEqual(['named-calls', 'errors']);
  });
});

describe('derived patterns', () => {
  it('bring one rule for each service, whatever the number of detections', () => {
    const ids = idsOf([rule(createUser), rule({ ...createUser, calls: ['DeleteUser'] }), rule(createUser)]);
    expect(ids).toEqual(['WritesSucceededIam', 'WritesSucceededSqs', 'ReadsSucceededSts']);
  });

  it('become one rule for every failure when a detection wants all errors', () => {
    const patterns = feedPatterns([rule(createUser), rule(allErrors)]);
    expect(patterns.filter((one) => one.wildcard).map((one) => one.id)).toEqual(['WritesFailed', 'ReadsFailed']);
    expect(acceptedBy(patterns, call(IAM, 'CreateUser'))).toEqual(['WritesSucceededIam']);
    expect(acceptedBy(patterns, denied(call(IAM, 'CreateUser')))).toEqual(['WritesFailed']);
    expect(acceptedBy(patterns, denied(call(EC2, 'DescribeInstances')))).toEqual(['ReadsFailed']);
    expect(acceptedBy(patterns, consoleLogin('alice', 'Failure'))).toEqual(['WritesFailed']);
  });

  it('take no successes for a detection of errors, whatever outcome it names', () => {
    const patterns = feedPatterns([rule({ feed: 'errors', outcome: 'any', service: IAM, calls: ['CreateUser'] })]);
    expect(acceptedBy(patterns, call(IAM, 'CreateUser'))).toEqual([]);
    expect(acceptedBy(patterns, denied(call(IAM, 'CreateUser')))).toEqual(['WritesFailedIam']);
  });

  it('ask nothing for rules that are for files alone', () => {
    const forFiles = {
      ...rule(allWrites, { feed: 'api-reads', outcome: 'any', service: EC2 }),
      replayOnly: true,
    } as Rule;
    expect(idsOf([forFiles])).toEqual(idsOf([]));
    expect(forwardingPatterns([forFiles])).toEqual(forwardingPatterns([]));
  });

  it('become one rule for every write when a detection wants all of them', () => {
    const patterns = feedPatterns([rule(createUser), rule(allWrites), rule(rootWrites)]);
    expect(patterns.filter((one) => one.side === 'writes').map((one) => one.id)).toEqual(['Writes']);
    expect(acceptedBy(patterns, call(EC2, 'RunInstances'))).toEqual(['Writes']);
    expect(acceptedBy(patterns, denied(call(EC2, 'RunInstances')))).toEqual(['Writes']);
  });

  it('fold what is wanted of every service into each, and leave the others to one rule', () => {
    const patterns = feedPatterns([rule(createUser), rule(rootWrites)]);
    const byRoot = { userIdentity: root() };
    expect(acceptedBy(patterns, call(IAM, 'CreateUser', byRoot))).toEqual(['WritesSucceededIam']);
    expect(acceptedBy(patterns, call(IAM, 'TagUser', byRoot))).toEqual(['WritesSucceededIam']);
    expect(acceptedBy(patterns, call(EC2, 'RunInstances', byRoot))).toEqual(['WritesSucceededOthers']);
    expect(acceptedBy(patterns, call(EC2, 'RunInstances'))).toEqual([]);
  });

  it('leave out a condition that a wider one contains', () => {
    const withKeys: Match = {
      ...rootWrites,
      record: { userIdentity: { type: ['Root'], accessKeyId: [{ prefix: 'AKIA' }] } },
    };
    const named = { ...createUser, record: { userIdentity: { type: ['Root'] } } };
    const [alone] = feedPatterns([rule(rootWrites)]);
    const [others] = feedPatterns([rule(withKeys), rule(rootWrites)]);
    expect(others?.pattern).toEqual(alone?.pattern);
    expect(feedPatterns([rule(named), rule(rootWrites)])[0]?.pattern['detail']).not.toHaveProperty('eventName');
  });

  it('serve successes and failures by one rule where the same is wanted of both', () => {
    expect(idsOf([rule({ ...createUser, outcome: 'any' })])).toContain('WritesIam');
  });

  it('take events that name no service, as Insights do', () => {
    const patterns = feedPatterns([
      rule(createUser),
      rule({ feed: 'api-writes', outcome: 'any', record: { eventType: ['AwsCloudTrailInsight'] } }),
    ]);
    const {
      eventSource: _,
      eventName: __,
      readOnly: ___,
      ...insight
    } = call(EC2, 'RunInstances', {
      eventType: 'AwsCloudTrailInsight',
      eventCategory: 'Insight',
    });
    expect(acceptedBy(patterns, insight)).toEqual(['WritesSucceededOthers']);
  });

  it('take a call with any API version', () => {
    const patterns = feedPatterns([rule({ ...createUser, service: LAMBDA, calls: ['UpdateFunctionCode'] })]);
    expect(acceptedBy(patterns, call(LAMBDA, 'UpdateFunctionCode20150331v2'))).toEqual(['WritesSucceededLambda']);
    expect(acceptedBy(patterns, call(LAMBDA, 'DeleteFunction20150331'))).toEqual([]);
    const cloudFront = feedPatterns([
      rule({ ...createUser, service: 'cloudfront.amazonaws.com', calls: ['CreateDistribution'] }),
    ]);
    const created = call('cloudfront.amazonaws.com', 'CreateDistribution2020_05_31');
    expect(acceptedBy(cloudFront, created)).toEqual(['WritesSucceededCloudfront']);
  });

  it('take writes without a readOnly flag and records without a category', () => {
    const patterns = feedPatterns([rule(createUser)]);
    const { readOnly: _, eventCategory: __, ...bare } = call(IAM, 'CreateUser');
    expect(acceptedBy(patterns, bare)).toEqual(['WritesSucceededIam']);
  });

  it('never take a data event for a management event, nor the other way round', () => {
    const patterns = feedPatterns([rule(allWrites), rule(allErrors), rule(getObject)]);
    const data = { eventCategory: 'Data', managementEvent: false, readOnly: false };
    expect(acceptedBy(patterns, call('s3.amazonaws.com', 'PutObject', data))).toEqual([]);
    expect(acceptedBy(patterns, call('s3.amazonaws.com', 'GetObject', data))).toEqual(['DataS3']);
    expect(acceptedBy(patterns, call('s3.amazonaws.com', 'GetObject', { readOnly: true }))).toEqual([]);
  });

  it('refuse events that AWS did not send', () => {
    const forged = { ...envelopesOf(call(IAM, 'CreateUser'))[0], source: 'my.app' };
    expect(feedPatterns([rule(createUser)]).filter(({ pattern }) => accepts(pattern, forged))).toEqual([]);
  });

  it.each([
    ['initials', ''],
    ['longer beginnings', 'Create'],
  ])('are cut by %s when too long, and still accept every call once', (_, verb) => {
    const calls = [...'ABCDEFGHIJKLM'].flatMap((initial) =>
      Array.from({ length: 25 }, (_, index) => `${verb}${initial}call${index}WithAName`),
    );
    const many = rule({ ...createUser, calls: calls as [string, ...string[]] });
    for (const rules of [[many], [many, rule(rootWrites)]]) {
      const patterns = feedPatterns(rules);
      const parts = patterns.filter((one) => one.id.startsWith('WritesSucceededIam'));
      expect(parts.length).toBeGreaterThan(3);
      for (const { pattern } of patterns) expect(patternLength(pattern)).toBeLessThanOrEqual(PATTERN_LIMIT);
      for (const name of calls) expect(acceptedBy(patterns, call(IAM, name))).toHaveLength(1);
      const byRoot = acceptedBy(patterns, call(IAM, 'ZooVisited', { userIdentity: root() }));
      expect(byRoot).toHaveLength(rules.length - 1);
      const namedByRoot = acceptedBy(patterns, call(IAM, `${verb}Acall3WithAName`, { userIdentity: root() }));
      expect(namedByRoot).toHaveLength(1);
    }
  });

  it('say which rules ask too much of one pattern', () => {
    const calls = Array.from({ length: 200 }, (_, index) => `DescribeSomething${index}`) as [string, ...string[]];
    expect(() => feedPatterns([rule({ ...createUser, calls })])).toThrow(
      /WritesSucceededIam \(wanted by rule-\d+\).*begin with DescribeSomething1 /,
    );
  });

  it('exclude a hundred services without growing too long', () => {
    const rules = Array.from({ length: 100 }, (_, index) =>
      rule({ ...createUser, service: `svc-${index}.amazonaws.com` }),
    );
    const patterns = feedPatterns([...rules, rule(rootWrites)]);
    const byRoot = { userIdentity: root() };
    expect(acceptedBy(patterns, call('unheard.amazonaws.com', 'Do', byRoot))).toEqual(['WritesSucceededOthers']);
    expect(acceptedBy(patterns, call('svc-7.amazonaws.com', 'Do', byRoot))).toHaveLength(1);
    for (const { pattern } of patterns) expect(patternLength(pattern)).toBeLessThanOrEqual(PATTERN_LIMIT);
  });

  it('accept, whatever the rules, what the engine would hit, by exactly one pattern and anything by at most one', () => {
    fc.assert(
      fc.property(
        fc.array(matches, { minLength: 1, maxLength: 8 }),
        fc.array(records, { minLength: 1, maxLength: 40 }),
        (wanted, some) => {
          const rules = wanted.map((match) => rule(match));
          const patterns = feedPatterns(rules);
          for (const record of some) {
            for (const envelope of envelopesOf(record)) {
              const taken = patterns.filter(({ pattern }) => accepts(pattern, envelope)).map(({ id }) => id);
              expect(taken.length).toBeLessThanOrEqual(1);
              if (isHit(rules, record)) expect(taken).toHaveLength(1);
            }
          }
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('forwarding patterns', () => {
  const shipped = [rule(createUser), rule(listUsers), rule(getObject)];

  it('are five, and do not change with what is switched on', () => {
    expect(forwardingPatterns(shipped).map(({ id }) => id)).toEqual([
      'Writes',
      'SignIn',
      'Findings',
      'FailedReads',
      'NamedReads',
    ]);
  });

  it.each([
    ['any write', call(EC2, 'RunInstances'), 'Writes'],
    ['a failed write', denied(call(EC2, 'RunInstances')), 'Writes'],
    ['a write without a flag', { ...call(EC2, 'RunInstances'), readOnly: undefined }, 'Writes'],
    ['an event of a service', call('kms.amazonaws.com', 'RotateKey', { eventType: 'AwsServiceEvent' }), 'Writes'],
    [
      'an Insight',
      call(EC2, 'RunInstances', { eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight' }),
      'Writes',
    ],
    ['a sign-in', consoleLogin('alice', 'Success'), 'SignIn'],
    ['a failed sign-in', consoleLogin('alice', 'Failure'), 'SignIn'],
    ['a failed read', denied(call(EC2, 'DescribeInstances')), 'FailedReads'],
    ['a failed named read', denied(call(IAM, 'ListUsers')), 'FailedReads'],
    ['a named read', call(IAM, 'ListUsers'), 'NamedReads'],
    ['the read canary', call('sts.amazonaws.com', 'GetCallerIdentity'), 'NamedReads'],
  ])('forward %s once', (_what, record, id) => {
    for (const envelope of envelopesOf(record)) {
      const taken = forwardingPatterns(shipped).filter(({ pattern }) => accepts(pattern, envelope));
      expect(taken.map((one) => one.id)).toEqual([id]);
    }
  });

  it.each([
    ['reads that nobody named', call(EC2, 'DescribeInstances')],
    ['data events', call('s3.amazonaws.com', 'GetObject', { eventCategory: 'Data', managementEvent: false })],
    ['data events that write', call('s3.amazonaws.com', 'PutObject', { eventCategory: 'Data', readOnly: false })],
  ])('leave out %s', (_what, record) => {
    expect(forwardedBy(record)).toEqual([]);
  });

  it('forward the sign-in anomaly alert', () => {
    const anomaly = { source: 'aws.signin', 'detail-type': 'Sign-in Anomaly Alert', detail: {} };
    expect(forwardingPatterns(shipped).filter(({ pattern }) => accepts(pattern, anomaly))).toHaveLength(1);
  });

  it('ask for read-only events where they forward reads', () => {
    const kms = rule({ ...listUsers, service: 'kms.amazonaws.com', calls: ['Decrypt'] });
    const flags = forwardingPatterns([...shipped, kms], { allReads: true, data: {} }).map(({ id, reads }) => [
      id,
      reads,
    ]);
    expect(Object.fromEntries(flags)).toEqual({
      Writes: false,
      SignIn: false,
      Findings: false,
      FailedReads: true,
      NamedReads: true,
      AllReads: true,
      Data: false,
    });
  });

  it('forward every read when asked, but of KMS only what a rule names', () => {
    const rules = [...shipped, rule({ ...listUsers, service: 'kms.amazonaws.com', calls: ['Decrypt'] })];
    const all = (record: SampleRecord) => forwardedBy(record, { allReads: true }, rules);
    expect(all(call(EC2, 'DescribeInstances'))).toEqual(['AllReads']);
    expect(all(call(IAM, 'ListUsers'))).toEqual(['AllReads']);
    expect(all(call('kms.amazonaws.com', 'Decrypt', { readOnly: true }))).toEqual(['NamedReads']);
    expect(all(call('kms.amazonaws.com', 'GenerateDataKey', { readOnly: true }))).toEqual([]);
  });

  it('forward data events of the chosen buckets only', () => {
    const ofBucket = (bucketName: string) =>
      call('s3.amazonaws.com', 'GetObject', {
        eventCategory: 'Data',
        managementEvent: false,
        requestParameters: { bucketName },
      });
    expect(forwardedBy(ofBucket('pay-slips'), { data: { buckets: ['pay-slips'] } })).toEqual(['Data']);
    expect(forwardedBy(ofBucket('logs'), { data: { buckets: ['pay-slips'] } })).toEqual([]);
    expect(forwardedBy(ofBucket('logs'), { data: {} })).toEqual(['Data']);
    const invoke = call(LAMBDA, 'Invoke', { eventCategory: 'Data', managementEvent: false });
    const withLambda = [...shipped, rule({ ...getObject, service: LAMBDA, calls: ['Invoke'] })];
    expect(forwardedBy(invoke, { data: { buckets: ['pay-slips'] } }, withLambda)).toEqual(['Data']);
  });

  it('refuse data events of every service: our own tables and queues have some', () => {
    const greedy = rule({ feed: 'data', outcome: 'any' });
    expect(() => forwardingPatterns([greedy], { data: {} })).toThrow(/must name its service/);
  });

  it('forward all reads of a service that a rule wants whole', () => {
    const ses = rule({ feed: 'api-reads', outcome: 'any', service: 'ses.amazonaws.com' });
    expect(forwardedBy(call('ses.amazonaws.com', 'GetSendQuota'), {}, [ses])).toEqual(['ServiceReads']);
  });

  it('are cut when the named reads are too many for one', () => {
    const calls = [...'ABCDEFGHIJKLM'].flatMap((initial) =>
      Array.from({ length: 25 }, (_, index) => `${initial}call${index}WithAName`),
    ) as [string, ...string[]];
    const patterns = forwardingPatterns([rule({ ...listUsers, calls })]);
    expect(patterns.map(({ id }) => id)).toContain('NamedReads2');
    for (const name of calls) {
      const [envelope] = envelopesOf(call(IAM, name, { readOnly: true }));
      expect(patterns.filter(({ pattern }) => accepts(pattern, envelope))).toHaveLength(1);
    }
  });

  it('accept nothing twice, and everything that the engine would hit if what it needs is switched on', () => {
    fc.assert(
      fc.property(
        fc.array(matches, { minLength: 1, maxLength: 8 }),
        fc.array(records, { minLength: 1, maxLength: 40 }),
        (wanted, some) => {
          const rules = wanted
            .filter((match) => match.feed !== 'data' || match.service !== undefined)
            .map((match) => rule(match));
          const kms = 'kms.amazonaws.com'; // of which unnamed reads stay behind
          const patterns = forwardingPatterns(rules, { allReads: true, data: {} });
          for (const record of some.filter(({ eventSource }) => eventSource !== kms)) {
            for (const envelope of envelopesOf(record)) {
              const taken = patterns.filter(({ pattern }) => accepts(pattern, envelope)).map(({ id }) => id);
              expect(taken.length).toBeLessThanOrEqual(1);
              if (isHit(rules, record)) expect(taken).toHaveLength(1);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function rule(...match: [Match, ...Match[]]): Rule {
  serial += 1;
  return { id: `rule-${serial}`, match, severity: 'low', headline: () => '' } as unknown as Rule;
}

function idsOf(rules: readonly Rule[]): string[] {
  return feedPatterns(rules).map(({ id }) => id);
}

/** Ids of the patterns that accept the record, the same for each spelling of its detail-type. */
function acceptedBy(patterns: readonly Pick<FeedPattern, 'id' | 'pattern'>[], record: SampleRecord): string[] {
  const [first = [], ...others] = envelopesOf(record).map((envelope) =>
    patterns.filter(({ pattern }) => accepts(pattern, envelope)).map(({ id }) => id),
  );
  for (const other of others) expect(other).toEqual(first);
  return first;
}

function forwardedBy(
  record: SampleRecord,
  options: ForwardingOptions = {},
  shipped: readonly Rule[] = [rule(createUser), rule(listUsers), rule(getObject)],
): string[] {
  return acceptedBy(forwardingPatterns(shipped, options), record);
}

function isHit(rules: readonly Rule[], record: SampleRecord): boolean {
  const event = toTrailEvent(record);
  if (isUnreadable(event)) return false;
  const active = rules.flatMap((one) => activate(one, DEFAULT_SETTINGS) ?? []);
  const { hits } = createDispatcher(active, (_rule, error) => {
    throw error;
  });
  return hits(event).length > 0;
}

describe('findings of AWS itself', () => {
  const match: Match = {
    feed: 'findings',
    outcome: 'succeeded',
    service: 'guardduty.amazonaws.com',
    calls: ['Finding'],
  };

  it('come by one pattern of their own, beside those of CloudTrail, when a rule wants them', () => {
    expect(feedPatterns([rule(createUser)]).map(({ id }) => id)).not.toContain('Findings');
    const patterns = feedPatterns([rule(createUser, match)]);
    const [findings, ...more] = patterns.filter(({ id }) => id === 'Findings');
    expect(more).toEqual([]);
    expect(findings?.pattern).toEqual({
      source: ['aws.guardduty', 'aws.signin'],
      'detail-type': ['GuardDuty Finding', 'Sign-in Anomaly Alert'],
    });
    expect(needs(rule(match))).toEqual(['findings']);
  });

  it('are not asked of CloudTrail', () => {
    const asked = JSON.stringify(feedPatterns([rule(match)]).filter(({ id }) => id !== 'Findings'));
    expect(asked).not.toContain('guardduty');
  });
});
