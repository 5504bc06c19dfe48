import { signInEnd, signInUser } from '../../intake/sign-in';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat, role, root } from '../sample';
import type { Settings } from '../settings';
import {
  attempt,
  failed,
  fromTrustedNetwork,
  identityCenterRecord,
  SIGN_IN_BLIND_SPOTS,
  SIGN_IN_REFERENCES,
  SIGN_INS,
  signInResources,
  userKey,
} from './sign-ins';

export default defineRule({
  id: 'sign-in-after-failures',
  title: 'Sign-in succeeded after repeated failures',
  severity: 'critical',
  rows: ['0-8'],
  attack: ['TA0001/T1078.004', 'TA0006/T1110'],
  match: SIGN_INS,
  settings: ['trustedNetworks'],
  window: {
    kind: 'sequence',
    withinMs: 30 * MINUTE,
    per: userAndAddress,
    steps: [
      { name: 'failed', is: failed, count: 3 },
      { name: 'succeeded', is: succeeded },
    ],
  },
  quietMs: HOUR,
  headline: (event) => (succeeded(event) ? `${attempt(event)} after at least 3 failures` : attempt(event)),
  resources: signInResources,
  why: 'This is how guessing a password looks when it works.',
  runbook: [
    'Call the user. If it was not them, or they do not answer, take the password away: aws iam delete-login-profile --user-name <user>.',
    'Revoke what the session got: attach a policy that denies all to the user, and deactivate its access keys.',
    'List what the user did since: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<user>.',
    'Look for keys, users and roles made since, and for a new MFA device of the user.',
  ],
  falsePositives: [
    'Somebody who remembered the password at the fourth try.',
    'Two people behind one address, one failing and one signing in: put shared addresses into trustedNetworks.',
  ],
  blindSpots: [
    'A success more than 30 minutes after the failures, or after fewer than three.',
    'Failures from other addresses under other names than that of the success.',
    ...SIGN_IN_BLIND_SPOTS,
  ],
  references: ['https://attack.mitre.org/techniques/T1110/', ...SIGN_IN_REFERENCES],
});

/** Federated sign-ins, whose user is undefined, never count: their password is checked elsewhere. */
function succeeded(event: TrailEvent): boolean {
  return signInEnd(event) === 'success' && signInUser(event) !== undefined;
}

/** Two independent windows: the same user from anywhere, and the same address under any name. */
function userAndAddress(event: TrailEvent, settings: Settings): string[] {
  const user = userKey(event);
  const address = fromTrustedNetwork(event, settings) ? undefined : event.sourceIp;
  return [...(user === undefined ? [] : [`user ${user}`]), ...(address === undefined ? [] : [`address ${address}`])];
}

export const examples = (): Examples => {
  const office = { trustedNetworks: ['198.51.100.0/24'] };
  const failure = consoleLogin('alice', 'Failure');
  const success = later(consoleLogin('alice', 'Success'), 10 * MINUTE);
  const three = repeat(failure, 3, MINUTE);
  const elsewhere = { sourceIPAddress: '203.0.113.9' };
  const others = repeat(failure, 3, MINUTE, (index) => ({
    userIdentity: { type: 'IAMUser', accountId: '111122223333', accessKeyId: '', userName: `user${index}` },
  }));
  const rootIdentity = { userIdentity: root({ accessKeyId: '' }) };
  const withoutType = { AuthWorkflowID: '00000000-0000-4000-8000-00000000a0a0' };
  return {
    fires: [
      {
        why: 'three failures, then the same user signs in from another address',
        timeline: [...three, but(success, elsewhere)],
        severity: 'critical',
      },
      {
        why: 'the success comes one second before the window closes',
        timeline: [...three, but(later(consoleLogin('alice', 'Success'), 30 * MINUTE - 1_000), elsewhere)],
      },
      { why: 'three users fail, then a fourth signs in from the same address', timeline: [...others, success] },
      { why: 'in the office only the user counts', timeline: [...three, success], settings: office },
      {
        why: 'names that do not exist, then one that does',
        timeline: [
          ...repeat(failure, 3, MINUTE, () => ({
            userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
          })),
          success,
        ],
      },
      {
        why: 'root',
        timeline: [
          ...three.map((record) => but(record, rootIdentity)),
          but(success, { ...rootIdentity, ...elsewhere }),
        ],
      },
      {
        why: 'Identity Center, wrong passwords',
        timeline: [
          ...repeat(identityCenterRecord('CredentialVerification', 'Failure', 'PASSWORD'), 3, MINUTE),
          later(
            identityCenterRecord('UserAuthentication', 'Success', 'PASSWORD', {
              ...elsewhere,
              additionalEventData: withoutType,
            }),
            5 * MINUTE,
          ),
        ],
      },
      {
        why: 'the success is recorded a few seconds before the last failure: clocks differ',
        timeline: [...three, but(later(consoleLogin('alice', 'Success'), 2 * MINUTE - 4_000), elsewhere)],
      },
    ],
    quiet: [
      { why: 'two failures', timeline: [...repeat(failure, 2, MINUTE), but(success, elsewhere)] },
      {
        why: 'the success comes first',
        timeline: [consoleLogin('alice', 'Success', elsewhere), ...three.map((record) => later(record, MINUTE))],
      },
      {
        why: 'the success comes 30 minutes after the first failure',
        timeline: [...three, but(later(consoleLogin('alice', 'Success'), 30 * MINUTE), elsewhere)],
      },
      {
        why: 'another user signs in from another address',
        timeline: [...three, later(consoleLogin('bob', 'Success', elsewhere), 10 * MINUTE)],
      },
      { why: 'colleagues in one office', timeline: [...others, success], settings: office },
      {
        why: 'a federated sign-in from the same address',
        timeline: [...others, but(success, { userIdentity: role('AWSReservedSSO_ReadOnly_0', 'alice') })],
      },
      {
        why: 'an external identity provider vouches',
        timeline: [
          ...others,
          later(identityCenterRecord('UserAuthentication', 'Success', 'EXTERNAL_IDP'), 10 * MINUTE),
        ],
      },
    ],
  };
};
