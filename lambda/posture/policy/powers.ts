import type { AttachedPolicy, Group, Role, User } from '../facts';
import { mayAll, type Permissions, type Request, stronger, type Verdict } from './evaluate';
import type { Statement } from './statement';

/**
 * What somebody could do with their policies, judged by asking about resources and actions that nobody has: only a
 * policy that means all of them lets these through.
 */

/** A name that no policy mentions: what matches it, matches everything. */
const ANY = 'x7q-any-of-them';

/** The account as ARNs name it. */
export interface AccountName {
  readonly account: string;
  readonly partition: string;
}

function iam({ account, partition }: AccountName, type: string, action: string): Request {
  return { action: `iam:${action}`, resource: `arn:${partition}:iam::${account}:${type}/${ANY}` };
}

function regional({ account, partition }: AccountName, service: string, action: string): Request {
  return { action: `${service}:${action}`, resource: `arn:${partition}:${service}:xx-any-1:${account}:${ANY}/${ANY}` };
}

/** Who may do these may do everything: an action of a service that is not made yet, and whatever gives permissions. */
function administration(account: AccountName): readonly Request[] {
  return [
    regional(account, 'x7qservice', 'X7qAnyAction'),
    iam(account, 'user', 'AttachUserPolicy'),
    iam(account, 'role', 'AttachRolePolicy'),
    iam(account, 'policy', 'CreatePolicyVersion'),
    iam(account, 'user', 'CreateAccessKey'),
  ];
}

/** A way from some permissions to all of them. */
export interface Escalation {
  /** For people: `iam:PassRole and ec2:RunInstances`. */
  readonly name: string;
  readonly requests: readonly Request[];
}

/**
 * Known ways to raise oneself, each open only when every one of its calls is allowed on resources of one's choice.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function escalations(account: AccountName): readonly Escalation[] {
  const way = (...requests: readonly Request[]): Escalation => ({
    name: requests.map(({ action }) => action).join(' and '),
    requests,
  });
  const passRole = iam(account, 'role', 'PassRole');
  const assume: Request = { ...iam(account, 'role', ''), action: 'sts:AssumeRole' };
  return [
    way(iam(account, 'policy', 'CreatePolicyVersion')),
    way(iam(account, 'user', 'AttachUserPolicy')),
    way(iam(account, 'group', 'AttachGroupPolicy')),
    way(iam(account, 'role', 'AttachRolePolicy'), assume),
    way(iam(account, 'user', 'PutUserPolicy')),
    way(iam(account, 'group', 'PutGroupPolicy')),
    way(iam(account, 'role', 'PutRolePolicy'), assume),
    way(iam(account, 'group', 'AddUserToGroup')),
    way(iam(account, 'user', 'CreateAccessKey')),
    way(iam(account, 'user', 'CreateLoginProfile')),
    way(iam(account, 'user', 'UpdateLoginProfile')),
    way(iam(account, 'role', 'UpdateAssumeRolePolicy'), assume),
    way(passRole, regional(account, 'ec2', 'RunInstances')),
    way(passRole, regional(account, 'lambda', 'CreateFunction'), regional(account, 'lambda', 'InvokeFunction')),
    way(passRole, regional(account, 'cloudformation', 'CreateStack')),
    way(passRole, regional(account, 'glue', 'CreateDevEndpoint')),
    way(regional(account, 'lambda', 'UpdateFunctionCode')),
  ];
}

/** All statements; a policy whose document was not to be had is told as a problem of the source. */
function statementsIn(policies: readonly AttachedPolicy[]): readonly Statement[] {
  return policies.flatMap(({ statements }) => statements ?? []);
}

export function permissionsOf(identity: User | Group | Role, groups: ReadonlyMap<string, Group>): Permissions {
  const memberships = 'groups' in identity ? identity.groups : [];
  const inherited = memberships.flatMap((name) => groups.get(name)?.policies ?? []);
  const boundary = 'boundary' in identity ? identity.boundary : undefined;
  return {
    statements: statementsIn([...identity.policies, ...inherited]),
    boundary: boundary === undefined ? undefined : (boundary.statements ?? 'unknown'),
  };
}

export function isAdministrator(permissions: Permissions, account: AccountName): Verdict {
  return mayAll(permissions, administration(account));
}

/** Ways by which these permissions become all, and how certain the most certain of them is. */
export function waysUp(
  permissions: Permissions,
  ways: readonly Escalation[],
): { readonly verdict: Verdict; readonly ways: readonly string[] } {
  let verdict: Verdict = 'no';
  const open: string[] = [];
  for (const { name, requests } of ways) {
    const answer = mayAll(permissions, requests);
    if (answer === 'no') continue;
    open.push(name);
    verdict = stronger(verdict, answer);
  }
  return { verdict, ways: open };
}

/** Services of which a policy allows every call on every resource; `*` for all of them. */
export function wholeServices(statements: readonly Statement[]): readonly string[] {
  const services = new Set<string>();
  for (const { effect, actions, resources, conditional } of statements) {
    if (effect === 'deny' || conditional || actions.except || !meansEverything(resources.globs, resources.except))
      continue;
    for (const glob of actions.globs) {
      const service = /^([a-z0-9-]+):\*+$/.exec(glob)?.[1];
      if (service !== undefined) services.add(service);
      else if (/^\*+(?::\*+)?$/.test(glob)) services.add('*');
    }
  }
  return [...services].sort();
}

function meansEverything(globs: readonly string[], except: boolean): boolean {
  return except
    ? !globs.some((glob) => /^\*+$/.test(glob))
    : globs.some((glob) => /^(?:\*+|arn:(?:aws[a-z-]*|\*):\*+(?::\*+)*)$/.test(glob));
}
