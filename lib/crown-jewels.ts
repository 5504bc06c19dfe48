import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EventPattern, FROM_AWS, MANAGEMENT, SUCCEEDED, WRITE } from '../lambda/rules/event-pattern';
import type { HubBus } from './hub-bus';
import { FORWARDING_RULE } from './names';

export interface CrownJewelsProps {
  readonly bus: HubBus;
  readonly topic: ITopic;
  /** For what the topic does not take. */
  readonly failed: IQueue;
  /** Ids of the event source mappings; everything else of ours is known by the stack's name. */
  readonly mappingIds: readonly string[];
  /** Regions with a stack of ours. */
  readonly regions: readonly string[];
}

/**
 * The way without code, beside the normal one: from the bus straight to people. A detector that was replaced must not be
 * the judge of its own replacement. Only what succeeded, so that refused attempts cannot flood the topic.
 */
export class CrownJewels extends Construct {
  /** The rules by their id, for the heartbeat: each with its pattern, which names parts of the stack. */
  readonly rules: Readonly<Record<string, { readonly arn: string; readonly pattern: EventPattern }>>;

  constructor(scope: Construct, id: string, { bus, topic, failed, mappingIds, regions }: CrownJewelsProps) {
    super(scope, id);
    const rules: Record<string, { arn: string; pattern: EventPattern }> = {};
    const tell = (name: string, description: string, eventPattern: EventPattern, lines: readonly string[]) => {
      const rule = new CfnRule(this, name, {
        eventBusName: bus.busName,
        description,
        eventPattern,
        state: 'ENABLED',
        targets: [
          {
            id: 'Topic',
            arn: topic.topicArn,
            deadLetterConfig: { arn: failed.queueArn },
            inputTransformer: textOf(lines),
          },
        ],
      });
      rules[name] = { arn: rule.attrArn, pattern: eventPattern };
    };
    this.rules = rules;

    tell(
      'TrailStopped',
      'CloudTrail was stopped, deleted or told to record something else',
      apiCall({
        eventSource: ['cloudtrail.amazonaws.com'],
        eventName: ['StopLogging', 'DeleteTrail', 'PutEventSelectors'],
      }),
      ['Trailhound: <call> succeeded, CloudTrail may record less from now on.', ...WHO_AND_WHERE],
    );
    const { ways, stores, stacks } = ownParts(Stack.of(this), bus, mappingIds, regions);
    // Two patterns, because one would be too long.
    tell('OwnFunctionsOrRulesChanged', 'Functions, mappings or rules of Trailhound were changed', apiCall(ways), OWN);
    tell('OwnStoresOrTopicsChanged', 'Queues, topics or tables of Trailhound were changed', apiCall(stores), OWN);
    tell('OwnStacksChanged', 'A stack of Trailhound was deployed or deleted', apiCall(stacks), OWN);
  }
}

/** An input transformer: one quoted line each, with the fields that they name. */
function textOf(lines: readonly string[]) {
  const inputTemplate = lines.map((line) => JSON.stringify(line)).join('\n');
  const used = Object.entries(PATHS).filter(([name]) => inputTemplate.includes(`<${name}>`));
  return { inputPathsMap: Object.fromEntries(used), inputTemplate };
}

/** Only fields that AWS writes or that AWS limits to plain letters: nothing here can make text harmless. */
const PATHS = {
  account: '$.account',
  region: '$.region',
  time: '$.time',
  call: '$.detail.eventName',
  who: '$.detail.userIdentity.arn',
  from: '$.detail.sourceIPAddress',
  event: '$.detail.eventID',
};

const WHO_AND_WHERE = [
  'Who: <who>, from <from>.',
  'Where: account <account>, <region>. When: <time>. CloudTrail event: <event>.',
];

const OWN = [
  'Trailhound itself was changed: <call> succeeded. A deployment of yours? If not, treat the detector as taken.',
  ...WHO_AND_WHERE,
];

function apiCall(detail: EventPattern): EventPattern {
  return {
    source: FROM_AWS,
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventCategory: MANAGEMENT, readOnly: WRITE, ...SUCCEEDED, ...detail },
  };
}

