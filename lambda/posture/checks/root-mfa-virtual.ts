import { type CheckExamples, defineCheck } from '../check';
import type { AccountSummary } from '../facts';

export default defineCheck({
  id: 'root-mfa-virtual',
  title: 'MFA of the root user is an app, not hardware',
  severity: 'low',
  controls: { cis: ['1.6'], fsbp: ['IAM.6'] },
  reads: ['accountSummary', 'virtualMfa'],
  why: 'An app is as safe as the phone that it is on and as the backups of that phone; a key in a safe is not copied.',
  fix: [
    'Sign in as root, open Security credentials, add a security key or hardware token, then remove the app: aws iam list-virtual-mfa-devices shows it.',
  ],
  limits: [
    'Accounts of an organization may do without credentials of root altogether, which is better than any device.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html'],
  judge: ({ accountSummary: { rootHasMfa }, virtualMfa: { rootHasVirtual } }, { account, partition }) =>
    rootHasMfa && rootHasVirtual
      ? [{ resource: `arn:${partition}:iam::${account}:root`, name: 'root', detail: 'Root signs in with an MFA app' }]
      : [],
});

const facts = (rootHasVirtual: boolean, rootHasMfa = true) => ({
  accountSummary: { rootAccessKeys: 0, rootHasMfa, rootHasPassword: true } satisfies AccountSummary,
  virtualMfa: { rootHasVirtual },
});

export const examples = (): CheckExamples<'accountSummary' | 'virtualMfa'> => ({
  fails: [
    { why: 'root has an app', facts: facts(true), resources: ['arn:aws:iam::111122223333:root'] },
    {
      why: 'root has an app, and IAM does not say more',
      facts: { ...facts(true), accountSummary: { rootAccessKeys: 1, rootHasMfa: true, rootHasPassword: undefined } },
      resources: ['arn:aws:iam::111122223333:root'],
    },
  ],
  passes: [
    { why: 'root has a device that is no app', facts: facts(false) },
    { why: 'an app is there and root does not use it', facts: facts(true, false) },
  ],
});
