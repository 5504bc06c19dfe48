import { actorKey, lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, denied, later, repeat, role, user } from '../sample';
import { KEY_REFERENCES, KEY_RUNBOOK, KEYS_CREATED, userInWords, userResources } from './access-keys';
import { keyCreated } from './key-samples';

export default defineRule({
  id: 'access-keys-created-many',
  title: 'Several access keys created by one user or role',
  severity: (event, settings) => lessIfAutomated('critical', event, settings),
  rows: ['1-5', '1-7'],
  attack: ['TA0003/T1098.001'],
  match: [KEYS_CREATED],
  settings: ['infrastructureAsCodeAgents'],
  window: { kind: 'count', per: actorKey, threshold: 3, withinMs: HOUR, unit: 'access keys created' },
  headline: (event) => `${event.actor} created an access key for ${userInWords(event)} ${whereFrom(event)}`,
  resources: userResources,
  why: 'Three keys in an hour are no request of a colleague: somebody makes sure that one of them is overlooked.',
  runbook: KEY_RUNBOOK,
  falsePositives: ['A tool that rotates keys, or a new team: suppress it by its role.'],
  blindSpots: ['Fewer than three in an hour, or by several principals.'],
  references: KEY_REFERENCES,
});

export const examples = (): Examples => {
  const created = keyCreated('bob');
  const names = ['bob', 'carol', 'dave'];
  return {
    fires: [
      {
        why: 'for three users',
        timeline: repeat(created, 3, 60_000, (index) => ({ requestParameters: { userName: names[index] } })),
        severity: 'critical',
      },
      { why: 'three for oneself', timeline: repeat(but(created, { userIdentity: user('bob') }), 3, 60_000) },
      {
        why: 'with a new session of the role for each',
        timeline: repeat(created, 3, 60_000, (index) => ({ userIdentity: role('Admin', `s${index}`) })),
      },
      {
        why: 'by Terraform',
        timeline: repeat(but(created, { userAgent: 'Terraform/1.11' }), 3, 1_000),
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'two', timeline: repeat(created, 2, 60_000) },
      { why: 'the third an hour after the first', timeline: [...repeat(created, 2, 60_000), later(created, HOUR)] },
      {
        why: 'the third by somebody else',
        timeline: [...repeat(created, 2, 60_000), but(created, { userIdentity: user('carol') })],
      },
      { why: 'the third refused', timeline: [...repeat(created, 2, 60_000), denied(later(created, 120_000))] },
    ],
  };
};
