import { text } from '../../intake/fields';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, repeat } from '../sample';

/**
 * How STS begins its refusal of a wrong code or device; the code is AccessDenied, as for any other refusal.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_mfa.html
 */
const WRONG_MFA = 'MultiFactorAuthentication failed';

export default defineRule({
  id: 'sts-mfa-failures',
  title: 'Repeated wrong MFA codes at STS',
  severity: 'medium',
  rows: ['0-8'],
  attack: ['TA0006/T1110.001', 'TA0006/T1621'],
  match: [
    {
      feed: 'errors',
      outcome: 'denied',
      service: 'sts.amazonaws.com',
      calls: ['GetSessionToken', 'AssumeRole'],
    },
  ],
  when: ({ record }) => text(record['errorMessage'])?.startsWith(WRONG_MFA) === true,
  window: {
    kind: 'count',
    per: (event) => `${event.account}|${event.actor}`,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'wrong MFA codes',
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} gave a wrong MFA code to ${event.call} from ${event.sourceIp ?? 'an unknown address'}`,
  why: 'Somebody who holds an access key guesses MFA codes, to get a session with the rights that the key alone lacks.',
  runbook: [
    'Ask the user. If it was not them, deactivate the key: aws iam update-access-key --user-name <user> --access-key-id <key> --status Inactive.',
    'List what else the key did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
    'Look for a successful GetSessionToken or AssumeRole of the same user afterwards.',
  ],
  falsePositives: ['A script that sends each code twice, or a device whose clock has drifted.'],
  blindSpots: [
    'Fewer than five wrong codes in ten minutes.',
    'Other refusals of STS: rules on denied calls count them.',
  ],
  references: [
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html',
    'https://attack.mitre.org/techniques/T1110/001/',
  ],
});

export const examples = (): Examples => {
  const wrong = call('sts.amazonaws.com', 'GetSessionToken', {
    errorCode: 'AccessDenied',
    errorMessage: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    readOnly: false,
  });
  return {
    fires: [
      { why: 'five wrong codes in four minutes', timeline: repeat(wrong, 5, MINUTE), severity: 'medium' },
      {
        why: 'the fifth comes one second before the window closes',
        timeline: [...repeat(wrong, 4, MINUTE), later(wrong, 10 * MINUTE - 1_000)],
      },
      {
        why: 'to assume a role',
        timeline: repeat(but(wrong, { eventName: 'AssumeRole', readOnly: true }), 5, MINUTE),
      },
    ],
    quiet: [
      { why: 'four wrong codes', timeline: repeat(wrong, 4, MINUTE) },
      {
        why: 'the fifth comes when the window has closed',
        timeline: [...repeat(wrong, 4, MINUTE), later(wrong, 10 * MINUTE)],
      },
      {
        why: 'refused for another reason',
        timeline: repeat(
          but(wrong, { errorMessage: 'User: alice is not authorized to perform: sts:AssumeRole' }),
          5,
          MINUTE,
        ),
      },
      {
        why: 'right codes',
        timeline: repeat(but(wrong, { errorCode: undefined, errorMessage: undefined }), 5, MINUTE),
      },
    ],
  };
};
