import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface TopicsProps {
  readonly key: IKey | undefined;
  readonly emails: readonly string[];
  readonly opsEmails: readonly string[];
  /** Whether there is a topic for chat. */
  readonly chat: boolean;
}

/** Where people are told: of attacks by one topic, of the detector's own state by another, so that one can miss. */
export class Topics extends Construct {
  readonly alerts: Topic;
  readonly ops: Topic;
  /** Alerts again, in the form that Amazon Q Developer in chat applications shows. */
  readonly chat: Topic | undefined;

  constructor(scope: Construct, id: string, { key, emails, opsEmails, chat }: TopicsProps) {
    super(scope, id);
    // Neither policy lets anybody subscribe: who reads alerts is decided by deploying.
    const topic = (name: string, displayName: string) =>
      new Topic(this, name, { displayName, enforceSSL: true, ...(key === undefined ? {} : { masterKey: key }) });
    this.alerts = topic('Alerts', 'Trailhound alerts');
    this.ops = topic('Ops', 'Trailhound operations');
    this.chat = chat ? topic('Chat', 'Trailhound alerts for chat') : undefined;
    for (const email of emails) this.alerts.addSubscription(new EmailSubscription(email));
    for (const email of opsEmails) this.ops.addSubscription(new EmailSubscription(email));

    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${stack.stackName}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.ops.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AdmitAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.ops.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarms }, StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    );
    // No condition: EventBridge gives none to SNS, and with one nothing would ever arrive.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
    this.ops.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AdmitRules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.ops.topicArn],
      }),
    );
    acknowledge(this, {
      'Serverless-SNSRedrivePolicy':
        'SNS keeps no dead letters for e-mail; failed deliveries are counted, and an alarm tells of the first.',
    });
    if (key === undefined) {
      acknowledge(this, {
        'NIST.800.53.R5-SNSEncryptedKMS':
          'Messages leave by e-mail in clear text anyway. The AWS managed key would lock out alarms and EventBridge; set deploy.customerManagedKey for a key of your own.',
      });
    }
  }
}
