import { actorAndTool, fromClient, isAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, role, user } from '../sample';
import { SECRETS_MANAGER, SECRETS_REFERENCES, SECRETS_RUNBOOK, secretsNamed } from './secrets';

export default defineRule({
  id: 'secrets-batch-read',
  title: 'Secrets read in batches, by filter',
  severity: (event, settings) => (isAutomated(event, settings) ? 'low' : 'high'),
  severityMost: 'same-for-key',
  rows: ['1-1', '2-10'],
  attack: ['TA0006/T1555.006'],
  match: [{ feed: 'api-reads', outcome: 'succeeded', service: SECRETS_MANAGER, calls: ['BatchGetSecretValue'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromClient(event) && secretsNamed(event).length === 0,
  window: { kind: 'count', per: actorAndTool, threshold: 2, withinMs: 10 * MINUTE, unit: 'batches of secrets read' },
  headline: (event) => `${event.actor} read a batch of up to 20 secrets by filter ${whereFrom(event)}`,
  why: 'A program knows the names of its secrets. Who asks by filter, page after page, takes whatever there is.',
  runbook: SECRETS_RUNBOOK,
  falsePositives: ['A program that finds its secrets by tag, and starts in several copies: suppress it by its role.'],
  blindSpots: [
    'A single batch: up to 20 secrets.',
    'Which secrets were in it: the values are read by calls of their own only where AWS records them.',
  ],
  references: [
    'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html',
    ...SECRETS_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const batch = call(SECRETS_MANAGER, 'BatchGetSecretValue', {
    requestParameters: { filters: [{ key: 'tag-key', values: ['team'] }] },
    readOnly: true,
  });
  return {
    fires: [
      { why: 'two pages', timeline: repeat(batch, 2, 1_000), severity: 'high' },
      { why: 'without any filter', timeline: repeat(but(batch, { requestParameters: null }), 3, 1_000) },
      { why: 'the second at the edge of the window', timeline: [batch, later(batch, 10 * MINUTE - 1_000)] },
      {
        why: 'by infrastructure as code',
        timeline: repeat(but(batch, { userAgent: 'Pulumi/3' }), 2, 1_000),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'one page', timeline: [batch] },
      { why: 'the second when the window has closed', timeline: [batch, later(batch, 10 * MINUTE)] },
      { why: 'by name', timeline: repeat(but(batch, { requestParameters: { secretIdList: ['a', 'b'] } }), 4, 1_000) },
      { why: 'by two people', timeline: [batch, but(later(batch, 1_000), { userIdentity: user('bob') })] },
      { why: 'refused', timeline: repeat(denied(batch), 3, 1_000) },
      {
        why: 'by a service on behalf of a role',
        timeline: repeat(
          but(batch, { userIdentity: { ...role('t', 's'), invokedBy: 'ecs-tasks.amazonaws.com' } }),
          3,
          1_000,
        ),
      },
      { why: 'by a service', timeline: repeat(but(batch, byService('rds.amazonaws.com')), 3, 1_000) },
    ],
  };
};
