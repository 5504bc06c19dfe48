import { at, text } from './fields';
import type { CloudTrailRecord, TrailEvent } from './trail-event';

/** The service of console sign-ins; it also writes those of IAM Identity Center. */
export const SIGN_IN_SERVICE = 'signin.amazonaws.com';

/** No IAM user can have this name: IAM allows no spaces. */
export const ROOT_USER = 'the root user';

/** AWS writes this for a user name that does not exist: it may be a password typed into the wrong field. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/**
 * How an attempt to sign in ended; undefined for events that are none or do not tell.
 *
 * A failed console sign-in has no errorCode: its end stands in `responseElements`, under the name of the call. Identity
 * Center writes it in `serviceEventDetails`; there a failure is a failed CredentialVerification, and UserAuthentication
 * is written for complete sign-ins only. Identity Center's successful verification is one step of several: no end.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
 */
export function signInEnd({ service, call, outcome, record }: TrailEvent): 'success' | 'failure' | undefined {
  if (service !== SIGN_IN_SERVICE) return undefined;
  switch (call) {
    case 'ConsoleLogin':
    case 'CheckMfa': {
      const end = text(at(record, 'responseElements', call));
      if (end === 'Failure' || outcome !== 'succeeded') return 'failure';
      return end === 'Success' && call === 'ConsoleLogin' ? 'success' : undefined;
    }
    case 'CredentialVerification':
      return text(at(record, 'serviceEventDetails', call)) === 'Failure' ? 'failure' : undefined;
    case 'UserAuthentication':
      return text(at(record, 'serviceEventDetails', call)) === 'Success' ? 'success' : undefined;
    default:
      return undefined;
  }
}

/**
 * Who signs in, the same for failures and successes: `ROOT_USER`, the IAM user's name, or the Identity Center user's ID.
 * Undefined where the name is hidden or the sign-in is federated: then somebody else checked the credentials.
 */
export function signInUser({ record }: TrailEvent): string | undefined {
  const identity = record['userIdentity'];
  switch (at(identity, 'type')) {
    case 'Root':
      return ROOT_USER;
    case 'IAMUser':
      return shown(text(at(identity, 'userName')));
    case 'IdentityCenterUser':
      if (credentialType(record) === 'EXTERNAL_IDP') return undefined;
      return shown(text(at(identity, 'onBehalfOf', 'userId')) ?? text(at(identity, 'userName')));
    default:
      return undefined;
  }
}

/**
 * True for an attempt under a user name that does not exist; the name itself is not in the record.
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/username-sign-in-cloudtrail-events.html
 */
export function signInNameHidden({ record }: TrailEvent): boolean {
  return (
    text(at(record, 'userIdentity', 'userName')) === HIDDEN ||
    text(at(record, 'additionalEventData', 'UserName')) === HIDDEN
  );
}

/** True when the attempt used, or was about, a second factor. */
export function signInWithMfa({ call, record }: TrailEvent): boolean {
  if (call === 'CheckMfa') return true;
  if (call === 'ConsoleLogin') return text(at(record, 'additionalEventData', 'MFAUsed')) === 'Yes';
  const credential = credentialType(record);
  return credential !== undefined && credential !== 'PASSWORD' && credential !== 'EXTERNAL_IDP';
}

/** What Identity Center asked for: PASSWORD, TOTP, WEBAUTHN…, or EXTERNAL_IDP where it asked nothing itself. */
function credentialType(record: CloudTrailRecord): string | undefined {
  return text(at(record, 'additionalEventData', 'CredentialType'));
}

function shown(name: string | undefined): string | undefined {
  return name === undefined || name === '' || name === HIDDEN ? undefined : name;
}
