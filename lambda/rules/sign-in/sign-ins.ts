import { SIGN_IN_SERVICE, signInEnd, signInUser } from '../../intake/sign-in';
import type { TrailEvent } from '../../intake/trail-event';
import { inNetworks } from '../networks';
import type { Match, SampleRecord } from '../rule';
import { ACCOUNT, call } from '../sample';
import type { Settings } from '../settings';

/**
 * Attempts to sign in, of IAM users, root and Identity Center users. Identity Center writes service events, which come
 * with the writes.
 */
export const SIGN_INS: readonly [Match, Match] = [
  { feed: 'sign-in', outcome: 'any', service: SIGN_IN_SERVICE, calls: ['ConsoleLogin', 'CheckMfa'] },
  {
    feed: 'api-writes',
    outcome: 'any',
    service: SIGN_IN_SERVICE,
    calls: ['CredentialVerification', 'UserAuthentication'],
  },
];

export const SIGN_IN_REFERENCES = [
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html',
  'https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html',
] as const;

/** What every rule over sign-ins can't see. */
export const SIGN_IN_BLIND_SPOTS = [
  'Attempts at an external identity provider: only that provider sees them.',
  'Sign-ins are recorded in us-east-1, us-east-2, eu-north-1, ap-southeast-2 or the region of a regional endpoint: without forwarding from there nothing arrives.',
] as const;

export function failed(event: TrailEvent): boolean {
  return signInEnd(event) === 'failure';
}

/** Account and user of an attempt; undefined where the name is hidden. Names are the same in failure and success. */
export function userKey(event: TrailEvent): string | undefined {
  const user = signInUser(event);
  return user === undefined ? undefined : `${event.account}/${user}`;
}

/** From an office, a VPN or another network that many people share. */
export function fromTrustedNetwork(event: TrailEvent, { trustedNetworks }: Settings): boolean {
  return event.sourceIp !== undefined && inNetworks(event.sourceIp, trustedNetworks);
}

/** `Sign-in as alice to 111122223333 from 198.51.100.7 failed` */
export function attempt(event: TrailEvent): string {
  const end = failed(event) ? 'failed' : 'succeeded';
  return `Sign-in as ${signInUser(event) ?? 'a user that does not exist'} to ${event.account} from ${event.sourceIp ?? 'an unknown address'} ${end}`;
}

/** The user's own name, for suppressions by resource. */
export function signInResources(event: TrailEvent): readonly string[] {
  const user = signInUser(event);
  return user === undefined ? [] : [user];
}

/** A record of IAM Identity Center for examples: a checked credential, or with `UserAuthentication` a whole sign-in. */
export function identityCenterRecord(
  name: 'CredentialVerification' | 'UserAuthentication',
  end: 'Success' | 'Failure',
  credentialType: string,
  fields: SampleRecord = {},
): SampleRecord {
  return call(SIGN_IN_SERVICE, name, {
    userIdentity: {
      type: 'IdentityCenterUser',
      accountId: ACCOUNT,
      onBehalfOf: {
        userId: '94482488-3041-7000-0000-000000000001',
        identityStoreArn: `arn:aws:identitystore::${ACCOUNT}:identitystore/d-0000000001`,
      },
    },
    readOnly: false,
    eventType: 'AwsServiceEvent',
    additionalEventData: { AuthWorkflowID: '00000000-0000-4000-8000-00000000a0a0', CredentialType: credentialType },
    serviceEventDetails: { [name]: end },
    ...fields,
  });
}
