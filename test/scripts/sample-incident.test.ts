import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LOGGING_STOPPED_AT } from '../../scripts/sample-incident/attack-abuse';
import { AUDIT, BACKDOOR_USER, PRODUCTION, STRANGER, UNUSED_REGION } from '../../scripts/sample-incident/cast';
import { buildIncident } from '../../scripts/sample-incident/incident';
import { readme } from '../../scripts/sample-incident/readme';
import type { CloudTrailRecord, Json } from '../../scripts/sample-incident/record';
import { AMI } from '../../scripts/sample-incident/resources';
import { FIRST_MS, LAST_MS } from '../../scripts/sample-incident/rounds';

const FOLDER = join(__dirname, '..', '..', 'examples', 'incident');
const CORPUS = join(__dirname, '..', '..', '..', 'shared', 'corpus');
const MINUTE_MS = 60_000;

const incident = buildIncident();
const delivered = incident.files.flatMap(({ path, records }) => records.map((record) => ({ path, record })));
const unique = new Map(delivered.map(({ record }) => [record.eventID, record]));

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The chapter's records, each once, in the order of their times. */
function chapter(id: string): CloudTrailRecord[] {
  const found = incident.chapters.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no chapter ${id}`);
  return found.eventIds.flatMap((eventId) => unique.get(eventId) ?? []);
}

const timeMs = ({ eventTime }: CloudTrailRecord): number => Date.parse(eventTime);
const spanMs = (records: readonly CloudTrailRecord[]): number =>
  Math.max(...records.map(timeMs)) - Math.min(...records.map(timeMs));
const named = (records: readonly CloudTrailRecord[], ...names: string[]): CloudTrailRecord[] =>
  records.filter(({ eventName }) => names.includes(eventName));
const at = (value: Json | undefined, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, key) => (inner && typeof inner === 'object' && !Array.isArray(inner) ? inner[key] : undefined),
    value,
  );
const distinct = (values: readonly unknown[]): number => new Set(values).size;

describe('the committed sample incident', () => {
  const committed = filesBelow(FOLDER, /\.json\.gz$/);

  it('is what the story makes of it: run `npx tsx scripts/sample-incident.ts` after a change of either', () => {
    expect(committed.map((file) => relative(FOLDER, file))).toEqual(incident.files.map(({ path }) => path).sort());
    const content = new Map(incident.files.map(({ path, records }) => [path, records]));
    for (const file of committed) {
      expect(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'))).toEqual({
        Records: content.get(relative(FOLDER, file)),
      });
    }
  });

  it('has a README with the times of the story', () => {
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toBe(readme(incident));
  });

  it('stays small enough to be shipped', () => {
    const sizeBytes = committed.reduce((sum, file) => sum + readFileSync(file).length, 0);
    expect(sizeBytes).toBeLessThan(350 * 1024);
    expect(delivered.length).toBeGreaterThan(1500);
    expect(delivered.length).toBeLessThan(2500);
  });
});

describe('every record', () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it('has well-formed identifiers, times and accounts', () => {
    const wrong = [...unique.values()].filter(
      (record) =>
        !UUID.test(record.eventID) ||
        !(record.requestID === undefined || UUID.test(record.requestID) || /^[0-9A-Z]{16}$/.test(record.requestID)) ||
        !(record.sharedEventID === undefined || UUID.test(record.sharedEventID)) ||
        !/^2026-11-1[78]T\d\d:\d\d:\d\dZ$/.test(record.eventTime) ||
        timeMs(record) < FIRST_MS ||
        timeMs(record) > LAST_MS ||
        ![PRODUCTION, AUDIT].includes(record.recipientAccountId) ||
        !record.eventSource.endsWith('.amazonaws.com') ||
        record.eventCategory !== 'Management',
    );
    expect(wrong).toEqual([]);
  });

  it('lies in a file of its account and region, delivered within half an hour after the call', () => {
    for (const { path, record } of delivered) {
      const { recipientAccountId: account, awsRegion: region } = record;
      const name = new RegExp(
        `^AWSLogs/${account}/CloudTrail/${region}/2026/11/(\\d\\d)/${account}_CloudTrail_${region}_202611\\1T(\\d\\d)(\\d[05])Z_\\w{16}\\.json\\.gz$`,
      );
      expect(path).toMatch(name);
      const [, day, hours, minutes] = name.exec(path) ?? [];
      const lateMs = Date.parse(`2026-11-${day}T${hours}:${minutes}:00Z`) - timeMs(record);
      expect(lateMs).toBeGreaterThan(0);
      expect(lateMs).toBeLessThanOrEqual(30 * MINUTE_MS);
    }
  });

  it('names only the accounts of the story, and keys that nobody can take for real', () => {
    const text = JSON.stringify([...unique.values()]);
    const accounts = new Set(text.match(/(?<=arn:aws:[a-z0-9-]*:[a-z0-9-]*:)\d+|(?<="accountId":")[^"]*/g));
    expect([...accounts].sort()).toEqual([PRODUCTION, AUDIT].sort());
    expect(text).toContain(STRANGER);
    const keys = text.match(/\b(AKIA|ASIA|AIDA|AROA)[A-Z0-9]+/g) ?? [];
    expect(keys.filter((key) => !/^(A[KS]IA[A-Z2-7]{9}|A(ID|RO)A[A-Z2-7]{10})EXAMPLE$/.test(key))).toEqual([]);
  });

  it('comes from a documentation address, or from a service', () => {
    const sources = new Set([...unique.values()].map(({ sourceIPAddress }) => sourceIPAddress));
    expect(
      [...sources].filter(
        (source) => !/^(198\.51\.100|203\.0\.113)\.\d+$|\.amazonaws\.com$|^AWS Internal$/.test(source),
      ),
    ).toEqual([]);
  });
});

describe('the delivery is as untidy as a real one', () => {
  it('puts about four records in ten behind a later one', () => {
    let behind = 0;
    for (const { records } of incident.files) {
      let latest = '';
      for (const { eventTime } of records) {
        if (eventTime < latest) behind += 1;
        else latest = eventTime;
      }
    }
    expect(behind / delivered.length).toBeGreaterThan(0.3);
    expect(behind / delivered.length).toBeLessThan(0.5);
  });

  it('delivers some records twice, unchanged, in another file', () => {
    const twice = delivered.filter(({ record }, index) =>
      delivered.some((other, otherIndex) => otherIndex < index && other.record.eventID === record.eventID),
    );
    expect(twice.length).toBeGreaterThanOrEqual(10);
    expect(unique.size).toBe(delivered.length - twice.length);
    for (const { path, record } of twice) {
      const first = delivered.find((other) => other.record.eventID === record.eventID);
      expect(first?.path).not.toBe(path);
      expect(first?.record).toEqual(record);
    }
    expect(twice.some(({ record }) => record.eventName === 'RunInstances')).toBe(true);
    expect(twice.some(({ record }) => record.eventName === 'GetSecretValue')).toBe(true);
  });

  it('delivers nothing of the production account after its trail was stopped, but of the audit account', () => {
    const after = [...unique.values()].filter((record) => timeMs(record) > LOGGING_STOPPED_AT);
    expect(after.length).toBeGreaterThan(0);
    expect(after.map(({ recipientAccountId }) => recipientAccountId)).toEqual(after.map(() => AUDIT));
    expect(named(after, 'AssumeRole').length).toBeGreaterThan(0);
  });
});

describe('the attack can be seen by who looks', () => {
  const denied = (records: readonly CloudTrailRecord[]): CloudTrailRecord[] =>
    records.filter(({ errorCode }) => errorCode === 'AccessDenied' || errorCode === 'Client.UnauthorizedOperation');

  it('tests the found key once before it is used', () => {
    expect(chapter('key-checked')).toMatchObject([{ eventName: 'GetCallerIdentity', userAgent: 'TruffleHog' }]);
  });

  it('discovers: many calls over many services in less than five minutes, many of them refused', () => {
    const calls = chapter('discovery');
    expect(spanMs(calls)).toBeLessThan(5 * MINUTE_MS);
    expect(distinct(calls.map(({ eventName }) => eventName))).toBeGreaterThanOrEqual(30);
    expect(distinct(calls.map(({ eventSource }) => eventSource))).toBeGreaterThanOrEqual(15);
    expect(distinct(denied(calls).map(({ eventName }) => eventName))).toBeGreaterThanOrEqual(15);
  });

  it('is refused as AWS refuses: without parameters, but EC2 keeps them and adds an encoded message', () => {
    const calls = denied([...chapter('discovery'), ...chapter('start-up-scripts')]).filter(({ readOnly }) => readOnly);
    expect(calls.length).toBeGreaterThan(30);
    for (const { eventSource, errorCode, errorMessage, requestParameters, responseElements } of calls) {
      const ec2 = eventSource === 'ec2.amazonaws.com';
      expect(errorCode).toBe(ec2 ? 'Client.UnauthorizedOperation' : 'AccessDenied');
      expect(errorMessage?.includes('Encoded authorization failure message: ')).toBe(ec2);
      expect(requestParameters === null).toBe(!ec2);
      expect(responseElements).toBeNull();
    }
    expect(spanMs(chapter('start-up-scripts'))).toBeLessThan(2 * MINUTE_MS);
  });

  it('lists the keys of more than ten users within a minute', () => {
    const calls = named(chapter('keys-listed'), 'ListAccessKeys');
    expect(distinct(calls.map(({ requestParameters }) => at(requestParameters, 'userName')))).toBeGreaterThan(10);
    expect(spanMs(calls)).toBeLessThan(MINUTE_MS);
  });

  it('guesses a password: failures without an error code, then a success without MFA, in less than ten minutes', () => {
    const attempts = chapter('passwords-guessed');
    expect(spanMs(attempts)).toBeLessThan(10 * MINUTE_MS);
    expect(attempts.every(({ errorCode }) => errorCode === undefined)).toBe(true);
    const results = attempts.map(({ responseElements }) => at(responseElements, 'ConsoleLogin'));
    expect(results).toEqual([...Array(10).fill('Failure'), 'Success']);
    expect(at(attempts.at(-1)?.additionalEventData, 'MFAUsed')).toBe('No');
    expect(distinct(attempts.map(({ sourceIPAddress }) => sourceIPAddress))).toBe(1);
  });

  it('tries root, and never gets in', () => {
    const root = [...unique.values()].filter(({ userIdentity }) => userIdentity['type'] === 'Root');
    expect(root).toHaveLength(5);
    expect(named(root, 'PasswordRecoveryRequested')).toHaveLength(1);
    expect(root.filter(({ responseElements }) => at(responseElements, 'ConsoleLogin') === 'Success')).toEqual([]);
  });

  it('guesses roles, which only the message names, and takes a privileged one', () => {
    const calls = named(chapter('role-guessed'), 'AssumeRole');
    const refused = denied(calls);
    expect(distinct(refused.map(({ errorMessage }) => errorMessage))).toBeGreaterThanOrEqual(10);
    expect(refused.every(({ requestParameters }) => requestParameters === null)).toBe(true);
    expect(calls.at(-1)?.errorCode).toBeUndefined();
    expect(spanMs(calls)).toBeLessThan(10 * MINUTE_MS);
  });

  it('makes a user with the role, within the hour, and uses its key within minutes, elsewhere', () => {
    const [taken] = named(chapter('role-guessed'), 'AssumeRole').slice(-1);
    const made = chapter('backdoor-made');
    const sessionKey = at(taken?.responseElements, 'credentials', 'accessKeyId');
    expect(made.every(({ userIdentity }) => userIdentity['accessKeyId'] === sessionKey)).toBe(true);
    expect(made.map(({ eventName }) => eventName)).toEqual(
      expect.arrayContaining(['CreateUser', 'CreateAccessKey', 'AttachUserPolicy', 'UpdateAccessKey']),
    );
    const [creation] = named(made, 'CreateAccessKey');
    const [use] = chapter('backdoor-used');
    expect(at(creation?.responseElements, 'accessKey', 'userName')).toBe(BACKDOOR_USER);
    expect(use?.userIdentity['accessKeyId']).toBe(at(creation?.responseElements, 'accessKey', 'accessKeyId'));
    expect(use?.sourceIPAddress).not.toBe(creation?.sourceIPAddress);
    if (use === undefined || creation === undefined) throw new Error('no use, or no creation');
    expect(timeMs(use) - timeMs(creation)).toBeLessThan(15 * MINUTE_MS);
  });

  it('resets the passwords of three administrators and signs in as one of them within the hour', () => {
    const calls = chapter('passwords-reset');
    const targets = named(calls, 'UpdateLoginProfile').map(({ requestParameters }) =>
      at(requestParameters, 'userName'),
    );
    expect(distinct(targets)).toBe(3);
    const [signedIn] = named(calls, 'ConsoleLogin');
    expect(targets).toContain(signedIn?.userIdentity['userName']);
    expect(spanMs(calls)).toBeLessThan(60 * MINUTE_MS);
  });

  it('reads more than twenty secrets in less than five minutes', () => {
    const calls = named(chapter('secrets-read'), 'GetSecretValue');
    expect(distinct(calls.map(({ requestParameters }) => at(requestParameters, 'secretId')))).toBeGreaterThan(20);
    expect(spanMs(calls)).toBeLessThan(5 * MINUTE_MS);
  });

  it('opens doors in the three forms of EC2', () => {
    const opened = named(chapter('doors-opened'), 'AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules');
    const forms = opened.map(({ requestParameters }) => requestParameters);
    expect(forms.filter((form) => at(form, 'ipPermissions', 'items') !== undefined).length).toBeGreaterThan(0);
    expect(forms.filter((form) => at(form, 'cidrIp') === '0.0.0.0/0')).toHaveLength(1);
    const rule = ['ModifySecurityGroupRulesRequest', 'SecurityGroupRule', 'SecurityGroupRule', 'CidrIpv6'];
    expect(forms.filter((form) => at(form, ...rule) === '::/0')).toHaveLength(1);
    expect(opened.length).toBeGreaterThanOrEqual(10);
    expect(spanMs(opened)).toBeLessThan(10 * MINUTE_MS);
  });

  it('publishes a bucket after taking its block away, and shares snapshots with a stranger', () => {
    const names = chapter('bucket-published').map(({ eventName }) => eventName);
    expect(names.indexOf('DeleteBucketPublicAccessBlock')).toBeGreaterThan(0);
    expect(names.indexOf('PutBucketPolicy')).toBeGreaterThan(names.indexOf('DeleteBucketPublicAccessBlock'));
    const shared = named(chapter('disks-shared'), 'ModifySnapshotAttribute', 'ModifyDBSnapshotAttribute');
    expect(shared).toHaveLength(2);
    for (const { requestParameters } of shared) expect(JSON.stringify(requestParameters)).toContain(STRANGER);
  });

  it('fails to start GPU machines, then starts many of a middling size in a region of no one', () => {
    const launches = named(chapter('miners-started'), 'RunInstances');
    const failed = launches.filter(({ errorCode }) => errorCode === 'Client.VcpuLimitExceeded');
    expect(failed).toHaveLength(3);
    const started = launches.filter(({ errorCode }) => errorCode === undefined);
    const instances = started.map(({ responseElements }) => {
      const items = at(responseElements, 'instancesSet', 'items');
      return Array.isArray(items) ? items : [];
    });
    expect(instances.every((items) => items.length <= 5)).toBe(true);
    expect(instances.flat().length).toBeGreaterThanOrEqual(25);
    expect(spanMs(started)).toBeLessThan(10 * MINUTE_MS);
    expect(instances.flat().every((instance) => at(instance, 'imageId') === AMI.stranger)).toBe(true);
    const inRegion = [...unique.values()].filter(({ awsRegion }) => awsRegion === UNUSED_REGION);
    expect(distinct(inRegion.map(({ userIdentity }) => userIdentity['userName']))).toBe(1);
  });

  it('ends with a trail deleted and a trail stopped', () => {
    const ended = chapter('lights-out').filter(({ readOnly }) => !readOnly);
    expect(ended.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['DeleteDetector', 'AccessDenied'],
      ['StopLogging', 'TrailNotFoundException'],
      ['DeleteTrail', undefined],
      ['StopLogging', undefined],
    ]);
  });
});

describe('the everyday traffic looks like an attack to who does not look closely', () => {
  it('deploys hundreds of calls a minute, with refusals for one role only', () => {
    const calls = chapter('terraform');
    const [first] = calls;
    if (first === undefined) throw new Error('no deployment');
    const apply = calls.filter((call) => timeMs(call) - timeMs(first) < 5 * MINUTE_MS);
    expect(apply.length).toBeGreaterThanOrEqual(250);
    expect(apply.filter(({ readOnly }) => !readOnly).length).toBeGreaterThanOrEqual(60);
    const refused = apply.filter(({ errorCode }) => errorCode === 'AccessDenied');
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(distinct(refused.map(({ errorMessage }) => errorMessage))).toBe(1);
  });

  it('records an assumption across accounts twice, joined by sharedEventID', () => {
    const halves = named(chapter('posture-scan'), 'AssumeRole').filter((record) => timeMs(record) < LOGGING_STOPPED_AT);
    const pairs = new Map<string, CloudTrailRecord[]>();
    for (const half of halves) {
      const { sharedEventID = '' } = half;
      pairs.set(sharedEventID, [...(pairs.get(sharedEventID) ?? []), half]);
    }
    expect(pairs.size).toBeGreaterThanOrEqual(5);
    for (const pair of pairs.values()) {
      expect(pair.map(({ recipientAccountId }) => recipientAccountId).sort()).toEqual([PRODUCTION, AUDIT]);
      expect(distinct(pair.map(({ eventID }) => eventID))).toBe(2);
      expect(distinct(pair.map(({ requestID }) => requestID))).toBe(1);
    }
  });

  it('signs people in without an MFA flag, opens whole pages, and mistypes once', () => {
    const federated = named(chapter('single-sign-on'), 'ConsoleLogin');
    expect(federated.length).toBeGreaterThanOrEqual(4);
    for (const { additionalEventData, userIdentity } of federated) {
      expect(additionalEventData).toMatchObject({ MFAUsed: 'No', SamlProviderArn: expect.any(String) });
      expect(userIdentity['type']).toBe('AssumedRole');
    }
    const pages = chapter('single-sign-on').filter((record) => record.sessionCredentialFromConsole === 'true');
    expect(distinct(pages.map(({ eventName }) => eventName))).toBeGreaterThanOrEqual(20);
    const mistyped = named(chapter('mistyped'), 'ConsoleLogin').map(({ responseElements }) =>
      at(responseElements, 'ConsoleLogin'),
    );
    expect(mistyped).toEqual(['Failure', 'Success', 'Success']);
  });

  it('launches by Auto Scaling, whose request leaves the image to the template', () => {
    const launches = named(chapter('scale-out'), 'RunInstances');
    expect(launches.length).toBeGreaterThanOrEqual(2);
    for (const { requestParameters, responseElements, userIdentity } of launches) {
      expect(userIdentity['invokedBy']).toBe('autoscaling.amazonaws.com');
      expect(JSON.stringify(requestParameters)).not.toContain('imageId');
      expect(JSON.stringify(responseElements)).toContain(AMI.company);
    }
  });
});

const describeCorpus = existsSync(CORPUS) ? describe : describe.skip;

describeCorpus('nothing is taken from the real events that the tests use', () => {
  /** What could give a real event away; AWS's own policies belong to everybody, and so does its example account. */
  function traces(text: string): Set<string> {
    const found = text.match(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\barn:aws[a-z-]*:[^"\\\s,]+|\b\d{12}\b|(?<![/.\d])\d+(\.\d+){3}(?![.\d])|\bA(KI|SI|ID|RO)A[A-Z0-9]{12,}/g,
    );
    const everybodys = (value: string): boolean =>
      value === PRODUCTION || value === '0.0.0.0' || value.startsWith('arn:aws:iam::aws:policy/');
    return new Set([...(found ?? [])].filter((value) => !everybodys(value)));
  }

  it('shares no event ID, account, ARN, key or address with them', () => {
    const real = new Set<string>();
    for (const file of filesBelow(CORPUS, /\.json(\.gz)?$/)) {
      const bytes = readFileSync(file);
      const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      for (const value of traces(text)) real.add(value);
    }
    const ours = traces(JSON.stringify([...unique.values()]));
    expect(real.size).toBeGreaterThan(1000);
    expect(ours.size).toBeGreaterThan(1000);
    expect([...ours].filter((value) => real.has(value))).toEqual([]);
  });
});
