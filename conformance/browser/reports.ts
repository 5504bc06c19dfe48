import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EXAMPLES } from '../../lambda/rules/examples';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, call, isoTime, START_MS, user } from '../../lambda/rules/sample';
import { PAYLOADS } from '../../test/alerts/hostile-payloads';
import { run } from '../tools';

const ROOT = join(__dirname, '../..');
const RECORDS_OF_FILE = 200;

/** The report of an archive, by the command that people use. @returns its path */
export function report(folder: string, name: string, archive: string, config = ''): string {
  const file = join(folder, `${name}.yaml`);
  const out = join(folder, `${name}.html`);
  writeFileSync(file, `email: security@example.com\n${config}`);
  const options = ['--config', file, '--format', 'html', '--out', out, '--fail-on', 'none', '--no-progress'];
  run(process.execPath, [join(ROOT, 'scripts/cli.js'), 'replay', archive, ...options], 240_000);
  return out;
}

/** Some of the incident is suppressed, and a rule is in shadow: all that a report can show. */
export const INCIDENT_CONFIG = `accounts: { "111122223333": prod }
suppressions:
  - rule: attack-tool-used
    actor: arn:aws:iam::111122223333:user/ci-deploy
    reason: an audit that was agreed on
    owner: platform
    expires: 2026-12-31
rules:
  cloudtrail-stopped: { mode: shadow }
`;

/** Delivery files as CloudTrail writes them. @returns their folder */
export function archiveOf(folder: string, records: readonly SampleRecord[]): string {
  mkdirSync(folder, { recursive: true });
  for (let from = 0; from < records.length; from += RECORDS_OF_FILE) {
    const Records = records.slice(from, from + RECORDS_OF_FILE);
    writeFileSync(join(folder, `${String(from).padStart(6, '0')}.json.gz`), gzipSync(JSON.stringify({ Records })));
  }
  return folder;
}

/** What runs when it is taken for markup or code says this word. */
export const CANARY = 'trailhound-canary';

/** Payloads that say so, beside those that hide, forge or break a line. */
const RUNNING: readonly string[] = [
  `</script><script>alert('${CANARY}')</script>`,
  `<img src=x onerror="alert('${CANARY}')">`,
  `<svg/onload=alert('${CANARY}')>`,
  `"><iframe srcdoc="<script>alert('${CANARY}')</script>">`,
  `' autofocus onfocus=alert('${CANARY}') x='`,
  `javascript:alert('${CANARY}')`,
  `{{constructor.constructor('alert("${CANARY}")')()}}`,
  `\${alert('${CANARY}')}`,
  `<!--<script>alert('${CANARY}')`,
  `<style>@import 'http://192.0.2.1/${CANARY}'</style>`,
  `<link rel=stylesheet href=http://192.0.2.1/${CANARY}>`,
  `<meta http-equiv=refresh content="0;url=http://192.0.2.1/${CANARY}">`,
  '__proto__',
  'constructor',
  'toString',
];

export const HOSTILE: readonly string[] = [...RUNNING, ...PAYLOADS.map(([, text]) => text)];

/** One alert for each hostile text, which stands wherever a caller can write; an hour lies between two. */
export function hostileRecords(): SampleRecord[] {
  const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', {});
  return HOSTILE.map((text, index) =>
    but(stopped, {
      eventTime: isoTime(START_MS + index * 3_600_000),
      userAgent: text,
      userIdentity: { ...user(`u${index}`), userName: text, arn: `arn:aws:iam::111122223333:user/u${index}/${text}` },
      requestParameters: { name: `trail-${index}`, [text]: text, nested: { [text]: [text] } },
      responseElements: JSON.parse(`{"__proto__":${JSON.stringify(text)}}`),
      additionalEventData: { note: text },
    }),
  );
}

/**
 * Events that are an alert each, of many rules, callers and accounts, over thirty days: examples of rules that need one
 * event.
 */
export function manyRecords(count: number): SampleRecord[] {
  const single = Object.values(EXAMPLES).flatMap((examples) => {
    const [example] = examples().fires.filter(
      ({ timeline, settings }) => timeline.length === 1 && settings === undefined,
    );
    const [record] = example?.timeline ?? [];
    return record === undefined ? [] : [record];
  });
  const everyMs = (30 * 86_400_000) / count;
  return Array.from({ length: count }, (_, index) => {
    const account = ['111122223333', '444455556666', '777788889999'][index % 3];
    const record = single[(index * 7) % single.length] as SampleRecord;
    const isUser = (record['userIdentity'] as SampleRecord | undefined)?.['type'] === 'IAMUser';
    return but(record, {
      eventTime: isoTime(START_MS + index * everyMs),
      recipientAccountId: account,
      ...(isUser ? { userIdentity: user(`user-${index % 211}`, account) } : {}),
    });
  });
}
