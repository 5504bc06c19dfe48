import { globMatches } from '../rules/glob';
import type { Severity } from '../rules/severity';
import { shifted } from '../rules/severity';
import type { Finding, Scope } from './check';
import type { Group, Identities, Role, User } from './facts';
import type { Permissions, Verdict } from './policy/evaluate';
import { permissionsOf } from './policy/powers';

/** A group may have thousands of members: it is looked up by name. */
export function groupsByName({ groups }: Identities): ReadonlyMap<string, Group> {
  return new Map(groups.map((group) => [group.name, group]));
}

/** Roles that AWS makes for its services: nobody can change them, and only the service can take them. */
export function isServiceLinked({ path }: Role): boolean {
  return path.startsWith('/aws-service-role/');
}

/** The role is known to be powerful: named in the setting privilegedRoles, by ARN or by name. */
export function isKnownPrivileged({ arn, name }: Role, { settings }: Scope): boolean {
  return settings.privilegedRoles.some((glob) => globMatches(glob, arn) || globMatches(glob, name));
}

/** Findings about those of whom the question is answered yes, or `conditionally`, which is told one step lower. */
export function findingsAbout<T extends User | Group | Role>(
  identities: readonly T[],
  groups: ReadonlyMap<string, Group>,
  severity: Severity,
  judge: (permissions: Permissions, identity: T) => { readonly verdict: Verdict; readonly detail: string },
): Finding[] {
  return identities.flatMap((identity) => {
    const { verdict, detail } = judge(permissionsOf(identity, groups), identity);
    if (verdict === 'no') return [];
    const about = { resource: identity.arn, name: identity.name };
    if (verdict === 'yes') return [{ ...about, detail }];
    return [{ ...about, detail: `${detail}, under conditions`, severity: shifted(severity, -1) }];
  });
}
