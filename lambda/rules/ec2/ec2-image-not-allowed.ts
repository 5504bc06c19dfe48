import { isOmitted } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, later } from '../sample';
import type { Settings } from '../settings';
import { EC2, images } from './launches';
import { byAutoScaling, started } from './mass-launches';
import { imageInWords, imageSeverity, SEVERITY_SETTINGS, STARTING } from './unknown-images';

export default defineRule({
  id: 'ec2-image-not-allowed',
  title: 'EC2 instance from an image that is not allowed',
  severity: imageSeverity,
  rows: ['0-11'],
  attack: ['TA0005/T1578.002', 'TA0002/T1204.003'],
  match: STARTING,
  when: (event, settings) => settings.imagesAllowed.length > 0 && strangers(event, settings).length > 0,
  per: (event, settings) => strangers(event, settings).map((image) => `${event.account}|${image}`),
  quietMs: DAY,
  settings: ['imagesAllowed', ...SEVERITY_SETTINGS],
  sleepsWithout: ['imagesAllowed'],
  headline: (event) => imageInWords(event),
  resources: images,
  why: 'An image from elsewhere can carry anything: a miner, a backdoor, or no patches and no agents. This one is not on your list.',
  runbook: [
    'See whose image it is: aws ec2 describe-images --region <region> --image-ids <ami> (OwnerId, Name, CreationDate, Public).',
    'Ask the actor. If the image is fine, add it to imagesAllowed.',
    'If not, isolate the instance with a security group that allows nothing, take a snapshot of its disks, then stop it.',
    "Revoke the sessions of the instance's role: what ran on the instance had its credentials.",
  ],
  falsePositives: [
    'A new release of a base image that is not on the list yet: use globs, or leave the list empty to learn.',
  ],
  blindSpots: [
    'Who owns the image is not in the event: the list is by id.',
    'Launches from a template whose image is a parameter (resolve:ssm:…) are judged when they happen, not when the template is made.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html',
    'https://attack.mitre.org/techniques/T1204/003/',
  ],
});

/** Images of the call that no glob of the list covers; `unseen` where the request was too large to see any. */
function strangers(event: TrailEvent, { imagesAllowed }: Settings): readonly string[] {
  const named = images(event);
  if (named.length === 0 && isOmitted(event.record['requestParameters'])) return ['unseen'];
  return named.filter((image) => !anyGlobMatches(imagesAllowed, image));
}

export const examples = (): Examples => {
  const settings = { imagesAllowed: ['ami-0aaaaaaaaaaaaaaa*'] };
  const launched = started(1);
  const allowed = { imageId: 'ami-0aaaaaaaaaaaaaaa1' };
  const failed = but(launched, {
    responseElements: null,
    errorCode: 'Client.VcpuLimitExceeded',
    errorMessage: 'quota',
  });
  const large = (type: string) =>
    but(launched, {
      responseElements: {
        instancesSet: { items: [{ instanceId: 'i-1', imageId: 'ami-0123456789abcdef0', instanceType: type }] },
      },
    });
  const template = call(EC2, 'CreateLaunchTemplate', {
    requestParameters: {
      CreateLaunchTemplateRequest: {
        LaunchTemplateName: 'workers',
        LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro' },
      },
    },
  });
  return {
    fires: [
      { why: 'started', timeline: [launched], settings, severity: 'medium' },
      { why: 'on an accelerated type', timeline: [large('g5.xlarge')], settings, severity: 'high' },
      { why: 'by Auto Scaling', timeline: [but(launched, byAutoScaling())], settings, severity: 'low' },
      { why: 'failed', timeline: [failed], settings, severity: 'low' },
      {
        why: 'failed, on an accelerated type',
        timeline: [
          but(failed, {
            requestParameters: {
              instancesSet: { items: [{ imageId: 'ami-0123456789abcdef0', maxCount: 1 }] },
              instanceType: 'p3.2xlarge',
            },
          }),
        ],
        settings,
        severity: 'medium',
      },
      { why: 'in a launch template', timeline: [template], settings, severity: 'medium' },
      {
        why: 'in a launch configuration',
        timeline: [
          call('autoscaling.amazonaws.com', 'CreateLaunchConfiguration', {
            requestParameters: { imageId: 'ami-0123456789abcdef0', instanceType: 't3.micro' },
          }),
        ],
        settings,
        severity: 'medium',
      },
      {
        why: 'in a spot request',
        timeline: [
          call(EC2, 'RequestSpotInstances', {
            requestParameters: { launchSpecification: { imageId: 'ami-0123456789abcdef0', instanceType: 't3.micro' } },
          }),
        ],
        settings,
        severity: 'medium',
      },
      { why: 'template, then launch: one alert', timeline: [template, later(launched, 60_000)], settings },
      {
        why: 'a request too large to see',
        timeline: [but(template, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        settings,
      },
    ],
    quiet: [
      {
        why: 'an image of the list',
        timeline: [
          but(launched, { responseElements: { instancesSet: { items: [{ ...allowed, instanceType: 't3.micro' }] } } }),
        ],
        settings,
      },
      { why: 'no list', timeline: [launched] },
      {
        why: 'the image is a parameter',
        timeline: [
          but(template, {
            requestParameters: {
              CreateLaunchTemplateRequest: {
                LaunchTemplateData: { ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023' },
              },
            },
          }),
        ],
        settings,
      },
    ],
  };
};
