// A rule of one's own: named in the configuration by `rulesFolder: own-rules`, compiled when it is read, and tested by the
// same table as the shipped ones:
//
//   TRAILHOUND_RULES=examples/own-rules npx jest test/rules/every-rule -t release-bucket-written
import {
  anyGlobMatches,
  at,
  but,
  call,
  defineRule,
  denied,
  type Examples,
  HOUR,
  later,
  role,
  type TrailEvent,
  text,
  whereFrom,
} from 'trailhound';

const S3 = 's3.amazonaws.com';
const BUCKET = 'example-releases';

export default defineRule({
  id: 'release-bucket-written',
  title: 'Bucket of releases changed by somebody else',
  severity: 'high',
  rows: ['own'],
  attack: ['TA0001/T1195'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['PutBucketPolicy', 'DeleteBucketPolicy'] },
    { feed: 'data', outcome: 'succeeded', service: S3, calls: ['PutObject', 'DeleteObject'] },
  ],
  settings: ['deployers'],
  when: (event, { deployers }) => bucket(event) === BUCKET && !anyGlobMatches(deployers, event.actor, true),
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => `${event.actor} called ${event.call} on the bucket of releases ${whereFrom(event)}`,
  resources: () => [BUCKET],
  why: 'Our customers install what lies there. Only the pipeline writes to it.',
  runbook: [
    'Stop the download page.',
    'Compare the checksums with those of the pipeline, and restore the former version.',
  ],
  falsePositives: ['The release team, after a failed run.'],
  blindSpots: ['The pipeline itself. Objects, where the data events of the bucket are not selected.'],
  references: ['https://attack.mitre.org/techniques/T1195/'],
});

function bucket({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'bucketName'));
}

export const examples = (): Examples => {
  const changed = call(S3, 'PutBucketPolicy', { requestParameters: { bucketName: BUCKET } });
  const object = but(changed, { eventName: 'PutObject', managementEvent: false, eventCategory: 'Data' });
  return {
    fires: [
      { why: 'its policy changed', timeline: [changed], severity: 'high' },
      { why: 'an object written', timeline: [object], severity: 'high' },
      { why: 'twice: one alert', timeline: [changed, later(changed, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(changed)] },
      { why: 'by the pipeline', timeline: [but(changed, { userIdentity: role('deploy-releases', 'run-7') })] },
      { why: 'another bucket', timeline: [but(changed, { requestParameters: { bucketName: 'example-data' } })] },
    ],
  };
};
