import type { SampleRecord } from '../rule';
import { call } from '../sample';
import { STS } from './roles';

export const SESSION_KEY = 'ASIAEXAMPLESESSION01';

/** A successful AssumeRole of alice's, with the session's key in the response. */
export function assumed(roleName: string, fields: SampleRecord = {}): SampleRecord {
  const roleArn = `arn:aws:iam::111122223333:role/${roleName}`;
  return call(STS, 'AssumeRole', {
    readOnly: true,
    requestParameters: { roleArn, roleSessionName: 'work', durationSeconds: 3600 },
    responseElements: {
      credentials: { accessKeyId: SESSION_KEY, sessionToken: 'example', expiration: 'Mar 10, 2026, 11:00:00 AM' },
      assumedRoleUser: {
        assumedRoleId: 'AROAEXAMPLEEXAMPLE001:work',
        arn: `arn:aws:sts::111122223333:assumed-role/${roleName}/work`,
      },
    },
    ...fields,
  });
}

/** The same refused: only the message names the role. */
export function refused(roleName: string, fields: SampleRecord = {}): SampleRecord {
  return assumed(roleName, {
    errorCode: 'AccessDenied',
    errorMessage: `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/${roleName}`,
    requestParameters: null,
    responseElements: null,
    ...fields,
  });
}
