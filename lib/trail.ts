import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { OWN_TRAIL } from './names';

export interface TrailProps {
  /** Buckets whose data events are recorded too; none: no data events. */
  readonly dataEventBuckets: readonly string[];
}

/**
 * A trail for an account that has none: EventBridge gets CloudTrail's events only while some trail records them. Kept
 * when the stack goes, and its bucket with it, because evidence outlives the detector.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class Trail extends Construct {
  constructor(scope: Construct, id: string, { dataEventBuckets }: TrailProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const bucket = new Bucket(this, 'Logs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const trailArn = stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: OWN_TRAIL });
    const admit = (actions: string[], resources: string[], conditions: object = {}) =>
      bucket.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('cloudtrail.amazonaws.com')],
          actions,
          resources,
          conditions: { StringEquals: { 'aws:SourceArn': trailArn, ...conditions } },
        }),
      );
    admit(['s3:GetBucketAcl'], [bucket.bucketArn]);
    admit(['s3:PutObject'], [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)], {
      's3:x-amz-acl': 'bucket-owner-full-control',
    });

    const select = (name: string, fields: CfnTrail.AdvancedFieldSelectorProperty[]) => ({
      name,
      fieldSelectors: fields,
    });
    const trail = new CfnTrail(this, 'Resource', {
      trailName: OWN_TRAIL,
      s3BucketName: bucket.bucketName,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      advancedEventSelectors: [
        select('Every management event', [{ field: 'eventCategory', equalTo: ['Management'] }]),
        ...(dataEventBuckets.length === 0
          ? []
          : [
              select('Objects of chosen buckets', [
                { field: 'eventCategory', equalTo: ['Data'] },
                { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
                {
                  field: 'resources.ARN',
                  startsWith: dataEventBuckets.map((name) => `arn:${stack.partition}:s3:::${name}/`),
                },
              ]),
            ]),
      ],
    });
    trail.applyRemovalPolicy(RemovalPolicy.RETAIN);
    trail.node.addDependency(bucket.policy ?? bucket); // CloudTrail asks whether it may write when the trail is made

    acknowledge(bucket, {
      'AwsSolutions-S1': 'Who reads the log files is in CloudTrail; access logs would need a second bucket.',
      'NIST.800.53.R5-S3BucketLoggingEnabled':
        'Who reads the log files is in CloudTrail; access logs would need a second bucket.',
      'NIST.800.53.R5-S3BucketReplicationEnabled':
        'One copy, with versions and validation of the log files; an organization trail is the better second one.',
      'NIST.800.53.R5-S3DefaultEncryptionKMS':
        'Encrypted with a key of S3: a key of your own could be disabled, and logging would stop with it.',
    });
    acknowledge(trail, {
      'NIST.800.53.R5-CloudTrailCloudWatchLogsEnabled':
        'EventBridge gets the events at once; a second copy would cost by the byte.',
      'NIST.800.53.R5-CloudTrailEncryptionEnabled':
        'Encrypted with a key of S3: a key of your own could be disabled, and logging would stop with it.',
    });
  }
}
