import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later } from '../sample';
import { assumed, refused } from './role-samples';
import {
  ASSUMED,
  assumedInWords,
  isBreakGlass,
  NOT_ASSUMED,
  ROLE_REFERENCES,
  roleInWords,
  roleOf,
  roleResources,
} from './roles';

export default defineRule({
  id: 'role-break-glass-used',
  title: 'Emergency role used',
  severity: (event) => (event.outcome === 'succeeded' ? 'high' : 'medium'),
  rows: ['1-8'],
  attack: ['TA0001/T1078.004', 'TA0008/T1550.001'],
  match: [ASSUMED, NOT_ASSUMED],
  // From another account the role's own account gets a record of its own.
  side: 'resource',
  settings: ['breakGlassRoles'],
  sleepsWithout: ['breakGlassRoles'],
  when: isBreakGlass,
  // One use is recorded in both accounts, with two names of the caller: the role alone tells what is one matter.
  per: (event) => `${roleOf(event) ?? ''}|${event.outcome === 'succeeded' ? 'used' : 'tried'}`,
  quietMs: HOUR,
  headline: (event) =>
    event.outcome === 'succeeded'
      ? assumedInWords(event)
      : `${event.actor} tried to assume ${roleInWords(event)} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: roleResources,
  why: 'This role is kept for emergencies. Its use is an emergency, or an intruder.',
  runbook: [
    'Is there an incident that explains it? Ask the person, by another way than the account.',
    'If nobody vouches for it, revoke the sessions of the role: IAM console, the role, Revoke sessions.',
    'Read what the session did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key of the session>.',
  ],
  falsePositives: ['Drills and real emergencies.'],
  blindSpots: ['Off while breakGlassRoles is empty.', 'What the session does afterwards is told by other rules.'],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const settings = { breakGlassRoles: ['*role/BreakGlass'] };
  const used = assumed('BreakGlass');
  const twin = but(used, {
    userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE0000000001', accountId: '444455556666' },
  });
  return {
    fires: [
      { why: 'assumed', timeline: [used], settings, severity: 'high' },
      { why: 'over SAML', timeline: [but(used, { eventName: 'AssumeRoleWithSAML' })], settings, severity: 'high' },
      { why: 'named without its path', timeline: [used], settings: { breakGlassRoles: ['BreakGlass'] } },
      { why: 'from another account', timeline: [twin], settings, severity: 'high' },
      { why: 'recorded in both accounts: one alert', timeline: [used, twin], settings },
      { why: 'refused', timeline: [refused('BreakGlass')], settings, severity: 'medium' },
      {
        why: 'three times in an hour: one alert',
        timeline: [used, later(used, MINUTE), later(used, 59 * MINUTE)],
        settings,
      },
    ],
    quiet: [
      { why: 'no role is named in the settings', timeline: [used] },
      { why: 'another role', timeline: [assumed('BreakGlassReader')], settings },
      { why: 'by a service', timeline: [but(used, byService('ec2.amazonaws.com'))], settings },
    ],
  };
};
