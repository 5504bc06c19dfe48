import { Match } from 'aws-cdk-lib/assertions';
import { hashOf } from '../../lambda/config/config-hash';
import { heartbeatData } from '../../lambda/config/heartbeat-data';
import { POSTURE_PERMISSIONS } from '../../lambda/config/posture-permissions';
import { resolveConfig } from '../../lambda/config/resolve';
import { readManifest } from '../../lambda/heartbeat/read-manifest';
import { LEASE_MS } from '../../lambda/notify';
import type { MetricName } from '../../lambda/ports';
import { RULES } from '../../lambda/rules';
import { DETECTOR_FAULTS, NOTIFIER_FAULTS } from '../../lib/self-watch';
import { golden, readable } from './golden';
import { STACK_LIMITS, USABLE } from './stack-limits';
import {
  appFor,
  HOME_REGION,
  HUB_ACCOUNT,
  type Resource,
  resourcesOf,
  type SynthesizedStack,
  synthesized,
} from './synthesized';

const { hub, forwarder } = synthesized();
/** Every option that adds a resource or a permission. */
const full = synthesized({
  deploy: {
    allReads: true,
    dataEvents: true,
    dataEventBuckets: ['pay-slips', 'board-minutes'],
    createTrail: true,
    customerManagedKey: true,
    chatTopic: true,
    organizationId: 'o-abcdefghij',
    organizationalUnits: ['ou-abcd-11112222'],
    memberAccounts: ['444455556666'],
    operatorRoles: ['arn:aws:iam::111122223333:role/SecurityOperator'],
  },
});

describe('permissions', () => {
  it.each([
    ['iam.json', hub, forwarder],
    ['iam-full.json', full.hub, full.forwarder],
  ])('are exactly those of golden/%s', (file, hubStack, forwarderStack) => {
    const current = { hub: permissionsOf(hubStack), forwarder: permissionsOf(forwarderStack) };
    expect(current).toEqual(golden(file, current));
  });

  it('of roles name no wildcard, and nothing of IAM, S3 or EC2; of CloudTrail they read', () => {
    for (const stack of [hub, full.hub, forwarder]) {
      for (const statement of identityStatements(stack)) {
        // What AWS lets nobody narrow to a resource; only the heartbeat and the audit have it, and they read.
        if (statement.resources.includes('*')) {
          if (JSON.stringify(statement.actions) === JSON.stringify(POSTURE_PERMISSIONS)) continue;
          for (const action of statement.actions) {
            expect(action).toMatch(/^(cloudtrail|events|cloudwatch):(Describe|Get|List|Lookup)\w+$/);
          }
          continue;
        }
        for (const action of statement.actions)
          expect(action).toMatch(
            /^((dynamodb|sqs|sns|logs|kms|events|lambda|cloudformation):\w+|cloudwatch:Describe\w+)$/,
          );
        for (const resource of statement.resources) expect(resource).not.toMatch(/^\*$|\*.*\*/);
      }
    }
  });
});

