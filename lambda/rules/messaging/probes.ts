import type { Match } from '../rule';

/** Questions whether the account may send mail, and how much. */
export const SENDING_PROBES: readonly [Match, ...Match[]] = [
  {
    feed: 'api-reads',
    outcome: 'any',
    service: 'ses.amazonaws.com',
    calls: [
      'GetAccountSendingEnabled',
      'GetSendQuota',
      'GetSendStatistics',
      'ListIdentities',
      'ListEmailIdentities',
      'GetIdentityVerificationAttributes',
      'GetAccount',
    ],
  },
  {
    feed: 'api-reads',
    outcome: 'any',
    service: 'sns.amazonaws.com',
    calls: ['GetSMSAttributes', 'GetSMSSandboxAccountStatus', 'ListOriginationNumbers'],
  },
];

export const PROBES_WHY =
  'Whoever has a stolen key and wants to send mail or text messages by it looks first whether the account may, and how many.';

export const PROBES_RUNBOOK = [
  'Ask the owner of the user or role. Is the address one of yours?',
  'If nobody vouches for it: aws iam update-access-key --status Inactive --access-key-id <key>, or revoke the sessions of the role.',
  'See whether sending was made ready or mail was sent: rule sending-opened; aws ses get-send-statistics.',
] as const;

export const PROBES_REFERENCES = [
  'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
  'https://attack.mitre.org/techniques/T1580/',
] as const;
