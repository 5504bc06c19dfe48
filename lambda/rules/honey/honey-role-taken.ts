import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later } from '../sample';
import { assumed, refused } from '../sts/role-samples';
import { ASSUMED, isRoleIn, NOT_ASSUMED, roleInWords, roleOf, roleResources } from '../sts/roles';
import { HONEY_REFERENCES, HONEY_WHY } from './honey';

export default defineRule({
  id: 'honey-role-taken',
  title: 'Somebody took a bait role, or tried to',
  severity: 'critical',
  rows: ['1-8'],
  attack: ['TA0008/T1550.001', 'TA0007/T1580'],
  match: [ASSUMED, NOT_ASSUMED],
  // From another account the role's own account gets a record of its own.
  side: 'resource',
  settings: ['honeyRoles'],
  sleepsWithout: ['honeyRoles'],
  when: (event, { honeyRoles }) => {
    const role = honeyRoles.length === 0 ? undefined : roleOf(event);
    return role !== undefined && isRoleIn(honeyRoles, role);
  },
  // One use is recorded in both accounts, with two names of the caller: the role alone tells what is one matter.
  per: (event) => roleOf(event),
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} ${event.outcome === 'succeeded' ? 'took' : 'tried to take'} the bait ${roleInWords(event)} from ${event.sourceIp ?? event.sourceService ?? 'an unknown address'}`,
  resources: roleResources,
  why: HONEY_WHY,
  runbook: [
    'Treat the credentials of the caller as stolen: deactivate the key, or revoke the sessions of the role.',
    'Which other roles did the same caller take or try? aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole.',
    'Find out how the caller came by the name of the role: it listed the roles, or read what names it.',
  ],
  falsePositives: ['Tools that try every role; whoever tests the bait.'],
  blindSpots: ['Off while honeyRoles is empty.', 'Roles that the refusal does not name.'],
  references: HONEY_REFERENCES,
});

export const examples = (): Examples => {
  const settings = { honeyRoles: ['*:role/OldBackup'] };
  const taken = assumed('OldBackup');
  return {
    fires: [
      { why: 'taken', timeline: [taken], settings, severity: 'critical' },
      {
        why: 'refused: only the message names the role',
        timeline: [refused('OldBackup')],
        settings,
        severity: 'critical',
      },
      { why: 'tried, then taken: one alert', timeline: [refused('OldBackup'), later(taken, MINUTE)], settings },
      {
        why: 'from another account',
        timeline: [
          but(taken, { userIdentity: { type: 'AWSAccount', principalId: 'AIDAX', accountId: '444455556666' } }),
        ],
        settings,
      },
    ],
    quiet: [
      { why: 'no bait is configured', timeline: [taken] },
      { why: 'another role', timeline: [assumed('OldBackups')], settings },
      { why: 'by a service', timeline: [but(taken, byService('backup.amazonaws.com'))], settings },
    ],
  };
};
