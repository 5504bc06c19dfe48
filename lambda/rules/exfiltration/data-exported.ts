import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { EXPORTING, LEAVING_SETTINGS, leaving, leavingInWords, leavingKey, leavingResources } from './leaving';

export default defineRule({
  id: 'data-exported',
  title: 'Database, table, machine or logs exported to a bucket',
  severity: (event, settings) => leaving(event, settings)?.severity ?? 'medium',
  rows: ['1-14'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: EXPORTING,
  settings: [...LEAVING_SETTINGS],
  per: leavingKey,
  quietMs: 12 * HOUR,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'An export is the whole of it in one call, in files that anybody can carry away who reads the bucket.',
  runbook: [
    'Whose bucket is it? aws s3api head-bucket --bucket <bucket> --expected-bucket-owner <account> fails for a bucket of somebody else.',
    'Ask the actor what it is for.',
    'If nobody vouches for it, stop it (aws rds cancel-export-task, aws ec2 cancel-export-task, aws logs cancel-export-task), and close or empty the bucket if it is yours.',
    "Deactivate the actor's keys, and look for what else it exported or shared.",
  ],
  falsePositives: ['Analysts and pipelines that export on a schedule: suppress by actor and resource.'],
  blindSpots: [
    'Who owns the bucket is in few of these records.',
    'Queries and scans that read a database through its own door.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const KEY = 'key/0a1b2c3d-1111-4222-8333-444455556666';
  const database = (account = '111122223333') =>
    call('rds.amazonaws.com', 'StartExportTask', {
      requestParameters: {
        exportTaskIdentifier: 'orders',
        sourceArn: 'arn:aws:rds:us-east-1:111122223333:snapshot:orders-1',
        s3BucketName: 'example-exports',
        kmsKeyId: `arn:aws:kms:us-east-1:${account}:${KEY}`,
      },
    });
  const table = (fields: object) =>
    call('dynamodb.amazonaws.com', 'ExportTableToPointInTime', {
      requestParameters: {
        tableArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders',
        s3Bucket: 'example-exports',
        ...fields,
      },
    });
  const machine = call('ec2.amazonaws.com', 'CreateInstanceExportTask', {
    requestParameters: { instanceId: 'i-0123456789abcdef0', exportToS3: { s3Bucket: 'example-exports' } },
  });
  return {
    fires: [
      { why: 'a database', timeline: [database()], severity: 'medium' },
      { why: 'a database, with a key of somebody else', timeline: [database('999988887777')], severity: 'high' },
      { why: 'a table to a bucket whose owner is not named', timeline: [table({})], severity: 'medium' },
      { why: 'a table to a stranger', timeline: [table({ s3BucketOwner: '999988887777' })], severity: 'high' },
      { why: 'a table to an own bucket', timeline: [table({ s3BucketOwner: '111122223333' })], severity: 'low' },
      { why: 'a machine', timeline: [machine], severity: 'medium' },
      { why: 'an image', timeline: [but(machine, { eventName: 'ExportImage' })], severity: 'medium' },
      {
        why: 'an image as one object',
        timeline: [
          but(machine, {
            eventName: 'CreateStoreImageTask',
            requestParameters: {
              CreateStoreImageTaskRequest: { ImageId: 'ami-0123456789abcdef0', Bucket: 'example-exports' },
            },
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'logs',
        timeline: [
          call('logs.amazonaws.com', 'CreateExportTask', {
            requestParameters: { logGroupName: '/app', destination: 'example-exports' },
          }),
        ],
        severity: 'low',
      },
      {
        why: 'the record has no parameters',
        timeline: [but(database(), { requestParameters: null })],
        severity: 'medium',
      },
      {
        why: 'by a tool of infrastructure as code',
        timeline: [but(database(), { userAgent: 'Terraform/1.9' })],
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(database())] },
      { why: 'a snapshot was made', timeline: [but(database(), { eventName: 'CreateDBSnapshot' })] },
      { why: 'exports were listed', timeline: [but(database(), { eventName: 'DescribeExportTasks', readOnly: true })] },
    ],
  };
};
