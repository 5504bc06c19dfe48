import { type CheckExamples, defineCheck } from '../check';
import { credentials, key } from '../sample';

export default defineCheck({
  id: 'access-keys-two-active',
  title: 'User has two active access keys',
  severity: 'low',
  controls: { cis: ['1.13'] },
  reads: ['credentialReport'],
  why: 'Two keys are right while one replaces the other; a second one that stays may be an attacker’s.',
  fix: [
    'See when each was used: aws iam list-access-keys --user-name {name}; aws iam get-access-key-last-used --access-key-id <id>',
    'End the one that is not needed: aws iam update-access-key --user-name {name} --access-key-id <id> --status Inactive',
  ],
  limits: ['It is right for the days in which a key is replaced.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html'],
  judge: ({ credentialReport }) =>
    credentialReport
      .filter(({ keys }) => keys.filter(({ active }) => active).length > 1)
      .map(({ arn, user }) => ({ resource: arn, name: user, detail: `${user} has two active access keys` })),
});

export const examples = (): CheckExamples<'credentialReport'> => ({
  fails: [
    {
      why: 'both keys are active',
      facts: { credentialReport: [credentials('ci', { keys: [key(1), key(2)] })] },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
    {
      why: 'both are active and one was never used',
      facts: {
        credentialReport: [credentials('ana'), credentials('ci', { keys: [key(1), key(2, { usedMs: undefined })] })],
      },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
  ],
  passes: [
    { why: 'one key', facts: { credentialReport: [credentials('ci', { keys: [key(1)] })] } },
    {
      why: 'the second is inactive',
      facts: { credentialReport: [credentials('ci', { keys: [key(1), key(2, { active: false })] })] },
    },
  ],
});
