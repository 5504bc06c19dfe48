import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'volume-snapshot-public',
  title: 'Volume snapshot is public',
  severity: 'critical',
  controls: { fsbp: ['EC2.1'] },
  reads: ['publicVolumeSnapshots'],
  why: 'Anybody may make a volume of it and read everything that was on the disk.',
  fix: [
    'aws ec2 modify-snapshot-attribute --region {region} --snapshot-id {name} --attribute createVolumePermission --operation-type remove --group-names all',
    'So that it cannot happen again: aws ec2 enable-snapshot-block-public-access --region {region} --state block-all-sharing',
  ],
  limits: ['Copies that others made meanwhile stay theirs.'],
  references: ['https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html'],
  judge: ({ publicVolumeSnapshots }, { account, partition, region = 'unknown' }) =>
    publicVolumeSnapshots.map(({ id, description }) => ({
      resource: `arn:${partition}:ec2:${region}:${account}:snapshot/${id}`,
      name: id,
      detail: `Snapshot ${id}${description === '' ? '' : ` (${description.slice(0, 60)})`} is public`,
    })),
});

const snapshot = 'snap-0123456789abcdef0';
const resources = [`arn:aws:ec2:eu-west-1:111122223333:snapshot/${snapshot}`] as const;

export const examples = (): CheckExamples<'publicVolumeSnapshots'> => ({
  fails: [
    { why: 'a public one', facts: { publicVolumeSnapshots: [{ id: snapshot, description: '' }] }, resources },
    {
      why: 'a public one with a description',
      facts: { publicVolumeSnapshots: [{ id: snapshot, description: 'nightly' }] },
      resources,
    },
  ],
  passes: [
    { why: 'none is public', facts: { publicVolumeSnapshots: [] } },
    {
      why: 'none, whatever the settings',
      facts: { publicVolumeSnapshots: [] },
      settings: { allowedRegions: ['us-east-1'] },
    },
  ],
});
