import { asArray, at, pick, text } from '../../intake/fields';
import { isRequestUnseen, requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside, regionIn } from '../accounts';
import { lessIfAutomated } from '../callers';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { levelOf, type Severity } from '../severity';

/**
 * Calls by which data leaves, or can be taken: what leaves, to whom, and how grave that is. Each kind of calls has a rule
 * of its own, and `exfiltration-two-kinds` asks for two of them by one actor.
 */
export interface Leaving {
  /** The same for all calls that do the same; two kinds are a pattern. */
  readonly kind: string;
  /** What leaves, for people: `snapshot snap-…`. */
  readonly what: string;
  /** Its name alone, for suppressions; undefined where the record names none. */
  readonly name: string | undefined;
  /** Where to, as the end of a sentence: `to account 999988887777`. */
  readonly to: string;
  readonly severity: Severity;
}

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const LEAVING_SETTINGS = ['organizationAccounts', 'allowedRegions', 'infrastructureAsCodeAgents'] as const;

const write = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'api-writes',
  outcome: 'succeeded',
  service,
  calls,
});

const EC2 = 'ec2.amazonaws.com';
const RDS = 'rds.amazonaws.com';
const DATASYNC = 'datasync.amazonaws.com';

export const SHARING: readonly [Match, ...Match[]] = [
  write(EC2, 'ModifySnapshotAttribute', 'ModifyImageAttribute'),
  // Neptune and DocumentDB share RDS's API.
  write(RDS, 'ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute'),
  write('redshift.amazonaws.com', 'AuthorizeSnapshotAccess'),
];

export const COPYING: readonly [Match, ...Match[]] = [
  write(EC2, 'CopySnapshot', 'CopyImage'),
  write(RDS, 'CopyDBSnapshot', 'CopyDBClusterSnapshot'),
  write('backup.amazonaws.com', 'StartCopyJob'),
];

export const EXPORTING: readonly [Match, ...Match[]] = [
  write(EC2, 'CreateInstanceExportTask', 'ExportImage', 'CreateStoreImageTask'),
  write(RDS, 'StartExportTask'),
  write('dynamodb.amazonaws.com', 'ExportTableToPointInTime'),
  write('logs.amazonaws.com', 'CreateExportTask'),
];

export const REPLICATING: readonly [Match, ...Match[]] = [
  write(RDS, 'CreateDBInstanceReadReplica', 'StartDBInstanceAutomatedBackupsReplication', 'CreateDBCluster'),
  write('redshift.amazonaws.com', 'EnableSnapshotCopy'),
  write('dynamodb.amazonaws.com', 'UpdateTable', 'CreateGlobalTable'),
  write('secretsmanager.amazonaws.com', 'ReplicateSecretToRegions'),
  write('kms.amazonaws.com', 'ReplicateKey'),
  write('ecr.amazonaws.com', 'PutReplicationConfiguration'),
];

export const BUCKET_REPLICATING: Match = write('s3.amazonaws.com', 'PutBucketReplication');
export const ACCELERATING: Match = write('s3.amazonaws.com', 'PutAccelerateConfiguration');
export const SYNCING: Match = write(DATASYNC, 'CreateTask', 'CreateLocationAzureBlob', 'CreateLocationObjectStorage');

/** What the call lets leave; undefined for a call that lets nothing leave. */
export function leaving(event: TrailEvent, settings: Settings): Leaving | undefined {
  const found = read(event, settings);
  return found && { ...found, severity: lessIfAutomated(found.severity, event, settings) };
}

/** True for what counts where two kinds make a pattern: what is grave by itself, and DataSync. */
export function isPartOfPattern(event: TrailEvent, settings: Settings): boolean {
  const found = leaving(event, settings);
  if (found === undefined) return false;
  return levelOf(found.severity) >= levelOf('medium') || found.kind === SYNC;
}

export function leavingInWords(event: TrailEvent, settings: Settings): string {
  const found = leaving(event, settings);
  return `${event.actor} called ${event.call} in ${event.account} ${event.region}: ${found?.what ?? 'data'} ${found?.to ?? ''}`.trim();
}

/** One alert per thing and actor. */
export function leavingKey(event: TrailEvent, settings: Settings): string {
  const found = leaving(event, settings);
  return `${event.account}|${event.region}|${found?.kind ?? ''}|${found?.name ?? ''}|${event.actor}`;
}

/** Names of what the call is about, without settings: for suppressions. */
export function leavingResources(event: TrailEvent): readonly string[] {
  return NAMES.flatMap((name) => text(pick(requestOf(event), name)) ?? []).slice(0, 3);
}

