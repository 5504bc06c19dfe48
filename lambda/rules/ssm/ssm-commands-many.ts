import { actorAndTool, fromClient, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';
import { machinesOf, REMOTE_REFERENCES, remoteInWords, SSM } from './remote';

export default defineRule({
  id: 'ssm-commands-many',
  title: 'Commands run on several machines by Systems Manager',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-20', '2-16'],
  attack: ['TA0002/T1651', 'TA0008/T1021.007'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: SSM, calls: ['SendCommand'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: machinesOf,
    threshold: 3,
    withinMs: HOUR,
    unit: 'machines',
  },
  quietMs: 12 * HOUR,
  headline: remoteInWords,
  resources: machinesOf,
  why: 'Whoever may send commands is the administrator of these machines, without a password and without a port.',
  runbook: [
    'What was run? The record hides it: aws ssm list-command-invocations --command-id <id> --details, within 30 days.',
    'Ask the actor, or the owner of the program.',
    'If nobody vouches for it, deactivate its keys; treat the machines and the roles of the machines as taken.',
  ],
  falsePositives: ['Configuration tools and scripts of administrators: suppress by actor.'],
  blindSpots: [
    'What was run. A single machine, which is stored by ssm-first-used alone.',
    'Commands by maintenance windows and associations.',
  ],
  references: REMOTE_REFERENCES,
});

export const examples = (): Examples => {
  const sent = (...instanceIds: string[]) =>
    call(SSM, 'SendCommand', {
      requestParameters: {
        documentName: 'AWS-RunShellScript',
        instanceIds,
        parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        interactive: false,
      },
    });
  const three = sent('i-1', 'i-2', 'i-3');
  const one = (index: number, afterMs: number) => later(sent(`i-${index}`), afterMs);
  return {
    fires: [
      { why: 'three machines at once', timeline: [three], severity: 'medium' },
      { why: 'one after the other', timeline: [one(1, 0), one(2, MINUTE), one(3, HOUR - 1_000)], severity: 'medium' },
      {
        why: 'by a list of machines as a target',
        timeline: [
          but(three, {
            requestParameters: { documentName: 'x', targets: [{ key: 'InstanceIds', values: ['i-1', 'i-2', 'i-3'] }] },
          }),
        ],
      },
      {
        why: 'by tags',
        timeline: [
          but(three, { requestParameters: { targets: [{ key: 'tag:role', values: ['web', 'db', 'queue'] }] } }),
        ],
      },
      { why: 'by Ansible', timeline: [but(three, { userAgent: 'Boto3/1.40 ansible/2.18' })], severity: 'low' },
    ],
    quiet: [
      { why: 'two machines', timeline: [sent('i-1', 'i-2')] },
      { why: 'one machine three times', timeline: repeat(sent('i-1'), 3, MINUTE) },
      { why: 'the third an hour later', timeline: [one(1, 0), one(2, MINUTE), one(3, HOUR)] },
      { why: 'by a maintenance window', timeline: [but(three, byService('ssm.amazonaws.com'))] },
      { why: 'refused', timeline: [denied(three)] },
    ],
  };
};
