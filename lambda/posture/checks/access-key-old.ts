import { type CheckExamples, DAY_MS, defineCheck } from '../check';
import { credentials, daysAgo, key } from '../sample';

export default defineCheck({
  id: 'access-key-old',
  title: 'Access key is older than allowed',
  severity: 'medium',
  controls: { cis: ['1.14'], fsbp: ['IAM.3'] },
  reads: ['credentialReport'],
  why: 'A key works until somebody ends it: the older it is, the more copies of it lie in files, laptops and logs.',
  fix: [
    'Make a second key and give it to what uses the first: aws iam create-access-key --user-name {name}',
    'When the first is used no more, end it: aws iam update-access-key --user-name {name} --access-key-id <id> --status Inactive, later delete-access-key',
    'Better: let it take a role instead of a key.',
  ],
  limits: ['A young key may have been leaked as well as an old one.', 'The limit is the setting accessKeyMaxDays.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html'],
  judge: ({ credentialReport }, { nowMs, settings: { accessKeyMaxDays } }) =>
    credentialReport.flatMap(({ arn, user, keys, createdMs }) => {
      const ages = keys
        .filter(({ active }) => active)
        .map(({ rotatedMs = createdMs ?? nowMs }) => Math.floor((nowMs - rotatedMs) / DAY_MS));
      const oldest = Math.max(...ages);
      if (oldest <= accessKeyMaxDays) return [];
      return [
        {
          resource: arn,
          name: user,
          detail: `${user} has an access key of ${oldest} days (at most ${accessKeyMaxDays})`,
        },
      ];
    }),
});

export const examples = (): CheckExamples<'credentialReport'> => ({
  fails: [
    {
      why: 'a key of 91 days',
      facts: { credentialReport: [credentials('ci', { keys: [key(1, { rotatedMs: daysAgo(91) })] })] },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
    {
      why: 'the second of two keys, under a shorter limit',
      facts: { credentialReport: [credentials('ci', { keys: [key(1), key(2, { rotatedMs: daysAgo(31) })] })] },
      settings: { accessKeyMaxDays: 30 },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
  ],
  passes: [
    {
      why: 'a key of 90 days',
      facts: { credentialReport: [credentials('ci', { keys: [key(1, { rotatedMs: daysAgo(90) })] })] },
    },
    {
      why: 'an old key that is inactive',
      facts: { credentialReport: [credentials('ci', { keys: [key(1, { active: false, rotatedMs: daysAgo(900) })] })] },
    },
  ],
});
