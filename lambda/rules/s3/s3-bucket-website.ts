import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import {
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-website',
  title: 'S3 bucket set up as a web site',
  severity: (event, settings) => adjusted('low', event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0042/T1608'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['PutBucketWebsite'] }],
  when: (event, settings) => !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => `${event.actor} set up ${bucketInWords(event)} as a web site`,
  resources: bucketResources,
  why: 'A web site is read without credentials: making the bucket public is usually the next step. It also serves phishing pages under your name.',
  runbook: [
    'See what it serves: aws s3api get-bucket-website --bucket <bucket>; aws s3 ls s3://<bucket>.',
    'See whether it is public: aws s3api get-bucket-policy-status --bucket <bucket>.',
    'If nobody wants it, take it away: aws s3api delete-bucket-website --bucket <bucket>.',
    'If it is meant, add the bucket to publicBuckets.',
  ],
  falsePositives: ['A new static site or a redirect.'],
  blindSpots: ['A site by CloudFront from a private bucket needs no web site setting.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html',
    'https://attack.mitre.org/techniques/T1608/',
  ],
});

export const examples = (): Examples => {
  const put = (bucketName: string) =>
    call(S3, 'PutBucketWebsite', {
      requestParameters: {
        bucketName,
        website: '',
        Host: `${bucketName}.s3.us-east-1.amazonaws.com`,
        WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } },
      },
    });
  const site = put('example-data');
  return {
    fires: [
      { why: 'a site', timeline: [site], severity: 'low' },
      { why: 'on a sensitive bucket: one higher', timeline: [put('prod-backup')], severity: 'medium' },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(site)] },
      { why: 'a bucket that is public on purpose', timeline: [site], settings: { publicBuckets: ['example-*'] } },
      { why: 'the site was taken away', timeline: [but(site, { eventName: 'DeleteBucketWebsite' })] },
    ],
  };
};
