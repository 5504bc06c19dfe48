import {
  type AttachedPermissionsBoundary,
  type AttachedPolicy as Attachment,
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  type ManagedPolicyDetail,
  type PolicyDetail,
} from '@aws-sdk/client-iam';
import { visible } from '../../alerts/neutral';
import type { AttachedPolicy, Identities } from '../facts';
import { statementsOf } from '../policy/statement';
import { defineSource } from '../source';

/**
 * Users, groups, roles and policies by one call, a thousand of them a page: one by one they would take several calls
 * each. Documents are read as they come and not kept.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export const identities = defineSource({
  scope: 'account',
  about: 'users, groups, roles and policies with their documents',
  permissions: ['iam:GetAccountAuthorizationDetails'],
  async read(reader): Promise<Identities> {
    const gathered = new Gathered();
    await reader.pages('iam:GetAccountAuthorizationDetails', async (token) => {
      const page = await reader.aws.iam.send(
        new GetAccountAuthorizationDetailsCommand({
          MaxItems: 1_000,
          ...(token === undefined ? {} : { Marker: token }),
        }),
      );
      gathered.add(page);
      return { items: [], next: page.IsTruncated ? page.Marker : undefined };
    });
    const all = gathered.identities();
    for (const name of gathered.unread) {
      reader.problems.push({
        kind: 'failed',
        permission: 'iam:GetAccountAuthorizationDetails',
        region: undefined,
        what: `policy ${visible(name).slice(0, 100)}`,
        reason: 'no document that could be read',
      });
    }
    return all;
  },
});

/** What an identity has, before the managed policies are known: they may come on a later page. */
interface Unresolved<T> {
  readonly about: T;
  readonly inline: readonly AttachedPolicy[];
  readonly attached: readonly Attachment[];
  readonly boundary?: AttachedPermissionsBoundary | undefined;
}

class Gathered {
  /** Names of policies that are attached and cannot be judged. */
  readonly unread = new Set<string>();
  private readonly users: Unresolved<{ name: string; arn: string; groups: readonly string[] }>[] = [];
  private readonly groups: Unresolved<{ name: string; arn: string }>[] = [];
  private readonly roles: Unresolved<{
    name: string;
    arn: string;
    path: string;
    createdMs: number | undefined;
    usedMs: number | undefined;
    trust: unknown;
  }>[] = [];
  private readonly managed = new Map<string, AttachedPolicy>();
  private readonly customer: AttachedPolicy[] = [];

  add(page: GetAccountAuthorizationDetailsResponse): void {
    for (const { UserName = '', Arn = '', GroupList = [], ...rest } of page.UserDetailList ?? []) {
      this.users.push({
        about: { name: UserName, arn: Arn, groups: GroupList },
        inline: inlineOf(rest.UserPolicyList),
        attached: rest.AttachedManagedPolicies ?? [],
        boundary: rest.PermissionsBoundary,
      });
    }
    for (const { GroupName = '', Arn = '', ...rest } of page.GroupDetailList ?? []) {
      this.groups.push({
        about: { name: GroupName, arn: Arn },
        inline: inlineOf(rest.GroupPolicyList),
        attached: rest.AttachedManagedPolicies ?? [],
      });
    }
    for (const { RoleName = '', Arn = '', Path = '/', ...rest } of page.RoleDetailList ?? []) {
      this.roles.push({
        about: {
          name: RoleName,
          arn: Arn,
          path: Path,
          createdMs: rest.CreateDate?.getTime(),
          usedMs: rest.RoleLastUsed?.LastUsedDate?.getTime(),
          trust: documentOf(rest.AssumeRolePolicyDocument),
        },
        inline: inlineOf(rest.RolePolicyList),
        attached: rest.AttachedManagedPolicies ?? [],
        boundary: rest.PermissionsBoundary,
      });
    }
    for (const policy of page.Policies ?? []) this.addPolicy(policy);
  }

  private addPolicy({
    Arn = '',
    PolicyName = '',
    PolicyVersionList = [],
    AttachmentCount = 0,
  }: ManagedPolicyDetail): void {
    const current = PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion);
    const policy: AttachedPolicy = {
      kind: isAws(Arn) ? 'aws' : 'customer',
      name: PolicyName,
      arn: Arn,
      statements: statementsOf(documentOf(current?.Document)),
    };
    this.managed.set(Arn, policy);
    if (policy.kind === 'customer' && AttachmentCount > 0) this.customer.push(policy);
  }

  identities(): Identities {
    return {
      users: this.users.map((user) => ({
        ...user.about,
        policies: this.policiesOf(user),
        boundary: this.boundaryOf(user.boundary),
      })),
      groups: this.groups.map((group) => ({ ...group.about, policies: this.policiesOf(group) })),
      roles: this.roles.map((role) => ({
        ...role.about,
        policies: this.policiesOf(role),
        boundary: this.boundaryOf(role.boundary),
      })),
      customerPolicies: this.customer,
    };
  }

  private policiesOf({ inline, attached }: Unresolved<unknown>): readonly AttachedPolicy[] {
    const all = [
      ...inline,
      ...attached.map(({ PolicyArn = '', PolicyName = '' }) => this.policy(PolicyArn, PolicyName)),
    ];
    for (const { statements, arn, name } of all) if (statements === undefined) this.unread.add(arn ?? name);
    return all;
  }

  private boundaryOf(boundary: AttachedPermissionsBoundary | undefined): AttachedPolicy | undefined {
    const arn = boundary?.PermissionsBoundaryArn;
    return arn === undefined ? undefined : this.policy(arn, arn.slice(arn.lastIndexOf('/') + 1));
  }

  /** The policy; one that was not among the answers has no statements that could be judged. */
  private policy(arn: string, name: string): AttachedPolicy {
    return this.managed.get(arn) ?? { kind: isAws(arn) ? 'aws' : 'customer', name, arn, statements: undefined };
  }
}

function isAws(arn: string): boolean {
  return arn.split(':')[4] === 'aws';
}

function inlineOf(policies: readonly PolicyDetail[] | undefined): AttachedPolicy[] {
  return (policies ?? []).map(({ PolicyName = '', PolicyDocument }) => ({
    kind: 'inline',
    name: PolicyName,
    arn: undefined,
    statements: statementsOf(documentOf(PolicyDocument)),
  }));
}

/** Documents are JSON, percent-encoded; undefined for what is not. */
function documentOf(encoded: string | undefined): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}
