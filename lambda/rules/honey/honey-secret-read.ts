import type { TrailEvent } from '../../intake/trail-event';
import { NOT_BY_SERVICE } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, later } from '../sample';
import { SECRETS_MANAGER } from '../secretsmanager/secrets';
import type { Settings } from '../settings';
import { didInWords, HONEY_WHY, secretsAskedFor } from './honey';

const SSM = 'ssm.amazonaws.com';

export default defineRule({
  id: 'honey-secret-read',
  title: 'Somebody asked for a bait secret',
  severity: 'critical',
  rows: ['1-1', '2-10'],
  attack: ['TA0006/T1555.006'],
  match: [
    {
      feed: 'api-reads',
      outcome: 'any',
      service: SECRETS_MANAGER,
      calls: ['GetSecretValue', 'BatchGetSecretValue', 'DescribeSecret'],
    },
    {
      feed: 'api-reads',
      outcome: 'any',
      service: SSM,
      calls: ['GetParameter', 'GetParameters', 'GetParameterHistory'],
    },
    { feed: 'errors', outcome: ['denied', 'failed'], service: SECRETS_MANAGER, record: NOT_BY_SERVICE },
    {
      feed: 'api-writes',
      outcome: 'any',
      service: SECRETS_MANAGER,
      calls: ['DeleteSecret', 'PutResourcePolicy', 'PutSecretValue', 'RotateSecret', 'UpdateSecret'],
    },
  ],
  settings: ['honeySecrets'],
  sleepsWithout: ['honeySecrets'],
  when: (event, settings) => baitOf(event, settings) !== undefined,
  per: (event, settings) => `${event.account}|${baitOf(event, settings) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `A bait secret was asked for: ${didInWords(event)}, ${secretsAskedFor(event)[0] ?? '(not named)'}`,
  resources: secretsAskedFor,
  why: HONEY_WHY,
  runbook: [
    'Treat the credentials of the caller as stolen: deactivate the key, or revoke the sessions of the role.',
    'Which real secrets did the same key read? aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
    'Replace every one of them, and what they open.',
  ],
  falsePositives: [
    'Programs that read every secret, and inventories that describe them: suppress the rule for their roles.',
  ],
  blindSpots: [
    'Off while honeySecrets is empty.',
    'Parameters that are read by their path: the record does not name them.',
    'Refusals that name no secret.',
  ],
  references: [
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html',
    'https://attack.mitre.org/techniques/T1555/006/',
  ],
});

/** The bait that the call names, by its name or its ARN. */
function baitOf(event: TrailEvent, { honeySecrets }: Settings): string | undefined {
  if (honeySecrets.length === 0) return undefined;
  return secretsAskedFor(event).find((name) => anyGlobMatches(honeySecrets, name));
}

export const examples = (): Examples => {
  const settings = { honeySecrets: ['prod/root-password', '*:secret:prod/root-password*'] };
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/root-password-AbCdEf';
  const read = call(SECRETS_MANAGER, 'GetSecretValue', { requestParameters: { secretId: 'prod/root-password' } });
  const refused = but(read, {
    errorCode: 'AccessDenied',
    errorMessage: `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: secretsmanager:GetSecretValue on resource: ${arn} because no identity-based policy allows it`,
    requestParameters: null,
  });
  return {
    fires: [
      { why: 'read', timeline: [read], settings, severity: 'critical' },
      { why: 'by its ARN', timeline: [but(read, { requestParameters: { secretId: arn } })], settings },
      { why: 'refused: only the message names it', timeline: [refused], settings, severity: 'critical' },
      {
        why: 'one of a list',
        timeline: [
          but(read, {
            eventName: 'BatchGetSecretValue',
            requestParameters: { secretIdList: ['prod/orders', 'prod/root-password'] },
          }),
        ],
        settings,
      },
      {
        why: 'a parameter of Systems Manager',
        timeline: [
          call(SSM, 'GetParameters', { requestParameters: { names: ['prod/root-password'], withDecryption: true } }),
        ],
        settings,
      },
      { why: 'twice: one alert', timeline: [read, later(read, 60_000)], settings },
    ],
    quiet: [
      { why: 'no bait is configured', timeline: [read] },
      { why: 'another secret', timeline: [but(read, { requestParameters: { secretId: 'prod/orders' } })], settings },
      { why: 'a refusal that names none', timeline: [but(refused, { errorMessage: 'Access denied' })], settings },
      {
        why: 'a service that fails to read another',
        timeline: [but(refused, { ...byService('rds.amazonaws.com'), errorMessage: 'Access denied' })],
        settings,
      },
    ],
  };
};
