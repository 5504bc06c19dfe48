import { actorAndTool } from '../callers';
import { lessIfExpected } from '../denied/denied-calls';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later, repeat } from '../sample';
import { assumed, refused } from './role-samples';
import { NOT_ASSUMED, ROLE_REFERENCES, roleInWords, roleOf, roleResources } from './roles';

export default defineRule({
  id: 'role-guessing',
  title: 'Many different roles tried and refused',
  severity: (event, settings) => lessIfExpected('high', event, settings),
  rows: ['1-8'],
  attack: ['TA0004/T1078.004', 'TA0007/T1087.004'],
  match: [{ ...NOT_ASSUMED, outcome: 'denied' }],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'distinct',
    per: actorAndTool,
    // Different roles, not refusals: a new role is refused many times while word of it spreads through IAM.
    value: roleOf,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'roles refused',
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} was refused ${roleInWords(event)} from ${event.sourceIp ?? 'an unknown address'} in ${event.account}`,
  resources: roleResources,
  why: 'Somebody goes through names of roles to find one that lets them in.',
  runbook: [
    'Look for a success after the refusals: AssumeRole by the same actor without an error.',
    'Ask the actor. If nobody vouches for it, deactivate its keys now.',
    'Trust policies that name a whole account let in everybody with sts:AssumeRole there: name users and roles instead.',
  ],
  falsePositives: ['A tool that is to reach many accounts or roles, and was given none of them yet.'],
  blindSpots: [
    'Guessing from another account is not recorded here until it succeeds: role-assumed-from-outside.',
    'Roles that the refusal does not name.',
  ],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const roles = (times: number, everyMs = 10_000) =>
    repeat(refused('role-0'), times, everyMs, (index) => ({
      errorMessage: `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/role-${index} because no identity-based policy allows the sts:AssumeRole action`,
    }));
  return {
    fires: [
      { why: 'five roles within a minute', timeline: roles(5), severity: 'high' },
      { why: 'the fifth a second before the window closes', timeline: roles(5, 149_750) },
      {
        why: 'by infrastructure as code',
        timeline: roles(5).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
      {
        why: 'a guard rail of the organization refused',
        timeline: repeat(refused('role-0'), 5, 10_000, (index) => ({
          errorMessage: `not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/role-${index} with an explicit deny in a service control policy`,
        })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'four roles', timeline: roles(4) },
      { why: 'the fifth when the window has closed', timeline: roles(5, 150_000) },
      {
        why: 'a new role, refused eleven times until it works',
        timeline: [...repeat(refused('new'), 11, 2_000), later(assumed('new'), 30_000)],
      },
      {
        why: 'roles that the message does not name',
        timeline: repeat(but(refused('x'), { errorMessage: 'Access denied' }), 5, 10_000),
      },
      { why: 'services', timeline: roles(5).map((record) => but(record, byService('ec2.amazonaws.com'))) },
      { why: 'malformed calls', timeline: roles(5).map((record) => but(record, { errorCode: 'ValidationError' })) },
    ],
  };
};
