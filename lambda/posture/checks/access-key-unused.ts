import { type CheckExamples, DAY_MS, defineCheck } from '../check';
import { credentials, daysAgo, key } from '../sample';

export default defineCheck({
  id: 'access-key-unused',
  title: 'Access key is not used',
  severity: 'medium',
  controls: { cis: ['1.12'], fsbp: ['IAM.8'] },
  reads: ['credentialReport'],
  why: 'Nobody would notice that it was stolen, and nobody would miss it.',
  fix: [
    'Deactivate it: aws iam update-access-key --user-name {name} --access-key-id <id> --status Inactive',
    'After a while delete it: aws iam delete-access-key --user-name {name} --access-key-id <id>',
  ],
  limits: [
    'Keys for restores and emergencies are rarely used on purpose.',
    'The limit is the setting unusedCredentialMaxDays.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html'],
  judge: ({ credentialReport }, { nowMs, settings: { unusedCredentialMaxDays } }) =>
    credentialReport.flatMap(({ arn, user, keys, createdMs }) => {
      const idle = keys
        .filter(({ active }) => active)
        .map(({ usedMs, rotatedMs }) => Math.floor((nowMs - (usedMs ?? rotatedMs ?? createdMs ?? nowMs)) / DAY_MS));
      const longest = Math.max(...idle);
      if (longest <= unusedCredentialMaxDays) return [];
      return [
        { resource: arn, name: user, detail: `${user} has an active access key that was not used for ${longest} days` },
      ];
    }),
});

export const examples = (): CheckExamples<'credentialReport'> => ({
  fails: [
    {
      why: 'a key last used 46 days ago',
      facts: { credentialReport: [credentials('ci', { keys: [key(1, { usedMs: daysAgo(46) })] })] },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
    {
      why: 'a key made long ago and never used',
      facts: {
        credentialReport: [credentials('ci', { keys: [key(1, { usedMs: undefined, rotatedMs: daysAgo(60) })] })],
      },
      resources: ['arn:aws:iam::111122223333:user/ci'],
    },
  ],
  passes: [
    {
      why: 'a key last used 45 days ago',
      facts: { credentialReport: [credentials('ci', { keys: [key(1, { usedMs: daysAgo(45) })] })] },
    },
    {
      why: 'a new key that was not used yet, and an old one that is inactive',
      facts: {
        credentialReport: [
          credentials('ci', { keys: [key(1, { usedMs: undefined }), key(2, { active: false, usedMs: daysAgo(400) })] }),
        ],
      },
    },
  ],
});
