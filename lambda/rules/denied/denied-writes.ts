import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';
import {
  actorKey,
  DENIED_BLIND_SPOTS,
  DENIED_FALSE_POSITIVES,
  DENIED_REFERENCES,
  DENIED_RUNBOOK,
  fromClient,
  lessIfExpected,
  REFUSED,
  refusal,
  refusedResources,
} from './denied-calls';

export default defineRule({
  id: 'denied-writes',
  title: 'Several refused changes by one user or role',
  severity: (event, settings) => lessIfExpected('high', event, settings),
  severityMost: 'high',
  rows: ['0-9'],
  attack: ['TA0004/T1078.004', 'TA0003/T1098'],
  match: [REFUSED],
  settings: ['infrastructureAsCodeAgents'],
  // Old records lack readOnly: what is not marked as a read counts.
  when: (event) => event.readOnly !== true && fromClient(event),
  window: { kind: 'count', per: actorKey, threshold: 5, withinMs: 10 * MINUTE, unit: 'refused changes' },
  quietMs: HOUR,
  headline: refusal,
  resources: refusedResources,
  why: 'Somebody tries to change things without the right to. Programs rarely do that, people with stolen keys do.',
  runbook: DENIED_RUNBOOK,
  falsePositives: DENIED_FALSE_POSITIVES,
  blindSpots: [
    'Fewer than five in ten minutes; the most telling single ones are in denied-sensitive.',
    'Changes that succeed: rules on the services themselves.',
    ...DENIED_BLIND_SPOTS,
  ],
  references: DENIED_REFERENCES,
});

export const examples = (): Examples => {
  const refused = denied(call('iam.amazonaws.com', 'CreateUser'));
  const guarded = but(refused, {
    errorMessage:
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:CreateUser with an explicit deny in a service control policy',
  });
  return {
    fires: [
      {
        why: 'the fifth comes one second before the window closes',
        timeline: [...repeat(refused, 4, MINUTE), later(refused, 10 * MINUTE - 1_000)],
      },
      { why: 'five refused changes in four minutes', timeline: repeat(refused, 5, MINUTE), severity: 'high' },
      { why: 'old records without readOnly', timeline: repeat(but(refused, { readOnly: undefined }), 5, MINUTE) },
      { why: 'all refused by a service control policy', timeline: repeat(guarded, 5, MINUTE), severity: 'medium' },
      {
        why: 'by infrastructure as code, too',
        timeline: repeat(but(guarded, { userAgent: 'Terraform/1.9' }), 5, MINUTE),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'four refused changes', timeline: repeat(refused, 4, MINUTE) },
      {
        why: 'the fifth comes when the window has closed',
        timeline: [...repeat(refused, 4, MINUTE), later(refused, 10 * MINUTE)],
      },
      {
        why: 'the fifth is a read',
        timeline: [...repeat(refused, 4, MINUTE), but(later(refused, 4 * MINUTE), { readOnly: true })],
      },
      { why: 'a service', timeline: repeat(but(refused, byService('autoscaling.amazonaws.com')), 5, MINUTE) },
    ],
  };
};
