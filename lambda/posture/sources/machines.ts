import {
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  GetEbsEncryptionByDefaultCommand,
  GetInstanceMetadataDefaultsCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { forEachLimited } from '../../concurrency';
import type { DatabaseSnapshot, PortRange, SecurityGroup } from '../facts';
import { defineSource } from '../source';

const PAGE = 1_000;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const securityGroups = defineSource({
  scope: 'region',
  about: 'security groups and their rules',
  permissions: ['ec2:DescribeSecurityGroups'],
  read(reader): Promise<readonly SecurityGroup[]> {
    return reader.pages('ec2:DescribeSecurityGroups', async (token) => {
      const page = await reader.aws
        .ec2(reader.place)
        .send(
          new DescribeSecurityGroupsCommand({ MaxResults: PAGE, ...(token === undefined ? {} : { NextToken: token }) }),
        );
      const items = (page.SecurityGroups ?? []).map(({ GroupId, GroupName, VpcId, IpPermissions, ...rest }) => ({
        id: GroupId ?? '',
        name: GroupName ?? '',
        vpc: VpcId ?? '',
        ingress: (IpPermissions ?? []).map(portRangeOf),
        egressRules: (rest.IpPermissionsEgress ?? []).length,
      }));
      return { items, next: page.NextToken };
    });
  },
});

/** Absent ports mean all; for ICMP they are types and codes, which no check reads. */
function portRangeOf({ IpProtocol = '-1', FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] }: IpPermission): PortRange {
  const all = IpProtocol === '-1' || FromPort === undefined || FromPort < 0;
  return {
    protocol: IpProtocol,
    from: all ? 0 : FromPort,
    to: all ? 65_535 : (ToPort ?? FromPort),
    networks: [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].filter(
      (network) => network !== undefined,
    ),
  };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html */
export const ebsEncryption = defineSource({
  scope: 'region',
  about: 'whether new volumes are encrypted by default',
  permissions: ['ec2:GetEbsEncryptionByDefault'],
  async read(reader): Promise<{ readonly byDefault: boolean }> {
    const client = reader.aws.ec2(reader.place);
    const answer = await reader.read('ec2:GetEbsEncryptionByDefault', () =>
      client.send(new GetEbsEncryptionByDefaultCommand({})),
    );
    return { byDefault: answer.EbsEncryptionByDefault === true };
  },
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html */
export const metadataDefaults = defineSource({
  scope: 'region',
  about: 'defaults of the metadata service for new instances',
  permissions: ['ec2:GetInstanceMetadataDefaults'],
  async read(reader): Promise<{ readonly httpTokens: string | undefined }> {
    const client = reader.aws.ec2(reader.place);
    const answer = await reader.read('ec2:GetInstanceMetadataDefaults', () =>
      client.send(new GetInstanceMetadataDefaultsCommand({})),
    );
    return { httpTokens: answer.AccountLevel?.HttpTokens };
  },
});

/**
 * Of all snapshots only those that anybody may restore: there may be a hundred thousand others.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
 */
export const publicVolumeSnapshots = defineSource({
  scope: 'region',
  about: 'own volume snapshots that are public',
  permissions: ['ec2:DescribeSnapshots'],
  read(reader): Promise<readonly { readonly id: string; readonly description: string }[]> {
    return reader.pages('ec2:DescribeSnapshots', async (token) => {
      const page = await reader.aws.ec2(reader.place).send(
        new DescribeSnapshotsCommand({
          OwnerIds: ['self'],
          RestorableByUserIds: ['all'],
          MaxResults: PAGE,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      const items = (page.Snapshots ?? []).map(({ SnapshotId, Description }) => ({
        id: SnapshotId ?? '',
        description: Description ?? '',
      }));
      return { items, next: page.NextToken };
    });
  },
});

/** Snapshots whose attributes are asked for at a time: RDS throttles early. */
const AT_ONCE = 4;

/**
 * Who may restore a snapshot is an attribute that is asked for one by one.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshotAttributes.html
 */
export const databaseSnapshots = defineSource({
  scope: 'region',
  about: 'manual snapshots of databases, and who may restore them',
  permissions: [
    'rds:DescribeDBSnapshots',
    'rds:DescribeDBSnapshotAttributes',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeDBClusterSnapshotAttributes',
  ],
  async read(reader): Promise<readonly DatabaseSnapshot[]> {
    const client = reader.aws.rds(reader.place);
    const ask = { SnapshotType: 'manual', MaxRecords: 100 };
    const ofInstances = await reader.pages('rds:DescribeDBSnapshots', async (token) => {
      const page = await client.send(new DescribeDBSnapshotsCommand({ ...ask, ...(token ? { Marker: token } : {}) }));
      return { items: page.DBSnapshots ?? [], next: page.Marker };
    });
    const ofClusters = await reader.pages('rds:DescribeDBClusterSnapshots', async (token) => {
      const page = await client.send(
        new DescribeDBClusterSnapshotsCommand({ ...ask, ...(token ? { Marker: token } : {}) }),
      );
      return { items: page.DBClusterSnapshots ?? [], next: page.Marker };
    });
    const found: DatabaseSnapshot[] = [];
    await forEachLimited(ofInstances, AT_ONCE, async ({ DBSnapshotIdentifier: name = '', DBSnapshotArn: arn = '' }) => {
      const answer = await reader.tryRead(
        'rds:DescribeDBSnapshotAttributes',
        () => client.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: name })),
        { what: `snapshot ${name}`, absent: ['DBSnapshotNotFoundFault', 'DBSnapshotNotFound'] },
      );
      const attributes = answer?.value?.DBSnapshotAttributesResult?.DBSnapshotAttributes;
      found.push({ arn, name, kind: 'instance', isPublic: letsAnybodyRestore(attributes) });
    });
    await forEachLimited(
      ofClusters,
      AT_ONCE,
      async ({ DBClusterSnapshotIdentifier: name = '', DBClusterSnapshotArn: arn = '' }) => {
        const answer = await reader.tryRead(
          'rds:DescribeDBClusterSnapshotAttributes',
          () => client.send(new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier: name })),
          { what: `snapshot ${name}`, absent: ['DBClusterSnapshotNotFoundFault'] },
        );
        const attributes = answer?.value?.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes;
        found.push({ arn, name, kind: 'cluster', isPublic: letsAnybodyRestore(attributes) });
      },
    );
    return found;
  },
});

function letsAnybodyRestore(
  attributes: readonly { AttributeName?: string | undefined; AttributeValues?: string[] | undefined }[] | undefined,
): boolean {
  return (attributes ?? []).some(
    ({ AttributeName, AttributeValues }) => AttributeName === 'restore' && AttributeValues?.includes('all') === true,
  );
}
