import { agentContains } from '../../intake/caller';
import { asArray, at, fieldsOf, flag, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { isPolicyUnseen, publicGrantsIn } from '../policy/resource-policy';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';

export const S3 = 's3.amazonaws.com';

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const PUBLIC_SETTINGS = ['publicBuckets', 'sensitiveBuckets', 'infrastructureAsCodeAgents'] as const;

/** Calls that set a bucket's ACL. */
export const BUCKET_ACL_CALLS = ['PutBucketAcl', 'CreateBucket'] as const;

/** Bucket that the call is about; undefined where the record names none. */
export function bucketOf({ record }: TrailEvent): string | undefined {
  return named(at(record, 'requestParameters', 'bucketName'));
}

export function bucketInWords(event: TrailEvent): string {
  return `bucket ${bucketOf(event) ?? '(not named)'}`;
}

export function bucketResources(event: TrailEvent): readonly string[] {
  const bucket = bucketOf(event);
  return bucket === undefined ? [] : [bucket];
}

/** One alert per bucket and actor. Bucket names are global: records of two accounts about one call agree on them. */
export function bucketKey(event: TrailEvent): string {
  return `${bucketOf(event) ?? event.account}|${event.actor}`;
}

export function isPublicOnPurpose(event: TrailEvent, settings: Settings): boolean {
  const bucket = bucketOf(event);
  return bucket !== undefined && anyGlobMatches(settings.publicBuckets, bucket);
}

/** One higher for a sensitive bucket, one lower for infrastructure as code. */
export function adjusted(severity: Severity, event: TrailEvent, settings: Settings): Severity {
  const bucket = bucketOf(event);
  const sensitive = bucket !== undefined && anyGlobMatches(settings.sensitiveBuckets, bucket, true);
  const asCode = agentContains(event, settings.infrastructureAsCodeAgents);
  return shifted(severity, (sensitive ? 1 : 0) - (asCode ? 1 : 0));
}

/** Name of an access point or a multi-Region access point, whose calls wrap their request. */
export function accessPointOf({ record }: TrailEvent): string | undefined {
  const request = record['requestParameters'];
  const wrapped = Object.values(fieldsOf(request) ?? {}).flatMap((value) => [
    pick(value, 'Name'),
    pick(pick(value, 'Details'), 'Name'),
  ]);
  return [pick(request, 'name'), pick(request, 'accessPointName'), ...wrapped].map(named).find((name) => name);
}

export function accessPointInWords(event: TrailEvent): string {
  return `access point ${accessPointOf(event) ?? '(not named)'}`;
}

function named(value: unknown): string | undefined {
  const name = text(value);
  return name === '' ? undefined : name;
}

/** What an ACL gives to a group that anybody belongs to. */
export interface AclGrant {
  /** `AuthenticatedUsers` is anybody with an AWS account, not with one of ours. */
  readonly group: 'AllUsers' | 'AuthenticatedUsers';
  /** READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL. */
  readonly permission: string;
}

const CANNED: Readonly<Record<string, readonly AclGrant[]>> = {
  'public-read': [{ group: 'AllUsers', permission: 'READ' }],
  'public-read-write': [
    { group: 'AllUsers', permission: 'READ' },
    { group: 'AllUsers', permission: 'WRITE' },
  ],
  'authenticated-read': [{ group: 'AuthenticatedUsers', permission: 'READ' }],
};

/**
 * What the call's ACL gives to everybody. It comes in three forms, in records old and new:
 * - canned, as a header: `x-amz-acl: public-read`, in requestParameters or in `accessControlList` there
 * - grants as headers: `x-amz-grant-read: uri="http://acs.amazonaws.com/groups/global/AllUsers"`, in the same places;
 *   some records write the names with underscores, old ones their values as lists
 * - grants in the body: `AccessControlPolicy.AccessControlList.Grant`, one object or several
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
 */
export function publicAclGrants({ record }: TrailEvent): readonly AclGrant[] {
  const found: AclGrant[] = [];
  // One pass over the names: with data events on, this runs for every object written.
  for (const [name, value] of Object.entries(fieldsOf(record['requestParameters']) ?? {})) {
    const lower = name.toLowerCase();
    if (lower === 'accesscontrolpolicy') found.push(...grantsInBody(value));
    else if (lower !== 'accesscontrollist') found.push(...grantsInHeader(lower, value));
    else {
      const headers = Object.entries(fieldsOf(value) ?? {});
      found.push(...headers.flatMap(([header, inner]) => grantsInHeader(header.toLowerCase(), inner)));
    }
  }
  return found;
}

function grantsInHeader(lowerName: string, value: unknown): readonly AclGrant[] {
  if (!lowerName.startsWith('x')) return [];
  const name = lowerName.replaceAll('_', '-');
  if (name === 'x-amz-acl') {
    const canned = text(value)?.toLowerCase() ?? '';
    return Object.hasOwn(CANNED, canned) ? (CANNED[canned] ?? []) : [];
  }
  if (!name.startsWith('x-amz-grant-')) return [];
  const permission = name.slice('x-amz-grant-'.length).toUpperCase().replaceAll('-', '_');
  return asArray(value).flatMap((grantees) => groupsIn(grantees).map((group) => ({ group, permission })));
}

function grantsInBody(policy: unknown): readonly AclGrant[] {
  return asArray(pick(pick(policy, 'AccessControlList'), 'Grant')).flatMap((grant) => {
    const permission = text(pick(grant, 'Permission'))?.toUpperCase() ?? 'FULL_CONTROL';
    return groupsIn(pick(pick(grant, 'Grantee'), 'URI')).map((group) => ({ group, permission }));
  });
}

/** Predefined groups named in a grantee's URI, or in a list of grantees (`uri="…", id="…"`). */
function groupsIn(grantees: unknown): AclGrant['group'][] {
  const written = text(grantees)?.toLowerCase() ?? '';
  return (['AllUsers', 'AuthenticatedUsers'] as const).filter((group) =>
    written.includes(`/groups/global/${group.toLowerCase()}`),
  );
}

/** Critical where anybody may read all of it, or write; high where reading takes an AWS account, or reaches the ACL only. */
export function aclSeverity(grants: readonly AclGrant[]): Severity {
  const grave = ({ group, permission }: AclGrant) =>
    (permission !== 'READ' && permission !== 'READ_ACP') || (permission === 'READ' && group === 'AllUsers');
  return grants.some(grave) ? 'critical' : 'high';
}

/** `everybody READ, anybody with an AWS account WRITE`. */
export function aclInWords(grants: readonly AclGrant[]): string {
  const words = grants.map(
    ({ group, permission }) =>
      `${group === 'AllUsers' ? 'everybody' : 'anybody with an AWS account'} ${permission.slice(0, 20)}`,
  );
  const distinct = [...new Set(words)];
  return distinct.length > 4 ? `${distinct.slice(0, 4).join(', ')} and more` : distinct.join(', ');
}

const FLAGS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

/**
 * Flags of Block Public Access that the request sets to false, as a boolean or as text. A flag that the request leaves
 * out counts as `absent` says: PutPublicAccessBlock replaces the whole configuration, so there it is off; creating an
 * access point turns on what is not named.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
 */
export function flagsOff(configuration: unknown, absent: 'off' | 'on'): readonly string[] {
  const settings = fieldsOf(configuration);
  if (settings === undefined) return [];
  return FLAGS.filter((name) => (flag(pick(settings, name)) ?? absent === 'on') === false);
}

/** What a call took away from Block Public Access of a bucket or an account; undefined when it took nothing. */
export function unblocked({ record, call }: TrailEvent): string | undefined {
  if (call.startsWith('Delete')) return 'all of Block Public Access';
  const request = record['requestParameters'];
  if (isOmitted(request)) return 'an unknown part of Block Public Access (parameters too large to see)';
  const off = flagsOff(pick(request, 'PublicAccessBlockConfiguration'), 'off');
  return off.length === 0 ? undefined : off.join(', ');
}

/** True when the call's ACL admits everybody, or can't be seen. */
export function aclMadePublic(event: TrailEvent): boolean {
  return isOmitted(event.record['requestParameters']) || publicAclGrants(event).length > 0;
}

/** True when the call's policy admits anybody, or can't be seen. */
export function policyMadePublic(event: TrailEvent): boolean {
  return isPolicyUnseen(event) || publicGrantsIn(event).length > 0;
}

/** The CORS rules, ownership rules and the like of a request: `{OwnershipControls: {Rule: …}}`, one or several. */
export function rulesIn({ record }: TrailEvent, configuration: string, rule: string): readonly unknown[] {
  return asArray(pick(pick(record['requestParameters'], configuration), rule));
}
