import { asArray, at, document, field, flag, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { levelOf, type Severity, severityAt } from '../severity';

/** Calls that can make an administrator; `adminGrant` says whether one did. */
export const GRANTING: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: 'iam.amazonaws.com',
  calls: [
    'AttachUserPolicy',
    'AttachRolePolicy',
    'AttachGroupPolicy',
    'PutUserPolicy',
    'PutRolePolicy',
    'PutGroupPolicy',
    'CreatePolicy',
    'CreatePolicyVersion',
    'AddUserToGroup',
  ],
};

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const GRANT_SETTINGS = ['adminPolicies', 'adminGroups', 'infrastructureAsCodeAgents'] as const;

/** The rights of an administrator, given. */
export interface AdminGrant {
  /** Whom or what got them: `user bob`, `role Deploy`, `policy tools`. */
  readonly target: string;
  /** By what: a policy's or group's name. */
  readonly by: string;
  readonly severity: Severity;
}

/** What the call gave of an administrator's rights; undefined when it gave none. */
export function adminGrant(event: TrailEvent, settings: Settings): AdminGrant | undefined {
  const parameters = event.record['requestParameters'];
  const unseen = isOmitted(parameters);
  const given = unseen ? 'high' : whatIsGiven(event, settings);
  if (given === undefined) return undefined;
  const name = (parameter: string) => text(pick(parameters, parameter));
  const policy = name('policyArn') ?? name('policyName');
  const by = event.call === 'AddUserToGroup' ? `group ${name('groupName')}` : (policy ?? 'a policy without a name');
  return {
    target: targetOf(parameters) ?? `policy ${policy ?? '(not named)'}`,
    by: unseen ? 'a policy too large to see' : by,
    severity: lessIfAutomated(severityAt(levelOf(given) + (isSelf(event) ? 1 : 0)), event, settings),
  };
}

function whatIsGiven({ call, record }: TrailEvent, settings: Settings): Severity | undefined {
  const parameters = record['requestParameters'];
  switch (call) {
    case 'AttachUserPolicy':
    case 'AttachRolePolicy':
    case 'AttachGroupPolicy':
      return anyGlobMatches(settings.adminPolicies, text(pick(parameters, 'policyArn')) ?? '') ? 'high' : undefined;
    case 'AddUserToGroup':
      return anyGlobMatches(settings.adminGroups, text(pick(parameters, 'groupName')) ?? '', true) ? 'high' : undefined;
    default: {
      if (!allowsAdministration(pick(parameters, 'policyDocument'))) return undefined;
      // A new policy gives nothing until somebody attaches it, and a version until it is the default one.
      const waits =
        call === 'CreatePolicy' || (call === 'CreatePolicyVersion' && !flag(pick(parameters, 'setAsDefault')));
      return waits ? 'medium' : 'high';
    }
  }
}

export function targetOf(parameters: unknown): string | undefined {
  for (const [name, kind] of [
    ['userName', 'user'],
    ['roleName', 'role'],
    ['groupName', 'group'],
  ] as const) {
    const named = text(pick(parameters, name));
    if (named !== undefined) return `${kind} ${named}`;
  }
  return undefined;
}

/** Names of the user, role, group or policy, for suppressions. */
export function grantResources({ record }: TrailEvent): readonly string[] {
  const named = ['userName', 'roleName', 'groupName', 'policyName'].map((name) =>
    text(pick(record['requestParameters'], name)),
  );
  return named.filter((name) => name !== undefined).slice(0, 1);
}

/** True when the caller gave it to the user or role that it is itself. */
export function isSelf({ record }: TrailEvent): boolean {
  const identity = record['userIdentity'];
  const own = (name: string | undefined, parameter: string) =>
    name !== undefined && name === text(pick(record['requestParameters'], parameter));
  return at(identity, 'type') === 'IAMUser'
    ? own(text(at(identity, 'userName')), 'userName')
    : own(text(at(identity, 'sessionContext', 'sessionIssuer', 'userName')), 'roleName');
}

/**
 * True for a policy with a statement that allows every action, or every action of IAM, on every resource: with IAM in
 * hand one gives oneself the rest. NotAction and NotResource allow all but a few, which is as much. Conditions are taken
 * as met.
 */
export function allowsAdministration(policy: unknown): boolean {
  return asArray(document(policy)?.['Statement']).some((statement) => {
    if (text(field(statement, 'Effect')) !== 'Allow') return false;
    const actions = asArray(field(statement, 'Action')).map((action) => text(action)?.toLowerCase());
    const resources = asArray(field(statement, 'Resource')).map(text);
    const everyAction =
      field(statement, 'NotAction') !== undefined || ['*', '*:*', 'iam:*'].some((action) => actions.includes(action));
    return everyAction && (resources.includes('*') || field(statement, 'NotResource') !== undefined);
  });
}
