import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorAndTool, fromClient, isAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, user } from '../sample';
import { EC2 } from './launches';

export default defineRule({
  id: 'user-data-downloaded',
  title: 'Start-up scripts of several instances downloaded',
  severity: (event, settings) => (isAutomated(event, settings) ? 'info' : 'medium'),
  rows: ['2-13'],
  attack: ['TA0006/T1552.005', 'TA0007/T1580'],
  match: [
    {
      feed: 'api-reads',
      // Refused requests are counted by denied-reads, at the same severity.
      outcome: ['succeeded', 'failed'],
      service: EC2,
      calls: ['DescribeInstanceAttribute'],
      record: { requestParameters: { attribute: ['userData'] } },
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: instance,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'instances asked for their start-up scripts',
  },
  headline: (event) => `${event.actor} read the user data of ${instance(event) ?? 'an instance'} ${whereFrom(event)}`,
  resources: (event) => [instance(event) ?? []].flat(),
  why: 'Start-up scripts often hold passwords and tokens, and anybody who may describe instances can read them.',
  runbook: [
    'Ask the actor what ran at that time.',
    'Read the scripts yourself: aws ec2 describe-instance-attribute --instance-id <id> --attribute userData. Replace every secret that is in them.',
    'If nobody vouches for it, deactivate the key, or revoke the sessions of the role.',
    'Keep secrets out of user data: have instances read them from Secrets Manager by their role.',
  ],
  falsePositives: ['Inventory and posture tools that look for secrets in user data: suppress them by role.'],
  blindSpots: [
    'Fewer than five instances in ten minutes. User data of launch templates is read by another call.',
    'Infrastructure as code reads user data with every plan: its calls are counted apart, and only stored.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html',
    'https://attack.mitre.org/techniques/T1552/005/',
  ],
});

function instance({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'instanceId'));
}

export const examples = (): Examples => {
  const read = call(EC2, 'DescribeInstanceAttribute', {
    requestParameters: { attribute: 'userData', instanceId: 'i-0123456789abcdef0' },
  });
  const different = (index: number) => ({
    requestParameters: { attribute: 'userData', instanceId: `i-0123456789abcde0${index}` },
  });
  return {
    fires: [
      { why: 'of five instances', timeline: repeat(read, 5, 10_000, different), severity: 'medium' },
      {
        why: 'of instances that do not exist',
        timeline: repeat(but(read, { errorCode: 'Client.InvalidInstanceID.NotFound' }), 5, 10_000, different),
      },
      {
        why: 'the fifth at the edge of the window',
        timeline: [...repeat(read, 4, 10_000, different), later(read, 10 * MINUTE - 1_000)],
      },
    ],
    quiet: [
      { why: 'of four', timeline: repeat(read, 4, 10_000, different) },
      { why: 'of one, again and again', timeline: repeat(read, 20, 10_000) },
      {
        why: 'the fifth when the window has closed',
        timeline: [...repeat(read, 4, 10_000, different), later(read, 10 * MINUTE)],
      },
      {
        why: 'another attribute',
        timeline: repeat(read, 9, 10_000, (index) => ({
          requestParameters: { attribute: 'instanceType', instanceId: `i-0123456789abcde0${index}` },
        })),
      },
      {
        why: 'the fifth by somebody else',
        timeline: [...repeat(read, 4, 10_000, different), but(read, { userIdentity: user('bob') })],
      },
      {
        why: 'a plan of Terraform: stored only',
        timeline: repeat(but(read, { userAgent: 'Terraform/1.11' }), 9, 100, different),
      },
      { why: 'refused: the rules on refusals', timeline: repeat(denied(read), 9, 10_000, different) },
      { why: 'by a service', timeline: repeat(but(read, byService('config.amazonaws.com')), 9, 10_000, different) },
    ],
  };
};
