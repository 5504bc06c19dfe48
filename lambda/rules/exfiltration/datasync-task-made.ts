import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { LEAVING_SETTINGS, leaving, leavingInWords, leavingKey, leavingResources, SYNCING } from './leaving';

export default defineRule({
  id: 'datasync-task-made',
  title: 'DataSync set up to copy data',
  // Low for a task within the account and region: what this service is for.
  severity: (event, settings) => leaving(event, settings)?.severity ?? 'low',
  rows: ['1-15'],
  attack: ['TA0010/T1537'],
  match: [SYNCING],
  settings: [...LEAVING_SETTINGS],
  per: leavingKey,
  quietMs: HOUR,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'DataSync copies whole buckets and file systems in minutes, to another account or out of AWS if it is told to.',
  runbook: [
    'See what is copied to where: aws datasync describe-task --task-arn <task>, then describe-location-s3 and its like for both ends.',
    'Does the bucket at the other end belong to you? DataSync does not say; compare with your own list.',
    "If nobody vouches for it: aws datasync cancel-task-execution, delete-task; deactivate the actor's keys.",
  ],
  falsePositives: ['Migrations and regular copies.'],
  blindSpots: ["A location in somebody else's bucket looks like one in an own bucket: only its name is in the record."],
  references: [
    'https://docs.aws.amazon.com/datasync/latest/userguide/what-is-datasync.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

export const examples = (): Examples => {
  const to = (destinationLocationArn: string) =>
    call('datasync.amazonaws.com', 'CreateTask', {
      requestParameters: {
        sourceLocationArn: 'arn:aws:datasync:us-east-1:111122223333:location/loc-0a1b2c3d4e5f60718',
        destinationLocationArn,
      },
    });
  const within = to('arn:aws:datasync:us-east-1:111122223333:location/loc-0fedcba9876543210');
  const azure = call('datasync.amazonaws.com', 'CreateLocationAzureBlob', {
    requestParameters: { containerUrl: 'https://example.blob.core.windows.net/copies', authenticationType: 'SAS' },
  });
  return {
    fires: [
      { why: 'within the account', timeline: [within], severity: 'low' },
      {
        why: 'to another region',
        timeline: [to('arn:aws:datasync:sa-east-1:111122223333:location/loc-0fedcba9876543210')],
        severity: 'medium',
      },
      {
        why: 'to another account',
        timeline: [to('arn:aws:datasync:us-east-1:999988887777:location/loc-0fedcba9876543210')],
        severity: 'high',
      },
      { why: 'a place outside of AWS', timeline: [azure], severity: 'medium' },
      { why: 'the record has no parameters', timeline: [but(within, { requestParameters: null })], severity: 'low' },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(within)] },
      { why: 'a bucket as a location', timeline: [but(within, { eventName: 'CreateLocationS3' })] },
    ],
  };
};