/** Parameters that name what a call is about. */
const NAMES = [
  'snapshotId',
  'imageId',
  'dBSnapshotIdentifier',
  'dBClusterSnapshotIdentifier',
  'snapshotIdentifier',
  'sourceSnapshotId',
  'sourceImageId',
  'sourceDBSnapshotIdentifier',
  'sourceDBClusterSnapshotIdentifier',
  'recoveryPointArn',
  'instanceId',
  'sourceArn',
  'tableArn',
  'logGroupName',
  'sourceDBInstanceIdentifier',
  'sourceDBInstanceArn',
  'replicationSourceIdentifier',
  'clusterIdentifier',
  'tableName',
  'globalTableName',
  'secretId',
  'keyId',
  'bucketName',
  'destinationLocationArn',
  'serverHostname',
  'containerUrl',
] as const;

const SYNC = 'DataSync';

function read(event: TrailEvent, settings: Settings): Leaving | undefined {
  switch (event.call) {
    case 'ModifySnapshotAttribute':
    case 'ModifyImageAttribute':
    case 'ModifyDBSnapshotAttribute':
    case 'ModifyDBClusterSnapshotAttribute':
    case 'AuthorizeSnapshotAccess':
      return shared(event, settings);
    case 'CopySnapshot':
    case 'CopyImage':
    case 'CopyDBSnapshot':
    case 'CopyDBClusterSnapshot':
    case 'StartCopyJob':
      return copied(event, settings);
    case 'CreateInstanceExportTask':
    case 'ExportImage':
    case 'CreateStoreImageTask':
    case 'StartExportTask':
    case 'ExportTableToPointInTime':
    case 'CreateExportTask':
      return exported(event, settings);
    case 'PutBucketReplication':
      return bucketReplicated(event, settings);
    case 'PutAccelerateConfiguration':
      return accelerated(event);
    case 'CreateTask':
    case 'CreateLocationAzureBlob':
    case 'CreateLocationObjectStorage':
      return synced(event, settings);
    default:
      return replicated(event, settings);
  }
}

function nameOf(event: TrailEvent): string | undefined {
  return leavingResources(event)[0];
}

function shared(event: TrailEvent, settings: Settings): Leaving | undefined {
  const isImage = event.call === 'ModifyImageAttribute';
  const name = nameOf(event);
  const kind = isImage ? 'image shared' : event.service === EC2 ? 'disk snapshot shared' : 'database snapshot shared';
  const what = `${isImage ? 'image' : 'snapshot'} ${name ?? '(not named)'} shared`;
  if (isRequestUnseen(event)) {
    return { kind, what, name, to: 'with somebody whom the record does not name', severity: 'high' };
  }
  const grantees = granteesOf(event);
  if (grantees.includes('all')) return { kind, what, name, to: 'with everybody', severity: 'critical' };
  // Which organization an ARN of one names can't be told from ours.
  const organizations = grantees.filter((grantee) => grantee.includes(':organizations:'));
  const outside = grantees.filter((grantee) => {
    const account = accountIn(grantee);
    return account !== undefined && !organizations.includes(grantee) && isOutside(account, event, settings);
  });
  if (outside.length > 0) {
    // Images are shared between own accounts every day; without a list of these, strangers look the same.
    const severity = isImage && settings.organizationAccounts.length === 0 ? 'medium' : 'high';
    return { kind, what, name, to: `with account ${outside.slice(0, 3).join(', ')}`, severity };
  }
  // Only images can be shared with organizations.
  if (organizations.length > 0) return { kind, what, name, to: `with ${organizations[0]}`, severity: 'low' };
  return undefined;
}

/** Whom a call shares with: account IDs, `all`, ARNs of organizations. What it takes away from somebody is left out. */
function granteesOf({ record, call }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  const texts = (value: unknown) => asArray(value).flatMap((one) => text(one)?.toLowerCase() ?? []);
  if (call === 'AuthorizeSnapshotAccess') return texts(pick(parameters, 'accountWithRestoreAccess'));
  if (call.startsWith('ModifyDB')) {
    return text(pick(parameters, 'attributeName')) === 'restore' ? texts(pick(parameters, 'valuesToAdd')) : [];
  }
  const permission = pick(parameters, 'createVolumePermission') ?? pick(parameters, 'launchPermission');
  const added = asArray(pick(permission, 'add')).flatMap((item) =>
    ['group', 'userId', 'organizationArn', 'organizationalUnitArn'].flatMap((field) => texts(pick(item, field))),
  );
  if (text(pick(parameters, 'operationType'))?.toLowerCase() !== 'add') return added;
  // An older way of asking: {operationType: 'add', userIds: […], userGroups: […]}.
  const older = ['userIdSet', 'userIds', 'userId', 'groups', 'userGroups', 'groupSet'];
  return [...added, ...older.flatMap((field) => texts(pick(parameters, field)))];
}

