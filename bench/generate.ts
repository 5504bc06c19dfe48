import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Call, READ_CALLS, WRITE_CALLS } from './calls';
import { Random, zipf } from './random';

/**
 * A corpus in the shape of an organisation's day: 3 accounts, 3 regions, 500 principals and 3,000 addresses by Zipf's law,
 * reads 87 %, denials 1 %, 2 % delivered twice, delivery files of 5 minutes in disorder, and an attack every few minutes.
 * Seeded: the same number of events is the same corpus everywhere.
 */

const ACCOUNTS = ['111122223333', '444455556666', '777788889999'];
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];
const DAY_MS = 24 * 3_600_000;
const START_MS = Date.parse('2026-03-10T00:00:00Z');
const FILE_MS = 5 * 60_000;

type Fields = Record<string, unknown>;

/** Writes the corpus of so many events below `folder` unless it is there already; returns its folder. */
export function generated(events: number, folder: string): string {
  const target = join(folder, String(events));
  const done = join(target, 'complete');
  if (existsSync(done)) return target;
  rmSync(target, { recursive: true, force: true });
  const random = new Random(events);
  const principalOf = zipf(500);
  const addressOf = zipf(3_000);
  const slots = DAY_MS / FILE_MS;
  const perSlot = events / slots;
  let bytes = 0;
  for (let slot = 0; slot < slots; slot++) {
    const files = ACCOUNTS.map(() => REGIONS.map((): Fields[] => []));
    const count = Math.floor((slot + 1) * perSlot) - Math.floor(slot * perSlot);
    const add = (call: Call, principal: number, address: number, timeMs: number, fields: Fields = {}) => {
      const account = principal % ACCOUNTS.length;
      const region = random.below(REGIONS.length);
      const record = recordOf(random, call, principal, address, account, region, timeMs, fields);
      const file = files[account]?.[region] as Fields[];
      file.push(record);
      if (random.next() < 0.02) file.push(record);
      return 1;
    };
    let made = 0;
    for (const [call, times, fields] of attack(random, slot, count)) {
      const principal = 400 + (slot % 100);
      const fromMs = START_MS + slot * FILE_MS + random.below(60_000);
      for (let index = 0; index < times; index++) {
        made += add(
          call,
          principal,
          2_999 - (slot % 50),
          fromMs + Math.floor((index * 100_000) / times),
          fields(random),
        );
      }
    }
    while (made < count) {
      const call = random.next() < 0.87 ? random.pick(READ_CALLS) : random.pick(WRITE_CALLS);
      const timeMs = START_MS + slot * FILE_MS + random.below(FILE_MS);
      const denied = random.next() < 0.01 ? deniedFields(call) : {};
      made += add(call, principalOf(random), addressOf(random), timeMs, denied);
    }
    for (const [account, regions] of files.entries()) {
      for (const [region, records] of regions.entries()) {
        bytes += write(target, ACCOUNTS[account] as string, REGIONS[region] as string, slot, records, random);
      }
    }
  }
  writeFileSync(done, `${bytes} bytes of JSON\n`);
  return target;
}

/** An attack of a few dozen events in every third file: what windows are for. */
function attack(random: Random, slot: number, room: number): [Call, number, (random: Random) => Fields][] {
  if (slot % 3 !== 0 || room < 100) return [];
  const call = (service: string, name: string, readOnly: boolean): Call => ({
    service: `${service}.amazonaws.com`,
    name,
    readOnly,
  });
  const denied = () => deniedFields(call('iam', 'ListUsers', true));
  const variants: [Call, number, (random: Random) => Fields][] = [
    [call('iam', 'ListAccessKeys', true), 15, denied],
    [
      call('ec2', 'DescribeInstanceAttribute', true),
      20,
      () => deniedFields(call('ec2', 'DescribeInstanceAttribute', true)),
    ],
    [
      call('secretsmanager', 'GetSecretValue', true),
      25,
      (one) => ({ requestParameters: { secretId: `prod/${one.hex(8)}` } }),
    ],
    [
      call('signin', 'ConsoleLogin', false),
      8,
      () => ({
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
        eventType: 'AwsConsoleSignIn',
      }),
    ],
    [
      call('ec2', 'RunInstances', false),
      12,
      (one) => ({
        requestParameters: { instanceType: 'c6i.4xlarge' },
        responseElements: {
          instancesSet: {
            items: [{ instanceId: `i-${one.hex(17)}`, imageId: 'ami-0123456789abcdef0', instanceType: 'c6i.4xlarge' }],
          },
        },
      }),
    ],
    [
      call('ec2', 'AuthorizeSecurityGroupIngress', false),
      2,
      (one) => ({
        requestParameters: {
          groupId: `sg-${one.hex(17)}`,
          ipPermissions: {
            items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
          },
        },
      }),
    ],
    [call('cloudtrail', 'StopLogging', false), 1, () => ({ requestParameters: { name: 'org-trail' } })],
  ];
  return [random.pick(variants)];
}

