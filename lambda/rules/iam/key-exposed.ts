import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { globMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'key-exposed',
  title: 'AWS found a key of yours in public',
  severity: (event) => (event.call.startsWith('De') ? 'high' : 'critical'),
  rows: ['2-22'],
  attack: ['TA0006/T1552.001'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: IAM,
      calls: ['AttachUserPolicy', 'PutUserPolicy', 'DetachUserPolicy', 'DeleteUserPolicy'],
    },
  ],
  when: isQuarantine,
  per: (event) => `${event.account}|${userName(event)}|${event.call}`,
  quietMs: 12 * HOUR,
  headline: (event) =>
    event.call.startsWith('De')
      ? `${event.actor} lifted the quarantine of user ${userName(event)} in ${event.account} (${event.call})`
      : `User ${userName(event)} of ${event.account} was put in quarantine: a key of it was found in public (${event.call} by ${event.actor})`,
  resources: (event) => [userName(event)],
  why: 'AWS puts this policy on users whose keys it finds in public code. It stops some calls only; everybody who reads the code has had the key since.',
  runbook: [
    'Deactivate all keys of the user now: aws iam list-access-keys --user-name <user>; update-access-key --status Inactive.',
    'See what the key did since it was published, in all regions: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
    'Look for users, roles, keys and machines that it made; delete them.',
    'Answer the case that AWS Support opened. Give the program a role, or a new key; lift the quarantine only then.',
  ],
  falsePositives: ['Somebody who tries the policy out, or takes it off once the key has been replaced.'],
  blindSpots: ['Keys that are published where AWS does not look, and those of roles.'],
  references: [
    'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html',
    'https://attack.mitre.org/techniques/T1552/001/',
  ],
});

/** The managed policies of AWS, of any version, and the inline one that it used before them. */
function isQuarantine({ record }: TrailEvent): boolean {
  const parameters = record['requestParameters'];
  const managed = text(pick(parameters, 'policyArn')) ?? '';
  const inline = text(pick(parameters, 'policyName')) ?? '';
  return (
    globMatches('arn:*:iam::aws:policy/AWSCompromisedKeyQuarantine*', managed) ||
    globMatches('AWSExposedCredentialPolicy_DO_NOT_REMOVE*', inline)
  );
}

function userName({ record }: TrailEvent): string {
  return text(pick(record['requestParameters'], 'userName')) ?? '(not named)';
}

export const examples = (): Examples => {
  const attached = call(IAM, 'AttachUserPolicy', {
    requestParameters: { userName: 'ci', policyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3' },
  });
  const inline = but(attached, {
    eventName: 'PutUserPolicy',
    requestParameters: { userName: 'ci', policyName: 'AWSExposedCredentialPolicy_DO_NOT_REMOVE', policyDocument: '{}' },
  });
  return {
    fires: [
      { why: 'the managed policy', timeline: [attached], severity: 'critical' },
      { why: 'the inline policy', timeline: [inline], severity: 'critical' },
      { why: 'taken off', timeline: [but(attached, { eventName: 'DetachUserPolicy' })], severity: 'high' },
      { why: 'taken off, inline', timeline: [but(inline, { eventName: 'DeleteUserPolicy' })], severity: 'high' },
      { why: 'again within hours: one alert', timeline: [attached, later(attached, 5 * HOUR)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(attached)] },
      {
        why: 'another policy',
        timeline: [
          but(attached, { requestParameters: { userName: 'ci', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }),
        ],
      },
      {
        why: "a policy of one's own with that name",
        timeline: [
          but(attached, {
            requestParameters: {
              userName: 'ci',
              policyArn: 'arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV3',
            },
          }),
        ],
      },
    ],
  };
};
