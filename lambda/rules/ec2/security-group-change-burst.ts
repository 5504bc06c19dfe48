import { actorAndTool, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later, repeat } from '../sample';
import { GROUP_CHANGES, groupChangeInWords } from './security-group-changes';
import { EC2, groupResources } from './security-group-rules';

export default defineRule({
  id: 'security-group-change-burst',
  title: 'Many changes of security groups in minutes',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  severityMost: 'same-for-key',
  rows: ['1-18'],
  attack: ['TA0005/T1562.007'],
  match: [GROUP_CHANGES],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'count',
    per: actorAndTool,
    threshold: 10,
    withinMs: 10 * MINUTE,
    unit: 'changes of security groups',
  },
  quietMs: HOUR,
  headline: groupChangeInWords,
  resources: groupResources,
  why: 'A script that opens one group after the other finds its way in somewhere. By hand nobody changes so many.',
  runbook: [
    'See what was opened: aws ec2 describe-security-group-rules --region <region> --filters Name=group-id,Values=<group>.',
    'Ask the actor whether they ran a script.',
    "If nobody vouches for it, undo the changes (each event has the rule's id in its response) and deactivate the actor's keys.",
  ],
  falsePositives: ['Moving to other addresses, or a script of the network team.'],
  blindSpots: ['Slower changes, and changes by several actors.'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const opened = call(EC2, 'AuthorizeSecurityGroupIngress', {
    requestParameters: { groupId: 'sg-0a1b2c3d4e5f60718', cidrIp: '203.0.113.7/32' },
  });
  const many = repeat(opened, 10, 30_000, (index) => ({ requestParameters: { groupId: `sg-${index}` } }));
  return {
    fires: [
      { why: 'ten groups in five minutes', timeline: many, severity: 'medium' },
      {
        why: 'the tenth a second before the window closes',
        timeline: [...many.slice(0, 9), later(opened, 10 * MINUTE - 1_000)],
      },
      {
        why: 'of different kinds',
        timeline: many.map((record, index) =>
          index % 2 ? but(record, { eventName: 'RevokeSecurityGroupEgress' }) : record,
        ),
      },
      {
        why: 'by Terraform',
        timeline: many.map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'nine', timeline: many.slice(0, 9) },
      { why: 'the tenth when the window has closed', timeline: [...many.slice(0, 9), later(opened, 10 * MINUTE)] },
      { why: 'refused', timeline: many.map(denied) },
    ],
  };
};
