import { type CheckExamples, defineCheck } from '../check';
import type { PasswordPolicy } from '../facts';

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html */
const MINIMUM_LENGTH = 14;
const REUSE_PREVENTION = 24;

export default defineCheck({
  id: 'password-policy-weak',
  title: 'Passwords of IAM users may be weak',
  severity: 'medium',
  controls: { cis: ['1.8', '1.9'] },
  reads: ['passwordPolicy'],
  why: 'Short passwords are guessed, and used ones are in lists that attackers try first.',
  fix: [
    `aws iam update-account-password-policy --minimum-password-length ${MINIMUM_LENGTH} --password-reuse-prevention ${REUSE_PREVENTION} --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters --allow-users-to-change-password`,
  ],
  limits: [
    'An account whose people sign in elsewhere has no passwords to which it applies.',
    'FSBP control IAM.7 asks for kinds of characters, which matter less than length and are not judged.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html'],
  judge: ({ passwordPolicy: { exists, minimumLength, reusePrevention } }, { account, partition }) => {
    const weak = [
      ...(exists ? [] : ['the account has no password policy']),
      ...(exists && minimumLength < MINIMUM_LENGTH
        ? [`passwords may have ${minimumLength} characters (at least ${MINIMUM_LENGTH})`]
        : []),
      ...(exists && reusePrevention < REUSE_PREVENTION
        ? [`the last ${reusePrevention} passwords cannot be used again (at least ${REUSE_PREVENTION})`]
        : []),
    ];
    if (weak.length === 0) return [];
    const detail = weak.join('; ');
    return [
      {
        resource: `arn:${partition}:iam::${account}:account-password-policy`,
        name: 'account-password-policy',
        detail: detail.charAt(0).toUpperCase() + detail.slice(1),
      },
    ];
  },
});

const policy = (differs: Partial<PasswordPolicy>): { readonly passwordPolicy: PasswordPolicy } => ({
  passwordPolicy: { exists: true, minimumLength: 14, reusePrevention: 24, ...differs },
});
const resources = ['arn:aws:iam::111122223333:account-password-policy'] as const;

export const examples = (): CheckExamples<'passwordPolicy'> => ({
  fails: [
    { why: 'passwords of 13 characters', facts: policy({ minimumLength: 13 }), resources },
    { why: 'the last 23 only', facts: policy({ reusePrevention: 23 }), resources },
    { why: 'there is none', facts: policy({ exists: false }), resources },
  ],
  passes: [
    { why: 'as CIS asks', facts: policy({}) },
    { why: 'stricter', facts: policy({ minimumLength: 20 }) },
  ],
});
