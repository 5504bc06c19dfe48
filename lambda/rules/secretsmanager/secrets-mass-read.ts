import { actorAndTool, fromClient, isAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, role, user } from '../sample';
import { SECRETS_MANAGER, SECRETS_REFERENCES, SECRETS_RUNBOOK, secretsNamed } from './secrets';

export default defineRule({
  id: 'secrets-mass-read',
  title: 'Many secrets read by one user or role in minutes',
  severity: (event, settings) => (isAutomated(event, settings) ? 'low' : 'high'),
  rows: ['1-1', '2-10'],
  attack: ['TA0006/T1555.006'],
  match: [
    {
      feed: 'api-reads',
      outcome: 'succeeded',
      service: SECRETS_MANAGER,
      calls: ['GetSecretValue', 'BatchGetSecretValue'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: secretsNamed,
    threshold: 10,
    withinMs: 5 * MINUTE,
    unit: 'different secrets read',
  },
  headline: (event) =>
    `${event.actor} read secret ${secretsNamed(event)[0] ?? 'that the record does not name'} ${whereFrom(event)}`,
  resources: secretsNamed,
  why: 'A program reads the few secrets it needs. Ten different ones within minutes are a copy of the safe.',
  runbook: SECRETS_RUNBOOK,
  falsePositives: [
    'A synchroniser such as External Secrets Operator, which reads all secrets by design: suppress it by its role.',
    'Infrastructure as code whose agent is not among infrastructureAsCodeAgents.',
  ],
  blindSpots: [
    'Slow readers, and those that use many principals.',
    'Batches by filter do not name the secrets: secrets-batch-read counts those.',
    'Calls with the user agent of infrastructure as code are counted apart, at low; the caller writes the agent.',
    'Refused reads: denied-sensitive tells the first, denied-reads the mass.',
  ],
  references: SECRETS_REFERENCES,
});

export const examples = (): Examples => {
  const read = call(SECRETS_MANAGER, 'GetSecretValue', { requestParameters: { secretId: 'prod/db' } });
  const arn = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
  const different = (index: number) => ({ requestParameters: { secretId: arn(`prod/db-${index}`) } });
  const batch = (...names: string[]) =>
    but(read, { eventName: 'BatchGetSecretValue', requestParameters: { secretIdList: names } });
  const ten = Array.from({ length: 10 }, (_, index) => `app/${index}`);
  return {
    fires: [
      { why: 'ten secrets in nine seconds', timeline: repeat(read, 10, 1_000, different), severity: 'high' },
      {
        why: 'a new session of the role for each',
        timeline: repeat(read, 10, 1_000, (index) => ({
          ...different(index),
          userIdentity: role('web', `session-${index}`),
        })),
      },
      { why: 'ten in one batch', timeline: [batch(...ten)], severity: 'high' },
      {
        why: 'the tenth one second before the window closes',
        timeline: [...repeat(read, 9, 1_000, different), later(read, 5 * MINUTE - 1_000)],
      },
      {
        why: 'in several regions',
        timeline: repeat(read, 10, 1_000, (index) => ({
          ...different(index),
          awsRegion: index % 2 === 0 ? 'us-east-1' : 'eu-west-1',
        })),
      },
      {
        why: 'by infrastructure as code',
        timeline: repeat(but(read, { userAgent: 'HashiCorp Terraform/1.11.4' }), 19, 1_000, different),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'nine', timeline: repeat(read, 9, 1_000, different) },
      {
        why: 'the tenth when the window has closed',
        timeline: [...repeat(read, 9, 1_000, different), later(read, 5 * MINUTE)],
      },
      { why: 'one secret again and again', timeline: repeat(read, 50, 1_000) },
      {
        why: 'the tenth is the ninth by its ARN',
        timeline: [
          ...repeat(read, 9, 1_000, (index) => ({ requestParameters: { secretId: `app/${index}` } })),
          later(but(read, { requestParameters: { secretId: arn('app/8') } }), 10_000),
        ],
      },
      {
        why: 'the tenth by somebody else',
        timeline: [...repeat(read, 9, 1_000, different), but(later(read, 9_000), { userIdentity: user('bob') })],
      },
      { why: 'refused', timeline: repeat(denied(read), 10, 1_000, different) },
      {
        why: 'by a service on behalf of a role',
        timeline: repeat(
          but(read, { userIdentity: { ...role('task', 's'), invokedBy: 'ecs-tasks.amazonaws.com' } }),
          20,
          1_000,
          different,
        ),
      },
      { why: 'by a service', timeline: repeat(but(read, byService('rds.amazonaws.com')), 20, 1_000, different) },
    ],
  };
};
