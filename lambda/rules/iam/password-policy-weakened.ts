import { flag, numeric, pick } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';

const IAM = 'iam.amazonaws.com';

/** Passwords shorter than this are guessed; NIST SP 800-63B's least length. */
const SHORT = 8;
/** The CIS benchmark for AWS asks for this. */
const RECOMMENDED = 14;

/**
 * IAM's own values for what the call leaves out: it replaces the whole policy.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
const DEFAULT_LENGTH = 6;

export default defineRule({
  id: 'password-policy-weakened',
  title: 'Password policy of the account weak or deleted',
  severity: (event, settings) => lessIfAutomated(isWeak(event) ? 'medium' : 'low', event, settings),
  rows: ['1-20'],
  attack: ['TA0005/T1556', 'TA0006/T1110'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: IAM,
      calls: ['DeleteAccountPasswordPolicy', 'UpdateAccountPasswordPolicy'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => shortcomings(event).length > 0,
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    event.call === 'DeleteAccountPasswordPolicy'
      ? `${event.actor} deleted the password policy of ${event.account}`
      : `${event.actor} set a password policy for ${event.account}: ${shortcomings(event).join(', ')}`,
  resources: (event) => [event.account],
  why: 'IAM users may now have passwords that are guessed in minutes.',
  runbook: [
    'Compare: aws iam get-account-password-policy.',
    'Set it again: aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 --require-symbols --require-numbers --require-uppercase-characters --require-lowercase-characters.',
    'Look for password changes since: UpdateLoginProfile, ChangePassword.',
  ],
  falsePositives: ['A first policy that is still better than none.'],
  blindSpots: ['What the policy was before is not in the event: a weaker one that is still good is not told.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html',
    'https://attack.mitre.org/techniques/T1110/',
  ],
});

function minimumLength({ record }: TrailEvent): number {
  return numeric(pick(record['requestParameters'], 'minimumPasswordLength')) ?? DEFAULT_LENGTH;
}

function isWeak(event: TrailEvent): boolean {
  return event.call === 'DeleteAccountPasswordPolicy' || minimumLength(event) < SHORT;
}

/** What the new policy lacks, in words. */
function shortcomings(event: TrailEvent): readonly string[] {
  if (event.call === 'DeleteAccountPasswordPolicy') return ['deleted'];
  const parameters = event.record['requestParameters'];
  const length = minimumLength(event);
  const kinds = ['requireSymbols', 'requireNumbers', 'requireUppercaseCharacters', 'requireLowercaseCharacters'];
  const missing = kinds.filter((name) => flag(pick(parameters, name)) !== true).length;
  return [
    ...(length < RECOMMENDED ? [`passwords of ${length} characters`] : []),
    ...(missing > 0 && length < RECOMMENDED ? [`${missing} of 4 kinds of characters not asked for`] : []),
  ];
}

export const examples = (): Examples => {
  const set = (minimumPasswordLength: number | undefined, required = true) =>
    call(IAM, 'UpdateAccountPasswordPolicy', {
      requestParameters: {
        ...(minimumPasswordLength === undefined ? {} : { minimumPasswordLength }),
        requireSymbols: required,
        requireNumbers: required,
        requireUppercaseCharacters: required,
        requireLowercaseCharacters: required,
        allowUsersToChangePassword: true,
      },
    });
  const deleted = call(IAM, 'DeleteAccountPasswordPolicy');
  return {
    fires: [
      { why: 'deleted', timeline: [deleted], severity: 'medium' },
      { why: 'seven characters', timeline: [set(7)], severity: 'medium' },
      { why: 'no length named: six', timeline: [set(undefined)], severity: 'medium' },
      { why: 'eight characters', timeline: [set(8)], severity: 'low' },
      { why: 'ten characters, of any kind', timeline: [set(10, false)], severity: 'low' },
      { why: 'by Terraform', timeline: [but(deleted, { userAgent: 'Terraform/1.9' })], severity: 'low' },
    ],
    quiet: [
      { why: 'fourteen characters', timeline: [set(14)] },
      { why: 'long pass phrases of any kind of characters', timeline: [set(16, false)] },
      { why: 'the call was refused', timeline: [denied(deleted)] },
      { why: 'it was read', timeline: [but(deleted, { eventName: 'GetAccountPasswordPolicy', readOnly: true })] },
    ],
  };
};
