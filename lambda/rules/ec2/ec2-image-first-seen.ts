import type { TrailEvent } from '../../intake/trail-event';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, user } from '../sample';
import { EC2, images, textsNamed } from './launches';
import { byAutoScaling, started } from './mass-launches';
import { imageInWords, imageSeverity, SEVERITY_SETTINGS, STARTING } from './unknown-images';

const LEARN_DAYS = 14;
const EXPIRY_DAYS = 180;

/** Calls whose response names an image that the account now owns. */
const MAKING = ['CreateImage', 'CopyImage', 'RegisterImage', 'ImportImage', 'CreateRestoreImageTask'] as const;

export default defineRule({
  id: 'ec2-image-first-seen',
  title: 'EC2 instance from an image never used here before',
  severity: imageSeverity,
  rows: ['0-11'],
  attack: ['TA0005/T1578.002', 'TA0002/T1204.003'],
  match: [...STARTING, { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: MAKING }],
  // Where a list says what is allowed, it alone decides (ec2-image-not-allowed).
  when: (_event, settings) => settings.imagesAllowed.length === 0,
  baseline: {
    kind: 'image',
    value: (event) => (makes(event) ? made(event) : images(event)),
    // An image that the account made itself is its own, and launching it is no news.
    teachesOnly: makes,
    learnDays: LEARN_DAYS,
    expiryDays: EXPIRY_DAYS,
  },
  settings: ['imagesAllowed', ...SEVERITY_SETTINGS],
  headline: (event) => imageInWords(event),
  resources: images,
  why: 'An image from elsewhere can carry anything: a miner, a backdoor, or no patches and no agents. Nobody in this account used this one before.',
  runbook: [
    'See whose image it is: aws ec2 describe-images --region <region> --image-ids <ami> (OwnerId, Name, CreationDate, Public).',
    'Ask the actor. An image of Amazon, of your own or of a vendor you use is most likely a new release.',
    'If nobody vouches for it, isolate the instance with a security group that allows nothing, take a snapshot of its disks, then stop it.',
    'Name the images that you use in imagesAllowed, and anything else is reported at once, without learning.',
  ],
  falsePositives: ['Every new release of a base image is a new id: expect one alert for each, or keep a list.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account, in which everything is learned, also what an intruder uses.`,
    'An image that the intruder copies or registers in the account first counts as its own.',
    'Who owns the image is not in the event. An image unused for half a year is new again.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html',
    'https://attack.mitre.org/techniques/T1204/003/',
  ],
});

function makes(event: TrailEvent): boolean {
  return (MAKING as readonly string[]).includes(event.call);
}

function made({ record }: TrailEvent): readonly string[] {
  return textsNamed(record['responseElements'], 'imageid').filter((image) => image.startsWith('ami-'));
}

export const examples = (): Examples => {
  const IMAGE = 'ami-0fedcba9876543210';
  const launched = started(1);
  const withImage = (imageId: string, instanceType = 't3.micro') => ({
    requestParameters: { instancesSet: { items: [{ imageId, minCount: 1, maxCount: 1 }] }, instanceType },
    responseElements: { instancesSet: { items: [{ instanceId: 'i-0123456789abcdef1', imageId, instanceType }] } },
  });
  // The account's first event: learning ends a fortnight after it.
  const opening = launched;
  const fresh = but(later(launched, LEARN_DAYS * DAY), withImage(IMAGE));
  const failure = { responseElements: null, errorCode: 'Client.VcpuLimitExceeded', errorMessage: 'quota' };
  const create = (name: string) =>
    but(
      later(call(EC2, name, { requestParameters: { name: 'ours' }, responseElements: { imageId: IMAGE } }), 13 * DAY),
      {},
    );
  const template = call(EC2, 'CreateLaunchTemplate', {
    requestParameters: {
      CreateLaunchTemplateRequest: { LaunchTemplateData: { ImageId: IMAGE, InstanceType: 't3.micro' } },
    },
  });
  return {
    fires: [
      { why: 'the day after learning', timeline: [opening, fresh], severity: 'medium' },
      { why: 'used again: one alert', timeline: [opening, fresh, later(fresh, HOUR), later(fresh, 2 * DAY)] },
      {
        why: 'on an accelerated type',
        timeline: [opening, but(fresh, withImage(IMAGE, 'g5.xlarge'))],
        severity: 'high',
      },
      { why: 'by Auto Scaling', timeline: [opening, but(fresh, byAutoScaling())], severity: 'low' },
      { why: 'failed', timeline: [opening, but(fresh, failure)], severity: 'low' },
      {
        why: 'in a launch template',
        timeline: [opening, later(template, LEARN_DAYS * DAY)],
        severity: 'medium',
      },
      {
        why: 'an image that was known, and unused for half a year',
        timeline: [opening, later(launched, (EXPIRY_DAYS + 1) * DAY)],
        severity: 'medium',
      },
      {
        why: 'making the image was refused, so it is not ours',
        timeline: [opening, denied(create('CopyImage')), fresh],
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(fresh, -1_000)] },
      { why: 'the image of the first day', timeline: [opening, later(launched, 15 * DAY)] },
      {
        why: 'known to the account, new to the person',
        timeline: [opening, but(later(launched, 15 * DAY), { userIdentity: user('bob') })],
      },
      ...MAKING.map((name) => ({ why: `made by ${name} before`, timeline: [opening, create(name), fresh] })),
      { why: 'making an image is no launch', timeline: [opening, later(create('CopyImage'), 3 * DAY)] },
      {
        why: 'a list of images is kept: the other rule',
        timeline: [opening, fresh],
        settings: { imagesAllowed: ['ami-*'] },
      },
    ],
  };
};
