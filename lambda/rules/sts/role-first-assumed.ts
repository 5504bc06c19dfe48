import { at } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, byService, later, role } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { assumed, refused } from './role-samples';
import { ASSUMED, assumedInWords, isBreakGlass, isPrivileged, ROLE_REFERENCES, roleOf, roleResources } from './roles';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'role-first-assumed',
  title: 'Role assumed by somebody who never used it',
  severity,
  rows: ['1-8'],
  attack: ['TA0004/T1078.004', 'TA0008/T1550.001'],
  match: [ASSUMED],
  settings: ['privilegedRoles', 'breakGlassRoles', 'infrastructureAsCodeAgents'],
  when: (event, settings) => !isBreakGlass(event, settings),
  baseline: {
    kind: 'assumed-role',
    subject: (event) => event.actor,
    value: roleOf,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: assumedInWords,
  resources: roleResources,
  why: 'Whoever holds stolen keys looks for the roles that these can take. A privileged role in new hands is worth a question.',
  runbook: [
    'Ask the actor, or the owner of the program behind it, what the role was for.',
    'Compare the address and the user agent with what the actor uses on other days.',
    'If nobody vouches for it, revoke the sessions of the role (IAM console, Revoke sessions) and deactivate the keys of the actor.',
    'Narrow the trust policy of the role to those who need it.',
  ],
  falsePositives: ['New people, new programs, and people who help out.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account, in which everything is learned.`,
    'Roles that the setting privilegedRoles does not name are stored, not told.',
    'Somebody in their first days is compared with what others of the account do.',
  ],
  references: ROLE_REFERENCES,
});

/** Taking a role from within a role is how intruders move on, and how many set-ups work: a note. */
function severity(event: TrailEvent, settings: Settings): Severity {
  if (isPrivileged(event, settings)) return lessIfAutomated('medium', event, settings);
  return at(event.record, 'userIdentity', 'type') === 'AssumedRole' ? 'low' : 'info';
}

export const examples = (): Examples => {
  const opening = assumed('Reader');
  const afterLearning = (roleName: string, fields = {}) => later(assumed(roleName, fields), LEARN_DAYS * DAY);
  const admin = afterLearning('PlatformAdmin');
  const inRole = { userIdentity: role('Deploy', 'ci') };
  return {
    fires: [
      { why: 'a privileged role', timeline: [opening, admin], severity: 'medium' },
      { why: 'again on the same day: one alert', timeline: [opening, admin, later(admin, HOUR)] },
      {
        why: 'by Terraform',
        timeline: [opening, but(admin, { userAgent: 'APN/1.0 HashiCorp Terraform/1.9' })],
        severity: 'low',
      },
      {
        why: 'an ordinary role from within a role',
        timeline: [opening, afterLearning('Writer', inRole)],
        severity: 'low',
      },
      {
        why: 'used by the account on the first day, and never again for three months',
        timeline: [assumed('PlatformAdmin'), later(assumed('PlatformAdmin'), 91 * DAY)],
      },
    ],
    quiet: [
      { why: 'an ordinary role', timeline: [opening, afterLearning('Writer')] },
      { why: 'a second before learning ends', timeline: [opening, later(admin, -1_000)] },
      { why: 'used on the first day too', timeline: [assumed('PlatformAdmin'), admin] },
      { why: 'refused', timeline: [opening, later(refused('PlatformAdmin'), LEARN_DAYS * DAY)] },
      { why: 'by a service', timeline: [opening, but(admin, byService('ec2.amazonaws.com'))] },
      {
        why: 'an emergency role: another rule tells every use',
        timeline: [opening, admin],
        settings: { breakGlassRoles: ['PlatformAdmin'] },
      },
    ],
  };
};