describe('queues', () => {
  it.each(['Priority', 'Bulk'])(
    '%s keeps events for 14 days, in clear text nowhere, and gives up after 100 attempts',
    (name) => {
      const [, queue] = theQueue(hub, name);
      expect(queue.Properties).toMatchObject({
        MessageRetentionPeriod: 14 * 86_400,
        SqsManagedSseEnabled: true,
        VisibilityTimeout: 365,
        RedrivePolicy: { maxReceiveCount: 100 },
      });
    },
  );

  it('take messages from our rules only, and from the operator', () => {
    const operator = {
      'Fn::GetAtt': [
        Object.keys(hub.template.findResources('AWS::IAM::Role')).find((id) => id.startsWith('Operator')),
        'Arn',
      ],
    };
    for (const [id] of resourcesOf(hub, 'AWS::SQS::Queue')) {
      const refusals = policyOf(hub, id).filter(
        (statement) => statement.Effect === 'Deny' && statement.Action === 'sqs:SendMessage',
      );
      expect(refusals).toHaveLength(1);
      const isTest = id.startsWith('QueuesTest');
      expect(refusals[0]?.Condition).toEqual({
        ArnNotEquals: { 'aws:PrincipalArn': operator },
        ...(isTest ? {} : { ArnNotLike: { 'aws:SourceArn': expect.anything() } }),
      });
      const admissions = policyOf(hub, id).filter((statement) => statement.Effect === 'Allow');
      expect(admissions).toHaveLength(isTest ? 0 : 1);
      for (const { Principal, Condition } of admissions) {
        expect(Principal).toEqual({ Service: 'events.amazonaws.com' });
        expect(readable(Condition)).toMatchObject({
          ArnLike: { 'aws:SourceArn': [expect.stringMatching(/:rule\/trailhound-hub\/\*$/)] },
        });
      }
    }
  });

  it('and topics refuse what does not come over TLS', () => {
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']) {
      for (const [, { Properties }] of resourcesOf(hub, type)) {
        const { Statement } = Properties['PolicyDocument'] as { Statement: Statement[] };
        expect(
          Statement.some(
            ({ Effect, Condition }) => Effect === 'Deny' && JSON.stringify(Condition).includes('aws:SecureTransport'),
          ),
        ).toBe(true);
      }
    }
  });

  it('get each event with where to put it when they refuse, and fair among senders', () => {
    for (const [id, { Properties }] of resourcesOf(hub, 'AWS::Events::Rule')) {
      const [target] = Properties['Targets'] as [
        { DeadLetterConfig?: object; SqsParameters?: { MessageGroupId: string }; RoleArn?: string },
      ];
      expect({ id, deadLetters: target.DeadLetterConfig }).toEqual({ id, deadLetters: { Arn: expect.anything() } });
      // Queues and topics admit EventBridge by their own policies; with a role delivery may fail.
      expect(target).not.toHaveProperty('RoleArn');
    }
  });
});

describe('the detector', () => {
  const timeoutOf = (description: string) =>
    description.includes('looks whether') ? 90 : description.includes('audits') ? 900 : 60;

  it('is two functions from one asset, on the newest runtime that the CDK knows', () => {
    const functions = resourcesOf(hub, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions.map(({ Description }) => Description)).toEqual([
      'Trailhound: looks whether the trail, its own parts and the way between them are right',
      'Trailhound: detects in writes and sign-ins',
      'Trailhound: detects in reads and data events',
      'Trailhound: sends alerts, at a pace that mailboxes bear',
      'Trailhound: audits the account every day, and tells what changed',
    ]);
    expect(functions[1]?.['Code']).toEqual(functions[2]?.['Code']);
    for (const properties of functions) {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: timeoutOf(String(properties['Description'])),
        Handler: 'index.handler',
      });
      // A new account has a concurrency of 10 and can reserve none.
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  it.each([
    ['Priority', 10, 0, 5],
    ['Bulk', 200, 5, 4],
    ['Test', 10, 0, 2],
  ])(
    'reads %s in batches of %d, waits %d s for them, at most %d at once, and returns what failed',
    (name, size, window, most) => {
      const [queueId] = theQueue(hub, name);
      hub.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
        BatchSize: size,
        MaximumBatchingWindowInSeconds: window,
        ScalingConfig: { MaximumConcurrency: most },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
    },
  );

  it('has six times its timeout, and the window, until SQS shows a batch again', () => {
    const [, bulk] = theQueue(hub, 'Bulk');
    expect(Number(bulk.Properties['VisibilityTimeout'])).toBeGreaterThanOrEqual(6 * 60 + 5);
  });

  it('takes other limits from the configuration', () => {
    const other = synthesized({ deploy: { concurrency: { priority: 20, bulk: 10 } } }).hub;
    for (const MaximumConcurrency of [20, 10]) {
      other.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        ScalingConfig: { MaximumConcurrency },
      });
    }
  });

  it('keeps its logs as long as configured', () => {
    hub.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    const month = synthesized({ deploy: { logRetentionDays: 30 } }).hub;
    month.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });
});

