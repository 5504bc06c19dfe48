import { GenerateCredentialReportCommand, GetCredentialReportCommand } from '@aws-sdk/client-iam';
import type { AccessKey, Credentials } from '../facts';
import { defineSource } from '../source';

const POLL_MS = 2_000;
/** A report of thousands of users takes a minute or so. */
const POLLS_MAX = 90;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
export const credentialReport = defineSource({
  scope: 'account',
  about: 'the credential report',
  permissions: ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'],
  async read(reader): Promise<readonly Credentials[]> {
    for (let poll = 0; poll < POLLS_MAX; poll++) {
      const { State } = await reader.read('iam:GenerateCredentialReport', () =>
        reader.aws.iam.send(new GenerateCredentialReportCommand({})),
      );
      if (State === 'COMPLETE') break;
      await reader.sleep(POLL_MS);
    }
    return reader.read('iam:GetCredentialReport', async () => {
      const { Content } = await reader.aws.iam.send(new GetCredentialReportCommand({}));
      return credentialsIn(Buffer.from(Content ?? []).toString('utf8'));
    });
  },
});

const ROOT = '<root_account>';

/** Users in a report. @throws {Error} when it is none */
function credentialsIn(csv: string): Credentials[] {
  const [header, ...lines] = csv.split(/\r?\n/).filter((line) => line !== '');
  const columns = fieldsIn(header ?? '');
  for (const column of [
    'user',
    'arn',
    'password_enabled',
    'mfa_active',
    'access_key_1_active',
    'access_key_2_active',
  ]) {
    if (!columns.includes(column)) throw new Error(`the credential report has no column ${column}`);
  }
  return lines.map((line) => {
    const values = aligned(fieldsIn(line), columns.length);
    const row = new Map(columns.map((column, index) => [column, values[index] ?? '']));
    const text = (column: string) => row.get(column) ?? '';
    const user = text('user');
    const isRoot = user === ROOT;
    return {
      user: isRoot ? 'root' : user,
      arn: text('arn'),
      isRoot,
      createdMs: timeIn(text('user_creation_time')),
      hasPassword: text('password_enabled') === 'true',
      passwordUsedMs: timeIn(text('password_last_used')),
      passwordChangedMs: timeIn(text('password_last_changed')),
      hasMfa: text('mfa_active') === 'true',
      keys: ([1, 2] as const).flatMap((slot) => keyIn(slot, text)),
    };
  });
}

function keyIn(slot: 1 | 2, text: (column: string) => string): AccessKey[] {
  const active = text(`access_key_${slot}_active`) === 'true';
  const rotatedMs = timeIn(text(`access_key_${slot}_last_rotated`));
  // A slot without a key says false and N/A.
  if (!active && rotatedMs === undefined) return [];
  return [{ slot, active, rotatedMs, usedMs: timeIn(text(`access_key_${slot}_last_used_date`)) }];
}

/** ISO 8601; undefined for `N/A`, `no_information`, `not_supported` and the like. */
function timeIn(text: string): number | undefined {
  const timeMs = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Fields between commas; quoted ones may have commas and doubled quotes. */
function fieldsIn(line: string): string[] {
  const fields: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  }
  return fields;
}

/**
 * Names of users may have commas, which are not quoted everywhere: too many fields mean commas in the name, which stands
 * in the first column and again at the end of the ARN in the second.
 */
function aligned(values: readonly string[], columns: number): readonly string[] {
  const extra = values.length - columns;
  if (extra <= 0 || extra % 2 !== 0) return values;
  const length = extra / 2 + 1;
  return [values.slice(0, length).join(','), values.slice(length, 2 * length).join(','), ...values.slice(2 * length)];
}
