import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorKey, fromClient, lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, user } from '../sample';
import { EC2 } from './launches';

export default defineRule({
  id: 'password-data-mass-read',
  title: 'Passwords of several Windows instances requested',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  severityMost: 'medium',
  rows: ['2-15'],
  attack: ['TA0006/T1552.005'],
  // Refused requests are counted by denied-reads, at the same severity.
  match: [{ feed: 'api-reads', outcome: ['succeeded', 'failed'], service: EC2, calls: ['GetPasswordData'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: { kind: 'count', per: actorKey, threshold: 3, withinMs: 10 * MINUTE, unit: 'requests for passwords' },
  headline: (event) =>
    `${event.actor} requested the administrator's password of ${instance(event) ?? 'an instance'} ${whereFrom(event)}`,
  resources: (event) => [instance(event) ?? []].flat(),
  why: "The call gives a Windows instance's first administrator password to whoever holds its key pair.",
  runbook: [
    'Ask the actor. An administrator who sets up machines asks once for each.',
    'Find out who holds the key pairs of these instances: aws ec2 describe-instances --instance-ids <id> (KeyName).',
    'Change the administrator passwords, and look for remote desktop sessions since: flow logs to port 3389, the Windows security log.',
    'If nobody vouches for it, deactivate the key, or revoke the sessions of the role.',
  ],
  falsePositives: [
    'An administrator who sets up several machines; a tool that waits for a password to become available.',
  ],
  blindSpots: [
    'One or two requests. A password that was changed inside Windows: this call knows only the first.',
    'Whether the caller holds the private key, without which the answer is of no use.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html',
    'https://attack.mitre.org/techniques/T1552/005/',
  ],
});

function instance({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'instanceId'));
}

export const examples = (): Examples => {
  const request = call(EC2, 'GetPasswordData', { requestParameters: { instanceId: 'i-0123456789abcdef0' } });
  const different = (index: number) => ({ requestParameters: { instanceId: `i-0123456789abcde0${index}` } });
  return {
    fires: [
      { why: 'of three instances', timeline: repeat(request, 3, 10_000, different), severity: 'medium' },
      { why: 'three times of one', timeline: repeat(request, 3, 10_000) },
      {
        why: 'of instances that do not exist',
        timeline: repeat(but(request, { errorCode: 'Client.InvalidInstanceID.NotFound' }), 3, 10_000, different),
      },
      {
        why: 'by infrastructure as code',
        timeline: repeat(but(request, { userAgent: 'Terraform/1.11' }), 3, 10_000),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'of two', timeline: repeat(request, 2, 10_000, different) },
      {
        why: 'the third when the window has closed',
        timeline: [...repeat(request, 2, 10_000), later(request, 10 * MINUTE)],
      },
      {
        why: 'the third by somebody else',
        timeline: [...repeat(request, 2, 10_000), but(request, { userIdentity: user('bob') })],
      },
      { why: 'refused: the rules on refusals', timeline: repeat(denied(request), 3, 10_000, different) },
      { why: 'by a service', timeline: repeat(but(request, byService('ssm.amazonaws.com')), 3, 10_000, different) },
    ],
  };
};
