import { actorKey, fromClient, whereFrom } from '../callers';
import { DAY, defineRule, type Examples, type Match } from '../rule';
import { but, call, denied, later, role } from '../sample';

const CLOUDSHELL = 'cloudshell.amazonaws.com';
const LEARN_DAYS = 14;
const CALLS = ['CreateEnvironment', 'CreateSession', 'GetFileDownloadUrls', 'GetFileUploadUrls'] as const;

/** Whether AWS counts them as reads is not said: either way. */
const MATCHES: readonly [Match, Match] = [
  { feed: 'api-writes', outcome: 'succeeded', service: CLOUDSHELL, calls: CALLS },
  { feed: 'api-reads', outcome: 'succeeded', service: CLOUDSHELL, calls: CALLS },
];

export default defineRule({
  id: 'cloudshell-used',
  title: 'CloudShell used by somebody who never did',
  // Medium for files that are carried out: a shell alone is a convenience.
  severity: ({ call: name }) => (name === 'GetFileDownloadUrls' ? 'medium' : 'low'),
  rows: ['2-40'],
  attack: ['TA0002/T1059.009', 'TA0010/T1567.002'],
  match: MATCHES,
  when: fromClient,
  baseline: {
    kind: 'cloudshell',
    value: (event) => `${actorKey(event)} ${event.call === 'GetFileDownloadUrls' ? 'files out' : 'shell'}`,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: (event) =>
    `${event.actor}, who never did, ${event.call === 'GetFileDownloadUrls' ? 'took files out of CloudShell' : 'opened CloudShell'} ${whereFrom(event)} (${event.call})`,
  resources: (event) => [event.actor],
  why: 'A stolen console session becomes a command line there, with the rights of the person, from an address of AWS, past the watch on keys.',
  runbook: [
    'Ask the person.',
    'See what was done by it: calls of the actor whose user agent names CloudShell, since.',
    'If nobody vouches for it, end the sessions of the role or the user, and change the password.',
    'Deny cloudshell:* to whoever does not need it, or cloudshell:GetFileDownloadUrls alone.',
  ],
  falsePositives: ['People who use it for the first time.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account.`,
    'What is typed there, and files that leave by the network.',
  ],
  references: [
    'https://docs.aws.amazon.com/cloudshell/latest/userguide/logging-and-monitoring.html',
    'https://attack.mitre.org/techniques/T1059/009/',
  ],
});

export const examples = (): Examples => {
  const opening = call(CLOUDSHELL, 'CreateEnvironment', { userIdentity: role('Developers', 'dave') });
  const used = later(call(CLOUDSHELL, 'CreateEnvironment'), LEARN_DAYS * DAY);
  const taken = but(used, { eventName: 'GetFileDownloadUrls', readOnly: true });
  return {
    fires: [
      { why: 'a shell', timeline: [opening, used], severity: 'low' },
      { why: 'files', timeline: [opening, taken], severity: 'medium' },
      { why: 'again: one alert', timeline: [opening, used, later(used, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(used, -1_000)] },
      { why: 'by the same', timeline: [opening, later(opening, LEARN_DAYS * DAY)] },
      { why: 'refused', timeline: [opening, denied(used)] },
      { why: 'ended', timeline: [opening, but(used, { eventName: 'DeleteEnvironment' })] },
    ],
  };
};
