import { field, fieldsOf, text } from './fields';

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * The principal behind a call, the same for all its sessions: a role's own ARN, not the session's, because an attacker
 * who assumes the role anew for each call would else be a new actor each time. Single sign-on roles are shared by
 * people, so there the session name is kept.
 *
 * Falls back arn → principalId → invokedBy → accountId → `unknown`; never throws, never empty.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function actorOf(userIdentity: unknown, account: string, region: string): string {
  return principalOf(userIdentity, account, region) || 'unknown';
}

function principalOf(userIdentity: unknown, account: string, region: string): string | undefined {
  const identity = fieldsOf(userIdentity);
  if (identity === undefined) return undefined;
  const arn = text(field(identity, 'arn'));
  const accountId = text(field(identity, 'accountId'));
  switch (field(identity, 'type')) {
    case 'Root':
      return `root:${accountId ?? account}`;
    case 'IAMUser': {
      if (arn !== undefined) return arn;
      const userName = text(field(identity, 'userName'));
      // A failed sign-in has no arn: written as the arn of the same user, so that failure and success have one actor.
      if (userName !== undefined && userName !== HIDDEN) {
        return `arn:${partitionOf(region)}:iam::${accountId ?? account}:user/${userName}`;
      }
      if (userName === HIDDEN) return `${accountId ?? account}/${HIDDEN}`;
      break;
    }
    case 'AssumedRole': {
      const role = text(issuerField(identity, 'arn')) ?? roleOfSession(arn);
      if (role === undefined) break;
      const session = isSingleSignOn(role) ? sessionName(arn, identity) : undefined;
      return session === undefined ? role : `${role}/${session}`;
    }
    case 'FederatedUser': {
      const issuer = text(issuerField(identity, 'arn'));
      if (issuer !== undefined) return issuer;
      break;
    }
    case 'IdentityCenterUser': {
      const user = text(field(field(identity, 'onBehalfOf'), 'userId'));
      if (user !== undefined) return `identity-center:${user}`;
      break;
    }
    case 'AWSAccount': {
      if (accountId === 'ANONYMOUS_PRINCIPAL') return 'anonymous';
      const principal = text(field(identity, 'principalId'));
      if (accountId !== undefined) return principal === undefined ? accountId : `${accountId}/${principal}`;
      break;
    }
    case 'AWSService': {
      const service = text(field(identity, 'invokedBy'));
      if (service !== undefined) return service;
      break;
    }
  }
  return (
    arn ||
    text(field(identity, 'principalId')) ||
    text(field(identity, 'userName')) ||
    text(field(identity, 'invokedBy')) ||
    accountId
  );
}

/** `aws`, `aws-us-gov` or `aws-cn`, by the region's name. */
export function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}

function issuerField(identity: unknown, name: string): unknown {
  return field(field(field(identity, 'sessionContext'), 'sessionIssuer'), name);
}

function isSingleSignOn(roleArn: string): boolean {
  return roleArn.includes('/AWSReservedSSO_');
}

/** `arn:aws:sts::111122223333:assumed-role/Admin/alice` → `arn:aws:iam::111122223333:role/Admin`. */
function roleOfSession(arn: string | undefined): string | undefined {
  const parts = arn?.split(':');
  const [kind, role] = parts?.[5]?.split('/') ?? [];
  if (parts === undefined || kind !== 'assumed-role' || !role) return undefined;
  return `arn:${parts[1]}:iam::${parts[4]}:role/${role}`;
}

/** The session's name: last part of the session's arn, or of `principalId` (`AROA…:name`). */
export function sessionName(arn: string | undefined, identity: unknown): string | undefined {
  if (arn?.includes(':assumed-role/')) return arn.slice(arn.lastIndexOf('/') + 1);
  const principal = text(field(identity, 'principalId'));
  return principal?.includes(':') ? principal.slice(principal.indexOf(':') + 1) : undefined;
}
