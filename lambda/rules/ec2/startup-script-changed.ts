import { asArray, pick, text } from '../../intake/fields';
import { isRequestUnseen } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { EC2 } from './launches';

export default defineRule({
  id: 'startup-script-changed',
  title: 'Start-up script of a machine changed, then started',
  severity: (event, settings) => (isStart(event) ? 'info' : lessIfAutomated('high', event, settings)),
  rows: ['1-20', '2-14'],
  attack: ['TA0002/T1059.009', 'TA0004/T1037'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['ModifyInstanceAttribute', 'StartInstances'] },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => isStart(event) || changesScript(event),
  window: {
    kind: 'sequence',
    withinMs: 30 * MINUTE,
    per: machines,
    steps: [
      { name: 'changed', is: (event) => !isStart(event) },
      { name: 'started', is: isStart },
    ],
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} ${isStart(event) ? 'started' : 'changed the start-up script (user data) of'} ${machines(event).slice(0, 3).join(', ') || 'a machine'} in ${event.account} ${event.region}`,
  resources: machines,
  why: 'The script runs as the administrator of the machine when it starts: a way onto it without a password, with the rights of its role.',
  runbook: [
    'Read the script: aws ec2 describe-instance-attribute --instance-id <instance> --attribute userData (base64).',
    'Ask the actor.',
    "If nobody vouches for it, isolate the machine, keep its disks, treat its role as taken, and deactivate the actor's keys.",
  ],
  falsePositives: [
    'An administrator who repairs a machine, and infrastructure as code that changes the script in place (one lower).',
  ],
  blindSpots: ['A machine that is started later, or by a schedule more than half an hour after the change.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html',
    'https://attack.mitre.org/techniques/T1059/009/',
  ],
});

function isStart({ call: name }: TrailEvent): boolean {
  return name === 'StartInstances';
}

/** `userData: '<sensitiveDataRemoved>'`, or the older `attribute: 'userData'`. */
function changesScript(event: TrailEvent): boolean {
  const parameters = event.record['requestParameters'];
  return (
    isRequestUnseen(event) ||
    pick(parameters, 'userData') !== undefined ||
    text(pick(parameters, 'attribute')) === 'userData'
  );
}

const MACHINES_MAX = 50;

function machines({ record }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  const started = asArray(pick(parameters, 'instancesSet')).flatMap(
    (machine) => text(pick(machine, 'instanceId')) ?? [],
  );
  const changed = text(pick(parameters, 'instanceId'));
  return [...new Set(changed === undefined ? started : [changed])].slice(0, MACHINES_MAX);
}

export const examples = (): Examples => {
  const changed = call(EC2, 'ModifyInstanceAttribute', {
    requestParameters: { instanceId: 'i-0123456789abcdef0', userData: '<sensitiveDataRemoved>' },
    responseElements: { _return: true },
  });
  const started = (...instances: string[]) =>
    later(
      call(EC2, 'StartInstances', {
        requestParameters: { instancesSet: { items: instances.map((instanceId) => ({ instanceId })) } },
      }),
      1_000,
    );
  const start = started('i-0123456789abcdef0');
  return {
    fires: [
      { why: 'started a second later', timeline: [changed, start], severity: 'high' },
      { why: 'started with others', timeline: [changed, started('i-0fedcba9876543210', 'i-0123456789abcdef0')] },
      {
        why: 'in the older form',
        timeline: [
          but(changed, { requestParameters: { instanceId: 'i-0123456789abcdef0', attribute: 'userData', value: 'x' } }),
          start,
        ],
      },
      { why: 'at the end of the half hour', timeline: [changed, later(start, 30 * MINUTE - 2_000)] },
      { why: 'by Terraform', timeline: [but(changed, { userAgent: 'Terraform/1.9' }), start], severity: 'medium' },
    ],
    quiet: [
      { why: 'not started', timeline: [changed] },
      { why: 'half an hour later', timeline: [changed, later(start, 30 * MINUTE - 1_000)] },
      { why: 'another machine', timeline: [changed, started('i-0fedcba9876543210')] },
      {
        why: 'another attribute',
        timeline: [
          but(changed, {
            requestParameters: { instanceId: 'i-0123456789abcdef0', disableApiTermination: { value: false } },
          }),
          start,
        ],
      },
      { why: 'the change was refused', timeline: [denied(changed), start] },
      { why: 'started before', timeline: [start, later(changed, 10 * MINUTE)] },
    ],
  };
};
