import { fromClient } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';
import { machinesOf, REMOTE_REFERENCES, remoteInWords, SSM } from './remote';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'ssm-first-used',
  title: 'Machine reached by somebody who never did',
  // Low: a colleague's first time, most often. Several machines are told by other rules.
  severity: 'low',
  rows: ['1-20', '2-16'],
  attack: ['TA0002/T1651', 'TA0008/T1021.007'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: SSM,
      calls: ['SendCommand', 'StartSession', 'StartAutomationExecution'],
    },
  ],
  when: fromClient,
  baseline: {
    kind: 'ssm-caller',
    value: (event) => `${event.actor} ${event.call}`,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: remoteInWords,
  resources: machinesOf,
  why: 'Commands and shells by Systems Manager need no port and no password, and few people use them.',
  runbook: [
    'Ask the actor.',
    "If nobody vouches for it, end sessions (aws ssm terminate-session), deactivate the actor's keys, and treat the machine and its role as taken.",
  ],
  falsePositives: ['New people and new tools.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`],
  references: REMOTE_REFERENCES,
});

export const examples = (): Examples => {
  const opening = call(SSM, 'StartSession', { requestParameters: { target: 'i-0' } });
  const byBob = but(later(opening, LEARN_DAYS * DAY), { userIdentity: user('bob') });
  return {
    fires: [
      { why: 'a first shell', timeline: [opening, byBob], severity: 'low' },
      { why: 'a first command', timeline: [opening, but(byBob, { eventName: 'SendCommand' })], severity: 'low' },
      { why: 'again: one alert', timeline: [opening, byBob, later(byBob, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(byBob, -1_000)] },
      { why: 'by somebody known', timeline: [opening, later(opening, LEARN_DAYS * DAY)] },
      { why: 'by a service', timeline: [opening, but(byBob, byService('ssm.amazonaws.com'))] },
      { why: 'refused', timeline: [opening, denied(byBob)] },
    ],
  };
};