describe('the notifier', () => {
  const mapping = () =>
    resourcesOf(hub, 'AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith('Notify'))?.[1].Properties ?? {};

  it('is rung by new messages, and by nothing else that the table stores', () => {
    const { FilterCriteria, ...others } = mapping();
    expect(others).toMatchObject({
      StartingPosition: 'LATEST',
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: 60,
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^TablesAlerts/), 'StreamArn'] },
    });
    const { Filters } = FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown)).toEqual([
      { eventName: ['INSERT'], dynamodb: { NewImage: { pending: { S: [{ exists: true }] } } } },
    ]);
  });

  it('runs every minute, whatever the stream does, and is not queued up when it cannot', () => {
    const notifier = resourcesOf(hub, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Notify'))?.[0];
    hub.template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: Match.absent(),
      Target: {
        Arn: { 'Fn::GetAtt': [notifier, 'Arn'] },
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    });
    hub.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  it('has less time than a message is leased for', () => {
    const notifier = resourcesOf(hub, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Notify'))?.[1];
    expect(Number(notifier?.Properties['Timeout']) * 1_000).toBeLessThan(LEASE_MS);
  });

  it('publishes to chat where there is a topic for it', () => {
    const environmentOf = (stack: SynthesizedStack) =>
      JSON.stringify(
        resourcesOf(stack, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Notify'))?.[1].Properties[
          'Environment'
        ],
      );
    expect(environmentOf(hub)).not.toContain('CHAT_TOPIC_ARN');
    expect(environmentOf(full.hub)).toMatch(/"CHAT_TOPIC_ARN":\{"Ref":"TopicsChat/);
  });
});

describe('the heartbeat', () => {
  const [schedule] = resourcesOf(hub, 'AWS::Scheduler::Schedule').filter(([id]) => id.startsWith('Heartbeat'));
  const target = schedule?.[1].Properties['Target'] as { Input: unknown; Arn: unknown; RetryPolicy: unknown };
  /** With every token as a word. */
  const manifest = readManifest(JSON.parse(String(readable(target.Input))));
  const idsOf = (type: string) => resourcesOf(hub, type).map(([id]) => id);

  it('beats every five minutes, by Scheduler, and is not queued up when it cannot', () => {
    expect(schedule?.[1].Properties).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(schedule?.[1].Properties).not.toHaveProperty('State');
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
  });

  it('gets every part that was made, by its name', () => {
    const named = (ids: readonly string[]) => ids.map((id) => `\${${id}}`).sort();
    const functions = idsOf('AWS::Lambda::Function').filter((id) => !id.startsWith('Heartbeat'));
    expect(Object.values(manifest.functions).sort()).toEqual(named(functions));
    const mappings = idsOf('AWS::Lambda::EventSourceMapping').filter((id) => !id.includes('TestMapping'));
    expect(Object.values(manifest.mappings).sort()).toEqual(named(mappings));
    expect(Object.values(manifest.tables).sort()).toEqual(named(idsOf('AWS::DynamoDB::Table')));
    expect(Object.values(manifest.topics).sort()).toEqual(named(idsOf('AWS::SNS::Topic')));
    expect(Object.values(manifest.alarms).sort()).toEqual(named(idsOf('AWS::CloudWatch::Alarm')));
    expect(manifest.regions).toEqual(expect.arrayContaining([HOME_REGION, 'us-east-1']));
  });

  it('knows the pattern of every rule that is deployed, by its own reckoning', () => {
    const data = heartbeatData(resolveConfig({ regions: [HOME_REGION, 'us-east-1'] }, RULES, 0), RULES);
    const deployed = new Map(
      resourcesOf(hub, 'AWS::Events::Rule').map(([id, { Properties }]) => [
        `${id}.Arn`,
        {
          hash: hashOf(Properties['EventPattern']),
          reads: Properties['State'] !== 'ENABLED',
          target: Properties['Targets'],
        },
      ]),
    );
    for (const { id, patternHash, side } of data.patterns.derived.filter((one) => one.side !== 'data')) {
      const rule = deployed.get(manifest.rules[id] ?? '');
      expect({ id, hash: rule?.hash, reads: rule?.reads }).toEqual({ id, hash: patternHash, reads: side === 'reads' });
      deployed.delete(manifest.rules[id] ?? '');
    }
    for (const { arn } of Object.values(manifest.jewels)) expect(deployed.delete(arn)).toBe(true);
    expect([...deployed.keys()]).toEqual([]);
    const forwarded = resourcesOf(forwarder, 'AWS::Events::Rule').map(([, { Properties }]) => [
      Properties['Name'],
      hashOf(Properties['EventPattern']),
    ]);
    expect(data.patterns.forwarding.map(({ id, patternHash }) => [`trailhound-${id}`, patternHash])).toEqual(forwarded);
    for (const list of Object.values(data.patterns)) {
      const canaries = (list as typeof data.patterns.derived).flatMap(({ canary }) => canary ?? []);
      expect(canaries.sort()).toEqual(['read', 'write']);
    }
  });

  it('has leave to change nothing but its own items, its own messages, and a tag', () => {
    const [, policy] =
      resourcesOf(hub, 'AWS::IAM::ManagedPolicy').find(([id]) => id.startsWith('HeartbeatPolicy')) ?? [];
    const { Statement } = (policy?.Properties['PolicyDocument'] ?? {}) as { Statement: Statement[] };
    const writes = Statement.filter(({ Action }) => /Put|Update|Delete|Tag|Publish|Create/.test(String(Action)));
    expect(writes.flatMap(({ Action }) => Action).sort()).toEqual([
      ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Query'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 'sns:Publish', 'sqs:TagQueue'],
    ]);
    for (const { Action, Condition } of writes.filter(({ Action }) => String(Action).includes('dynamodb'))) {
      expect({ Action, Condition }).toEqual({
        Action,
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat*'] } },
      });
    }
  });

  it('is missed by an alarm when it does not come for a quarter of an hour', () => {
    hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ MetricName: 'HeartbeatRuns', Namespace: 'Trailhound', Period: 900, Threshold: 1 },
      ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching', EvaluationPeriods: 1 },
      Dimensions: [{ Name: 'service', Value: 'heartbeat' }],
    });
    const name: MetricName = 'HeartbeatRuns';
    expect(name).toBe('HeartbeatRuns');
  });

  it('is known to the detectors by its role', () => {
    const [role] = idsOf('AWS::IAM::Role').filter((id) => id.startsWith('HeartbeatRole'));
    for (const [id, { Properties }] of resourcesOf(hub, 'AWS::Lambda::Function')) {
      if (!id.startsWith('Detect')) continue;
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      expect(Variables['HEARTBEAT_ROLE_ARN']).toEqual({ 'Fn::GetAtt': [role, 'Arn'] });
    }
  });
});

