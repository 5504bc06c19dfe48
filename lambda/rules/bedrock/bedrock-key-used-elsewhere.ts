import { QUESTIONS } from '../bursts/discovery';
import { whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, type Match } from '../rule';
import { but, call, denied, later, user } from '../sample';

/**
 * Users that Bedrock makes for its API keys, which are for nothing else.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html
 */
const OF_BEDROCK_KEYS = { userIdentity: { userName: [{ prefix: 'BedrockAPIKey-' }] } };

const WRITES: readonly Match[] = [
  {
    feed: 'api-writes',
    outcome: 'any',
    service: 'iam.amazonaws.com',
    calls: ['CreateUser', 'CreateAccessKey', 'CreateLoginProfile', 'AttachUserPolicy', 'PutUserPolicy', 'CreateRole'],
    record: OF_BEDROCK_KEYS,
  },
  {
    feed: 'api-writes',
    outcome: 'any',
    service: 'ec2.amazonaws.com',
    calls: ['RunInstances', 'CreateSecurityGroup', 'CreateKeyPair'],
    record: OF_BEDROCK_KEYS,
  },
];

const READS = QUESTIONS.map((match): Match => ({ ...match, record: OF_BEDROCK_KEYS }));

export default defineRule({
  id: 'bedrock-key-used-elsewhere',
  title: 'The user of a Bedrock API key is used for something else',
  severity: (event) => (event.readOnly === true ? 'medium' : 'high'),
  rows: ['2-24'],
  attack: ['TA0001/T1078.004', 'TA0007/T1580'],
  match: [READS[0] as Match, ...READS.slice(1), ...WRITES],
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: (event) => `${event.actor} called ${event.service} ${event.call} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: 'These users exist for an API key of Bedrock alone. If one asks about the account or makes things, somebody gave it a key or rights that it should not have.',
  runbook: [
    'Deactivate its keys now: aws iam list-access-keys --user-name <user>, update-access-key --status Inactive; reset or delete its service-specific credentials.',
    'Who gave it a key or a policy? Look for CreateAccessKey and AttachUserPolicy that name it.',
    'See what it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<user>.',
  ],
  falsePositives: ['None that we know of.'],
  blindSpots: ['Calls that are not in the list. Other service-specific credentials.'],
  references: [
    'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html',
    'https://attack.mitre.org/techniques/T1078/004/',
  ],
});

export const examples = (): Examples => {
  const userIdentity = user('BedrockAPIKey-x1y2');
  const asked = call('sts.amazonaws.com', 'GetCallerIdentity', { userIdentity });
  const made = call('iam.amazonaws.com', 'CreateUser', { userIdentity });
  return {
    fires: [
      { why: 'it asks who it is', timeline: [asked], severity: 'medium' },
      { why: 'it was refused', timeline: [denied(asked)], severity: 'medium' },
      { why: 'it makes a user', timeline: [made], severity: 'high' },
      { why: 'it goes on: one alert', timeline: [asked, later(made, 60_000)], severity: 'high' },
    ],
    quiet: [
      { why: 'another user', timeline: [but(asked, { userIdentity: user('alice') })] },
      {
        why: 'it asks a model',
        timeline: [but(asked, { eventSource: 'bedrock.amazonaws.com', eventName: 'InvokeModel' })],
      },
    ],
  };
};
