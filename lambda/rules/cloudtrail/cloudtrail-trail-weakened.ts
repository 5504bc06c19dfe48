import { agentContains } from '../../intake/caller';
import { flag, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import { isKnownKey, logGroupName } from './trail-storage';
import { CLOUDTRAIL, trailInWords, trailName, trailResources } from './trails';

export default defineRule({
  id: 'cloudtrail-trail-weakened',
  title: 'CloudTrail trail records or delivers less',
  severity: (event, settings) => {
    const grave = changes(event, settings).some((change) => change.grave);
    return shifted(grave ? 'high' : 'medium', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0);
  },
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: CLOUDTRAIL, calls: ['UpdateTrail'] }],
  when: (event, settings) => changes(event, settings).length > 0,
  per: (event) => `${event.account}|${trailName(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  settings: ['trailBuckets', 'trailLogGroups', 'trailKeys', 'infrastructureAsCodeAgents'],
  headline: (event, settings) =>
    `${event.actor} changed ${trailInWords(event)}: ${changes(event, settings)
      .map((change) => change.says)
      .join(', ')}`,
  resources: trailResources,
  why: 'The trail still says that it is logging, but records less, delivers to another place or can be altered unnoticed.',
  runbook: [
    'Compare the trail with what it should be: aws cloudtrail get-trail --name <trail>; aws cloudtrail get-trail-status --name <trail>.',
    'Set it back: aws cloudtrail update-trail --name <trail> --is-multi-region-trail --include-global-service-events --enable-log-file-validation --s3-bucket-name <bucket>.',
    "If the bucket is not yours, treat what was recorded since as read by a stranger, and the actor's credentials as stolen.",
    'Look at what the actor did around it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  ],
  falsePositives: [
    'The console sends every field of the form, so an edit of a trail that was weak before, or that delivers to a bucket not named in trailBuckets, looks like a change.',
    'A planned move of a trail to another bucket, key or log group.',
  ],
  blindSpots: [
    'The event has the new values only: whether a value is a change is not in it.',
    'A bucket, key or log group whose name the settings already cover is not reported, whoever owns it now.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

interface Change {
  readonly says: string;
  /** Something is no longer recorded, can be forged, or goes elsewhere. */
  readonly grave: boolean;
}

/** Parameters that, when false, take something from the trail. */
const WHEN_FALSE: readonly (readonly [parameter: string, says: string])[] = [
  ['isMultiRegionTrail', 'it covers one region only'],
  ['includeGlobalServiceEvents', 'it leaves out IAM, STS and other global services'],
  ['isOrganizationTrail', 'it does not cover the organization'],
  ['enableLogFileValidation', 'its files can be altered unnoticed (no validation)'],
];

/** What the call set that makes the trail weaker. Empty for a change that does not. */
function changes({ record }: TrailEvent, settings: Settings): Change[] {
  const parameters = record['requestParameters'];
  // AWS always records the trail's name: without it, nothing else can be read either.
  if (text(pick(parameters, 'name')) === undefined)
    return [{ says: 'what was changed is not in the record', grave: false }];
  const found: Change[] = [];
  for (const [parameter, says] of WHEN_FALSE) {
    if (flag(pick(parameters, parameter)) === false) found.push({ says, grave: true });
  }
  const bucket = text(pick(parameters, 's3BucketName'));
  if (bucket !== undefined && !anyGlobMatches(settings.trailBuckets, bucket)) {
    found.push({ says: `it delivers to bucket ${bucket}`, grave: true });
  }
  const group = text(pick(parameters, 'cloudWatchLogsLogGroupArn'));
  if (group === '') found.push({ says: 'it delivers to no log group', grave: false });
  else if (group !== undefined && !anyGlobMatches(settings.trailLogGroups, logGroupName(group))) {
    found.push({ says: `it delivers to log group ${logGroupName(group)}`, grave: false });
  }
  const key = text(pick(parameters, 'kmsKeyId'));
  if (key === '') found.push({ says: 'its files are not encrypted with a KMS key', grave: false });
  else if (key !== undefined && !isKnownKey(key, settings)) {
    found.push({ says: `its files are encrypted with key ${key}`, grave: false });
  }
  const topic = text(pick(parameters, 'snsTopicName'));
  if (topic !== undefined)
    found.push({ says: topic === '' ? 'it notifies no topic' : `it notifies topic ${topic}`, grave: false });
  return found;
}

export const examples = (): Examples => {
  const updated = (parameters: object) =>
    call(CLOUDTRAIL, 'UpdateTrail', { requestParameters: { name: 'org-trail', ...parameters } });
  const oneRegion = updated({ isMultiRegionTrail: false });
  const moved = updated({ s3BucketName: 'logs-example-com' });
  const otherKey = updated({ kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-1111-4222-8333-444455556666' });
  const otherGroup = updated({
    cloudWatchLogsLogGroupArn: 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/cloudtrail/org:*',
  });
  const agent = 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io)';
  return {
    fires: [
      { why: 'one region only', timeline: [oneRegion], severity: 'high' },
      { why: 'a flag as text', timeline: [updated({ isMultiRegionTrail: 'false' })], severity: 'high' },
      { why: 'no global services', timeline: [updated({ includeGlobalServiceEvents: false })], severity: 'high' },
      { why: 'not the organization', timeline: [updated({ isOrganizationTrail: false })], severity: 'high' },
      { why: 'no validation', timeline: [updated({ enableLogFileValidation: false })], severity: 'high' },
      { why: 'another bucket', timeline: [moved], severity: 'high' },
      {
        why: 'a bucket that is not among the known ones',
        timeline: [moved],
        settings: { trailBuckets: ['org-cloudtrail-*'] },
        severity: 'high',
      },
      { why: 'another key', timeline: [otherKey], severity: 'medium' },
      { why: 'no key', timeline: [updated({ kmsKeyId: '' })], severity: 'medium' },
      { why: 'another log group', timeline: [otherGroup], severity: 'medium' },
      { why: 'no log group', timeline: [updated({ cloudWatchLogsLogGroupArn: '' })], severity: 'medium' },
      { why: 'another topic', timeline: [updated({ snsTopicName: 'trail-news' })], severity: 'medium' },
      {
        why: 'two weak values in one call: one alert, as grave as the graver',
        timeline: [updated({ snsTopicName: 'trail-news', isMultiRegionTrail: false })],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower, not silent',
        timeline: [but(oneRegion, { userAgent: agent })],
        severity: 'medium',
      },
      { why: 'repeated within the hour: one alert', timeline: repeat(oneRegion, 3, 600_000), severity: 'high' },
      {
        why: 'the parameters were too large to see',
        timeline: [but(oneRegion, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'all regions', timeline: [updated({ isMultiRegionTrail: true })] },
      { why: 'validation switched on', timeline: [updated({ enableLogFileValidation: true })] },
      { why: 'a known bucket', timeline: [moved], settings: { trailBuckets: ['logs-example-*'] } },
      {
        why: 'a known key',
        timeline: [otherKey],
        settings: { trailKeys: ['arn:aws:kms:*:111122223333:key/0a1b2c3d-*'] },
      },
      { why: 'a known log group', timeline: [otherGroup], settings: { trailLogGroups: ['/aws/cloudtrail/*'] } },
      { why: 'refused', timeline: [denied(oneRegion)] },
      {
        why: 'failed',
        timeline: [but(oneRegion, { errorCode: 'TrailNotFoundException', errorMessage: 'Unknown trail' })],
      },
    ],
  };
};
