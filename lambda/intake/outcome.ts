import type { Outcome } from './trail-event';

/**
 * Error codes that say "not allowed". Services spell it differently; seen in real records: `AccessDenied`,
 * `Client.UnauthorizedOperation`; the others are named by AWS's API references.
 */
const DENIED =
  /(^|\.)(AccessDenied|Unauthorized(Operation|Access|Exception)?($|Exception)|Authorization(Error|Failure)|AuthFailure|NotAuthorized|Forbidden|OperationNotPermitted|KMSAccessDenied|VpceAccessDenied)/i;

const deniedByCode = new Map<string, boolean>();

/**
 * Succeeded means neither errorCode nor errorMessage: a failed console sign-in has only the message.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 */
export function outcomeOf(errorCode: unknown, errorMessage: unknown): Outcome {
  if (errorCode === undefined || errorCode === null || errorCode === '') {
    return errorMessage === undefined || errorMessage === null || errorMessage === '' ? 'succeeded' : 'failed';
  }
  return typeof errorCode === 'string' && isDenied(errorCode) ? 'denied' : 'failed';
}

/** True for an error code that means the caller lacked permission. */
function isDenied(errorCode: string): boolean {
  let denied = deniedByCode.get(errorCode);
  if (denied === undefined) {
    denied = DENIED.test(errorCode);
    if (deniedByCode.size > 5_000) deniedByCode.clear(); // codes come from records: bounded
    deniedByCode.set(errorCode, denied);
  }
  return denied;
}
