import type { SampleRecord } from '../rule';
import { call, user } from '../sample';
import { IAM } from './access-keys';

/** A new key for a user, by alice unless the fields say otherwise. */
export function keyCreated(
  userName: string,
  fields: SampleRecord = {},
  accessKeyId = 'AKIAEXAMPLENEWKEY001',
): SampleRecord {
  return call(IAM, 'CreateAccessKey', {
    requestParameters: { userName },
    responseElements: {
      accessKey: { userName, accessKeyId, status: 'Active', createDate: 'Mar 10, 2026, 10:00:00 AM' },
    },
    ...fields,
  });
}

/** userIdentity of a user in the console: a session, no key of its own. */
export function inConsole(name: string): SampleRecord {
  return {
    ...user(name),
    accessKeyId: 'ASIAEXAMPLESESSION01',
    sessionContext: { attributes: { creationDate: '2026-03-10T09:30:00Z', mfaAuthenticated: 'true' } },
  };
}
