import { type CheckExamples, DAY_MS, defineCheck } from '../check';
import { credentials, daysAgo } from '../sample';

export default defineCheck({
  id: 'password-unused',
  title: 'Console password is not used',
  severity: 'medium',
  controls: { cis: ['1.12'], fsbp: ['IAM.8'] },
  reads: ['credentialReport'],
  why: 'A way in that nobody uses is a way in that nobody watches.',
  fix: [
    'Take the password away: aws iam delete-login-profile --user-name {name}',
    'If nothing else of the user is needed: aws iam delete-user --user-name {name}',
  ],
  limits: ['A user for emergencies is rarely used on purpose.', 'The limit is the setting unusedCredentialMaxDays.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html'],
  judge: ({ credentialReport }, { nowMs, settings: { unusedCredentialMaxDays } }) =>
    credentialReport.flatMap(({ arn, user, isRoot, hasPassword, passwordUsedMs, passwordChangedMs, createdMs }) => {
      // A password that is new has not had the time to be used.
      const sinceMs = Math.max(passwordUsedMs ?? 0, passwordChangedMs ?? 0) || createdMs || nowMs;
      const days = Math.floor((nowMs - sinceMs) / DAY_MS);
      if (isRoot || !hasPassword || days <= unusedCredentialMaxDays) return [];
      return [
        { resource: arn, name: user, detail: `${user} has a console password that was not used for ${days} days` },
      ];
    }),
});

export const examples = (): CheckExamples<'credentialReport'> => ({
  fails: [
    {
      why: 'last used 46 days ago',
      facts: { credentialReport: [credentials('ana', { passwordUsedMs: daysAgo(46) })] },
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'set long ago and never used',
      facts: { credentialReport: [credentials('ana', { passwordUsedMs: undefined })] },
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
  ],
  passes: [
    {
      why: 'last used 45 days ago',
      facts: { credentialReport: [credentials('ana', { passwordUsedMs: daysAgo(45) })] },
    },
    {
      why: 'a password that was set yesterday; a user without one; root',
      facts: {
        credentialReport: [
          credentials('ana', { passwordUsedMs: undefined, passwordChangedMs: daysAgo(1) }),
          credentials('ci', { hasPassword: false, passwordUsedMs: undefined, passwordChangedMs: undefined }),
          credentials('root', { isRoot: true, passwordUsedMs: undefined }),
        ],
      },
    },
  ],
});