/** To another region, or to a vault of another account. A copy stays ours in the first case: low. */
function copied(event: TrailEvent, settings: Settings): Leaving | undefined {
  const parameters = event.record['requestParameters'];
  const name = nameOf(event);
  const what = `${name ?? 'a snapshot'} copied`;
  if (event.call === 'StartCopyJob') {
    const vault = text(pick(parameters, 'destinationBackupVaultArn')) ?? '';
    const account = accountIn(vault);
    if (account !== undefined && isOutside(account, event, settings)) {
      return { kind: 'copy to another account', what, name, to: `to account ${account}`, severity: 'high' };
    }
    return toRegion(regionIn(vault), event, { kind: 'copy to another region', what, name }, settings);
  }
  // The call is made where the copy goes to; the source is elsewhere.
  const source = text(pick(parameters, 'sourceRegion')) ?? regionIn(name ?? '');
  return toRegion(event.region, event, { kind: 'copy to another region', what, name }, settings, source);
}

/** Low; medium where the setting says which regions are in use, and this is none of them. */
function toRegion(
  region: string | undefined,
  event: TrailEvent,
  leaving: Pick<Leaving, 'kind' | 'what' | 'name'>,
  { allowedRegions }: Settings,
  source = event.region,
): Leaving | undefined {
  if (region === undefined || region === source) return undefined;
  const strange = allowedRegions.length > 0 && !allowedRegions.includes(region);
  return { ...leaving, to: `from ${source} to ${region}`, severity: strange ? 'medium' : 'low' };
}

function exported(event: TrailEvent, settings: Settings): Leaving {
  const parameters = requestOf(event);
  const name = nameOf(event);
  const bucket =
    text(pick(parameters, 's3BucketName')) ??
    text(pick(parameters, 's3Bucket')) ??
    text(pick(parameters, 'bucket')) ??
    text(pick(parameters, 'destination')) ??
    text(at(parameters, 'exportToS3', 's3Bucket')) ??
    text(pick(pick(parameters, 's3ExportLocation'), 's3Bucket'));
  // Bucket names tell nothing of their owner; the table export may, and so may the key of the snapshot export.
  const owner = text(pick(parameters, 's3BucketOwner')) ?? accountIn(text(pick(parameters, 'kmsKeyId')) ?? '');
  const outside = owner !== undefined && isOutside(owner, event, settings);
  const to = `to ${bucket === undefined ? 'a bucket that the record does not name' : `bucket ${bucket}`}${outside ? ` with account ${owner}` : ''}`;
  const what = `${name ?? 'data'} exported`;
  if (outside) return { kind: KINDS[event.call] ?? 'export', what, name, to, severity: 'high' };
  // Logs are exported on a schedule in many places, and tables to own buckets.
  const everyday =
    event.call === 'CreateExportTask' || (event.call === 'ExportTableToPointInTime' && owner !== undefined);
  return { kind: KINDS[event.call] ?? 'export', what, name, to, severity: everyday ? 'low' : 'medium' };
}

const KINDS: Readonly<Record<string, string>> = {
  StartExportTask: 'database export',
  ExportTableToPointInTime: 'table export',
  CreateExportTask: 'log export',
  CreateInstanceExportTask: 'machine export',
  ExportImage: 'machine export',
  CreateStoreImageTask: 'machine export',
};

/** `{Rule: {Destination: {Bucket: 'arn:aws:s3:::…', Account: '…'}}}`, one rule or several; disabled ones left out. */
function bucketReplicated(event: TrailEvent, settings: Settings): Leaving | undefined {
  const name = nameOf(event);
  const leaving = { kind: 'bucket replication', what: `bucket ${name ?? '(not named)'} replicated`, name };
  if (isRequestUnseen(event)) return { ...leaving, to: 'to a bucket that the record does not name', severity: 'high' };
  const rules = asArray(at(event.record, 'requestParameters', 'ReplicationConfiguration', 'Rule')).filter(
    (rule) => text(pick(rule, 'Status'))?.toLowerCase() !== 'disabled',
  );
  const destinations = rules.map((rule) => {
    const destination = pick(rule, 'Destination');
    return {
      bucket: (text(pick(destination, 'Bucket')) ?? '(not named)').replace(/^arn:[a-z-]+:s3:::/, ''),
      account: text(pick(destination, 'Account')),
    };
  });
  const outside = destinations.find(({ account }) => account !== undefined && isOutside(account, event, settings));
  if (outside !== undefined) {
    return { ...leaving, to: `to ${outside.bucket} of account ${outside.account}`, severity: 'critical' };
  }
  // The account is named only where it takes over the copies: without it the bucket may be anybody's.
  const unknown = destinations.find(({ account }) => account === undefined);
  const [first] = destinations;
  if (first === undefined) return undefined;
  return unknown === undefined
    ? { ...leaving, to: `to ${first.bucket} of account ${first.account}`, severity: 'low' }
    : { ...leaving, to: `to ${unknown.bucket}, whose account the record does not name`, severity: 'medium' };
}

