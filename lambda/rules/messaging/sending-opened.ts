import { flag, pick } from '../../intake/fields';
import { type Acts, act, actRule, where } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const SES = 'ses.amazonaws.com';
const SNS = 'sns.amazonaws.com';

const ACTS: Acts = {
  [SES]: {
    UpdateAccountSendingEnabled: where(
      (request) => flag(pick(request, 'enabled')) !== false,
      act('high', 'switched on the sending of mail'),
    ),
    PutAccountSendingAttributes: where(
      (request) => flag(pick(request, 'sendingEnabled')) !== false,
      act('high', 'switched on the sending of mail'),
    ),
    PutAccountDetails: act('high', 'asked AWS for the right to send mail to everybody, as'),
    VerifyEmailIdentity: act('medium', 'made ready to send mail as'),
    VerifyDomainIdentity: act('medium', 'made ready to send mail as'),
    CreateEmailIdentity: act('medium', 'made ready to send mail as'),
    PutEmailIdentityDkimAttributes: act('low', 'changed how mail is signed of'),
    DeleteIdentity: act('medium', 'took the right to send mail from'),
    DeleteEmailIdentity: act('medium', 'took the right to send mail from'),
  },
  [SNS]: {
    SetSMSAttributes: act('medium', 'changed limits of text messages:'),
    CreateSMSSandboxPhoneNumber: act('medium', 'made ready to send text messages to'),
    VerifySMSSandboxPhoneNumber: act('medium', 'made ready to send text messages to'),
  },
};

export default defineRule({
  id: 'sending-opened',
  title: 'Mail or text messages made ready to be sent',
  ...actRule(ACTS, {
    names: ['emailAddress', 'emailIdentity', 'identity', 'domain', 'websiteURL', 'phoneNumber'],
    attempts: true,
  }),
  rows: ['2-23'],
  attack: ['TA0040/T1496'],
  why: 'Stolen accounts send mail in the name of the company, to deceive its customers. The bill and the bad name are yours.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions now.',
    'Stop the sending, in the region of the event: aws ses update-account-sending-enabled --no-enabled.',
    'See what was sent, and as whom: aws sesv2 list-email-identities; aws ses get-send-statistics. Delete identities that nobody knows.',
    'Look at the other regions: what one lets send is one region only.',
  ],
  falsePositives: [
    'A program that is being taken into use, and its new sender. Infrastructure as code is told one lower.',
  ],
  blindSpots: [
    'Mail that is sent as an identity that is ready already: SES records no sending unless data events are on.',
  ],
  references: [
    'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
    'https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const verified = call(SES, 'VerifyEmailIdentity', { requestParameters: { emailAddress: 'offers@example.com' } });
  const sending = (enabled: boolean) =>
    but(verified, { eventName: 'UpdateAccountSendingEnabled', requestParameters: { enabled } });
  return {
    fires: [
      { why: 'a sender', timeline: [verified], severity: 'medium' },
      { why: 'sending switched on', timeline: [sending(true)], severity: 'high' },
      {
        why: 'the sandbox left',
        timeline: [
          but(verified, {
            eventName: 'PutAccountDetails',
            requestParameters: { productionAccessEnabled: true, websiteURL: 'https://example.com' },
          }),
        ],
        severity: 'high',
      },
      { why: 'refused', timeline: [denied(verified)], severity: 'low' },
      {
        why: 'text messages',
        timeline: [
          but(verified, {
            eventSource: SNS,
            eventName: 'SetSMSAttributes',
            requestParameters: { attributes: { MonthlySpendLimit: '500' } },
          }),
        ],
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [but(verified, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'two senders: one alert', timeline: [verified, later(verified, 60_000)] },
    ],
    quiet: [
      { why: 'sending switched off', timeline: [sending(false)] },
      { why: 'it failed otherwise', timeline: [but(verified, { errorCode: 'LimitExceededException' })] },
      { why: 'a template', timeline: [but(verified, { eventName: 'CreateTemplate' })] },
    ],
  };
};
