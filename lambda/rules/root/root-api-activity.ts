import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, consoleLogin, denied, later, root, user } from '../sample';
import { isAccountService } from './account-services';
import { BY_ROOT, isCall, origin, ROOT_REFERENCES, rootCredential, rootItself, rootOf } from './root';

export default defineRule({
  id: 'root-api-activity',
  title: 'Root user changed something',
  severity: (event) => (event.outcome === 'succeeded' ? 'high' : 'medium'),
  rows: ['0-3'],
  attack: ['TA0004/T1078.004'],
  match: [{ feed: 'api-writes', outcome: ['succeeded', 'denied'], record: BY_ROOT }],
  when: (event) =>
    rootItself(event) &&
    isCall(event) &&
    event.call !== 'CreateServiceLinkedRole' && // the console makes these roles while one looks around
    rootCredential(event) === undefined && // root-credential-change tells it, as critical
    !isAccountService(event.service), // account-change tells it
  per: (event) => `${event.account}|${origin(event)}`,
  quietMs: HOUR,
  headline: (event) =>
    `${rootOf(event)} ${event.outcome === 'succeeded' ? 'called' : 'was refused'} ${event.call} (${event.service}) from ${origin(event)}`,
  why: 'Daily work has no need of root, and no policy of the account limits it. Changes by root are a rare task of its owner, or somebody who took it over.',
  runbook: [
    'Ask the holder of the root credentials which task this was.',
    'List what root did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root, in us-east-1 and in the region of the alert.',
    'If nobody vouches for it, reset the root password and remove root access keys, then undo the changes.',
    'In a member account, delete root credentials for good (centralised root access) or deny root by a service control policy.',
  ],
  falsePositives: ['A task that AWS reserves for root, or an account that has no other users yet.'],
  blindSpots: [
    'Calls that AWS services make on behalf of root are left out.',
    'Root credentials, and account and billing settings, have rules of their own: root-credential-change, account-change.',
    'Failed calls other than refused ones.',
  ],
  references: ROOT_REFERENCES,
});

export const examples = (): Examples => {
  const write = call('s3.amazonaws.com', 'PutBucketVersioning', {
    userIdentity: root(),
    requestParameters: { bucketName: 'example-data' },
  });
  return {
    fires: [
      { why: 'root changed a bucket', timeline: [write], severity: 'high' },
      {
        why: 'several changes within the hour from one address: one alert',
        timeline: [
          write,
          later(but(write, { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' }), 30 * MINUTE),
        ],
      },
      {
        why: 'the console says that its own sign-in service placed the call',
        timeline: [but(write, { userIdentity: root({ invokedBy: 'signin.amazonaws.com' }) })],
      },
      { why: 'a service control policy refused root', timeline: [denied(write)], severity: 'medium' },
      { why: 'an old record without a readOnly flag', timeline: [but(write, { readOnly: undefined })] },
      {
        why: 'root changed the key of somebody else',
        timeline: [
          call('iam.amazonaws.com', 'CreateAccessKey', {
            userIdentity: root(),
            requestParameters: { userName: 'alice' },
          }),
        ],
      },
    ],
    quiet: [
      {
        why: 'root looked at the bucket',
        timeline: [but(write, { eventName: 'GetBucketVersioning', readOnly: true })],
      },
      { why: 'an IAM user changed it', timeline: [but(write, { userIdentity: user('alice') })] },
      {
        why: 'a service acted on behalf of the account',
        timeline: [but(write, { userIdentity: root({ invokedBy: 'autoscaling.amazonaws.com' }) })],
      },
      { why: 'a service acted', timeline: [but(write, byService('config.amazonaws.com'))] },
      {
        why: 'the console made a service-linked role',
        timeline: [but(write, { eventSource: 'iam.amazonaws.com', eventName: 'CreateServiceLinkedRole' })],
      },
      {
        why: 'root signed in: root-console-login tells it',
        timeline: [consoleLogin('root', 'Success', { userIdentity: root({ accessKeyId: '' }) })],
      },
      {
        why: 'root changed the account: account-change tells it',
        timeline: [but(write, { eventSource: 'account.amazonaws.com', eventName: 'EnableRegion' })],
      },
      {
        why: 'root made a key for itself: root-credential-change tells it',
        timeline: [
          but(write, { eventSource: 'iam.amazonaws.com', eventName: 'CreateAccessKey', requestParameters: null }),
        ],
      },
      { why: 'the call failed for another reason', timeline: [but(write, { errorCode: 'NoSuchBucket' })] },
      { why: 'a service event', timeline: [but(write, { eventType: 'AwsServiceEvent' })] },
    ],
  };
};
