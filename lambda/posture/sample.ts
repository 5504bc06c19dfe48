import type {
  AccessKey,
  AttachedPolicy,
  Bucket,
  Credentials,
  Group,
  Identities,
  PublicAccessBlock,
  Role,
  SecurityGroup,
  Trail,
  User,
} from './facts';
import { statementsOf } from './policy/statement';

/** Facts for the checks' examples and tests: an account that is in order, from which an example changes one thing. */

export const SAMPLE_ACCOUNT = '111122223333';

/** The moment at which examples are judged. */
export const EXAMPLE_NOW_MS = 1_781_503_200_000; // 2026-06-15T06:00Z

/** A time so many days before it. */
export function daysAgo(days: number): number {
  return EXAMPLE_NOW_MS - days * 24 * 60 * 60_000;
}

function arn(resource: string): string {
  return `arn:aws:iam::${SAMPLE_ACCOUNT}:${resource}`;
}

/** A user with a console password, MFA and no keys. */
export function credentials(user: string, differs: Partial<Credentials> = {}): Credentials {
  return {
    user,
    arn: arn(`user/${user}`),
    isRoot: false,
    createdMs: daysAgo(400),
    hasPassword: true,
    passwordUsedMs: daysAgo(1),
    passwordChangedMs: daysAgo(60),
    hasMfa: true,
    keys: [],
    ...differs,
  };
}

/** An active key, made ten days ago and used yesterday. */
export function key(slot: 1 | 2, differs: Partial<AccessKey> = {}): AccessKey {
  return { slot, active: true, rotatedMs: daysAgo(10), usedMs: daysAgo(1), ...differs };
}

export function policy(name: string, statement: object | readonly object[], kind: AttachedPolicy['kind'] = 'inline') {
  const owner = kind === 'aws' ? 'aws' : SAMPLE_ACCOUNT;
  return {
    kind,
    name,
    arn: kind === 'inline' ? undefined : `arn:aws:iam::${owner}:policy/${name}`,
    statements: statementsOf({ Version: '2012-10-17', Statement: statement }),
  } satisfies AttachedPolicy;
}

export const allow = (action: string | readonly string[], resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

export const ADMINISTRATOR_ACCESS = /* @__PURE__ */ policy('AdministratorAccess', /* @__PURE__ */ allow('*'), 'aws');
export const READ_ONLY = /* @__PURE__ */ policy(
  'ReadOnlyAccess',
  /* @__PURE__ */ allow(['ec2:Describe*', 's3:Get*', 's3:List*']),
  'aws',
);

export function user(name: string, differs: Partial<User> = {}): User {
  return { name, arn: arn(`user/${name}`), policies: [], groups: [], boundary: undefined, ...differs };
}

export function group(name: string, ...policies: AttachedPolicy[]): Group {
  return { name, arn: arn(`group/${name}`), policies };
}

/** A role that EC2 instances take, used yesterday. */
export function role(name: string, differs: Partial<Role> = {}): Role {
  return {
    name,
    arn: arn(`role/${name}`),
    path: '/',
    policies: [],
    boundary: undefined,
    createdMs: daysAgo(400),
    usedMs: daysAgo(1),
    trust: trust({ Service: 'ec2.amazonaws.com' }),
    ...differs,
  };
}

export function trust(principal: unknown, condition?: object, action = 'sts:AssumeRole') {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: action,
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  };
}

export function identities(differs: Partial<Identities> = {}): { readonly identities: Identities } {
  return { identities: { users: [], groups: [], roles: [], customerPolicies: [], ...differs } };
}

export const BLOCK_ALL: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};
export const BLOCK_NONE: PublicAccessBlock = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

export function bucket(name: string, differs: Partial<Bucket> = {}): Bucket {
  return { name, region: 'eu-west-1', block: BLOCK_ALL, policyIsPublic: false, publicAcl: [], ...differs };
}

/** A trail as it should be. */
export function trail(name: string, differs: Partial<Trail> = {}): Trail {
  return {
    arn: `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/${name}`,
    name,
    homeRegion: 'eu-west-1',
    isMultiRegion: true,
    isOrganization: false,
    validates: true,
    kmsKeyId: `arn:aws:kms:eu-west-1:${SAMPLE_ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
    bucket: 'example-trail-logs',
    isLogging: true,
    deliveryError: undefined,
    allManagementEvents: true,
    ...differs,
  };
}

/** A group that lets in a port from some networks. */
export function securityGroup(id: string, port: number, ...networks: string[]): SecurityGroup {
  return {
    id,
    name: 'web',
    vpc: 'vpc-0a1b2c3d',
    ingress: [{ protocol: 'tcp', from: port, to: port, networks }],
    egressRules: 1,
  };
}