/**
 * Calls that change what this stack made. CloudFormation names it after the stack, so prefixes stay short and hold for
 * parts that are added later. What CloudFormation itself calls is left out, because a deployment makes hundreds of calls
 * and e-mail gets ten a second; the call that started it is told.
 */
function ownParts(stack: Stack, bus: HubBus, mappingIds: readonly string[], regions: readonly string[]) {
  // CloudFormation shortens long names, the stack's part of them too.
  const own = stack.stackName.slice(0, 20);
  const arnOf = (service: string, resource: string, resourceName = own, arnFormat = ArnFormat.SLASH_RESOURCE_NAME) =>
    stack.formatArn({ service, resource, resourceName, arnFormat });
  const startingWith = (...prefixes: string[]) => prefixes.map((prefix) => ({ prefix }));
  /** The same condition on any of several request parameters. */
  const inAnyOf = (names: readonly string[], conditions: readonly { prefix: string }[]): EventPattern =>
    names.length === 1
      ? { requestParameters: { [names[0] as string]: conditions } }
      : { $or: names.map((name) => ({ requestParameters: { [name]: conditions } })) };
  const notByStack = { sourceIPAddress: [{ 'anything-but': ['cloudformation.amazonaws.com'] }] };

  const functions = arnOf('lambda', 'function', own, ArnFormat.COLON_RESOURCE_NAME);
  const topics = stack.formatArn({ service: 'sns', resource: own, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const queues = `https://sqs.${stack.region}.${stack.urlSuffix}/${stack.account}/${own}`;
  return {
    ways: {
      ...notByStack,
      $or: [
        {
          eventSource: ['lambda.amazonaws.com'],
          eventName: startingWith(
            'DeleteFunction',
            'UpdateFunction',
            'PutFunction',
            'AddPermission',
            'RemovePermission',
          ),
          ...inAnyOf(['functionName'], startingWith(own, functions)),
        },
        {
          eventSource: ['lambda.amazonaws.com'],
          eventName: startingWith('DeleteEventSourceMapping', 'UpdateEventSourceMapping'),
          requestParameters: { uUID: mappingIds },
        },
        { eventSource: ['events.amazonaws.com'], requestParameters: { eventBusName: [bus.busName, bus.arn] } },
        { eventSource: ['events.amazonaws.com'], ...inAnyOf(['name', 'rule'], startingWith(`${FORWARDING_RULE}-`)) },
      ],
    },
    stores: {
      ...notByStack,
      $or: [
        {
          eventSource: ['sqs.amazonaws.com'],
          eventName: ['DeleteQueue', 'PurgeQueue', 'SetQueueAttributes', 'AddPermission', 'RemovePermission'],
          ...inAnyOf(['queueUrl'], startingWith(queues)),
        },
        {
          eventSource: ['sns.amazonaws.com'],
          eventName: [
            ...['DeleteTopic', 'AddPermission', 'RemovePermission', 'Subscribe', 'Unsubscribe'],
            ...startingWith('Set'),
          ],
          ...inAnyOf(['topicArn', 'subscriptionArn'], startingWith(topics)),
        },
        {
          eventSource: ['dynamodb.amazonaws.com'],
          ...inAnyOf(['tableName', 'resourceArn'], startingWith(own, arnOf('dynamodb', 'table'))),
        },
      ],
    },
    stacks: {
      // No exception here: this is the call that starts a deployment.
      eventSource: ['cloudformation.amazonaws.com'],
      eventName: ['UpdateStack', 'ExecuteChangeSet', 'DeleteStack', 'UpdateTerminationProtection', 'SetStackPolicy'],
      requestParameters: { stackName: startingWith(...stackNames(stack, regions)) },
    },
  };
}

/** How calls name the stacks of a deployment: `Trailhound-Hub`, `Trailhound-Forwarder-<region>`, or by ARN. */
function stackNames(stack: Stack, regions: readonly string[]): string[] {
  const resourceName = stack.stackName.replace(/Hub$/, '');
  const arns = regions.map((region) =>
    stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName, region }),
  );
  return [resourceName, ...arns];
}
