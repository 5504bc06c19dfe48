import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { CONNECT, CONNECT_REFERENCES, connectedTo, KEYS_SENT, keySentInWords } from './instance-connect';

export default defineRule({
  id: 'instance-connect-key',
  title: 'Login key put on a machine by EC2 Instance Connect',
  // How people log in where it is in use: a note. The serial console is another matter, and hardly ever used.
  severity: (event, settings) =>
    lessIfAutomated(event.call === 'SendSerialConsoleSSHPublicKey' ? 'medium' : 'low', event, settings),
  rows: ['1-20', '2-17'],
  attack: ['TA0008/T1021.004', 'TA0003/T1098.004'],
  match: [KEYS_SENT],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.actor}|${event.call}`,
  quietMs: 12 * HOUR,
  headline: keySentInWords,
  resources: connectedTo,
  why: 'With this call the rights in AWS become a shell on the machine, as any of its users.',
  runbook: [
    'Ask the actor, if logins of this kind are not usual here.',
    'If nobody vouches for it, deactivate its keys and treat the machine and its role as taken.',
  ],
  falsePositives: ['Everyday logins where Instance Connect is in use: suppress by actor.'],
  blindSpots: ['What is done in the shell.'],
  references: CONNECT_REFERENCES,
});

export const examples = (): Examples => {
  const sent = call(CONNECT, 'SendSSHPublicKey', {
    requestParameters: {
      instanceId: 'i-0123456789abcdef0',
      instanceOSUser: 'ec2-user',
      sSHPublicKey: 'ssh-ed25519 AAAAexample',
    },
  });
  const serial = but(sent, { eventName: 'SendSerialConsoleSSHPublicKey' });
  return {
    fires: [
      { why: 'for a shell', timeline: [sent], severity: 'low' },
      { why: 'for the serial console', timeline: [serial], severity: 'medium' },
      { why: 'all morning: one alert', timeline: [sent, later(sent, HOUR), later(sent, 5 * HOUR)] },
    ],
    quiet: [
      { why: 'refused', timeline: [denied(sent)] },
      { why: 'refused, to the console', timeline: [denied(serial)] },
    ],
  };
};
