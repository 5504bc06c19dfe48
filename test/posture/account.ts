import { AccessAnalyzerClient, ListAnalyzersCommand, ListFindingsV2Command } from '@aws-sdk/client-accessanalyzer';
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  ListTrailsCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  DescribeConfigurationRecordersCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import {
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  GetEbsEncryptionByDefaultCommand,
  GetInstanceMetadataDefaultsCommand,
} from '@aws-sdk/client-ec2';
import { GetDetectorCommand, GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import {
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  IAMClient,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { DescribeHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { AwsClients } from '../../lambda/posture/aws-clients';
import { awsClients } from '../../lambda/posture/aws-clients';
import { SAMPLE_ACCOUNT } from '../../lambda/posture/sample';

/** An error as the SDK throws it. */
export function awsError(name: string, status = 400): Error {
  return Object.assign(new Error(`${name}: made up`), { name, $metadata: { httpStatusCode: status } });
}

const NO_SUCH_BLOCK = awsError('NoSuchPublicAccessBlockConfiguration', 404);
const ALL_ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

export const REPORT_HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';

export const ROOT_ROW = `<root_account>,arn:aws:iam::${SAMPLE_ACCOUNT}:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`;

/** All services of a made-up account that is in order. A test replaces the answers that it is about. */
export function mockedAccount(regions: readonly string[] = ['eu-west-1', 'us-east-1']) {
  const mocks = {
    sts: mockClient(STSClient),
    iam: mockClient(IAMClient),
    ec2: mockClient(EC2Client),
    s3: mockClient(S3Client),
    s3Control: mockClient(S3ControlClient),
    rds: mockClient(RDSClient),
    cloudTrail: mockClient(CloudTrailClient),
    guardDuty: mockClient(GuardDutyClient),
    config: mockClient(ConfigServiceClient),
    securityHub: mockClient(SecurityHubClient),
    accessAnalyzer: mockClient(AccessAnalyzerClient),
  };
  const trail = `arn:aws:cloudtrail:eu-west-1:${SAMPLE_ACCOUNT}:trail/all`;
  mocks.sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: SAMPLE_ACCOUNT, Arn: `arn:aws:sts::${SAMPLE_ACCOUNT}:assumed-role/audit/me` });
  mocks.iam
    .on(GetAccountSummaryCommand)
    .resolves({ SummaryMap: { AccountMFAEnabled: 1, AccountAccessKeysPresent: 0, AccountPasswordPresent: 1 } })
    .on(ListVirtualMFADevicesCommand)
    .resolves({ VirtualMFADevices: [], IsTruncated: false })
    .on(GetAccountPasswordPolicyCommand)
    .resolves({ PasswordPolicy: { MinimumPasswordLength: 14, PasswordReusePrevention: 24 } as never })
    .on(GenerateCredentialReportCommand)
    .resolves({ State: 'COMPLETE' })
    .on(GetCredentialReportCommand)
    .resolves({ Content: Buffer.from(`${REPORT_HEADER}\n${ROOT_ROW}\n`) })
    .on(GetAccountAuthorizationDetailsCommand)
    .resolves({ UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [], IsTruncated: false });
  mocks.ec2
    .on(DescribeRegionsCommand)
    .resolves({ Regions: regions.map((RegionName) => ({ RegionName, OptInStatus: 'opt-in-not-required' })) })
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [] })
    .on(DescribeSnapshotsCommand)
    .resolves({ Snapshots: [] })
    .on(GetEbsEncryptionByDefaultCommand)
    .resolves({ EbsEncryptionByDefault: true })
    .on(GetInstanceMetadataDefaultsCommand)
    .resolves({ AccountLevel: { HttpTokens: 'required' } });
  mocks.s3.on(ListBucketsCommand).resolves({ Buckets: [] });
  mocks.s3.on(GetPublicAccessBlockCommand).rejects(NO_SUCH_BLOCK);
  mocks.s3.on(GetBucketPolicyStatusCommand).rejects(awsError('NoSuchBucketPolicy', 404));
  mocks.s3.on(GetBucketAclCommand).resolves({ Grants: [] });
  mocks.s3Control.on(GetAccountBlockCommand).resolves({ PublicAccessBlockConfiguration: ALL_ON });
  mocks.rds
    .on(DescribeDBSnapshotsCommand)
    .resolves({ DBSnapshots: [] })
    .on(DescribeDBClusterSnapshotsCommand)
    .resolves({ DBClusterSnapshots: [] })
    .on(DescribeDBSnapshotAttributesCommand)
    .resolves({})
    .on(DescribeDBClusterSnapshotAttributesCommand)
    .resolves({});
  mocks.cloudTrail
    .on(ListTrailsCommand)
    .resolves({ Trails: [{ TrailARN: trail, Name: 'all', HomeRegion: 'eu-west-1' }] })
    .on(DescribeTrailsCommand)
    .resolves({
      trailList: [
        {
          Name: 'all',
          TrailARN: trail,
          IsMultiRegionTrail: true,
          LogFileValidationEnabled: true,
          KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k',
          S3BucketName: 'example-trail-logs',
        },
      ],
    })
    .on(GetTrailStatusCommand)
    .resolves({ IsLogging: true, LatestDeliveryError: '' })
    .on(GetEventSelectorsCommand)
    .resolves({ EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] });
  mocks.guardDuty
    .on(ListDetectorsCommand)
    .resolves({ DetectorIds: ['d1'] })
    .on(GetDetectorCommand)
    .resolves({ Status: 'ENABLED' } as never);
  mocks.config
    .on(DescribeConfigurationRecordersCommand)
    .resolves({ ConfigurationRecorders: [{ name: 'default' }] })
    .on(DescribeConfigurationRecorderStatusCommand)
    .resolves({ ConfigurationRecordersStatus: [{ name: 'default', recording: true, lastStatus: 'SUCCESS' }] as never })
    .on(DescribeDeliveryChannelsCommand)
    .resolves({ DeliveryChannels: [{ name: 'default' }] });
  mocks.securityHub.on(DescribeHubCommand).resolves({ HubArn: 'arn' });
  mocks.accessAnalyzer
    .on(ListAnalyzersCommand)
    .resolves({ analyzers: [{ arn: 'arn', name: 'account', type: 'ACCOUNT', status: 'ACTIVE' } as never] })
    .on(ListFindingsV2Command)
    .resolves({ findings: [] });
  return mocks;
}

/** Real clients, whose `send` is mocked: nothing leaves the machine. */
export async function clients(): Promise<AwsClients> {
  return awsClients('eu-west-1', undefined);
}
