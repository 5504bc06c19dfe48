import { at, flag, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { rootCredential } from '../root/root';

/** Calls on the second factor of a user. Those on root's are the matter of root-credential-change. */
export function isUsersMfa(event: TrailEvent): boolean {
  return rootCredential(event) === undefined;
}

/**
 * The caller proved a second factor. Sessions over single sign-on never carry the flag: there the identity provider
 * asked for it or not, and the benefit of the doubt is the person's.
 */
export function provedMfa({ record, actor }: TrailEvent): boolean {
  return (
    flag(at(record, 'userIdentity', 'sessionContext', 'attributes', 'mfaAuthenticated')) === true ||
    actor.includes('/AWSReservedSSO_')
  );
}

/** User whose device the call is about: named, or by the device's own name, which the console takes from the user. */
export function mfaUserOf({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  const serial = text(at(parameters, 'serialNumber'));
  const device = serial?.includes(':mfa/') ? serial.slice(serial.lastIndexOf('/') + 1) : undefined;
  return text(at(parameters, 'userName')) || device || text(at(parameters, 'virtualMFADeviceName')) || undefined;
}

/** True for a device of another user than the caller. A call that names nobody is about the caller. */
export function isOthersMfa(event: TrailEvent): boolean {
  const user = mfaUserOf(event);
  const identity = event.record['userIdentity'];
  return user !== undefined && (at(identity, 'type') !== 'IAMUser' || text(at(identity, 'userName')) !== user);
}
