import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, later, repeat, role, user } from '../sample';
import {
  actorKey,
  DENIED_BLIND_SPOTS,
  DENIED_FALSE_POSITIVES,
  DENIED_REFERENCES,
  DENIED_RUNBOOK,
  fromConsole,
  isRefusedRead,
  lessIfExpected,
  REFUSED,
  refusal,
  refusedResources,
} from './denied-calls';

export default defineRule({
  id: 'denied-reads',
  title: 'Many refused reads by one user or role',
  severity: (event, settings) => lessIfExpected('medium', event, settings),
  severityMost: 'medium',
  rows: ['0-9'],
  attack: ['TA0007/T1580', 'TA0007/T1526', 'TA0007/T1087.004'],
  match: [REFUSED],
  settings: ['deniedReadsIgnored', 'infrastructureAsCodeAgents'],
  when: (event, settings) => isRefusedRead(event, settings) && !fromConsole(event),
  window: { kind: 'count', per: actorKey, threshold: 10, withinMs: 10 * MINUTE, unit: 'refused reads' },
  quietMs: HOUR,
  headline: refusal,
  resources: refusedResources,
  why: 'Stolen credentials are tried on everything, and most of it is refused. A burst of refused reads is what that looks like.',
  runbook: DENIED_RUNBOOK,
  falsePositives: DENIED_FALSE_POSITIVES,
  blindSpots: [
    'Fewer than ten in ten minutes (denied-slow-breadth looks at a day).',
    'Reads in the console have a higher threshold of their own: denied-reads-console.',
    'Refused AssumeRole calls are left to the rules on roles.',
    'An attacker may write the user agent of infrastructure as code; the alert is then one lower.',
    ...DENIED_BLIND_SPOTS,
  ],
  references: DENIED_REFERENCES,
});

export const examples = (): Examples => {
  // EC2 refuses with a code of its own and keeps the parameters.
  const ec2 = call('ec2.amazonaws.com', 'GetPasswordData', {
    userIdentity: role('web', 'i-0123456789abcdef0'),
    errorCode: 'Client.UnauthorizedOperation',
    errorMessage: 'You are not authorized to perform this operation.',
    requestParameters: { instanceId: 'i-0123456789abcdef0' },
  });
  const s3 = call('s3.amazonaws.com', 'ListBuckets', {
    errorCode: 'AccessDenied',
    errorMessage:
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action',
  });
  const guarded = but(s3, {
    errorMessage:
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:ListAllMyBuckets with an explicit deny in a service control policy',
  });
  const propagating = but(ec2, {
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    errorCode: 'AccessDenied',
  });
  return {
    fires: [
      {
        why: 'other calls of STS count',
        timeline: repeat(but(propagating, { eventName: 'GetAccessKeyInfo' }), 10, 1_000),
      },
      { why: 'ten refused reads in nine seconds', timeline: repeat(ec2, 10, 1_000), severity: 'medium' },
      { why: 'refused with the other code', timeline: repeat(s3, 10, 1_000) },
      {
        why: 'a new session of the role for each call: the role is one actor',
        timeline: repeat(ec2, 10, 1_000, (index) => ({ userIdentity: role('web', `session-${index}`) })),
      },
      {
        why: 'the tenth comes one second before the window closes',
        timeline: [...repeat(ec2, 9, 1_000), later(ec2, 10 * MINUTE - 1_000)],
      },
      { why: 'all refused by a service control policy', timeline: repeat(guarded, 10, 1_000), severity: 'low' },
      {
        why: 'one of them refused otherwise: the most severe event counts',
        timeline: [...repeat(guarded, 9, 1_000), later(s3, 9_000)],
        severity: 'medium',
      },
      {
        why: 'by infrastructure as code',
        timeline: repeat(but(ec2, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0' }), 10, 1_000),
        severity: 'low',
      },
    ],
    quiet: [
      {
        why: 'a role that is still propagating, for a web identity',
        timeline: repeat(but(propagating, { eventName: 'AssumeRoleWithWebIdentity' }), 12, 1_000),
      },
      { why: 'nine refused reads', timeline: repeat(ec2, 9, 1_000) },
      {
        why: 'the tenth comes when the window has closed',
        timeline: [...repeat(ec2, 9, 1_000), later(ec2, 10 * MINUTE)],
      },
      {
        why: 'the tenth is allowed',
        timeline: [...repeat(ec2, 9, 1_000), but(later(ec2, 9_000), { errorCode: undefined, errorMessage: undefined })],
      },
      {
        why: 'the tenth failed for another reason',
        timeline: [
          ...repeat(ec2, 9, 1_000),
          but(later(ec2, 9_000), { errorCode: 'Client.InvalidInstanceID.NotFound' }),
        ],
      },
      {
        why: 'the tenth is by somebody else',
        timeline: [...repeat(s3, 9, 1_000), but(later(s3, 9_000), { userIdentity: user('bob') })],
      },
      { why: 'a role that is still propagating', timeline: repeat(propagating, 12, 1_000) },
      { why: 'a page of the console', timeline: repeat(but(ec2, { sessionCredentialFromConsole: 'true' }), 10, 1_000) },
      { why: 'a service for itself', timeline: repeat(but(s3, byService('delivery.logs.amazonaws.com')), 50, 1_000) },
      {
        why: 'a service on behalf of a role',
        timeline: repeat(
          but(ec2, { userIdentity: { ...role('web', 's'), invokedBy: 'config.amazonaws.com' } }),
          10,
          1_000,
        ),
      },
      {
        why: 'ordinary console noise',
        timeline: repeat(but(ec2, { eventName: 'DescribeEventAggregates' }), 10, 1_000),
      },
      { why: 'writes are counted by another rule', timeline: repeat(but(ec2, { readOnly: false }), 10, 1_000) },
    ],
  };
};
