import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EC2Client } from '@aws-sdk/client-ec2';
import { GuardDutyClient } from '@aws-sdk/client-guardduty';
import { IAMClient } from '@aws-sdk/client-iam';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { STSClient } from '@aws-sdk/client-sts';

/** What the collectors ask. One client per service and region, made when it is first wanted. */
export interface AwsClients {
  /** Where services without regions are asked. */
  readonly homeRegion: string;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly s3Control: S3ControlClient;
  readonly s3: (region: string) => S3Client;
  readonly ec2: (region: string) => EC2Client;
  readonly rds: (region: string) => RDSClient;
  readonly cloudTrail: (region: string) => CloudTrailClient;
  readonly guardDuty: (region: string) => GuardDutyClient;
  readonly config: (region: string) => ConfigServiceClient;
  readonly securityHub: (region: string) => SecurityHubClient;
  readonly accessAnalyzer: (region: string) => AccessAnalyzerClient;
  /** Closes connections. */
  destroy(): void;
}

/**
 * Adaptive: a client that is told to slow down does so for all its requests, instead of trying each one again.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const LIMITS = { maxAttempts: 8, retryMode: 'adaptive' } as const;
const HTTP = { connectionTimeout: 5_000, requestTimeout: 30_000 };

/**
 * @param homeRegion undefined: the region of the environment or of the profile
 * @param profile name of a profile in the AWS configuration files; undefined: whatever the environment gives
 * @throws when no region is known
 */
export async function awsClients(homeRegion: string | undefined, profile: string | undefined): Promise<AwsClients> {
  const first = new STSClient({
    ...LIMITS,
    requestHandler: HTTP,
    ...(homeRegion === undefined ? {} : { region: homeRegion }),
    ...(profile === undefined ? {} : { profile }),
  });
  const region = await first.config.region();
  // Credentials are found once (a single sign-on, a program), connections are shared by all.
  const shared = { ...LIMITS, requestHandler: first.config.requestHandler, credentials: first.config.credentials };
  const perRegion = <T>(make: (settings: typeof shared & { readonly region: string }) => T) => {
    const made = new Map<string, T>();
    return (where: string): T => {
      const client = made.get(where) ?? make({ ...shared, region: where });
      made.set(where, client);
      return client;
    };
  };
  return {
    homeRegion: region,
    sts: first,
    iam: new IAMClient({ ...shared, region }),
    s3Control: new S3ControlClient({ ...shared, region }),
    s3: perRegion((settings) => new S3Client({ ...settings, followRegionRedirects: true })),
    ec2: perRegion((settings) => new EC2Client(settings)),
    rds: perRegion((settings) => new RDSClient(settings)),
    cloudTrail: perRegion((settings) => new CloudTrailClient(settings)),
    guardDuty: perRegion((settings) => new GuardDutyClient(settings)),
    config: perRegion((settings) => new ConfigServiceClient(settings)),
    securityHub: perRegion((settings) => new SecurityHubClient(settings)),
    accessAnalyzer: perRegion((settings) => new AccessAnalyzerClient(settings)),
    destroy: () => first.destroy(),
  };
}