function accelerated(event: TrailEvent): Leaving | undefined {
  const status = text(at(event.record, 'requestParameters', 'AccelerateConfiguration', 'Status'));
  if (status !== 'Enabled' && !isRequestUnseen(event)) return undefined;
  const name = nameOf(event);
  const what = `transfer acceleration of bucket ${name ?? '(not named)'}`;
  return { kind: 'transfer acceleration', what, name, to: 'switched on', severity: 'medium' };
}

function synced(event: TrailEvent, settings: Settings): Leaving {
  const name = nameOf(event);
  if (event.call !== 'CreateTask') {
    return {
      kind: SYNC,
      what: 'a location outside of AWS made for DataSync:',
      name,
      to: name ?? '(not named)',
      severity: 'medium',
    };
  }
  const leaving = { kind: SYNC, what: 'a DataSync task', name };
  const target = name ?? '';
  const account = accountIn(target);
  if (account !== undefined && isOutside(account, event, settings)) {
    return { ...leaving, to: `to account ${account}`, severity: 'high' };
  }
  const region = regionIn(target);
  const elsewhere = region !== undefined && region !== event.region;
  return {
    ...leaving,
    to: `to ${target || 'a location that the record does not name'}`,
    severity: elsewhere ? 'medium' : 'low',
  };
}

/** Replicas in other regions, and container images in other accounts. Data stays ours in another region: low. */
function replicated(event: TrailEvent, settings: Settings): Leaving | undefined {
  const parameters = event.record['requestParameters'];
  const name = nameOf(event);
  const what = `${name ?? 'data'} replicated`;
  const inRegion = (kind: string, region: string | undefined, source?: string) =>
    toRegion(region, event, { kind, what, name }, settings, source);
  switch (event.service) {
    case RDS: {
      const source = text(pick(parameters, 'sourceRegion')) ?? regionIn(name ?? '');
      return source === undefined ? undefined : inRegion('database replica', event.region, source);
    }
    case 'redshift.amazonaws.com':
      return inRegion('database replica', text(pick(parameters, 'destinationRegion')));
    case 'dynamodb.amazonaws.com': {
      const made = [
        ...asArray(pick(parameters, 'replicaUpdates')).map((update) => pick(update, 'create')),
        ...asArray(pick(parameters, 'replicationGroup')),
      ];
      return inRegion('table replica', otherRegion(made, 'regionName', event.region));
    }
    case 'secretsmanager.amazonaws.com':
      return inRegion(
        'secret replica',
        otherRegion(asArray(pick(parameters, 'addReplicaRegions')), 'region', event.region),
      );
    case 'kms.amazonaws.com':
      return inRegion('key replica', text(pick(parameters, 'replicaRegion')));
    case 'ecr.amazonaws.com': {
      const destinations = asArray(at(parameters, 'replicationConfiguration', 'rules')).flatMap((rule) =>
        asArray(pick(rule, 'destinations')),
      );
      const accounts = destinations.flatMap((destination) => text(pick(destination, 'registryId')) ?? []);
      const outside = accounts.find((account) => isOutside(account, event, settings));
      const kind = 'registry replication';
      if (isRequestUnseen(event))
        return {
          kind,
          what: 'images replicated',
          name,
          to: 'to somewhere that the record does not name',
          severity: 'high',
        };
      if (outside !== undefined)
        return { kind, what: 'images replicated', name, to: `to account ${outside}`, severity: 'high' };
      return inRegion(kind, otherRegion(destinations, 'region', event.region));
    }
    default:
      return undefined;
  }
}

function otherRegion(targets: readonly unknown[], field: string, own: string): string | undefined {
  return targets.flatMap((target) => text(pick(target, field)) ?? []).find((region) => region !== own);
}
