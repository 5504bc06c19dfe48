import { FINDING_CATEGORY } from '../../intake/finding';
import type { SampleRecord } from '../rule';
import { call } from '../sample';

/** A finding as intake makes it of AWS's event, for examples. */
export function finding(service: string, name: string, fields: SampleRecord = {}): SampleRecord {
  return call(service, name, {
    eventType: FINDING_CATEGORY,
    eventCategory: FINDING_CATEGORY,
    managementEvent: false,
    readOnly: false,
    userIdentity: { type: 'AWSService', invokedBy: service },
    ...fields,
  });
}
