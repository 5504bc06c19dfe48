import { assumeRole, bucketCall, read } from './calls';
import {
  ADDRESS,
  AGENT,
  AUDIT,
  awsService,
  HOME_REGION,
  PRODUCTION,
  ROLE,
  roleId,
  SECOND_REGION,
  session,
} from './cast';
import type { Call, Caller } from './record';
import { BUCKET, TRAIL } from './resources';
import { ROUND_MINUTES, repeatedly } from './rounds';
import type { Story } from './story';

export function auditAccount(story: Story): void {
  story.chapter(
    {
      id: 'posture-scan',
      kind: 'everyday',
      what: `Every three hours the scanner of account ${AUDIT} assumes \`${ROLE.postureReader.name}\` in ${PRODUCTION} and reads settings. Each assumption is recorded in both accounts: two event IDs, one \`sharedEventID\`.`,
      says: `Quiet, and one assumption each time, not two. After the trail is stopped only the caller's half still arrives: the production account is not idle, it is unseen.`,
    },
    (scene) => {
      const checks = (region: string): readonly Call[] => [
        read('iam', 'GetAccountSummary'),
        read('iam', 'GetAccountPasswordPolicy'),
        read('cloudtrail', 'DescribeTrails', { trailNameList: [] }),
        read('cloudtrail', 'GetTrailStatus', {
          name: `arn:aws:cloudtrail:${HOME_REGION}:${PRODUCTION}:trail/${TRAIL.main}`,
        }),
        read('config', 'DescribeConfigurationRecorderStatus'),
        read('guardduty', 'ListDetectors'),
        read('ec2', 'DescribeSecurityGroups', { maxResults: 500, securityGroupSet: {}, filterSet: {} }),
        read('ec2', 'GetEbsEncryptionByDefault', { GetEbsEncryptionByDefaultRequest: '' }),
        bucketCall(
          'GetBucketPublicAccessBlock',
          region === HOME_REGION ? BUCKET.assets : BUCKET.invoices,
          region,
          'publicAccessBlock',
        ),
      ];
      repeatedly(scene, 2 * ROUND_MINUTES, 1, (round) => {
        const region = round % 2 === 0 ? HOME_REGION : SECOND_REGION;
        const sessionName = 'posture-scan';
        const scanner = session(ROLE.postureScanner, 'scheduled', scene.nowMs - 3000, {
          sourceIp: ADDRESS.workloadsEurope,
          userAgent: AGENT.scanner,
        });
        const assumed = assumeRole(ROLE.postureReader, sessionName, scene, { sharedEventId: scene.random.uuid() });
        // One call, two records: the caller's account knows the caller, the role's account only that it is a stranger.
        const callersHalf = scene.call(scanner, region, assumed);
        const owner: Caller = {
          ...scanner,
          account: PRODUCTION,
          identity: { type: 'AWSAccount', principalId: `${roleId(ROLE.postureScanner)}:scheduled`, accountId: AUDIT },
        };
        const ownersHalf = scene.call(owner, region, assumed);
        if (callersHalf.requestID !== undefined) ownersHalf.requestID = callersHalf.requestID;

        const reader = session(ROLE.postureReader, sessionName, scene.nowMs, {
          sourceIp: ADDRESS.workloadsEurope,
          userAgent: AGENT.scanner,
        });
        for (const call of checks(region)) scene.wait(0.5, 4).call(reader, region, call);
      });
    },
  );

  story.chapter(
    {
      id: 'log-delivery',
      kind: 'everyday',
      what: `CloudTrail looks at the log archive's bucket in account ${AUDIT} before it delivers.`,
      says: `Quiet. After 04:36 this and the caller's halves of the posture scan are all that is left to see.`,
    },
    (scene) => {
      repeatedly(scene, ROUND_MINUTES, 0, () => {
        scene.call(awsService('cloudtrail', AUDIT), HOME_REGION, {
          ...bucketCall('GetBucketAcl', BUCKET.logs, HOME_REGION, 'acl'),
          sharedEventId: scene.random.uuid(),
        });
      });
    },
  );
}
