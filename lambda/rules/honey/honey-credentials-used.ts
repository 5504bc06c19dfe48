import { QUESTIONS } from '../bursts/discovery';
import { NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, consoleLogin, denied, later, role, user } from '../sample';
import { didInWords, HONEY_REFERENCES, HONEY_WHY, honeyCaller } from './honey';

export default defineRule({
  id: 'honey-credentials-used',
  title: 'Bait credentials used',
  severity: 'critical',
  rows: ['1-2', '1-6'],
  attack: ['TA0001/T1078.004', 'TA0006/T1552.001'],
  match: [
    { feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE },
    { feed: 'errors', outcome: ['denied', 'failed'], record: NOT_BY_SERVICE },
    { feed: 'sign-in', outcome: 'any', service: 'signin.amazonaws.com', calls: ['ConsoleLogin'] },
    { feed: 'data', outcome: 'any', service: 's3.amazonaws.com' },
    ...QUESTIONS,
  ],
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
    'Where did you lay this bait (repository, machine, laptop, wiki)? Whoever used it was there: look for other credentials in the same place, and replace them.',
    'List what else came from the same address: aws cloudtrail lookup-events, or trailhound replay on your files.',
    'Leave the bait as it is: it can do nothing, and shows what they try next.',
  ],
  falsePositives: ['Scanners of your own that try the keys they find; whoever tests the bait.'],
  blindSpots: [
    'Off while honeyKeys, honeyUsers and honeyRoles are empty.',
    'A key that is deactivated or deleted: AWS records no call with it. Leave it active, without any permission.',
    'Reads that succeed, but for questions about the account: honey-credentials-reads counts every read, where it is on.',
  ],
  references: HONEY_REFERENCES,
});

export const examples = (): Examples => {
  const honeyKeys = ['AKIAHONEYEXAMPLE0001'];
  const settings = { honeyKeys };
  const withBait = { userIdentity: { ...user('backup-old'), accessKeyId: honeyKeys[0] } };
  const tried = denied(call('s3.amazonaws.com', 'ListBuckets', withBait));
  const asRole = { userIdentity: role('OldBackup', 'work') };
  return {
    fires: [
      { why: 'a refused read', timeline: [tried], settings, severity: 'critical' },
      {
        why: 'who am I',
        timeline: [call('sts.amazonaws.com', 'GetCallerIdentity', { ...withBait, readOnly: true })],
        settings,
      },
      {
        why: 'a change',
        timeline: [call('iam.amazonaws.com', 'CreateUser', withBait)],
        settings,
        severity: 'critical',
      },
      {
        why: 'an object of S3',
        timeline: [
          call('s3.amazonaws.com', 'GetObject', { ...withBait, managementEvent: false, eventCategory: 'Data' }),
        ],
        settings,
      },
      { why: 'a user, by any key', timeline: [tried], settings: { honeyUsers: ['backup-*'] } },
      {
        why: 'a password guessed for the user',
        timeline: [consoleLogin('backup-old', 'Failure')],
        settings: { honeyUsers: ['backup-old'] },
        severity: 'critical',
      },
      { why: 'a role', timeline: [but(tried, asRole)], settings: { honeyRoles: ['*:role/OldBackup'] } },
      { why: 'by the name of the role', timeline: [but(tried, asRole)], settings: { honeyRoles: ['OldBackup'] } },
      { why: 'ten tries: one alert', timeline: [tried, later(tried, 60_000), later(tried, HOUR)], settings },
    ],
    quiet: [
      { why: 'no bait is configured', timeline: [tried] },
      {
        why: 'another key of the same user',
        timeline: [but(tried, { userIdentity: user('backup-old') })],
        settings,
      },
      { why: 'another user', timeline: [tried], settings: { honeyUsers: ['backup'] } },
      { why: 'another role', timeline: [but(tried, asRole)], settings: { honeyRoles: ['*:role/Old'] } },
    ],
  };
};