describe('a key of one’s own', () => {
  it('is known to the detectors, which report whoever touches it', () => {
    const [[key] = ['']] = resourcesOf(full.hub, 'AWS::KMS::Key');
    for (const [stack, expected] of [
      [full.hub, { 'Fn::GetAtt': [key, 'Arn'] }],
      [hub, undefined],
    ] as const) {
      const detectors = resourcesOf(stack, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('Detect'));
      expect(detectors).toHaveLength(2);
      for (const [, { Properties }] of detectors) {
        const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
        expect(Variables['OWN_KEY_ARN']).toEqual(expected);
      }
    }
  });
});

describe('tables', () => {
  const tables = resourcesOf(hub, 'AWS::DynamoDB::Table');

  it('are three, paid by use, recoverable, and outlive the stack', () => {
    expect(tables).toHaveLength(3);
    for (const [, table] of tables) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        },
      });
    }
  });

  it('keep their logical IDs: another would be another, empty table', () => {
    expect(tables.map(([id]) => id)).toEqual([
      'TablesWindowsCD3BB695',
      'TablesBaselines79E22860',
      'TablesAlertsF4292B9D',
    ]);
    const [[key] = ['']] = resourcesOf(full.hub, 'AWS::KMS::Key');
    expect(key).toBe('Key961B73FD');
  });

  it('refuse changes by anybody but the functions and the operator', () => {
    const roles = resourcesOf(hub, 'AWS::IAM::Role')
      .filter(([id]) => !id.includes('ScheduleRole'))
      .map(([id]) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
    expect(roles).toHaveLength(6);
    for (const [, { Properties }] of tables) {
      const { Statement } = (Properties['ResourcePolicy'] as { PolicyDocument: { Statement: Statement[] } })
        .PolicyDocument;
      expect(Statement).toHaveLength(1);
      expect(Statement[0]).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
      expect(Statement[0]?.Action).toEqual(
        expect.arrayContaining([
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
          'dynamodb:PartiQLDelete',
        ]),
      );
      const condition = Statement[0]?.Condition as { ArnNotEquals: { 'aws:PrincipalArn': unknown[] } };
      expect(condition.ArnNotEquals['aws:PrincipalArn']).toEqual(expect.arrayContaining(roles));
      expect(condition.ArnNotEquals['aws:PrincipalArn']).toHaveLength(roles.length);
    }
  });

  it('ring when a message comes, and list those that wait', () => {
    hub.template.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'pending',
          KeySchema: [
            { AttributeName: 'pending', KeyType: 'HASH' },
            { AttributeName: 'pendingOrder', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
});

describe('topics', () => {
  it('let nobody subscribe by their policies', () => {
    for (const [, { Properties }] of resourcesOf(full.hub, 'AWS::SNS::TopicPolicy')) {
      for (const { Effect, Action } of (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement) {
        if (Effect === 'Allow') expect(Action).toBe('sns:Publish');
      }
    }
  });

  it('admit EventBridge without a condition, which it could not meet', () => {
    const admission = resourcesOf(hub, 'AWS::SNS::TopicPolicy')
      .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement)
      .filter(({ Principal }) => JSON.stringify(Principal) === '{"Service":"events.amazonaws.com"}');
    expect(admission).toHaveLength(1);
    expect(admission[0]).not.toHaveProperty('Condition');
  });

  it('send to the addresses of the configuration', () => {
    const of = (email: string | string[], opsEmail: string[]) =>
      resourcesOf(synthesized({ email, opsEmail }).hub, 'AWS::SNS::Subscription').map(
        ([, { Properties }]) => Properties['Endpoint'],
      );
    expect(of(['a@example.com', 'b@example.com'], ['c@example.com'])).toEqual([
      'a@example.com',
      'b@example.com',
      'c@example.com',
    ]);
    expect(of([], [])).toEqual([]);
  });

  it('are three with one for chat', () => {
    full.hub.template.resourceCountIs('AWS::SNS::Topic', 3);
  });

  it('use a key that alarms and EventBridge may use, when it is one of your own', () => {
    full.hub.template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    full.hub.template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    full.hub.template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS' } });
    full.hub.template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: {
        EnableKeyRotation: true,
        KeyPolicy: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
              Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            }),
          ]),
        },
      },
    });
  });
});

