import { at, isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { adminGrant, GRANT_SETTINGS } from './admin-grants';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'identity-created-and-armed',
  title: 'New user or role made an administrator at once',
  severity,
  rows: ['2-4'],
  attack: ['TA0003/T1136.003', 'TA0003/T1098.003'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: IAM,
      calls: [
        'CreateUser',
        'CreateRole',
        'AttachUserPolicy',
        'AttachRolePolicy',
        'PutUserPolicy',
        'PutRolePolicy',
        'AddUserToGroup',
      ],
    },
  ],
  settings: [...GRANT_SETTINGS],
  window: {
    kind: 'sequence',
    withinMs: 30 * MINUTE,
    per: (event) => {
      const name = target(event);
      return name === undefined ? undefined : `${event.account}|${name}`;
    },
    steps: [
      { name: 'created', is: isCreation },
      { name: 'made an administrator', is: isArming },
    ],
  },
  quietMs: HOUR,
  headline: (event, settings) =>
    isCreation(event)
      ? `${event.actor} created ${target(event) ?? '(not named)'} in ${event.account}`
      : `${event.actor} gave ${target(event) ?? '(not named)'} in ${event.account} ${adminGrant(event, settings)?.by ?? 'rights'} within minutes of its creation`,
  resources: (event) => {
    const name = target(event);
    return name === undefined ? [] : [name.slice(name.indexOf(' ') + 1)];
  },
  why: 'An identity that did not exist half an hour ago can now do anything. It is the commonest back door: it outlives the keys that made it.',
  runbook: [
    'Ask the actor. New administrators are announced; this one should be too.',
    'If nobody vouches for it: aws iam list-access-keys --user-name <user>, deactivate them, delete-login-profile, and detach the policy.',
    "Deactivate the actor's keys, and revoke its sessions.",
    'See what the new identity did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  ],
  falsePositives: ['Setting an account up by hand. Infrastructure as code does it every day, and is told lower.'],
  blindSpots: [
    'Rights that come later than half an hour, or in parts: escalation-policy-granted, user-credential-created.',
    'Policies of customers whose names are not among adminPolicies.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html',
    'https://attack.mitre.org/techniques/T1136/003/',
  ],
});

/** `user bob` or `role Ops`: the same for both steps. */
function target({ record }: TrailEvent): string | undefined {
  for (const kind of ['user', 'role']) {
    const name = text(at(record, 'requestParameters', `${kind}Name`));
    if (name !== undefined && name !== '') return `${kind} ${name}`;
  }
  return undefined;
}

function isCreation(event: TrailEvent): boolean {
  return event.call === 'CreateUser' || event.call === 'CreateRole';
}

function isArming(event: TrailEvent, settings: Settings): boolean {
  return !isOmitted(event.record['requestParameters']) && adminGrant(event, settings) !== undefined;
}

/** Critical; two lower for infrastructure as code, which makes roles and arms them as one. */
function severity(event: TrailEvent, settings: Settings): Severity {
  return shifted('critical', isAutomated(event, settings) ? -2 : 0);
}

export const examples = (): Examples => {
  const created = call(IAM, 'CreateUser', { requestParameters: { userName: 'helper' } });
  const armed = (afterMs: number, userName = 'helper') =>
    but(later(created, afterMs), {
      eventName: 'AttachUserPolicy',
      requestParameters: { userName, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    });
  const role = but(created, { eventName: 'CreateRole', requestParameters: { roleName: 'Helper' } });
  const roleArmed = but(later(created, MINUTE), {
    eventName: 'PutRolePolicy',
    requestParameters: {
      roleName: 'Helper',
      policyName: 'all',
      policyDocument: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    },
  });
  return {
    fires: [
      { why: 'a user, an administrator a minute later', timeline: [created, armed(MINUTE)], severity: 'critical' },
      { why: 'a second before half an hour', timeline: [created, armed(30 * MINUTE - 1_000)] },
      { why: 'a role with a policy that allows everything', timeline: [role, roleArmed], severity: 'critical' },
      {
        why: 'into the group of administrators',
        timeline: [
          created,
          but(armed(MINUTE), {
            eventName: 'AddUserToGroup',
            requestParameters: { userName: 'helper', groupName: 'admins' },
          }),
        ],
        severity: 'critical',
      },
      {
        why: 'by Terraform',
        timeline: [created, armed(MINUTE)].map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'half an hour later', timeline: [created, armed(30 * MINUTE)] },
      { why: 'another user', timeline: [created, armed(MINUTE, 'somebody')] },
      { why: 'in the other order', timeline: [armed(0), later(created, MINUTE)] },
      { why: 'the creation was refused', timeline: [denied(created), armed(MINUTE)] },
      {
        why: 'rights to read',
        timeline: [
          created,
          but(armed(MINUTE), {
            requestParameters: { userName: 'helper', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
          }),
        ],
      },
    ],
  };
};
