import { asArray, document, field, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { type Act, type Acts, act, actRule, isHidden } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import { KMS } from './destruction';

const ACTS: Acts = {
  [KMS]: {
    CreateGrant: (event, settings) =>
      givenTo(
        [pick(requestOf(event), 'granteePrincipal'), pick(requestOf(event), 'retiringPrincipal')],
        event,
        settings,
      ),
    PutKeyPolicy: (event, settings) =>
      givenTo(
        asArray(document(pick(requestOf(event), 'policy'))?.['Statement'])
          .filter((statement) => text(field(statement, 'Effect')) === 'Allow')
          .flatMap((statement) => asArray(pick(field(statement, 'Principal'), 'AWS'))),
        event,
        settings,
      ),
    ImportKeyMaterial: act('medium', 'brought material of its own into key'),
    // Keys that live outside of AWS: whoever holds them can take them away.
    CreateCustomKeyStore: (event) =>
      text(pick(requestOf(event), 'customKeyStoreType'))?.toUpperCase() === 'EXTERNAL_KEY_STORE'
        ? act('high', 'put keys into a store outside of AWS,')
        : undefined,
  },
};

/** Without a list of the own accounts a sister account looks like a stranger: one lower. */
function givenTo(principals: readonly unknown[], event: TrailEvent, settings: Settings): Act | undefined {
  const outside = principals
    .flatMap((principal) => accountIn(text(principal) ?? '') ?? [])
    .find((account) => isOutside(account, event, settings));
  const severity = shifted('high', settings.organizationAccounts.length > 0 ? 0 : -1);
  if (outside !== undefined) return act(severity, `let account ${outside} use key`);
  return isHidden(event) ? act('medium', 'let somebody (the request is too large to see) use key') : undefined;
}

export default defineRule({
  id: 'kms-key-given-away',
  title: 'Encryption key opened to another account',
  ...actRule(ACTS, { names: ['keyId', 'customKeyStoreName'], settings: ['organizationAccounts'] }),
  rows: ['2-8'],
  attack: ['TA0040/T1486', 'TA0003/T1098'],
  why: 'Who may use the key from outside reads what it encrypts, and shared snapshots with it. With keys from outside of AWS, data can be held to ransom.',
  runbook: [
    'Whose account is it? Ask the actor, and look for a contract with a vendor.',
    'If nobody knows: aws kms list-grants --key-id <key>, revoke-grant; put the former policy back with aws kms put-key-policy.',
    'Look for snapshots, images and buckets that were shared with the same account.',
    'List accounts of your own in organizationAccounts.',
  ],
  falsePositives: ['Sharing with a vendor or a sister account that organizationAccounts does not name.'],
  blindSpots: [
    'Everybody at once: resource-policy-public-kms.',
    'Conditions and denials of the policy are not weighed. Users that are named by their unique ids.',
  ],
  references: [
    'https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html',
    'https://docs.aws.amazon.com/kms/latest/developerguide/grants.html',
    'https://attack.mitre.org/techniques/T1486/',
  ],
});

export const examples = (): Examples => {
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const grant = (granteePrincipal: string) =>
    call(KMS, 'CreateGrant', { requestParameters: { keyId, granteePrincipal, operations: ['Decrypt'] } });
  const policy = (AWS: unknown) =>
    call(KMS, 'PutKeyPolicy', {
      requestParameters: {
        keyId,
        policyName: 'default',
        policy: JSON.stringify({
          Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }],
        }),
      },
    });
  const stranger = grant('arn:aws:iam::999988887777:root');
  const settings = { organizationAccounts: ['444455556666'] };
  return {
    fires: [
      { why: 'a grant for another account', timeline: [stranger], settings, severity: 'high' },
      { why: 'own accounts are not listed', timeline: [stranger], severity: 'medium' },
      {
        why: 'a policy that names another account',
        timeline: [policy(['arn:aws:iam::111122223333:root', '999988887777'])],
        settings,
        severity: 'high',
      },
      {
        why: 'a store outside of AWS',
        timeline: [
          but(stranger, {
            eventName: 'CreateCustomKeyStore',
            requestParameters: { customKeyStoreName: 'x', customKeyStoreType: 'EXTERNAL_KEY_STORE' },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'material of its own',
        timeline: [but(stranger, { eventName: 'ImportKeyMaterial', requestParameters: { keyId } })],
        severity: 'medium',
      },
      {
        why: 'too large to see',
        timeline: [but(policy('x'), { requestParameters: { omitted: true } })],
        severity: 'medium',
      },
      { why: 'twice: one alert', timeline: [stranger, later(stranger, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stranger)], settings },
      { why: 'for a role of the account', timeline: [grant('arn:aws:iam::111122223333:role/Web')] },
      { why: 'for a sister account', timeline: [grant('arn:aws:iam::444455556666:root')], settings },
      { why: 'for a service', timeline: [but(grant('ebs.us-east-1.amazonaws.com'), byService('ebs.amazonaws.com'))] },
      { why: 'a policy for the account itself', timeline: [policy('arn:aws:iam::111122223333:root')] },
      {
        why: 'a store in CloudHSM',
        timeline: [
          but(stranger, {
            eventName: 'CreateCustomKeyStore',
            requestParameters: { customKeyStoreName: 'x', customKeyStoreType: 'AWS_CLOUDHSM' },
          }),
        ],
      },
    ],
  };
};
