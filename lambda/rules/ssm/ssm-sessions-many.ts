import { actorKey, fromClient } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { call, denied, later, repeat } from '../sample';
import { machinesOf, REMOTE_REFERENCES, remoteInWords, SSM } from './remote';

export default defineRule({
  id: 'ssm-sessions-many',
  title: 'Shells opened on several machines in minutes',
  severity: 'medium',
  rows: ['1-20', '2-16'],
  attack: ['TA0008/T1021.007', 'TA0002/T1651'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: SSM, calls: ['StartSession', 'ResumeSession'] }],
  when: fromClient,
  window: { kind: 'distinct', per: actorKey, value: machinesOf, threshold: 3, withinMs: 10 * MINUTE, unit: 'machines' },
  quietMs: HOUR,
  headline: remoteInWords,
  resources: machinesOf,
  why: 'People work on one machine at a time. Who opens one after the other looks around, or tests how far the rights reach.',
  runbook: [
    'Ask the actor.',
    'End the sessions: aws ssm describe-sessions --state Active; aws ssm terminate-session --session-id <id>.',
    'If nobody vouches for it, deactivate the keys of the actor; treat the machines and their roles as taken.',
    'Read what was typed, if sessions are logged: the group or bucket in SSM-SessionManagerRunShell.',
  ],
  falsePositives: ['An administrator during an outage, and scripts that log in to all machines.'],
  blindSpots: ['Sessions on one or two machines, and slower walks.'],
  references: [
    ...REMOTE_REFERENCES,
    'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html',
  ],
});

export const examples = (): Examples => {
  const started = call(SSM, 'StartSession', {
    requestParameters: { target: 'i-0' },
    responseElements: { sessionId: 'alice-0a1b2c3d4e5f60718', tokenValue: 'Value hidden due to security reasons.' },
  });
  const walk = (machines: number, everyMs = 1_000) =>
    repeat(started, machines, everyMs, (index) => ({ requestParameters: { target: `i-${index}` } }));
  return {
    fires: [
      { why: 'three machines in seconds', timeline: walk(3), severity: 'medium' },
      { why: 'the third a second before the window closes', timeline: walk(3, 5 * MINUTE - 500) },
    ],
    quiet: [
      { why: 'two machines', timeline: walk(2) },
      { why: 'one machine three times', timeline: repeat(started, 3, 1_000) },
      { why: 'the third when the window has closed', timeline: walk(3, 5 * MINUTE) },
      { why: 'refused', timeline: walk(3).map((record) => later(denied(record), 0)) },
    ],
  };
};
