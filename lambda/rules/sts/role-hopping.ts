import { actorAndTool, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later, repeat } from '../sample';
import { assumed, refused } from './role-samples';
import { ASSUMED, assumedInWords, ROLE_REFERENCES, roleOf, roleResources } from './roles';

export default defineRule({
  id: 'role-hopping',
  title: 'Many different roles assumed in minutes',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['1-8'],
  attack: ['TA0008/T1550.001', 'TA0004/T1078.004'],
  match: [ASSUMED],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: roleOf,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'roles',
  },
  quietMs: HOUR,
  headline: assumedInWords,
  resources: roleResources,
  why: 'Somebody tries on one role after the other: that is how an intruder finds out how far the keys reach.',
  runbook: [
    'Ask the actor, or the owner of the program behind it. Tools that look after many accounts take the same role in each.',
    'If nobody vouches for it, deactivate the keys of the actor and revoke the sessions of the roles (IAM console, Revoke sessions).',
    'List what the sessions did: their keys are in the responses of these events (lookup-events by AccessKeyId).',
  ],
  falsePositives: [
    'Posture scanners, backup and cost tools that go through all accounts: suppress them by actor.',
    'A pipeline that deploys to many accounts.',
  ],
  blindSpots: ['Slow hopping, and roles taken over single sign-on under another user name each time.'],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const one = assumed('role-0');
  const roles = (times: number, everyMs = 60_000) =>
    repeat(one, times, everyMs, (index) => ({
      requestParameters: { roleArn: `arn:aws:iam::111122223333:role/role-${index}` },
    }));
  return {
    fires: [
      { why: 'five roles in four minutes', timeline: roles(5), severity: 'high' },
      { why: 'the fifth a second before the window closes', timeline: roles(5, 149_750), severity: 'high' },
      {
        why: 'by infrastructure as code',
        timeline: roles(5).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'four roles', timeline: roles(4) },
      { why: 'the fifth when the window has closed', timeline: roles(5, 150_000) },
      { why: 'one role five times', timeline: repeat(one, 5, 60_000) },
      {
        why: 'the fifth by another user',
        timeline: [
          ...roles(4),
          but(later(assumed('role-4'), 60_000), {
            userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
          }),
        ],
      },
      { why: 'services', timeline: roles(5).map((record) => but(record, byService('ec2.amazonaws.com'))) },
      {
        why: 'all refused: role-guessing',
        timeline: repeat(refused('role-0'), 5, 60_000, (index) => ({
          errorMessage: `not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/role-${index}`,
        })),
      },
    ],
  };
};
