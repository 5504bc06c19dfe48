import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import {
  ACCELERATING,
  BUCKET_REPLICATING,
  COPYING,
  EXPORTING,
  isPartOfPattern,
  LEAVING_SETTINGS,
  leaving,
  leavingInWords,
  leavingResources,
  REPLICATING,
  SHARING,
  SYNCING,
} from './leaving';

export default defineRule({
  id: 'exfiltration-two-kinds',
  title: 'Data let out in two different ways by one actor',
  severity: 'critical',
  rows: ['1-14', '1-15', '1-16'],
  attack: ['TA0010/T1537', 'TA0009/T1530'],
  match: [...SHARING, ...COPYING, ...EXPORTING, ...REPLICATING, BUCKET_REPLICATING, ACCELERATING, SYNCING],
  settings: [...LEAVING_SETTINGS],
  when: isPartOfPattern,
  window: {
    kind: 'distinct',
    per: (event) => `${event.account}|${event.actor}`,
    value: (event, settings) => leaving(event, settings)?.kind,
    threshold: 2,
    withinMs: DAY,
    unit: 'ways out for data',
  },
  quietMs: DAY,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'One way out may be a project. Two within a day, by the same hands, is somebody who empties the account.',
  runbook: [
    "Deactivate the actor's keys and revoke its sessions now; ask afterwards.",
    'Undo each way: remove shares of snapshots and images, stop exports and DataSync tasks, delete replication.',
    'List all that the actor read and changed in the last days: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Treat the data as copied, and call those who decide about reporting it.',
  ],
  falsePositives: ['A large migration. Nightly exports of several kinds by one role: suppress by actor.'],
  blindSpots: [
    'Ways that are low by themselves (copies within the account, logs) do not count.',
    'Two actors, one way each.',
  ],
  references: ['https://attack.mitre.org/tactics/TA0010/', 'https://attack.mitre.org/techniques/T1537/'],
});

export const examples = (): Examples => {
  const disk = call('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
    requestParameters: {
      snapshotId: 'snap-0a1b2c3d4e5f60718',
      createVolumePermission: { add: { items: [{ userId: '999988887777' }] } },
    },
  });
  const database = call('rds.amazonaws.com', 'StartExportTask', {
    requestParameters: { sourceArn: 'arn:aws:rds:us-east-1:111122223333:snapshot:orders-1', s3BucketName: 'example' },
  });
  const task = call('datasync.amazonaws.com', 'CreateTask', {
    requestParameters: {
      destinationLocationArn: 'arn:aws:datasync:us-east-1:111122223333:location/loc-0fedcba9876543210',
    },
  });
  const terraform = { userAgent: 'Terraform/1.9' };
  return {
    fires: [
      { why: 'a disk shared, a database exported', timeline: [disk, later(database, HOUR)], severity: 'critical' },
      { why: 'at the end of the day', timeline: [disk, later(database, DAY - 1_000)] },
      {
        why: 'a disk and a database shared',
        timeline: [
          disk,
          later(
            but(database, {
              eventName: 'ModifyDBSnapshotAttribute',
              requestParameters: { dBSnapshotIdentifier: 'orders-1', attributeName: 'restore', valuesToAdd: ['all'] },
            }),
            HOUR,
          ),
        ],
      },
      { why: 'a task of DataSync counts', timeline: [disk, later(task, HOUR)] },
      { why: 'three ways: one alert', timeline: [disk, later(database, HOUR), later(task, 2 * HOUR)] },
    ],
    quiet: [
      { why: 'one way, twice', timeline: [disk, later(disk, HOUR)] },
      { why: 'a day apart', timeline: [disk, later(database, DAY)] },
      { why: 'the second was refused', timeline: [disk, later(denied(database), HOUR)] },
      {
        why: 'by two actors',
        timeline: [
          disk,
          but(later(database, HOUR), {
            userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
          }),
        ],
      },
      { why: 'low by infrastructure as code', timeline: [disk, but(later(database, HOUR), terraform)] },
      {
        why: 'shared with an own account',
        timeline: [disk, later(database, HOUR)],
        settings: { organizationAccounts: ['999988887777'] },
      },
    ],
  };
};