describe('the way without code', () => {
  it('tells people of a stopped trail, with the fields that AWS writes', () => {
    hub.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        detail: {
          eventName: ['StopLogging', 'DeleteTrail', 'PutEventSelectors'],
          errorCode: [{ exists: false }],
          errorMessage: [{ exists: false }],
        },
      },
      State: 'ENABLED',
      Targets: [
        {
          Arn: { Ref: Match.stringLikeRegexp('^TopicsOps') },
          InputTransformer: {
            InputPathsMap: Match.objectLike({ call: '$.detail.eventName', who: '$.detail.userIdentity.arn' }),
          },
        },
      ],
    });
  });

  it('never shows what a caller may write freely', () => {
    for (const [, { Properties }] of resourcesOf(hub, 'AWS::Events::Rule')) {
      const [{ InputTransformer }] = Properties['Targets'] as [
        { InputTransformer?: { InputPathsMap: Record<string, string>; InputTemplate: string } },
      ];
      if (InputTransformer === undefined) continue;
      const { InputPathsMap, InputTemplate } = InputTransformer;
      for (const path of Object.values(InputPathsMap)) {
        expect([
          '$.account',
          '$.region',
          '$.time',
          '$.id',
          '$.detail.eventName',
          '$.detail.eventID',
          '$.detail.userIdentity.arn',
          '$.detail.sourceIPAddress',
        ]).toContain(path);
      }
      const named = [...InputTemplate.matchAll(/<([^>]+)>/g)].map(([, name]) => name);
      expect([...new Set(named)].sort()).toEqual(Object.keys(InputPathsMap).sort());
      for (const line of InputTemplate.split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    }
  });
});

