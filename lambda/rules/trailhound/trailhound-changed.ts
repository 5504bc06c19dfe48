import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, repeat, role } from '../sample';
import { changeInWords, isByStack, isDeployer, ownParts, tampering } from './own-parts';

export default defineRule({
  id: 'trailhound-changed',
  title: 'Trailhound itself was changed by a stranger to it',
  severity: 'critical',
  rows: ['0-1'],
  attack: ['TA0005/T1562.008', 'TA0005/T1562.001'],
  match: tampering('succeeded'),
  when: (event, settings) => !isDeployer(event, settings) && ownParts(event, settings).length > 0,
  per: (event) => `${event.account}|${event.actor}|${isByStack(event) ? 'by CloudFormation' : event.call}`,
  quietMs: HOUR,
  neverSuppressed: true,
  settings: ['ownResources', 'ownDeployRoles'],
  headline: changeInWords,
  why: 'Who changes the detector decides what it sees and tells. Nobody but the roles of deploy.deployRoles should.',
  runbook: [
    'Ask the actor. If it was a deployment of yours, add its roles to deploy.deployRoles: the one that starts it, and the one that CloudFormation works with.',
    "Otherwise treat the detector as taken: revoke the actor's sessions and deactivate its keys first.",
    'Put everything back: cdk deploy --all --force, and see in the next message of the heartbeat that all is right.',
    'Look at what happened while it was changed, with trailhound replay over the files of the trail.',
    'Deny such calls to all but the deploy roles, by a service control policy: examples/scp-protect-trailhound.json is one.',
  ],
  falsePositives: ['Your own deployments, as long as deploy.deployRoles does not name who makes them.'],
  blindSpots: [
    'The last call of somebody who takes the detector apart may not be told by it; two rules on the bus and the heartbeat do not depend on it.',
    'Parts under other names than `ownResources` has, and items of the tables, whose changes are in no management event.',
  ],
  references: [
    'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

export const examples = (): Examples => {
  const did = (service: string, name: string, requestParameters: object, more: object = {}) =>
    call(`${service}.amazonaws.com`, name, { readOnly: false, requestParameters, ...more });
  const disabled = did('events', 'DisableRule', { name: 'trailhound-Writes' });
  const deployer = 'arn:aws:iam::111122223333:role/cdk-deploy';
  const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
  const byStack = { sourceIPAddress: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' };
  const fires = (why: string, ...timeline: object[]) => ({
    ...{ why, severity: 'critical' as const },
    timeline: timeline as { [field: string]: unknown }[],
  });
  const url = 'https://sqs.eu-west-1.amazonaws.com/111122223333/Trailhound-Hub-QueuesPriority-EXAMPLE';
  const mapped = { functionArn: arn('lambda', 'function:Trailhound-Hub-DetectPriority-EXAMPLE'), state: 'Disabling' };
  return {
    fires: [
      fires('a forwarding rule was disabled', disabled),
      fires(
        'a rule of the hub lost its targets',
        did('events', 'RemoveTargets', { rule: 'x', eventBusName: 'trailhound-hub', ids: ['Queue'] }),
      ),
      fires(
        'the bus was deleted, by ARN',
        did('events', 'DeleteEventBus', { name: arn('events', 'event-bus/trailhound-hub') }),
      ),
      fires(
        'the schedule of the heartbeat was deleted',
        did('scheduler', 'DeleteSchedule', { name: 'Trailhound-Hub-HeartbeatEveryFiveMinutes-EXAMPLE' }),
      ),
      fires(
        'the code was replaced, under a name with a version',
        did('lambda', 'UpdateFunctionCode20150331v2', {
          functionName: arn('lambda', 'function:Trailhound-Hub-Notify-EXAMPLE'),
        }),
      ),
      fires(
        'a function may not run any more',
        did('lambda', 'PutFunctionConcurrency20171031', {
          functionName: 'Trailhound-Hub-DetectBulk-EXAMPLE',
          reservedConcurrentExecutions: 0,
        }),
      ),
      fires(
        'a mapping was switched off: only the response says whose',
        did(
          'lambda',
          'UpdateEventSourceMapping20150331',
          { uUID: '0f1e2d3c', enabled: false },
          { responseElements: mapped },
        ),
      ),
      fires(
        'somebody else reads the queue',
        did('lambda', 'CreateEventSourceMapping20150331', {
          functionName: 'thief',
          eventSourceArn: arn('sqs', 'Trailhound-Hub-QueuesPriority-EXAMPLE'),
        }),
      ),
      fires('a queue was emptied', did('sqs', 'PurgeQueue', { queueUrl: url })),
      fires(
        'a topic got another policy',
        did('sns', 'SetTopicAttributes', {
          topicArn: arn('sns', 'Trailhound-Hub-Alerts-EXAMPLE'),
          attributeName: 'Policy',
        }),
      ),
      fires(
        'somebody else subscribed',
        did('sns', 'Subscribe', { topicArn: arn('sns', 'Trailhound-Hub-Alerts-EXAMPLE'), protocol: 'https' }),
      ),
      fires(
        'somebody was unsubscribed',
        did('sns', 'Unsubscribe', { subscriptionArn: arn('sns', 'Trailhound-Hub-Ops-EXAMPLE:0f1e2d3c') }),
      ),
      fires(
        'a table was deleted',
        did('dynamodb', 'DeleteTable', { tableName: 'Trailhound-Hub-TablesAlerts-EXAMPLE' }),
      ),
      fires(
        'items expire at once',
        did('dynamodb', 'UpdateTimeToLive', {
          tableName: arn('dynamodb', 'table/Trailhound-Hub-TablesWindows-EXAMPLE'),
        }),
      ),
      fires(
        'alarms were switched off',
        did('monitoring', 'DisableAlarmActions', {
          alarmNames: ['mine', 'Trailhound-Hub-SelfWatchHeartbeatSilent-EXAMPLE'],
        }),
      ),
      fires(
        'a log group was deleted',
        did('logs', 'DeleteLogGroup', { logGroupName: 'Trailhound-Hub-DetectPriorityLogs-EXAMPLE' }),
      ),
      fires(
        'a role trusts somebody else',
        did('iam', 'UpdateAssumeRolePolicy', { roleName: 'trailhound-forwarder-eu-west-1', policyDocument: '{}' }),
      ),
      fires(
        'a policy was changed',
        did('iam', 'CreatePolicyVersion', {
          policyArn: 'arn:aws:iam::111122223333:policy/Trailhound-Hub-DetectPolicy-EXAMPLE',
          setAsDefault: true,
        }),
      ),
      fires(
        'the stack may be deleted again',
        did('cloudformation', 'UpdateTerminationProtection', {
          stackName: 'Trailhound-Hub',
          enableTerminationProtection: false,
        }),
      ),
      fires(
        'the stack was deleted, by ARN',
        did('cloudformation', 'DeleteStack', {
          stackName: arn('cloudformation', 'stack/Trailhound-Forwarder-eu-west-1/0f1e2d3c'),
        }),
      ),
      {
        why: 'the key was disabled',
        severity: 'critical',
        timeline: [
          did(
            'kms',
            'DisableKey',
            { keyId: '1234abcd' },
            { resources: [{ ARN: arn('kms', 'key/1234abcd'), type: 'AWS::KMS::Key' }] },
          ),
        ],
        settings: { ownResources: [arn('kms', 'key/1234abcd')] },
      },
      fires(
        'the parameters are too large to see',
        but(did('sqs', 'SetQueueAttributes', {}), {
          requestParameters: { omitted: true, reason: 'requestParameters too large' },
        }),
      ),
      {
        why: 'a role that may not deploy',
        severity: 'critical',
        timeline: [but(disabled, { userIdentity: role('other', 'x') })],
        settings: { ownDeployRoles: [deployer] },
      },
      fires(
        'a deployment by a stranger makes many calls: one alert',
        ...repeat(but(disabled, byStack), 3, 1_000, (index) => ({
          eventName: ['PutRule', 'PutTargets', 'RemoveTargets'][index],
          requestParameters: { name: 'trailhound-Writes', rule: 'trailhound-Writes' },
        })),
      ),
      fires(
        'the same call on three rules: one alert',
        ...repeat(disabled, 3, 60_000, (index) => ({ requestParameters: { name: `trailhound-${index}` } })),
      ),
    ],
    quiet: [
      { why: 'a rule of somebody else', timeline: [but(disabled, { requestParameters: { name: 'nightly-report' } })] },
      { why: 'it was refused', timeline: [denied(disabled)] },
      {
        why: 'a role that may deploy',
        timeline: [but(disabled, { userIdentity: role('cdk-deploy', 'ci') })],
        settings: { ownDeployRoles: [deployer] },
      },
      {
        why: 'the same, by CloudFormation',
        timeline: [but(disabled, { userIdentity: role('cdk-deploy', 'ci'), ...byStack })],
        settings: { ownDeployRoles: [deployer] },
      },
      { why: 'another name of the deployment', timeline: [disabled], settings: { ownResources: ['Guard-*'] } },
      {
        why: 'the canary tags a queue',
        timeline: [
          but(later(disabled, 1_000), {
            eventSource: 'sqs.amazonaws.com',
            eventName: 'TagQueue',
            requestParameters: { queueUrl: url },
          }),
        ],
      },
    ],
  };
};
