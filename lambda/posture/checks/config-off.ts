import { type CheckExamples, defineCheck } from '../check';
import type { ConfigRecorder } from '../facts';

export default defineCheck({
  id: 'config-off',
  title: 'AWS Config does not record in a region',
  severity: 'medium',
  controls: { cis: ['3.3'], fsbp: ['Config.1'] },
  reads: ['recorders'],
  why: 'Without its history nobody can say what a resource was like before an attack.',
  fix: [
    'aws configservice put-configuration-recorder --region {region} --configuration-recorder name=default,roleARN=<role ARN> --recording-group allSupported=true',
    'aws configservice put-delivery-channel --region {region} --delivery-channel name=default,s3BucketName=<bucket>',
    'aws configservice start-configuration-recorder --region {region} --configuration-recorder-name default',
  ],
  limits: ['Which kinds of resources it records is not judged. It costs by what it records.'],
  references: ['https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html'],
  judge: ({ recorders: { recorders, deliveryChannels } }, { account, partition, region = 'unknown' }) => {
    const recording = recorders.filter((recorder) => recorder.recording);
    const failing = recording.every(({ lastStatus }) => lastStatus?.toLowerCase() === 'failure');
    const wrong =
      recorders.length === 0
        ? 'is not set up'
        : recording.length === 0
          ? 'is stopped'
          : deliveryChannels === 0
            ? 'has nowhere to deliver'
            : failing
              ? 'cannot deliver'
              : undefined;
    if (wrong === undefined) return [];
    return [
      {
        resource: `arn:${partition}:config:${region}:${account}:configuration-recorder`,
        name: recorders[0]?.name ?? 'default',
        detail: `AWS Config ${wrong} in ${region}`,
      },
    ];
  },
});

const facts = (recorders: readonly Partial<ConfigRecorder>[], deliveryChannels = 1) => ({
  recorders: {
    recorders: recorders.map((differs) => ({ name: 'default', recording: true, lastStatus: 'SUCCESS', ...differs })),
    deliveryChannels,
  },
});
const resources = ['arn:aws:config:eu-west-1:111122223333:configuration-recorder'] as const;

export const examples = (): CheckExamples<'recorders'> => ({
  fails: [
    { why: 'no recorder', facts: facts([], 0), resources },
    { why: 'it is stopped', facts: facts([{ recording: false }]), resources },
    { why: 'no delivery channel', facts: facts([{}], 0), resources },
    { why: 'it cannot deliver', facts: facts([{ lastStatus: 'FAILURE' }]), resources },
  ],
  passes: [
    { why: 'it records', facts: facts([{}]) },
    { why: 'it has just begun', facts: facts([{ lastStatus: 'PENDING' }]) },
  ],
});
