import { DAY, defineRule, type Examples, MINUTE } from '../rule';
import { but, call, denied, later, repeat, root, user } from '../sample';
import { BY_ROOT, keyOfRoot, LONG_LIVED_KEY, origin, ROOT_REFERENCES, rootOf } from './root';

const BY_ROOT_KEY = {
  userIdentity: { ...BY_ROOT.userIdentity, accessKeyId: [{ prefix: LONG_LIVED_KEY }] },
} as const;

export default defineRule({
  id: 'root-api-key-used',
  title: 'Access key of the root user in use',
  severity: 'critical',
  rows: ['0-3', '1-4'],
  attack: ['TA0001/T1078.004', 'TA0003/T1078.004'],
  match: [
    { feed: 'api-writes', outcome: 'any', record: BY_ROOT_KEY },
    { feed: 'api-reads', outcome: 'any', record: BY_ROOT_KEY },
  ],
  per: (event) => `${event.account}|${keyOfRoot(event)}|${origin(event)}`,
  quietMs: DAY,
  headline: (event) =>
    `${rootOf(event)} called ${event.call} (${event.service}) with a long-lived access key from ${origin(event)}`,
  resources: (event) => [keyOfRoot(event)],
  why: 'A root access key is full control of the account without password, MFA or any limit by IAM. Nobody should have one; a leaked one is the worst case.',
  runbook: [
    'Sign in as root and deactivate the key: Security credentials, Access keys. Whatever breaks will tell who used it.',
    'List what it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>, in every region.',
    'Look for users, roles, keys and instances that it created, and remove what nobody vouches for.',
    'Delete the key, and give its user a role.',
  ],
  falsePositives: ['An old script or backup tool that was given root keys; it needs a role, not an exception.'],
  blindSpots: [
    'Successful reads reach a deployment only if they are among the named reads or all reads are forwarded.',
    'Data events (reading objects of S3) by the key.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html',
    ...ROOT_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const used = call('s3.amazonaws.com', 'ListBuckets', {
    userIdentity: root({ accessKeyId: 'AKIAROOTEXAMPLE00001' }),
  });
  return {
    fires: [
      { why: 'a read with a root key', timeline: [used], severity: 'critical' },
      { why: 'a refused read', timeline: [denied(used)], severity: 'critical' },
      { why: 'a refused write', timeline: [denied(but(used, { eventName: 'DeleteBucket', readOnly: false }))] },
      { why: 'a write', timeline: [but(used, { eventName: 'DeleteBucket', readOnly: false })] },
      { why: 'a burst from one address is one alert', timeline: repeat(used, 50, MINUTE) },
      {
        why: 'the next day is the same matter while the pause is shorter than a day',
        timeline: [used, later(used, 20 * 60 * MINUTE)],
      },
    ],
    quiet: [
      { why: 'root in the console has a session key', timeline: [but(used, { userIdentity: root() })] },
      {
        why: 'a long-lived key of an IAM user',
        timeline: [but(used, { userIdentity: user('alice') })],
      },
    ],
  };
};
