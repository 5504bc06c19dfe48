import { asArray, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import {
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  rulesIn,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-cors-open',
  title: 'S3 bucket takes writes from pages of any web site',
  // Reading from any page is common and gives no rights by itself: stored, not told.
  severity: (event, settings) =>
    openMethods(event).some((method) => method !== 'GET' && method !== 'HEAD')
      ? adjusted('low', event, settings)
      : 'info',
  rows: ['0-6'],
  attack: ['TA0009/T1530'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['PutBucketCors'] }],
  when: (event, settings) => openMethods(event).length > 0 && !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) =>
    `${event.actor} let pages of any web site use ${openMethods(event).join(', ')} on ${bucketInWords(event)}`,
  resources: bucketResources,
  why: "CORS gives no rights, but a browser that holds somebody's rights to this bucket will now use them for any page.",
  runbook: [
    'Read the rules: aws s3api get-bucket-cors --bucket <bucket>.',
    'Name the web sites that need it in AllowedOrigins, instead of *.',
    'Check that the bucket is not public besides: aws s3api get-bucket-policy-status --bucket <bucket>.',
  ],
  falsePositives: ['A web application with uploads from the browser, in an early version.'],
  blindSpots: ['Origins with a wildcard inside, such as https://*.example.com or https://*.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

/** Methods that pages of any origin may use, each once. */
function openMethods(event: TrailEvent): readonly string[] {
  const rules = rulesIn(event, 'CORSConfiguration', 'CORSRule').filter((rule) =>
    asArray(pick(rule, 'AllowedOrigin')).includes('*'),
  );
  const methods = rules.flatMap((rule) => asArray(pick(rule, 'AllowedMethod')));
  return [...new Set(methods.map((method) => text(method)?.toUpperCase().slice(0, 10) ?? 'unknown methods'))];
}

export const examples = (): Examples => {
  const put = (CORSRule: unknown, bucketName = 'example-data') =>
    call(S3, 'PutBucketCors', { requestParameters: { bucketName, cors: '', CORSConfiguration: { CORSRule } } });
  const open = { AllowedOrigin: '*', AllowedMethod: ['GET', 'PUT'], AllowedHeader: '*' };
  return {
    fires: [
      { why: 'writes from any page', timeline: [put(open)], severity: 'low' },
      {
        why: 'one of several rules, with one of several origins',
        timeline: [
          put([
            { AllowedOrigin: 'https://www.example.com', AllowedMethod: 'PUT' },
            { AllowedOrigin: ['https://www.example.com', '*'], AllowedMethod: 'DELETE' },
          ]),
        ],
        severity: 'low',
      },
      { why: 'a sensitive bucket: one higher', timeline: [put(open, 'prod-backup')], severity: 'medium' },
    ],
    quiet: [
      { why: 'reads only: stored', timeline: [put({ ...open, AllowedMethod: 'GET' })] },
      { why: 'writes from one site', timeline: [put({ ...open, AllowedOrigin: 'https://www.example.com' })] },
      { why: 'the call was refused', timeline: [denied(put(open))] },
      { why: 'a bucket that is public on purpose', timeline: [put(open)], settings: { publicBuckets: ['example-*'] } },
      { why: 'the rules were taken away', timeline: [but(put(open), { eventName: 'DeleteBucketCors' })] },
    ],
  };
};
