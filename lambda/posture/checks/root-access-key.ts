import { type CheckExamples, defineCheck } from '../check';
import type { AccountSummary } from '../facts';

export default defineCheck({
  id: 'root-access-key',
  title: 'Root user has an access key',
  severity: 'critical',
  controls: { cis: ['1.4'], fsbp: ['IAM.4'] },
  reads: ['accountSummary'],
  why: 'Whoever has a key of root may do everything, past every policy and boundary, without a second factor.',
  fix: [
    'Find what uses it: its last use is in the credential report (aws iam get-credential-report).',
    'Sign in as root, open Security credentials, deactivate the key, watch for a few days, delete it: no other principal can.',
  ],
  limits: ['Nobody needs a key of root: there is no case in which this is right.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html'],
  judge: ({ accountSummary: { rootAccessKeys } }, { account, partition }) =>
    rootAccessKeys === 0
      ? []
      : [{ resource: `arn:${partition}:iam::${account}:root`, name: 'root', detail: 'Root has an access key' }],
});

const summary = (rootAccessKeys: number): { readonly accountSummary: AccountSummary } => ({
  accountSummary: { rootAccessKeys, rootHasMfa: true, rootHasPassword: true },
});

export const examples = (): CheckExamples<'accountSummary'> => ({
  fails: [
    { why: 'root has a key', facts: summary(1), resources: ['arn:aws:iam::111122223333:root'] },
    { why: 'root has two', facts: summary(2), resources: ['arn:aws:iam::111122223333:root'] },
  ],
  passes: [
    { why: 'root has none', facts: summary(0) },
    {
      why: 'root has no credentials at all',
      facts: { accountSummary: { rootAccessKeys: 0, rootHasMfa: false, rootHasPassword: false } },
    },
  ],
});
