import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'guardduty-off',
  title: 'GuardDuty is off in a region',
  severity: 'high',
  controls: { fsbp: ['GuardDuty.1'] },
  reads: ['detectors'],
  why: 'GuardDuty sees what CloudTrail does not tell (DNS, network flows), and attackers go to the region where it is off.',
  fix: [
    'aws guardduty create-detector --region {region} --enable',
    'If there is a detector and it is suspended: aws guardduty update-detector --region {region} --detector-id <id> --enable',
  ],
  limits: ['Which of its plans are on (S3, EKS, RDS, malware) is not judged.'],
  references: ['https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_settingup.html'],
  judge: ({ detectors }, { account, partition, region = 'unknown' }) =>
    detectors.some(({ enabled }) => enabled)
      ? []
      : [
          {
            resource: `arn:${partition}:guardduty:${region}:${account}:detector`,
            name: detectors[0]?.id ?? region,
            detail: `GuardDuty is ${detectors.length === 0 ? 'not enabled' : 'suspended'} in ${region}`,
          },
        ],
});

const resources = ['arn:aws:guardduty:eu-west-1:111122223333:detector'] as const;

export const examples = (): CheckExamples<'detectors'> => ({
  fails: [
    { why: 'no detector', facts: { detectors: [] }, resources },
    { why: 'it is suspended', facts: { detectors: [{ id: 'a1b2', enabled: false }] }, resources },
  ],
  passes: [
    { why: 'it is on', facts: { detectors: [{ id: 'a1b2', enabled: true }] } },
    {
      why: 'one of two is on',
      facts: {
        detectors: [
          { id: 'a1b2', enabled: false },
          { id: 'c3d4', enabled: true },
        ],
      },
    },
  ],
});
