import { NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, later, role, user } from '../sample';
import { didInWords, HONEY_REFERENCES, HONEY_WHY, honeyCaller } from './honey';

export default defineRule({
  id: 'honey-credentials-reads',
  title: 'Something was read with bait credentials',
  severity: 'critical',
  rows: ['1-2'],
  attack: ['TA0007/T1580', 'TA0001/T1078.004'],
  // Off: it looks at every read, which a deployment forwards only on request. Who finds keys asks first what
  // honey-credentials-used hears already, and a bait without permissions reads nothing.
  mode: 'off',
  match: [{ feed: 'api-reads', outcome: 'succeeded', record: NOT_BY_SERVICE }],
  settings: ['honeyKeys', 'honeyUsers', 'honeyRoles'],
  sleepsWithout: ['honeyKeys', 'honeyUsers', 'honeyRoles'],
  when: (event, settings) => honeyCaller(event, settings) !== undefined,
  per: (event, settings) =>
    `${event.account}|${honeyCaller(event, settings) ?? ''}|${event.sourceIp ?? event.sourceService ?? ''}`,
  quietMs: HOUR,
  headline: (event) => `A bait was used: ${didInWords(event)}`,
  resources: ({ actor }) => [actor],
  why: HONEY_WHY,
  runbook: [
    'A bait that can read has permissions: take them away, so that it shows what is tried and gives nothing.',
    'Where did you lay it? Whoever used it was there: replace all other credentials that lay in the same place.',
    'List what else came from the same address: aws cloudtrail lookup-events, or trailhound replay on your files.',
  ],
  falsePositives: ['Scanners of your own that try the keys they find; whoever tests the bait.'],
  blindSpots: [
    'Off while honeyKeys, honeyUsers and honeyRoles are empty.',
    'Reads that a deployment does not forward: it sees all of them only with deploy.allReads.',
  ],
  references: HONEY_REFERENCES,
});

export const examples = (): Examples => {
  const honeyKeys = ['AKIAHONEYEXAMPLE0001'];
  const settings = { honeyKeys };
  const read = call('ec2.amazonaws.com', 'DescribeInstances', {
    userIdentity: { ...user('backup-old'), accessKeyId: honeyKeys[0] },
  });
  return {
    fires: [
      { why: 'any read', timeline: [read], settings, severity: 'critical' },
      {
        why: 'with a role',
        timeline: [but(read, { userIdentity: role('OldBackup', 'work') })],
        settings: { honeyRoles: ['OldBackup'] },
      },
      { why: 'again: one alert', timeline: [read, later(read, 60_000)], settings },
    ],
    quiet: [
      { why: 'no bait is configured', timeline: [read] },
      { why: 'another key', timeline: [but(read, { userIdentity: user('backup-old') })], settings },
      { why: 'a change: the other rule', timeline: [but(read, { readOnly: false })], settings },
    ],
  };
};