describe('self-watch', () => {
  const alarms = resourcesOf(hub, 'AWS::CloudWatch::Alarm');

  it('tells the ops topic of every alarm', () => {
    expect(alarms.length).toBeGreaterThan(15);
    for (const [id, { Properties }] of alarms) {
      expect({ id, actions: Properties['AlarmActions'] }).toEqual({
        id,
        actions: [{ Ref: expect.stringMatching(/^TopicsOps/) }],
      });
    }
  });

  it('chooses for each alarm what no data means', () => {
    for (const [id, { Properties }] of alarms) {
      const missing = id.includes('Silent') ? 'breaching' : 'notBreaching';
      expect({ id, missing: Properties['TreatMissingData'] }).toEqual({ id, missing });
    }
  });

  it('speaks when nobody sends any more, and when a topic refuses', () => {
    const notifier = resourcesOf(hub, 'AWS::Lambda::Function').find(([id]) => id.startsWith('Notify'))?.[0];
    hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: notifier } }],
    });
    const names: readonly MetricName[] = Object.keys(NOTIFIER_FAULTS) as (keyof typeof NOTIFIER_FAULTS)[];
    for (const MetricName of names) {
      hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Dimensions: [{ Name: 'service', Value: 'notify' }],
      });
    }
  });

  it('speaks when events wait for five minutes, and when the first one is given up', () => {
    hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage',
      Threshold: 300,
      ComparisonOperator: 'GreaterThanThreshold',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [theQueue(hub, 'Priority')[0], 'QueueName'] } }],
    });
    for (const name of ['PriorityFailed', 'BulkFailed']) {
      hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 0,
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [theQueue(hub, name)[0], 'QueueName'] } }],
      });
    }
  });

  it('counts what the detector counts, by the same names', () => {
    // The types say it: a counter that no function knows does not compile.
    const names: readonly MetricName[] = Object.keys(DETECTOR_FAULTS) as (keyof typeof DETECTOR_FAULTS)[];
    for (const MetricName of names) {
      hub.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Namespace: 'Trailhound',
        Dimensions: [{ Name: 'service', Value: 'detect' }],
      });
    }
  });
});

describe('the bus', () => {
  it('admits nobody from other accounts by default', () => {
    hub.template.resourceCountIs('AWS::Events::EventBusPolicy', 0);
  });

  it("admits the organization's forwarders, and those of named accounts, by their role", () => {
    const policies = resourcesOf(full.hub, 'AWS::Events::EventBusPolicy').map(([, { Properties }]) =>
      readable(Properties['Statement']),
    );
    expect(policies).toContainEqual(
      expect.objectContaining({
        Principal: '*',
        Condition: {
          StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' },
          ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/trailhound/trailhound-forwarder-*' },
        },
      }),
    );
    expect(policies).toContainEqual(
      expect.objectContaining({
        Condition: {
          ArnLike: { 'aws:PrincipalArn': ['arn:aws:iam::444455556666:role/trailhound/trailhound-forwarder-*'] },
        },
      }),
    );
  });
});

describe('forwarders', () => {
  it('are in every region that is on by default, the home region included', () => {
    const { trailhound } = appFor({ regions: undefined });
    expect(trailhound.forwarders).toHaveLength(17);
    expect(trailhound.forwarders.map(({ region }) => region)).toEqual(
      expect.arrayContaining(['us-east-1', HOME_REGION]),
    );
  });

  it('carry no assets and need no bootstrapped region', () => {
    const { app, trailhound } = appFor();
    const assembly = app.synth();
    for (const { artifactId } of trailhound.forwarders) {
      const { assets, requiresBootstrapStackVersion, template } = assembly.getStackArtifact(artifactId);
      expect(assets).toEqual([]);
      expect(requiresBootstrapStackVersion).toBeUndefined();
      expect(JSON.stringify(template)).not.toContain('BootstrapVersion');
    }
  });

  it('may put events on the hub’s bus, and nothing else', () => {
    expect(identityStatements(forwarder)).toEqual([
      {
        actions: ['events:PutEvents'],
        resources: [`arn:aws:events:${HOME_REGION}:${HUB_ACCOUNT}:event-bus/trailhound-hub`],
      },
    ]);
  });

  it('keep what the hub does not take', () => {
    const [[queue] = ['']] = resourcesOf(forwarder, 'AWS::SQS::Queue');
    for (const [, { Properties }] of resourcesOf(forwarder, 'AWS::Events::Rule')) {
      const [target] = Properties['Targets'] as [{ DeadLetterConfig: unknown; RoleArn: unknown }];
      expect(target.DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } });
      expect(target.RoleArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Role/), 'Arn'] });
    }
    forwarder.template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'trailhound-undelivered',
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it('send data events to a bus of their own, when they are wanted', () => {
    const targets = resourcesOf(full.forwarder, 'AWS::Events::Rule').map(([, { Properties }]) => [
      Properties['Name'],
      (Properties['Targets'] as [{ Arn: string }])[0].Arn.split('/').at(-1),
    ]);
    expect(Object.fromEntries(targets)).toMatchObject({
      'trailhound-Data': 'trailhound-data',
      'trailhound-Writes': 'trailhound-hub',
    });
    full.hub.template.hasResourceProperties('AWS::Events::EventBus', { Name: 'trailhound-data' });
    hub.template.resourceCountIs('AWS::Events::EventBus', 1);
  });
});

