import { asArray, field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

export const SECRETS_MANAGER = 'secretsmanager.amazonaws.com';

/** Secrets that the call names, by name: GetSecretValue one, BatchGetSecretValue a list or none. */
export function secretsNamed({ record }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  const ids = [...asArray(field(parameters, 'secretId')), ...asArray(field(parameters, 'secretIdList'))];
  return ids.flatMap((id) => {
    const named = text(id);
    return named === undefined || named === '' ? [] : [secretName(named)];
  });
}

/**
 * `prod/db` of `arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf`: a secret goes by both, and its
 * ARN ends in a hyphen and six random characters.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
function secretName(id: string): string {
  const start = id.startsWith('arn:') ? id.indexOf(':secret:') : -1;
  if (start < 0) return id;
  const name = id.slice(start + ':secret:'.length);
  return name.at(-7) === '-' ? name.slice(0, -7) : name;
}

export const SECRETS_RUNBOOK = [
  'List which secrets were read: aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=EventName,AttributeValue=GetSecretValue.',
  'Ask the owner of the user or role. If nobody vouches for it, deactivate the key, or revoke the sessions of the role.',
  'Rotate every secret that was read: aws secretsmanager rotate-secret --secret-id <name>, or by hand where rotation is not set up.',
  'Look for what the secrets open: sign-ins to the databases and services behind them, from the same address.',
] as const;

export const SECRETS_REFERENCES = [
  'https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html',
  'https://attack.mitre.org/techniques/T1555/006/',
] as const;
