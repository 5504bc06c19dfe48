import type { SampleRecord } from '../rule';
import { call } from '../sample';
import { S3 } from './public-access';

/** A data event: alice's GetObject on example-data, of a kilobyte. */
export function objectCall(name: string, fields: SampleRecord = {}): SampleRecord {
  return call(S3, name, {
    requestParameters: {
      bucketName: 'example-data',
      Host: 'example-data.s3.us-east-1.amazonaws.com',
      key: 'reports/2026.csv',
    },
    additionalEventData: { SignatureVersion: 'SigV4', bytesTransferredIn: 0, bytesTransferredOut: 1024 },
    readOnly: /^(Get|Head|List)/.test(name),
    managementEvent: false,
    eventCategory: 'Data',
    ...fields,
  });
}
