import { at, field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorKey, fromClient, isAutomated, whereFrom } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later, role, user } from '../sample';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'caller-identity-first',
  title: 'Somebody asked whose key it is, as never before',
  // Low: many tools ask it first, and so does everybody who sets one up.
  severity: (event, settings) => (isAutomated(event, settings) ? 'info' : 'low'),
  rows: ['2-21'],
  attack: ['TA0007/T1033'],
  match: [{ feed: 'api-reads', outcome: 'succeeded', service: 'sts.amazonaws.com', calls: ['GetCallerIdentity'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromClient(event) && byLongLivedKey(event),
  baseline: { kind: 'caller-identity', value: actorKey, learnDays: LEARN_DAYS, expiryDays: 60 },
  headline: (event) => `${event.actor} asked for its own name for the first time, ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: 'It is the first thing that a finder of a key does: it needs no rights, and tells account and user. Programs that know who they are do not ask.',
  runbook: [
    'Is the address one of yours? Ask the owner of the key whether they tried something.',
    'If nobody did: aws iam update-access-key --status Inactive --access-key-id <key>, and look for where it was published.',
    'See what followed: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
  ],
  falsePositives: ['Somebody who configures a new tool.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. Users who ask every day.`,
    'Roles: their sessions ask too often for it to mean anything.',
  ],
  references: [
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html',
    'https://attack.mitre.org/techniques/T1033/',
  ],
});

function byLongLivedKey({ record }: TrailEvent): boolean {
  const identity = record['userIdentity'];
  return field(identity, 'type') === 'IAMUser' && (text(at(identity, 'accessKeyId'))?.startsWith('AKIA') ?? false);
}

export const examples = (): Examples => {
  const opening = call('sts.amazonaws.com', 'GetCallerIdentity', { userIdentity: user('bob') });
  const asked = later(call('sts.amazonaws.com', 'GetCallerIdentity'), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'for the first time', timeline: [opening, asked], severity: 'low' },
      { why: 'again the next day: one alert', timeline: [opening, asked, later(asked, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(asked, -1_000)] },
      { why: 'asked in the first days', timeline: [opening, later(asked, -10 * DAY), asked] },
      { why: 'a role', timeline: [opening, but(asked, { userIdentity: role('Developers', 'carol') })] },
      { why: 'refused', timeline: [opening, denied(asked)] },
      { why: 'by Terraform', timeline: [opening, but(asked, { userAgent: 'Terraform/1.9' })] },
      {
        why: 'in a session of the console',
        timeline: [opening, but(asked, { userIdentity: { ...user('alice'), accessKeyId: 'ASIAEXAMPLE000000001' } })],
      },
    ],
  };
};
