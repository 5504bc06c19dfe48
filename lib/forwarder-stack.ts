import {
  BootstraplessSynthesizer,
  Duration,
  type IStackSynthesizer,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';

import type { Construct } from 'constructs';
import type { ForwardingPattern } from '../lambda/rules/forwarding';
import { acknowledge } from './acknowledge';
import { WITH_READS } from './event-feed';
import { busArn, DATA_BUS, FORWARDER_PATH, FORWARDER_QUEUE, FORWARDER_ROLE, FORWARDING_RULE, HUB_BUS } from './names';

export interface ForwarderStackProps extends StackProps {
  readonly patterns: readonly ForwardingPattern[];
  /** Region of the hub. */
  readonly hubRegion: string;
  /** Account of the hub; absent: the forwarder's own. */
  readonly hubAccount?: string | undefined;
}

/** Refuses assets. The cast: the CDK's own types do not agree under exactOptionalPropertyTypes. */
const assetFree = () => new BootstraplessSynthesizer() as unknown as IStackSynthesizer;

/**
 * In every region of every account: CloudTrail's events from the default bus to the hub's, by a few coarse rules that do
 * not change with the configuration of detections. No assets and nothing that needs a bootstrapped region, so that a
 * StackSet or a console upload can deploy it.
 */
export class ForwarderStack extends Stack {
  constructor(scope: Construct, id: string, { patterns, hubRegion, hubAccount, ...props }: ForwarderStackProps) {
    super(scope, id, { synthesizer: assetFree(), ...props });
    const buses = [...new Set(patterns.map(({ data }) => (data ? DATA_BUS : HUB_BUS)))];
    const busArns = new Map(buses.map((name) => [name, busArn(this, name, hubRegion, hubAccount ?? this.account)]));

    const role = new Role(this, 'Role', {
      path: FORWARDER_PATH,
      roleName: `${FORWARDER_ROLE}-${this.region}`,
      description: 'Trailhound: EventBridge forwards CloudTrail events to the hub',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    new ManagedPolicy(this, 'Policy', {
      path: FORWARDER_PATH,
      roles: [role],
      statements: [new PolicyStatement({ actions: ['events:PutEvents'], resources: [...busArns.values()] })],
    });

    const undelivered = this.undelivered();
    for (const { id: word, pattern, reads, data, about } of patterns) {
      new CfnRule(this, word, {
        name: `${FORWARDING_RULE}-${word}`,
        description: `Trailhound forwards ${about}`,
        eventPattern: pattern,
        state: reads ? WITH_READS : 'ENABLED',
        targets: [
          {
            id: 'Hub',
            arn: busArns.get(data ? DATA_BUS : HUB_BUS) ?? '',
            roleArn: role.roleArn,
            deadLetterConfig: { arn: undelivered.queueArn },
          },
        ],
      });
    }
  }

  /** What the hub's region did not take within 24 hours, for 14 days. */
  private undelivered(): Queue {
    const queue = new Queue(this, 'Undelivered', {
      queueName: FORWARDER_QUEUE,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const rules = this.formatArn({ service: 'events', resource: 'rule', resourceName: `${FORWARDING_RULE}-*` });
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AdmitRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: {
          ArnLike: { 'aws:SourceArn': rules },
          StringEquals: { 'aws:SourceAccount': this.account },
        },
      }),
    );
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RefuseOthers',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnNotLike: { 'aws:SourceArn': rules } },
      }),
    );
    const isLast = 'It is a dead-letter queue itself; the heartbeat reports its first message.';
    acknowledge(queue, { 'AwsSolutions-SQS3': isLast, 'Serverless-SQSRedrivePolicy': isLast });
    return queue;
  }
}
