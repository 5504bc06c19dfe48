import { type CheckExamples, defineCheck } from '../check';
import { credentials } from '../sample';

export default defineCheck({
  id: 'user-without-mfa',
  title: 'User signs in to the console without MFA',
  severity: 'high',
  controls: { cis: ['1.10'], fsbp: ['IAM.5'] },
  reads: ['credentialReport'],
  why: 'A password that is guessed, reused or phished is enough to sign in.',
  fix: [
    'Let the user add a device: aws iam enable-mfa-device --user-name {name} --serial-number <arn> --authentication-code1 <code> --authentication-code2 <code>',
    'Or take the password away, if nobody needs it: aws iam delete-login-profile --user-name {name}',
  ],
  limits: ['The report is up to four hours old.', 'People of a single sign-on are not IAM users and not in it.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable.html'],
  judge: ({ credentialReport }) =>
    credentialReport
      .filter(({ isRoot, hasPassword, hasMfa }) => !isRoot && hasPassword && !hasMfa)
      .map(({ arn, user }) => ({
        resource: arn,
        name: user,
        detail: `${user} has a console password and no MFA device`,
      })),
});

export const examples = (): CheckExamples<'credentialReport'> => ({
  fails: [
    {
      why: 'a user with a password and no device',
      facts: { credentialReport: [credentials('ana', { hasMfa: false })] },
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'one of several, who never signed in',
      facts: {
        credentialReport: [credentials('ben'), credentials('eva', { hasMfa: false, passwordUsedMs: undefined })],
      },
      resources: ['arn:aws:iam::111122223333:user/eva'],
    },
  ],
  passes: [
    { why: 'the user has a device', facts: { credentialReport: [credentials('ana')] } },
    {
      why: 'a user without a password, and root, which has a check of its own',
      facts: {
        credentialReport: [
          credentials('ci', { hasPassword: false, hasMfa: false }),
          credentials('root', { isRoot: true, hasMfa: false }),
        ],
      },
    },
  ],
});
