import { actorAndTool, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { CONNECT, CONNECT_REFERENCES, connectedTo, KEYS_SENT, keySentInWords } from './instance-connect';

export default defineRule({
  id: 'instance-connect-many',
  title: 'Login keys put on several machines in minutes',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['1-20', '2-17'],
  attack: ['TA0008/T1021.004', 'TA0003/T1098.004'],
  match: [KEYS_SENT],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: connectedTo,
    threshold: 3,
    withinMs: 10 * MINUTE,
    unit: 'machines',
  },
  quietMs: HOUR,
  headline: keySentInWords,
  resources: connectedTo,
  why: 'Each key opens a shell for a minute, as any user of the machine. One machine after the other is how an intruder spreads.',
  runbook: [
    'Ask the actor.',
    'If nobody vouches for it, deactivate its keys; close port 22 of the machines, and treat these and their roles as taken.',
    'See who logged in: the logs of the machines name the key.',
  ],
  falsePositives: ['An administrator during an outage, and scripts that log in to all machines.'],
  blindSpots: ['Fewer machines, and slower walks: instance-connect-key tells single ones, low.'],
  references: CONNECT_REFERENCES,
});

export const examples = (): Examples => {
  const sent = call(CONNECT, 'SendSSHPublicKey', {
    requestParameters: { instanceId: 'i-0', instanceOSUser: 'ec2-user', sSHPublicKey: 'ssh-ed25519 AAAAexample' },
  });
  const walk = (machines: number, everyMs = 1_000) =>
    repeat(sent, machines, everyMs, (index) => ({
      requestParameters: { instanceId: `i-${index}`, instanceOSUser: 'root' },
    }));
  return {
    fires: [
      { why: 'three machines in seconds', timeline: walk(3), severity: 'high' },
      { why: 'the third a second before the window closes', timeline: walk(3, 5 * MINUTE - 500) },
      {
        why: 'to serial consoles',
        timeline: walk(3).map((record) => but(record, { eventName: 'SendSerialConsoleSSHPublicKey' })),
      },
      {
        why: 'by Ansible',
        timeline: walk(3).map((record) => but(record, { userAgent: 'ansible/2.18' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'two machines', timeline: walk(2) },
      { why: 'one machine three times', timeline: repeat(sent, 3, 1_000) },
      { why: 'the third when the window has closed', timeline: walk(3, 5 * MINUTE) },
      { why: 'refused', timeline: walk(3).map(denied) },
    ],
  };
};
