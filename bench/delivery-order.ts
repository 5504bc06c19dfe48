import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random } from './random';

export type SampleRecord = { readonly [field: string]: unknown };

/** The account that the bench's envelopes come from. */
const ACCOUNT = '111122223333';
export const ATTACKER = { name: 'mallory', address: '198.51.100.66' };

/** All records below a folder in the order in which a day delivers them: by file, these by time, mixed within 5 minutes. */
export function inDeliveryOrder(folder: string): SampleRecord[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.gz'))
    .map((file) => ({ file, time: /\d{8}T\d{4}Z/.exec(file)?.[0] ?? '' }))
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  const random = new Random(1);
  const slots = new Map<string, SampleRecord[]>();
  for (const { file, time } of files) {
    const { Records: records } = JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString()) as {
      Records: SampleRecord[];
    };
    slots.set(time, [...(slots.get(time) ?? []), ...records]);
  }
  return [...slots.values()].flatMap((records) => {
    const mixed = records.map((record) => ({ record, order: random.next() }));
    return mixed.sort((a, b) => a.order - b.order).map(({ record }) => ({ ...record, recipientAccountId: ACCOUNT }));
  });
}

/**
 * The record as its caller would make it from where it lives. The corpus draws an address for every call, whoever makes
 * it, so that each key is in use in a hundred networks an hour: nobody's is, not even a thief's, who has a handful. A
 * person or a program has an office, a home, a NAT gateway.
 */
export function atHome(record: SampleRecord): SampleRecord {
  const { arn = '' } = record['userIdentity'] as { readonly arn?: string };
  const random = new Random([...arn].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7));
  const networks = Array.from(
    { length: 1 + random.below(3) },
    () => `198.18.${random.below(256)}.${random.below(256)}`,
  );
  const serial = Number.parseInt(String(record['eventID']).slice(0, 8), 16);
  return { ...record, sourceIPAddress: networks[serial % networks.length] };
}

/** Every second record becomes a refused call of one principal. */
export function attacked(record: SampleRecord, index: number): SampleRecord {
  if (index % 2 === 0) return record;
  return {
    ...record,
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${ACCOUNT}:user/${ATTACKER.name}`,
      accountId: ACCOUNT,
      userName: ATTACKER.name,
    },
    recipientAccountId: ACCOUNT,
    eventSource: 'iam.amazonaws.com',
    sourceIPAddress: ATTACKER.address,
    eventName: 'ListAccessKeys',
    readOnly: true,
    errorCode: 'AccessDenied',
    errorMessage: 'User is not authorized to perform this action',
    requestParameters: null,
    responseElements: null,
  };
}
