import { asArray, at, field, fieldsOf, flag, numeric, text } from './fields';
import type { CloudTrailRecord } from './trail-event';

/**
 * What AWS's own detectors say by EventBridge, in the shape of a CloudTrail record: so one pipeline counts it, tells it,
 * and holds the pace.
 */

/** eventCategory that no record of CloudTrail has: such events are neither management nor data events. */
export const FINDING_CATEGORY = 'Finding';

/** As EventBridge writes source and detail-type. Nobody but AWS can put events whose source begins with `aws.`. */
export const GUARDDUTY_FINDING = { source: 'aws.guardduty', detailType: 'GuardDuty Finding' } as const;
export const SIGN_IN_ANOMALY = { source: 'aws.signin', detailType: 'Sign-in Anomaly Alert' } as const;

/** The record of an envelope that carries a finding; undefined for all other envelopes. Never throws. */
export function findingRecord(envelope: unknown): CloudTrailRecord | undefined {
  const is = ({ source, detailType }: typeof GUARDDUTY_FINDING | typeof SIGN_IN_ANOMALY) =>
    field(envelope, 'source') === source && field(envelope, 'detail-type') === detailType;
  if (is(GUARDDUTY_FINDING)) return guardDutyRecord(envelope, field(envelope, 'detail'));
  if (is(SIGN_IN_ANOMALY)) return signInRecord(envelope, field(envelope, 'detail'));
  return undefined;
}

/**
 * An update of a finding has its id and another time: another event of the same matter. A delegated administrator gets
 * the members' findings too, the same ones: they fall together by their id.
 * @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
 */
function guardDutyRecord(envelope: unknown, finding: unknown): CloudTrailRecord {
  const id = text(field(finding, 'id'));
  const updated = text(field(finding, 'updatedAt'));
  const account = text(field(finding, 'accountId')) ?? text(field(envelope, 'account'));
  const service = field(finding, 'service');
  return {
    ...common(envelope),
    eventSource: 'guardduty.amazonaws.com',
    eventName: 'Finding',
    ...(id === undefined ? {} : { eventID: `${id}/${updated ?? ''}` }),
    ...(updated === undefined ? {} : { eventTime: updated }),
    awsRegion: text(field(finding, 'region')) ?? text(field(envelope, 'region')),
    recipientAccountId: account,
    sourceIPAddress: remoteAddress(field(service, 'action')),
    userIdentity: whose(field(finding, 'resource'), account, text(field(finding, 'partition'))),
    requestParameters: {
      findingId: id,
      type: text(field(finding, 'type')),
      severity: numeric(field(finding, 'severity')),
      title: text(field(finding, 'title')),
      archived: flag(field(service, 'archived')) ?? false,
      resources: touched(field(finding, 'resource')),
    },
  };
}

/** AWS does not document what is in it: only the envelope is read. @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-signin.html */
function signInRecord(envelope: unknown, detail: unknown): CloudTrailRecord {
  return {
    ...common(envelope),
    eventSource: 'signin.amazonaws.com',
    eventName: 'SignInAnomaly',
    awsRegion: text(field(envelope, 'region')),
    recipientAccountId: text(field(envelope, 'account')),
    userIdentity: { type: 'AWSService', invokedBy: 'signin.amazonaws.com' },
    requestParameters: {
      resources: asArray(field(envelope, 'resources')).flatMap((one) => text(one) ?? []),
      says: Object.keys(fieldsOf(detail) ?? {}).slice(0, 20),
    },
  };
}

function common(envelope: unknown): CloudTrailRecord {
  return {
    eventVersion: '1.11',
    eventID: text(field(envelope, 'id')),
    eventTime: text(field(envelope, 'time')),
    eventType: FINDING_CATEGORY,
    eventCategory: FINDING_CATEGORY,
    managementEvent: false,
    readOnly: false,
  };
}

/** The caller's address, in whichever kind of action was seen. */
function remoteAddress(action: unknown): string | undefined {
  for (const kind of Object.values(fieldsOf(action) ?? {})) {
    const [probe] = asArray(field(kind, 'portProbeDetails'));
    const details = field(kind, 'remoteIpDetails') ?? field(probe, 'remoteIpDetails');
    const address = text(field(details, 'ipAddressV4')) ?? text(field(details, 'ipAddressV6'));
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The owner of the key that a finding is about, so that suppressions and people meet the actor they know. */
function whose(resource: unknown, account: string | undefined, partition = 'aws'): unknown {
  const key = field(resource, 'accessKeyDetails');
  const type = text(field(key, 'userType'));
  const userName = text(field(key, 'userName'));
  const identity = { type, accountId: account, principalId: text(field(key, 'principalId')), userName };
  if (type === 'IAMUser' || type === 'Root') return identity;
  if (type === 'AssumedRole' && userName !== undefined) {
    const arn = `arn:${partition}:iam::${account ?? ''}:role/${userName}`;
    return { ...identity, sessionContext: { sessionIssuer: { type: 'Role', arn, accountId: account, userName } } };
  }
  return { type: 'AWSService', invokedBy: 'guardduty.amazonaws.com' };
}

/** Names of what the finding is about. */
function touched(resource: unknown): readonly string[] {
  const buckets = asArray(field(resource, 's3BucketDetails')).map((bucket) => field(bucket, 'name'));
  return [
    at(resource, 'instanceDetails', 'instanceId'),
    ...buckets,
    at(resource, 'accessKeyDetails', 'userName'),
    at(resource, 'eksClusterDetails', 'name'),
    at(resource, 'ecsClusterDetails', 'name'),
    at(resource, 'lambdaDetails', 'functionName'),
    at(resource, 'rdsDbInstanceDetails', 'dbInstanceIdentifier'),
  ].flatMap((name) => text(name) ?? []);
}
