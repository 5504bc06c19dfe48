import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isAutomated } from '../callers';
import { choosingMatches, expensiveIn } from '../ec2/expensive';
import { BUCKET_REPLICATING, leaving, SHARING } from '../exfiltration/leaving';
import { anyGlobMatches } from '../glob';
import { adminGrant, GRANTING } from '../iam/admin-grants';
import { provedMfa } from '../iam/mfa';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { levelOf, type Severity, shifted } from '../severity';

/** What hardly anybody takes a role for, and intruders do. */

const write = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'api-writes',
  outcome: 'succeeded',
  service,
  calls,
});

/** Calls that matter by themselves, whatever their parameters. */
const GRAVE: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'iam.amazonaws.com': [
    'CreateAccessKey',
    'CreateLoginProfile',
    'UpdateLoginProfile',
    'CreateUser',
    'UpdateAccessKey',
    'UpdateAssumeRolePolicy',
    'DeactivateMFADevice',
  ],
  'cloudtrail.amazonaws.com': ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors'],
  'guardduty.amazonaws.com': ['DeleteDetector'],
  'organizations.amazonaws.com': ['LeaveOrganization'],
};

export const SENSITIVE: readonly Match[] = [
  ...Object.entries(GRAVE).map(([service, calls]) => write(service, ...calls)),
  GRANTING,
  ...SHARING,
  BUCKET_REPLICATING,
  ...choosingMatches('succeeded').filter(({ service }) => service === 'ec2.amazonaws.com'),
];

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const SENSITIVE_SETTINGS = [
  'adminPolicies',
  'adminGroups',
  'organizationAccounts',
  'acceleratedFamilies',
  'largeFamilies',
  'largeSizeMinimum',
  'expensiveInstanceTypes',
  'instanceTypesAllowed',
  'allowedRegions',
  'deployers',
  'infrastructureAsCodeAgents',
] as const;

/** True for a call of the list that does something of the kind: gives rights, lets data out, chooses a costly machine. */
export function isSensitive(event: TrailEvent, settings: Settings): boolean {
  const { service, call, record } = event;
  if (call === 'UpdateAccessKey') return text(pick(record['requestParameters'], 'status')) === 'Active';
  if (GRAVE[service]?.includes(call) === true) return true;
  if (service === 'iam.amazonaws.com') return adminGrant(event, settings) !== undefined;
  if (service === 'ec2.amazonaws.com' && !call.startsWith('Modify')) return expensiveIn(event, settings) !== undefined;
  if (call === 'ModifyInstanceAttribute' || call === 'ModifyFleet') return expensiveIn(event, settings) !== undefined;
  return levelOf(leaving(event, settings)?.severity ?? 'info') >= levelOf('medium');
}

/**
 * High; lower where a role is taken for exactly such work: two for infrastructure as code and for those who deploy, one
 * for a session that proved a second factor.
 */
export function sensitiveSeverity(event: TrailEvent, settings: Settings): Severity {
  const isWork = isAutomated(event, settings) || anyGlobMatches(settings.deployers, event.actor, true);
  return shifted('high', (isWork ? -2 : 0) - (provedMfa(event) ? 1 : 0));
}
