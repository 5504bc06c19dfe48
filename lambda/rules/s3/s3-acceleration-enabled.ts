import { ACCELERATING, LEAVING_SETTINGS, leaving, leavingInWords, leavingKey } from '../exfiltration/leaving';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { shifted } from '../severity';
import { isSensitiveBucket } from './objects';
import { bucketResources, S3 } from './public-access';

export default defineRule({
  id: 's3-acceleration-enabled',
  title: 'Transfer Acceleration of a bucket switched on',
  severity: (event, settings) =>
    shifted(leaving(event, settings)?.severity ?? 'medium', isSensitiveBucket(event, settings) ? 1 : 0),
  rows: ['1-15', '1-13'],
  attack: ['TA0010/T1048'],
  match: [ACCELERATING],
  settings: [...LEAVING_SETTINGS, 'sensitiveBuckets'],
  when: (event, settings) => leaving(event, settings) !== undefined,
  per: leavingKey,
  quietMs: HOUR,
  headline: leavingInWords,
  resources: bucketResources,
  why: 'It makes large transfers over the internet faster, from far away. Few buckets need it, and thieves in a hurry do.',
  runbook: [
    'Ask the owner of the bucket. It costs by the gigabyte, so somebody will know.',
    'Switch it off: aws s3api put-bucket-accelerate-configuration --bucket <bucket> --accelerate-configuration Status=Suspended.',
    'Look at who reads the bucket since: data events or server access logs, and the BytesDownloaded metric.',
  ],
  falsePositives: ['Uploads by customers all over the world.'],
  blindSpots: ['Buckets that have it since they were made by other means, or earlier.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration.html',
    'https://attack.mitre.org/techniques/T1048/',
  ],
});

export const examples = (): Examples => {
  const accelerated = (bucketName: string, Status: string) =>
    call(S3, 'PutAccelerateConfiguration', {
      requestParameters: {
        bucketName,
        accelerate: '',
        AccelerateConfiguration: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', Status },
      },
    });
  const on = accelerated('example-images', 'Enabled');
  return {
    fires: [
      { why: 'switched on', timeline: [on], severity: 'medium' },
      { why: 'of a sensitive bucket', timeline: [accelerated('example-backup', 'Enabled')], severity: 'high' },
      { why: 'by Terraform', timeline: [but(on, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'too large to see', timeline: [but(on, { requestParameters: { omitted: true } })] },
    ],
    quiet: [
      { why: 'suspended', timeline: [accelerated('example-images', 'Suspended')] },
      { why: 'the call was refused', timeline: [denied(on)] },
    ],
  };
};
