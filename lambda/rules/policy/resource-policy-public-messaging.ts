import { at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { type PublicGrant, publicGrants } from './public-policy';
import { parameterOf, publicGrantsIn, publicPolicyRule } from './resource-policy';

const SQS = 'sqs.amazonaws.com';
const SNS = 'sns.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-messaging',
  title: 'Queue or topic policy lets anybody in',
  ...publicPolicyRule({
    kind: 'queue or topic',
    resource: (event) =>
      parameterOf(event, 'queueUrl', 'topicArn', 'queueName', 'name') ??
      text(at(event.record, 'responseElements', 'topicArn')),
    grants: messagingGrants,
  }),
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: SQS, calls: ['SetQueueAttributes', 'CreateQueue'] },
    { feed: 'api-writes', outcome: 'succeeded', service: SNS, calls: ['SetTopicAttributes', 'CreateTopic'] },
  ],
  why: 'Anybody with an AWS account can now read these messages, or send ones that the systems behind will believe.',
  runbook: [
    'Read the policy: aws sqs get-queue-attributes --queue-url <url> --attribute-names Policy, or aws sns get-topic-attributes --topic-arn <arn>.',
    'Name who needs it: accounts as principals, or a condition on aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID.',
    'Look for subscriptions that nobody knows: aws sns list-subscriptions-by-topic --topic-arn <arn>.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A topic for public notifications.', 'A policy whose Deny statements take back what it gives.'],
  blindSpots: ['Named foreign accounts, also by AddPermission: that is sharing, not public.'],
  references: [
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html',
    'https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html',
  ],
});

/** SetTopicAttributes sets one attribute by name: `attributeName: Policy`, and the policy in `attributeValue`. */
function messagingGrants(event: TrailEvent): readonly PublicGrant[] {
  const request = event.record['requestParameters'];
  if (text(pick(request, 'attributeName'))?.toLowerCase() === 'policy') {
    return publicGrants(pick(request, 'attributeValue'));
  }
  return publicGrantsIn(event);
}

export const examples = (): Examples => {
  const policy = (fields: object = {}) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*', ...fields }],
    });
  const queue = (Policy: string) =>
    call(SQS, 'SetQueueAttributes', {
      requestParameters: {
        queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
        attributes: { Policy, RedrivePolicy: '{"maxReceiveCount":"5"}', VisibilityTimeout: '30' },
      },
    });
  const topic = (attributeName: string, attributeValue: string) =>
    call(SNS, 'SetTopicAttributes', {
      requestParameters: { topicArn: 'arn:aws:sns:us-east-1:111122223333:orders', attributeName, attributeValue },
    });
  const open = queue(policy());
  const subscribe = policy({ Principal: { AWS: '*' }, Action: ['sns:Subscribe', 'sns:Publish'] });
  const own = { Condition: { StringEquals: { 'AWS:SourceOwner': '111122223333' } } };
  return {
    fires: [
      { why: 'anybody may send to a queue', timeline: [open], severity: 'high' },
      {
        why: 'anybody may do everything with a queue',
        timeline: [queue(policy({ Action: 'sqs:*' }))],
        severity: 'critical',
      },
      {
        why: 'a queue made public at birth',
        timeline: [
          call(SQS, 'CreateQueue', { requestParameters: { queueName: 'orders', attributes: { Policy: policy() } } }),
        ],
        severity: 'high',
      },
      { why: 'anybody may subscribe to a topic', timeline: [topic('Policy', subscribe)], severity: 'high' },
      {
        why: 'a topic made public at birth',
        timeline: [
          call(SNS, 'CreateTopic', { requestParameters: { name: 'orders', attributes: { Policy: subscribe } } }),
        ],
        severity: 'high',
      },
      { why: 'by CDK: one lower', timeline: [but(open, { userAgent: 'aws-cdk/2.276.0' })], severity: 'medium' },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'the policy was taken away', timeline: [queue('')] },
      {
        why: 'only for messages of one topic',
        timeline: [
          queue(policy({ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:111122223333:orders' } } })),
        ],
      },
      {
        why: "the console's own policy for a topic",
        timeline: [topic('Policy', policy({ Principal: { AWS: '*' }, ...own }))],
      },
      { why: 'a display name that looks like a policy', timeline: [topic('DisplayName', subscribe)] },
    ],
  };
};
