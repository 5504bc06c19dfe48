import type { PosturePermission } from '../config/posture-permissions';
import type { Statement } from './policy/statement';

/**
 * What checks judge: the account as AWS describes it, reduced to what they ask about. Times are milliseconds since the
 * epoch; undefined means never, or that AWS does not say.
 */
export interface SourceValues {
  readonly accountSummary: AccountSummary;
  readonly virtualMfa: VirtualMfa;
  readonly credentialReport: readonly Credentials[];
  readonly passwordPolicy: PasswordPolicy;
  readonly identities: Identities;
  readonly trails: readonly Trail[];
  readonly buckets: readonly Bucket[];
  readonly accountPublicAccessBlock: PublicAccessBlock;
  readonly detectors: readonly Detector[];
  readonly recorders: ConfigRecording;
  readonly analyzers: Analyzers;
  readonly securityHub: { readonly enabled: boolean };
  readonly securityGroups: readonly SecurityGroup[];
  readonly ebsEncryption: { readonly byDefault: boolean };
  readonly metadataDefaults: { readonly httpTokens: string | undefined };
  readonly publicVolumeSnapshots: readonly { readonly id: string; readonly description: string }[];
  readonly databaseSnapshots: readonly DatabaseSnapshot[];
}

export type SourceName = keyof SourceValues;

/** Why something could not be read. */
export interface Problem {
  /** `denied`: the permission is missing. `failed`: no answer, or one that makes no sense. */
  readonly kind: 'denied' | 'failed';
  /** What the call needs; undefined when no call was the problem. */
  readonly permission: PosturePermission | undefined;
  /** Undefined for what belongs to no region. */
  readonly region: string | undefined;
  /** What could not be read, where it is one thing of many: a bucket, a trail. */
  readonly what: string | undefined;
  /** AWS's name of the error; safe to print. */
  readonly reason: string;
}

/** What a source gave: everything, a part with problems, or problems alone. */
export interface Fact<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

export interface AccountSummary {
  readonly rootHasMfa: boolean;
  readonly rootAccessKeys: number;
  /** False where root's credentials were removed for the organization; undefined where IAM does not say. */
  readonly rootHasPassword: boolean | undefined;
}

export interface VirtualMfa {
  /** True when root's MFA device is an app, not hardware. */
  readonly rootHasVirtual: boolean;
}

/** A user, or root, as the credential report describes it. */
export interface Credentials {
  readonly user: string;
  readonly arn: string;
  readonly isRoot: boolean;
  readonly createdMs: number | undefined;
  readonly hasPassword: boolean;
  readonly passwordUsedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
  readonly hasMfa: boolean;
  readonly keys: readonly AccessKey[];
}

export interface AccessKey {
  /** 1 or 2, as in the report: it names no key IDs. */
  readonly slot: 1 | 2;
  readonly active: boolean;
  readonly rotatedMs: number | undefined;
  readonly usedMs: number | undefined;
}

export interface PasswordPolicy {
  /** False when the account has none of its own: then AWS's default holds. */
  readonly exists: boolean;
  readonly minimumLength: number;
  /** How many earlier passwords cannot be used again. */
  readonly reusePrevention: number;
}

/** Users, groups and roles with all that gives them permissions. */
export interface Identities {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly roles: readonly Role[];
  /** Customer-managed policies that are attached, or bound something. */
  readonly customerPolicies: readonly AttachedPolicy[];
}

/** A policy as attached to something; policies in several places are one object. */
export interface AttachedPolicy {
  readonly kind: 'aws' | 'customer' | 'inline';
  readonly name: string;
  /** Undefined for inline policies. */
  readonly arn: string | undefined;
  /** Undefined when the document could not be read as a policy, or was not given. */
  readonly statements: readonly Statement[] | undefined;
}

interface Identity {
  readonly name: string;
  readonly arn: string;
  readonly policies: readonly AttachedPolicy[];
}

export interface User extends Identity {
  readonly groups: readonly string[];
  readonly boundary: AttachedPolicy | undefined;
}

export type Group = Identity;

export interface Role extends Identity {
  readonly path: string;
  readonly createdMs: number | undefined;
  readonly usedMs: number | undefined;
  readonly boundary: AttachedPolicy | undefined;
  /** The trust policy as AWS gives it, parsed; undefined when it is no JSON. */
  readonly trust: unknown;
}

export interface Trail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly isMultiRegion: boolean;
  readonly isOrganization: boolean;
  readonly validates: boolean;
  readonly kmsKeyId: string | undefined;
  readonly bucket: string | undefined;
  readonly isLogging: boolean | undefined;
  /** AWS's word for what went wrong at the last delivery, such as `AccessDenied`. */
  readonly deliveryError: string | undefined;
  /** True when every management event is recorded, reads and writes, none left out; undefined when it could not be read. */
  readonly allManagementEvents: boolean | undefined;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Parts are undefined when they could not be read. */
export interface Bucket {
  readonly name: string;
  readonly region: string | undefined;
  readonly block: PublicAccessBlock | undefined;
  readonly policyIsPublic: boolean | undefined;
  /** Permissions that the ACL gives to everybody or to every AWS account: READ, WRITE, FULL_CONTROL… */
  readonly publicAcl: readonly string[] | undefined;
}

export interface Detector {
  readonly id: string;
  readonly enabled: boolean;
}

export interface ConfigRecording {
  readonly recorders: readonly ConfigRecorder[];
  readonly deliveryChannels: number;
}

export interface ConfigRecorder {
  readonly name: string;
  readonly recording: boolean;
  readonly lastStatus: string | undefined;
}

export interface Analyzers {
  /** True when an active analyzer finds access from outside the account or organization. */
  readonly external: boolean;
  /** Findings of active analyzers of unused access; undefined when there is no such analyzer. */
  readonly unused: readonly UnusedAccess[] | undefined;
}

export interface UnusedAccess {
  readonly resource: string;
  /** UnusedIAMRole, UnusedIAMUserAccessKey, UnusedIAMUserPassword or UnusedPermission. */
  readonly kind: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly ingress: readonly PortRange[];
  /** Rules that let traffic out, to anywhere. */
  readonly egressRules: number;
}

/** A protocol and ports, and who may reach them. */
export interface PortRange {
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  /** 0 to 65,535 for all ports. */
  readonly from: number;
  readonly to: number;
  /** In CIDR form. */
  readonly networks: readonly string[];
}

export interface DatabaseSnapshot {
  readonly arn: string;
  readonly name: string;
  readonly kind: 'instance' | 'cluster';
  readonly isPublic: boolean;
}