describe('member accounts', () => {
  const config = { deploy: { organizationId: 'o-abcdefghij', organizationalUnits: ['ou-abcd-11112222'] } };

  it('get the same forwarder by a StackSet, except the hub itself', () => {
    full.hub.template.hasResourceProperties('AWS::CloudFormation::StackSet', {
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'DELEGATED_ADMIN',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      StackInstancesGroup: [
        {
          DeploymentTargets: {
            OrganizationalUnitIds: ['ou-abcd-11112222'],
            Accounts: [HUB_ACCOUNT],
            AccountFilterType: 'DIFFERENCE',
          },
        },
      ],
    });
  });

  it('have one template for all regions, whose role differs by region', () => {
    const { trailhound } = appFor(config);
    const template = trailhound.memberTemplate as SynthesizedStack['json'];
    expect(JSON.stringify(template).length).toBeLessThan(51_200);
    expect(Object.keys(template)).not.toContain('Parameters');
    const role = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::IAM::Role');
    expect(readable(role?.Properties['RoleName'])).toMatch(/^trailhound-forwarder-\$\{AWS::Region\}$/);
    expect(role?.Properties['Path']).toBe('/trailhound/');
    expect(JSON.stringify(template)).toContain(`:events:${HOME_REGION}:${HUB_ACCOUNT}:event-bus/trailhound-hub`);
  });
});

describe('a trail of its own', () => {
  it('is made only when asked for', () => {
    hub.template.resourceCountIs('AWS::CloudTrail::Trail', 0);
  });

  it('records every management event of every region, and data events of the chosen buckets alone', () => {
    full.hub.template.hasResource('AWS::CloudTrail::Trail', {
      DeletionPolicy: 'Retain',
      Properties: {
        IsLogging: true,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
        AdvancedEventSelectors: [
          { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
          {
            FieldSelectors: [
              { Field: 'eventCategory', Equals: ['Data'] },
              { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
              { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::pay-slips/', 'arn:aws:s3:::board-minutes/'] },
            ],
          },
        ],
      },
    });
  });

  it('writes to a bucket that nobody else can open, and that stays', () => {
    full.hub.template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: Match.anyValue(),
      },
    });
    const statements = resourcesOf(full.hub, 'AWS::S3::BucketPolicy').flatMap(
      ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
    );
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Principal }) => Principal)).toEqual([
      { Service: 'cloudtrail.amazonaws.com' },
      { Service: 'cloudtrail.amazonaws.com' },
    ]);
    for (const { Condition } of allowed) {
      expect(readable(Condition)).toMatchObject({
        StringEquals: { 'aws:SourceArn': expect.stringMatching(/:trail\/trailhound$/) },
      });
    }
  });

  it('keeps its logical IDs', () => {
    const retained = ['AWS::CloudTrail::Trail', 'AWS::S3::Bucket'].map((type) => resourcesOf(full.hub, type)[0]?.[0]);
    expect(retained).toEqual(['Trail022F0CF2', 'TrailLogs73276642']);
  });
});

describe('a deployment', () => {
  it('says what to do next', () => {
    const outputs = hub.json.Outputs as Record<string, { Value: unknown }>;
    expect(outputs['NextStep']?.Value).toBe(
      'CONFIRM the e-mails from AWS Notifications to security@example.com, ops@example.com; then run: npm run -s trailhound -- send-test',
    );
    for (const name of ['AlertsTopicArn', 'OpsTopicArn', 'TestQueueUrl', 'OperatorRoleArn', 'ConfigHash', 'Version']) {
      expect(outputs).toHaveProperty(name);
    }
    const silent = synthesized({ email: [], opsEmail: [] }).hub.json.Outputs as Record<string, { Value: unknown }>;
    expect(silent['NextStep']?.Value).toMatch(/^Nobody is told yet/);
  });

  it('protects its stacks from deletion', () => {
    const { trailhound } = appFor();
    for (const stack of [trailhound.hub, ...trailhound.forwarders]) expect(stack.terminationProtection).toBe(true);
  });

  it('looks like this, but for what follows from the rules', () => {
    expect({ hub: masked(hub), forwarder: masked(forwarder) }).toMatchSnapshot();
  });
});

