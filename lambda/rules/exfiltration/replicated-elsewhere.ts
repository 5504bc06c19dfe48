import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { LEAVING_SETTINGS, leaving, leavingInWords, leavingKey, leavingResources, REPLICATING } from './leaving';

export default defineRule({
  id: 'replicated-elsewhere',
  title: 'Data, secrets, keys or images replicated elsewhere',
  // Another region of the same account is low: how people prepare for disasters. Strange regions and accounts are more.
  severity: (event, settings) => leaving(event, settings)?.severity ?? 'low',
  rows: ['1-16'],
  attack: ['TA0010/T1537', 'TA0005/T1535'],
  match: REPLICATING,
  settings: [...LEAVING_SETTINGS],
  when: (event, settings) => leaving(event, settings) !== undefined,
  per: leavingKey,
  quietMs: HOUR,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'From now on every change is copied to a place where other policies hold and fewer people look.',
  runbook: [
    'Ask the actor, and compare with the plan for disasters.',
    'Look in the other region or account for what reads the copy.',
    'If nobody vouches for it, stop it: delete the replica (aws secretsmanager remove-regions-from-replication, aws dynamodb update-table, aws rds delete-db-instance, aws ecr put-replication-configuration).',
    'Name the regions in use in allowedRegions, and others are told as more than a note.',
  ],
  falsePositives: ['Preparing for the loss of a region, and serving users from a closer one.'],
  blindSpots: [
    'Pipelines that copy item by item: streams, functions, jobs.',
    'Global databases and clusters, whose members are added elsewhere.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html',
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

export const examples = (): Examples => {
  const secret = call('secretsmanager.amazonaws.com', 'ReplicateSecretToRegions', {
    requestParameters: { secretId: 'orders-db', addReplicaRegions: [{ region: 'sa-east-1' }] },
  });
  const registry = (destination: object) =>
    call('ecr.amazonaws.com', 'PutReplicationConfiguration', {
      requestParameters: { replicationConfiguration: { rules: [{ destinations: [destination] }] } },
    });
  const table = (requestParameters: object, eventName = 'UpdateTable') =>
    call('dynamodb.amazonaws.com', eventName, { requestParameters: { tableName: 'orders', ...requestParameters } });
  const database = (region: string) =>
    call('rds.amazonaws.com', 'CreateDBInstanceReadReplica', {
      awsRegion: 'sa-east-1',
      requestParameters: {
        sourceDBInstanceIdentifier: `arn:aws:rds:${region}:111122223333:db:orders`,
        dBInstanceIdentifier: 'copy',
      },
    });
  const images = registry({ region: 'us-east-1', registryId: '999988887777' });
  return {
    fires: [
      { why: 'a secret', timeline: [secret], severity: 'low' },
      {
        why: 'a secret, to a region that is not in use',
        timeline: [secret],
        settings: { allowedRegions: ['us-east-1'] },
        severity: 'medium',
      },
      { why: 'images, to another account', timeline: [images], severity: 'high' },
      {
        why: 'images, to another region',
        timeline: [registry({ region: 'sa-east-1', registryId: '111122223333' })],
        severity: 'low',
      },
      {
        why: 'images, too large to see',
        timeline: [but(images, { requestParameters: { omitted: true } })],
        severity: 'high',
      },
      {
        why: 'a table',
        timeline: [table({ replicaUpdates: [{ create: { regionName: 'sa-east-1' } }] })],
        severity: 'low',
      },
      {
        why: 'a table, in the older way',
        timeline: [
          table({ replicationGroup: [{ regionName: 'us-east-1' }, { regionName: 'sa-east-1' }] }, 'CreateGlobalTable'),
        ],
      },
      { why: 'a database', timeline: [database('us-east-1')], severity: 'low' },
      {
        why: 'backups of a database',
        timeline: [
          but(database('us-east-1'), {
            eventName: 'StartDBInstanceAutomatedBackupsReplication',
            requestParameters: { sourceDBInstanceArn: 'arn:aws:rds:us-east-1:111122223333:db:orders' },
          }),
        ],
      },
      {
        why: 'a key',
        timeline: [
          call('kms.amazonaws.com', 'ReplicateKey', {
            requestParameters: { keyId: 'mrk-example', replicaRegion: 'sa-east-1' },
          }),
        ],
      },
      {
        why: 'a warehouse',
        timeline: [
          call('redshift.amazonaws.com', 'EnableSnapshotCopy', {
            requestParameters: { clusterIdentifier: 'sales', destinationRegion: 'sa-east-1' },
          }),
        ],
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(secret)] },
      { why: 'a replica in the same region', timeline: [database('sa-east-1')] },
      { why: 'images, to an own account', timeline: [images], settings: { organizationAccounts: ['999988887777'] } },
      { why: 'a table was changed', timeline: [table({ billingMode: 'PAY_PER_REQUEST' })] },
      {
        why: 'a replica was deleted',
        timeline: [table({ replicaUpdates: [{ delete: { regionName: 'sa-east-1' } }] })],
      },
      {
        why: 'a cluster of its own',
        timeline: [call('rds.amazonaws.com', 'CreateDBCluster', { requestParameters: { dBClusterIdentifier: 'new' } })],
      },
    ],
  };
};
