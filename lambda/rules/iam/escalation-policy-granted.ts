import { flag, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, user } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { adminGrant, GRANT_SETTINGS, grantResources, isSelf, targetOf } from './admin-grants';
import { escalationsIn } from './escalation';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'escalation-policy-granted',
  title: 'Rights granted that lead to more rights',
  severity,
  rows: ['2-2'],
  attack: ['TA0004/T1098.003', 'TA0004/T1548.005'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: IAM,
      calls: [
        'PutUserPolicy',
        'PutRolePolicy',
        'PutGroupPolicy',
        'CreatePolicy',
        'CreatePolicyVersion',
        'SetDefaultPolicyVersion',
      ],
    },
  ],
  settings: [...GRANT_SETTINGS],
  // All rights at once, and a policy too large to see, are the matter of admin-policy-granted.
  when: (event, settings) => ways(event).length > 0 && adminGrant(event, settings) === undefined,
  per: (event) => `${event.account}|${targetInWords(event)}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => {
    const all = ways(event);
    const shown = all.slice(0, 3).join(', ') + (all.length > 3 ? ` and ${all.length - 3} more` : '');
    return `${event.actor} gave ${targetInWords(event)} in ${event.account} ${shown} (${event.call})`;
  },
  resources: grantResources,
  why: 'None of these makes an administrator by name; each lets its holder become one in a call or two. It is how intruders climb without being seen to.',
  runbook: [
    'Ask the actor what it is for, and whether it must hold for every resource.',
    'Read the policy: aws iam get-user-policy, get-role-policy, or get-policy-version --policy-arn <arn> --version-id <id>.',
    'If nobody vouches for it, take it away: aws iam delete-user-policy, delete-role-policy, or set-default-policy-version to the former one.',
    'See whether it was used: calls of the holder on iam, sts and lambda since; then deactivate its keys.',
  ],
  falsePositives: ['Roles of pipelines and of platform teams: suppress by resource, or bound them by a condition.'],
  blindSpots: [
    'Managed policies that are attached: their content is not in the record.',
    'Rights on single resources, or under a condition, that lead to more all the same. Denials are not weighed.',
    'What the version contains that SetDefaultPolicyVersion brings back.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html',
    'https://attack.mitre.org/techniques/T1098/003/',
  ],
});

function ways({ call: name, record }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  if (isOmitted(parameters)) return [];
  if (name === 'SetDefaultPolicyVersion')
    return [`the rights of version ${text(pick(parameters, 'versionId')) ?? '?'}`];
  return escalationsIn(pick(parameters, 'policyDocument'));
}

function targetInWords({ record }: TrailEvent): string {
  const parameters = record['requestParameters'];
  const policy = text(pick(parameters, 'policyArn')) ?? text(pick(parameters, 'policyName')) ?? '(not named)';
  return targetOf(parameters) ?? `policy ${policy}`;
}

/** High where it takes effect at once; a policy that waits is one lower, and one's own rights are one higher. */
function severity(event: TrailEvent, settings: Settings): Severity {
  const parameters = event.record['requestParameters'];
  const waits =
    event.call === 'CreatePolicy' ||
    event.call === 'SetDefaultPolicyVersion' ||
    (event.call === 'CreatePolicyVersion' && flag(pick(parameters, 'setAsDefault')) !== true);
  return lessIfAutomated(shifted('high', (waits ? -1 : 0) + (isSelf(event) ? 1 : 0)), event, settings);
}

export const examples = (): Examples => {
  const put = (statement: object, fields: object = {}) =>
    call(IAM, 'PutUserPolicy', {
      requestParameters: {
        userName: 'bob',
        policyName: 'tools',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Resource: '*', ...statement }],
        }),
      },
      ...fields,
    });
  const versions = put({ Action: 'iam:CreatePolicyVersion' });
  const passing = { Action: ['iam:PassRole', 'lambda:Create*', 'lambda:InvokeFunction'] };
  const policyOf = (record: { [field: string]: unknown }, name: string, fields: object = {}) =>
    but(record, {
      eventName: name,
      requestParameters: {
        policyArn: 'arn:aws:iam::111122223333:policy/tools',
        policyDocument: pick(record['requestParameters'], 'policyDocument'),
        ...fields,
      },
    });
  return {
    fires: [
      { why: 'a right to rewrite policies', timeline: [versions], severity: 'high' },
      { why: 'to oneself', timeline: [but(versions, { userIdentity: user('bob') })], severity: 'critical' },
      { why: 'handing any role to a function of its own', timeline: [put(passing)], severity: 'high' },
      { why: 'taking any role', timeline: [put({ Action: ['sts:*'] })], severity: 'high' },
      { why: 'a new policy, held by nobody yet', timeline: [policyOf(versions, 'CreatePolicy')], severity: 'medium' },
      {
        why: 'a default version',
        timeline: [policyOf(versions, 'CreatePolicyVersion', { setAsDefault: true })],
        severity: 'high',
      },
      {
        why: 'an older version is brought back',
        timeline: [
          but(versions, {
            eventName: 'SetDefaultPolicyVersion',
            requestParameters: { policyArn: 'arn:aws:iam::111122223333:policy/tools', versionId: 'v1' },
          }),
        ],
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [but(versions, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice to one user: one alert', timeline: [versions, later(versions, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(versions)] },
      { why: 'everything of IAM: another rule', timeline: [put({ Action: 'iam:*' })] },
      {
        why: 'on one resource',
        timeline: [put({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/x' })],
      },
      { why: 'denied by the policy', timeline: [put({ Action: 'iam:CreatePolicyVersion', Effect: 'Deny' })] },
      {
        why: 'under a condition',
        timeline: [put({ ...passing, Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } })],
      },
      { why: 'handing over a role, and nothing to hand it to', timeline: [put({ Action: 'iam:PassRole' })] },
      { why: 'reading', timeline: [put({ Action: ['iam:Get*', 'iam:List*'] })] },
    ],
  };
};
