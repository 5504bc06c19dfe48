import { isoTime } from '../intake/iso-time';
import type { SampleRecord } from './rule';

export { isoTime };

/**
 * Records for examples: the common case in one call, every field open to change. Examples show one thing each; make a
 * quiet one from a firing one by a single change (`but`), or it proves nothing.
 */

export const ACCOUNT = '111122223333';
/** First moment of every timeline unless a record says otherwise: a Tuesday, 10:00 UTC. */
export const START_MS = /* @__PURE__ */ Date.parse('2026-03-10T10:00:00Z');

let serial = 0;

/** A successful call of an IAM user in us-east-1 from 198.51.100.7, ten o'clock; `fields` replace the record's own. */
export function call(service: string, name: string, fields: SampleRecord = {}): SampleRecord {
  return {
    eventVersion: '1.11',
    userIdentity: user('alice'),
    eventTime: isoTime(START_MS),
    eventSource: service,
    eventName: name,
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.2',
    requestParameters: null,
    responseElements: null,
    requestID: freshId(),
    eventID: freshId(),
    readOnly: /^(?:Get|List|Describe|Head|Lookup|BatchGet|Search)/.test(name),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    ...fields,
  };
}

/** The same record, with other fields and an id of its own. */
export function but(record: SampleRecord, fields: SampleRecord): SampleRecord {
  return { ...record, eventID: freshId(), ...fields };
}

/** The same call refused for want of permission, as IAM's services write it: without request parameters. */
export function denied(record: SampleRecord): SampleRecord {
  return but(record, {
    errorCode: 'AccessDenied',
    errorMessage: 'User is not authorized to perform this action because no identity-based policy allows it',
    requestParameters: null,
    responseElements: null,
  });
}

/** The record `afterMs` later than it was. */
export function later(record: SampleRecord, afterMs: number): SampleRecord {
  return but(record, { eventTime: isoTime(Date.parse(String(record['eventTime'])) + afterMs) });
}

/** `times` copies, each `everyMs` after the one before; `vary` changes the n-th (from 0). */
export function repeat(
  record: SampleRecord,
  times: number,
  everyMs: number,
  vary: (index: number) => SampleRecord = () => ({}),
): SampleRecord[] {
  return Array.from({ length: times }, (_, index) => but(later(record, index * everyMs), vary(index)));
}

/** userIdentity of an IAM user with a long-lived key. */
export function user(name: string, account = ACCOUNT): SampleRecord {
  return {
    type: 'IAMUser',
    principalId: `AIDA${name.toUpperCase().padEnd(17, 'X').slice(0, 17)}`,
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    accessKeyId: `AKIA${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(16, '7')
      .slice(0, 16)}`,
    userName: name,
  };
}

/** userIdentity of a role's session. */
export function role(name: string, session: string, account = ACCOUNT, attributes: SampleRecord = {}): SampleRecord {
  return {
    type: 'AssumedRole',
    principalId: `AROA${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(17, 'X')
      .slice(0, 17)}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name.split('/').at(-1)}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .padEnd(16, '3')
      .slice(0, 16)}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROA${name
          .toUpperCase()
          .replace(/[^A-Z0-9]/g, '')
          .padEnd(17, 'X')
          .slice(0, 17)}`,
        arn: `arn:aws:iam::${account}:role/${name}`,
        accountId: account,
        userName: name.split('/').at(-1),
      },
      attributes: { creationDate: '2026-03-10T09:30:00Z', mfaAuthenticated: 'false', ...attributes },
    },
  };
}

/** userIdentity of the account's root user, in the console (a session key) unless `accessKeyId` says otherwise. */
export function root(fields: SampleRecord = {}, account = ACCOUNT): SampleRecord {
  return {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    accessKeyId: 'ASIAROOTCONSOLE00001',
    sessionContext: {
      sessionIssuer: {},
      attributes: { creationDate: '2026-03-10T09:30:00Z', mfaAuthenticated: 'true' },
    },
    ...fields,
  };
}

/** userIdentity and address of a call that an AWS service made: `service('autoscaling.amazonaws.com')`. */
export function byService(service: string): SampleRecord {
  return { userIdentity: { type: 'AWSService', invokedBy: service }, sourceIPAddress: service, userAgent: service };
}

/** A console sign-in of an IAM user. A failed one has an errorMessage, and no errorCode and no arn. */
export function consoleLogin(userName: string, result: 'Success' | 'Failure', fields: SampleRecord = {}): SampleRecord {
  const failed = result === 'Failure';
  const { arn, ...identity } = user(userName);
  return call('signin.amazonaws.com', 'ConsoleLogin', {
    userIdentity: { ...identity, ...(failed ? {} : { arn }), accessKeyId: '' },
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0',
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    ...(failed ? { errorMessage: 'Failed authentication' } : {}),
    responseElements: { ConsoleLogin: result },
    additionalEventData: {
      LoginTo: 'https://console.aws.amazon.com/console/home',
      MobileVersion: 'No',
      MFAUsed: 'Yes',
    },
    ...fields,
  });
}

/** Unique within the process, in the form of a UUID; the same in every run that makes the same calls. */
function freshId(): string {
  serial += 1;
  return `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}