describe('room to grow', () => {
  it.each([
    ['the hub as shipped', hub],
    ['the hub with everything', full.hub],
    ['a forwarder', forwarder],
  ])('is left in the template of %s: a fifth of every limit', (_, { json }) => {
    const used = {
      resources: Object.keys(json.Resources).length,
      // As it is written: the hub's without white space.
      bytes: Buffer.byteLength(JSON.stringify(json)),
      outputs: Object.keys(json.Outputs ?? {}).length,
    };
    const beyond = Object.entries(STACK_LIMITS).filter(
      ([what, most]) => used[what as keyof typeof used] > most * USABLE,
    );
    expect({ used, beyond }).toEqual({ used, beyond: [] });
  });
});

describe('a mistake', () => {
  it.each([
    [
      { regions: ['us-east-1', 'eu-west-9'] },
      /eu-west-9: no region that the installed CDK knows; did you mean eu-west-/,
    ],
    [{ regions: ['us-east-1'] }, /eu-west-1: the home region is not covered; add it to regions/],
    [{ regions: ['eu-west-1'] }, /us-east-1/],
    [{ email: 'security.example.com' }, /email/],
    [{ deploy: { organizationalUnits: ['ou-abcd-11112222'] } }, /organizationId/],
  ])('stops the synthesis and says what to do: %j', (config, message) => {
    expect(() => appFor(config)).toThrow(message);
  });
});

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function theQueue(stack: SynthesizedStack, name: string): [string, Resource] {
  const found = resourcesOf(stack, 'AWS::SQS::Queue').filter(([id]) =>
    new RegExp(`^Queues${name}[0-9A-F]{8}$`).test(id),
  );
  const [queue, ...others] = found;
  if (queue === undefined || others.length > 0) throw new Error(`expected one queue ${name}, found ${found.length}`);
  return queue;
}

function policyOf(stack: SynthesizedStack, queueId: string): Statement[] {
  return resourcesOf(stack, 'AWS::SQS::QueuePolicy')
    .filter(([, { Properties }]) => JSON.stringify(Properties['Queues']).includes(`"${queueId}"`))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

function identityStatements(stack: SynthesizedStack): { actions: string[]; resources: string[] }[] {
  return ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].flatMap((type) =>
    resourcesOf(stack, type).flatMap(([, { Properties }]) =>
      (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement.map(({ Action, Resource }) => ({
        actions: [Action].flat(),
        resources: [readable(Resource)].flat().map(String),
      })),
    ),
  );
}

/** Every role with who may take it and what it may do, and every resource with whom it admits and refuses. */
function permissionsOf(stack: SynthesizedStack): object {
  const found: Record<string, unknown> = {};
  for (const [id, { Type, Properties }] of Object.entries(stack.json.Resources)) {
    const document =
      Properties['AssumeRolePolicyDocument'] ??
      Properties['PolicyDocument'] ??
      Properties['KeyPolicy'] ??
      (Properties['ResourcePolicy'] as { PolicyDocument: unknown } | undefined)?.PolicyDocument ??
      (Properties['Statement'] === undefined ? undefined : { Statement: [Properties['Statement']] });
    if (document === undefined) continue;
    const { ManagedPolicyArns, Policies, Roles, PermissionsBoundary } = Properties;
    found[`${Type} ${id}`] = readable({
      statements: (document as { Statement: unknown[] }).Statement,
      ...JSON.parse(JSON.stringify({ ManagedPolicyArns, Policies, Roles, PermissionsBoundary })),
    });
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without hashes of assets, and without the patterns that are made from the rules: the drift test is for those. */
function masked(stack: SynthesizedStack): unknown {
  const resources = Object.entries(stack.json.Resources).flatMap(([id, resource]): [string, unknown][] => {
    if (id.startsWith('Feed')) return [];
    if (id.startsWith('NamedReads'))
      return [[id, { ...resource, Properties: { ...resource.Properties, EventPattern: 'the reads that rules name' } }]];
    return [[id, resource]];
  });
  const { Outputs = {} } = stack.json;
  const outputs = Object.fromEntries(
    Object.entries(Outputs).filter(([name]) => name !== 'ConfigHash' && name !== 'Version'),
  );
  const text = JSON.stringify({ ...stack.json, Resources: Object.fromEntries(resources), Outputs: outputs });
  return JSON.parse(text.replace(/[0-9a-f]{64}/g, 'HASH').replace(/Trailhound \d+\.\d+\.\d+/g, 'Trailhound VERSION'));
}
