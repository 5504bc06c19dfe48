import { type CheckExamples, defineCheck } from '../check';
import type { AccountSummary } from '../facts';

export default defineCheck({
  id: 'root-mfa-missing',
  title: 'Root user signs in without MFA',
  severity: 'critical',
  controls: { cis: ['1.5'] },
  reads: ['accountSummary'],
  why: 'A password, or a mailbox by which it is reset, is then all that stands between anybody and the whole account.',
  fix: [
    'Sign in as root, open Security credentials, assign an MFA device; better two, of which one is hardware.',
    'In an organization, remove root credentials of member accounts: aws iam enable-organizations-root-credentials-management',
  ],
  limits: ['An account whose root has no password passes: there is nothing to protect.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html'],
  judge: ({ accountSummary: { rootHasMfa, rootHasPassword } }, { account, partition }) =>
    rootHasMfa || rootHasPassword === false
      ? []
      : [{ resource: `arn:${partition}:iam::${account}:root`, name: 'root', detail: 'Root has no MFA device' }],
});

const summary = (differs: Partial<AccountSummary>): { readonly accountSummary: AccountSummary } => ({
  accountSummary: { rootAccessKeys: 0, rootHasMfa: false, rootHasPassword: true, ...differs },
});

export const examples = (): CheckExamples<'accountSummary'> => ({
  fails: [
    { why: 'root has a password and no device', facts: summary({}), resources: ['arn:aws:iam::111122223333:root'] },
    {
      why: 'IAM does not say whether root has a password',
      facts: summary({ rootHasPassword: undefined }),
      resources: ['arn:aws:iam::111122223333:root'],
    },
  ],
  passes: [
    { why: 'root has a device', facts: summary({ rootHasMfa: true }) },
    { why: 'root cannot sign in', facts: summary({ rootHasPassword: false }) },
  ],
});
