import type { Severity } from '../severity';

export const ORGANIZATIONS = 'organizations.amazonaws.com';

/** Calls on what holds an organization's accounts in check, and on who may act for it; with what they do. */
export const GUARD_RAILS = {
  DetachPolicy: ['took a policy off', 'high'],
  DeletePolicy: ['deleted a policy', 'high'],
  DisablePolicyType: ['switched off a kind of policies', 'high'],
  UpdatePolicy: ['changed a policy', 'medium'],
  MoveAccount: ['moved an account from under its policies', 'medium'],
  RegisterDelegatedAdministrator: ['made an account act for the organization', 'medium'],
  DeregisterDelegatedAdministrator: ['took administration from an account', 'medium'],
  EnableAWSServiceAccess: ['let a service act in all accounts', 'medium'],
  DisableAWSServiceAccess: ['shut a service out of all accounts', 'medium'],
  PutResourcePolicy: ['let others act for the organization by its policy', 'medium'],
  AcceptHandshake: ['accepted an invitation', 'medium'],
} as const satisfies Readonly<Record<string, readonly [did: string, severity: Severity]>>;

/** True for the calls above: they have a rule of their own. */
export function isGuardRailCall(service: string, call: string): call is keyof typeof GUARD_RAILS {
  return service === ORGANIZATIONS && Object.hasOwn(GUARD_RAILS, call);
}
