import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isOutside } from '../accounts';
import { DAY, defineRule, type Examples } from '../rule';
import { but, later } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { assumed } from './role-samples';
import { ASSUMED_WITH_KEYS, isPrivileged, ROLE_REFERENCES, roleInWords, roleOf, roleResources } from './roles';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'role-assumed-from-outside',
  title: 'Role assumed from an account that never did before',
  severity,
  rows: ['1-8'],
  attack: ['TA0001/T1199', 'TA0003/T1078.004'],
  match: [ASSUMED_WITH_KEYS],
  side: 'resource',
  settings: ['organizationAccounts', 'privilegedRoles'],
  when: (event, settings) => event.crossAccount && isOutside(callerAccount(event), event, settings),
  baseline: {
    kind: 'outside-assumer',
    value: (event) => `${callerAccount(event)} ${roleOf(event) ?? ''}`,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: (event) =>
    `Account ${callerAccount(event)} (${event.actor}) assumed ${roleInWords(event)} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: roleResources,
  why: 'The trust policy of a role is a door into the account. Somebody from another account came through it for the first time.',
  runbook: [
    'Whose account is it? A vendor, a sister company, or nobody you know.',
    'See who put it into the trust policy: UpdateAssumeRolePolicy or CreateRole for this role.',
    'If nobody knows it, take it out (aws iam update-assume-role-policy) and revoke the sessions of the role.',
    'List accounts of your own in organizationAccounts.',
  ],
  falsePositives: ['A new vendor, or an account of yours that organizationAccounts does not name.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'Partners with a web identity or SAML.'],
  references: [...ROLE_REFERENCES, 'https://attack.mitre.org/techniques/T1199/'],
});

function callerAccount({ record }: TrailEvent): string {
  return text(at(record, 'userIdentity', 'accountId')) ?? '';
}

/** Without a list of the own accounts every sister account is a stranger: one lower. */
function severity(event: TrailEvent, settings: Settings): Severity {
  const known = settings.organizationAccounts.length > 0;
  return shifted(isPrivileged(event, settings) ? 'high' : 'medium', known ? 0 : -1);
}

export const examples = (): Examples => {
  const from = (accountId: string, roleName = 'Vendor') =>
    assumed(roleName, { userIdentity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE0000000001:x', accountId } });
  const opening = from('444455556666');
  const stranger = later(from('999988887777'), LEARN_DAYS * DAY);
  const settings = { organizationAccounts: ['444455556666'] };
  return {
    fires: [
      { why: 'by an account outside', timeline: [opening, stranger], settings, severity: 'medium' },
      {
        why: 'a privileged role',
        timeline: [opening, later(from('999988887777', 'Admin'), LEARN_DAYS * DAY)],
        settings,
        severity: 'high',
      },
      { why: 'no own accounts are listed', timeline: [opening, stranger], severity: 'low' },
      {
        why: 'daily from then on: one alert',
        timeline: [opening, stranger, later(stranger, DAY), later(stranger, 2 * DAY)],
        settings,
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(stranger, -1_000)], settings },
      { why: 'the account comes since the first day', timeline: [from('999988887777'), stranger], settings },
      {
        why: 'an account of the organization',
        timeline: [opening, stranger],
        settings: { organizationAccounts: ['999988887777'] },
      },
      {
        why: 'an own user',
        timeline: [
          opening,
          but(stranger, {
            userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
          }),
        ],
        settings,
      },
      {
        why: 'refused',
        timeline: [opening, but(stranger, { errorCode: 'AccessDenied', errorMessage: 'no' })],
        settings,
      },
    ],
  };
};