function deniedFields({ service }: Call): Fields {
  return {
    errorCode: service.startsWith('ec2') ? 'Client.UnauthorizedOperation' : 'AccessDenied',
    errorMessage: 'You are not authorized to perform this operation because no identity-based policy allows the action',
    requestParameters: null,
    responseElements: null,
  };
}

function recordOf(
  random: Random,
  call: Call,
  principal: number,
  address: number,
  account: number,
  region: number,
  timeMs: number,
  fields: Fields,
): Fields {
  const accountId = ACCOUNTS[account] as string;
  return {
    eventVersion: '1.11',
    userIdentity: principal % 3 === 0 ? user(principal, accountId) : session(principal, accountId),
    eventTime: new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    eventSource: call.service,
    eventName: call.name,
    awsRegion: REGIONS[region],
    sourceIPAddress: `198.${18 + (address >> 10)}.${(address >> 2) & 255}.${(address * 61) & 255}`,
    userAgent: AGENTS[principal % AGENTS.length],
    requestParameters:
      call.readOnly && random.next() < 0.4
        ? null
        : {
            resourceName: `resource-${random.hex(10)}`,
            maxResults: 100,
            filterSet: { items: [{ name: 'tag:team', valueSet: { items: [{ value: `team-${random.hex(4)}` }] } }] },
          },
    responseElements: call.readOnly
      ? null
      : {
          requestId: random.uuid(),
          resource: {
            arn: `arn:aws:service:${REGIONS[region]}:${accountId}:resource/${random.hex(16)}`,
            status: 'ACTIVE',
          },
        },
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: call.service,
    },
    ...fields,
  };
}

const AGENTS = [
  'aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.2',
  'Boto3/1.38.2 md/Botocore#1.38.2 ua/2.1 os/linux#6.1.0 md/arch#aarch64 lang/python#3.12.3 Botocore/1.38.2',
  'aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#arm64 api/ec2#1.211.3',
  'APN/1.0 HashiCorp/1.0 Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-aws/5.94.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0',
];

function user(principal: number, account: string): Fields {
  const name = `user-${principal}`;
  return {
    type: 'IAMUser',
    principalId: `AIDA${String(principal).padStart(17, 'B')}`,
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    accessKeyId: `AKIA${String(principal).padStart(16, 'C')}`,
    userName: name,
  };
}

function session(principal: number, account: string): Fields {
  const name = `service-role-${principal}`;
  return {
    type: 'AssumedRole',
    principalId: `AROA${String(principal).padStart(17, 'D')}:session-${principal}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/session-${principal}`,
    accountId: account,
    accessKeyId: `ASIA${String(principal).padStart(16, 'E')}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROA${String(principal).padStart(17, 'D')}`,
        arn: `arn:aws:iam::${account}:role/${name}`,
        accountId: account,
        userName: name,
      },
      attributes: { creationDate: '2026-03-10T00:00:00Z', mfaAuthenticated: 'false' },
    },
  };
}

function write(
  target: string,
  account: string,
  region: string,
  slot: number,
  records: readonly Fields[],
  random: Random,
): number {
  if (records.length === 0) return 0;
  // Delivery is not in the order of events: a few hops each.
  const shuffled = records
    .map((record, index) => ({ record, at: index + random.next() * 20 }))
    .sort((a, b) => a.at - b.at);
  const delivered = new Date(START_MS + (slot + 1) * FILE_MS + 200_000);
  const stamp = delivered.toISOString().replace(/[-:]|\d{2}\.\d{3}/g, '');
  const [date] = delivered.toISOString().split('T') as [string];
  const folder = join(target, 'AWSLogs', account, 'CloudTrail', region, ...date.split('-'));
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ Records: shuffled.map(({ record }) => record) });
  writeFileSync(join(folder, `${account}_CloudTrail_${region}_${stamp}_${random.hex(16)}.json.gz`), gzipSync(text));
  return text.length;
}
