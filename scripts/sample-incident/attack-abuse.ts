import { backdoor } from './attack-takeover';
import { createSecurityGroup, launchBeyondQuota, read, runInstances } from './calls';
import { HOME_REGION, PRODUCTION, SECOND_REGION, UNUSED_REGION } from './cast';
import { resourceId } from './random';
import { AMI, TRAIL } from './resources';
import type { Story } from './story';
import { at } from './time';

/** From here on the account's trail delivers nothing any more. */
export const LOGGING_STOPPED_AT = at('18 04:36:52');
/** How many machines each of the launches starts; small enough to look like nothing one by one. */
const LAUNCHES = [5, 4, 5, 5, 4, 5];
const MINER_TYPE = 'c6i.4xlarge';

export function abuse(story: Story): void {
  story.chapter(
    {
      id: 'miners-started',
      kind: 'attack',
      what: `In ${UNUSED_REGION}, which nobody uses: three kinds of GPU machines, all beyond the quota; then ${LAUNCHES.reduce((sum, count) => sum + count, 0)} \`${MINER_TYPE}\` in ${LAUNCHES.length} calls, from an image that the company does not own.`,
      says: `Expensive types tried, though the calls failed; the first writes ever in a region; many instances within minutes, seen only by adding up what each call launched; an unknown image. One of the launches is delivered twice: it must not count twice.`,
    },
    (scene) => {
      const region = UNUSED_REGION;
      const vpc = resourceId('vpc', `default ${region}`);
      const subnets = ['a', 'b', 'c'].map((zone) => resourceId('subnet', `default ${region}${zone}`));
      const [firstSubnet = ''] = subnets;
      const group = resourceId('sg', 'default-2');
      const keyName = 'default-2';

      scene
        .at('18 03:31:02')
        .call(
          backdoor,
          region,
          read('servicequotas', 'GetServiceQuota', { serviceCode: 'ec2', quotaCode: 'L-1216C47A' }),
        );
      scene
        .wait(5)
        .call(
          backdoor,
          region,
          read('servicequotas', 'GetServiceQuota', { serviceCode: 'ec2', quotaCode: 'L-417A185B' }),
        );
      scene.wait(8).call(backdoor, region, read('ec2', 'DescribeSubnets', { subnetSet: {}, filterSet: {} }));
      scene.wait(6).call(
        backdoor,
        region,
        read('ec2', 'DescribeInstanceTypeOfferings', {
          DescribeInstanceTypeOfferingsRequest: { LocationType: 'region' },
        }),
      );
      for (const type of ['p4d.24xlarge', 'g5.48xlarge', 'p3.16xlarge']) {
        scene.wait(11, 19).call(backdoor, region, launchBeyondQuota(type, 0, firstSubnet, scene));
      }
      scene.wait(75).call(backdoor, region, {
        service: 'ec2',
        name: 'ImportKeyPair',
        parameters: { keyName, publicKeyMaterial: 'c3NoLWVkMjU1MTkgRVhBTVBMRSBkZWZhdWx0LTI=' },
        response: (requestId) => ({
          requestId,
          keyName,
          keyPairId: resourceId('key', keyName),
          keyFingerprint: Array.from({ length: 16 }, () => scene.random.hex(2)).join(':'),
          tagSet: {},
        }),
      });
      scene.wait(12).call(backdoor, region, createSecurityGroup(group, 'default-2', 'default', vpc));

      LAUNCHES.forEach((count, index) => {
        const zone = index % subnets.length;
        scene.wait(28, 55).call(
          backdoor,
          region,
          runInstances(
            {
              caller: backdoor,
              region,
              zone: `${region}${'abc'[zone]}`,
              image: AMI.stranger,
              type: MINER_TYPE,
              count,
              vpc,
              subnet: subnets[zone] ?? firstSubnet,
              group,
              keyName,
            },
            scene,
          ),
          { deliveredTwice: index === 2 },
        );
      });
      scene.wait(90).call(backdoor, region, read('ec2', 'DescribeInstances', { instancesSet: {}, filterSet: {} }));
    },
  );

  story.chapter(
    {
      id: 'lights-out',
      kind: 'attack',
      what: `Tries to delete the GuardDuty detector (an organization's policy forbids it), looks at the trails, stops a trail that does not exist, deletes \`${TRAIL.europe}\`, and at last stops \`${TRAIL.main}\`.`,
      says: `A refused attempt on GuardDuty, a failed attempt on a trail, a trail deleted, a trail stopped.`,
    },
    (scene) => {
      const detectorId = scene.random.hex(32);
      const trailArn = `arn:aws:cloudtrail:${HOME_REGION}:${PRODUCTION}:trail/${TRAIL.main}`;
      scene.at('18 04:26:10').call(backdoor, HOME_REGION, read('guardduty', 'ListDetectors'));
      scene.wait(14).call(backdoor, HOME_REGION, {
        service: 'guardduty',
        name: 'DeleteDetector',
        denied: {
          on: `arn:aws:guardduty:${HOME_REGION}:${PRODUCTION}:detector/${detectorId}`,
          why: 'with an explicit deny in a service control policy',
        },
      });
      scene
        .wait(52)
        .call(
          backdoor,
          HOME_REGION,
          read('cloudtrail', 'DescribeTrails', { trailNameList: [], includeShadowTrails: true }),
        );
      scene.wait(9).call(backdoor, HOME_REGION, read('cloudtrail', 'GetTrailStatus', { name: trailArn }));
      scene.wait(7).call(backdoor, HOME_REGION, read('cloudtrail', 'GetEventSelectors', { trailName: trailArn }));
      scene.wait(88).call(backdoor, HOME_REGION, {
        service: 'cloudtrail',
        name: 'StopLogging',
        parameters: { name: TRAIL.europe },
        failed: {
          code: 'TrailNotFoundException',
          message: `Unknown trail: arn:aws:cloudtrail:${HOME_REGION}:${PRODUCTION}:trail/${TRAIL.europe} for the user: ${PRODUCTION}`,
        },
      });
      scene.at('18 04:33:09').call(backdoor, SECOND_REGION, {
        service: 'cloudtrail',
        name: 'DeleteTrail',
        parameters: { name: TRAIL.europe },
      });
      scene
        .atMs(LOGGING_STOPPED_AT)
        .call(backdoor, HOME_REGION, { service: 'cloudtrail', name: 'StopLogging', parameters: { name: trailArn } });
    },
  );
}
