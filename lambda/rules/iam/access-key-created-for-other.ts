import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, denied, later, role, root, user } from '../sample';
import {
  forSomebodyElse,
  isKeyUser,
  isRoot,
  KEY_REFERENCES,
  KEY_RUNBOOK,
  KEYS_CREATED,
  userInWords,
  userResources,
} from './access-keys';
import { inConsole, keyCreated } from './key-samples';

export default defineRule({
  id: 'access-key-created-for-other',
  title: 'Access key created for another user',
  severity: (event, settings) => lessIfAutomated(isKeyUser(event, settings) ? 'medium' : 'high', event, settings),
  rows: ['1-5', '1-7'],
  attack: ['TA0003/T1098.001', 'TA0004/T1098.001'],
  match: [KEYS_CREATED],
  settings: ['keyUsers', 'infrastructureAsCodeAgents'],
  // Whatever root does is told by rules on root.
  when: (event) => !isRoot(event) && forSomebodyElse(event),
  per: (event) => `${event.account}|${event.actor}|${userResources(event)[0] ?? ''}`,
  headline: (event) => `${event.actor} created an access key for ${userInWords(event)} ${whereFrom(event)}`,
  resources: userResources,
  why: 'A second key for somebody else is the quietest way to stay: the user works on, and so does the thief.',
  runbook: KEY_RUNBOOK,
  falsePositives: [
    'Administrators who hand out keys. Name the users that are meant to have some in keyUsers: theirs are medium.',
    'A tool that rotates the keys of others: suppress it by its role.',
  ],
  blindSpots: [
    'A key that a user makes for itself: access-key-first and access-key-used-at-once look at those.',
    'Credentials of other kinds: user-credential-created.',
  ],
  references: KEY_REFERENCES,
});

export const examples = (): Examples => {
  const created = keyCreated('bob');
  return {
    fires: [
      { why: 'alice made a key for bob', timeline: [created], severity: 'high' },
      {
        why: 'by a role whose session is called bob',
        timeline: [but(created, { userIdentity: role('Admin', 'bob') })],
      },
      { why: 'in the console', timeline: [but(created, { userIdentity: inConsole('alice') })] },
      { why: 'the request does not say for whom', timeline: [but(created, { requestParameters: null })] },
      {
        why: 'the request is too large to see',
        timeline: [but(created, { requestParameters: { omitted: true, reason: 'too large' }, responseElements: null })],
      },
      { why: 'two keys for one user: one alert', timeline: [created, later(created, 60_000)] },
      {
        why: 'for a user that is meant to have keys',
        timeline: [created],
        settings: { keyUsers: ['bo*'] },
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [but(created, { userAgent: 'HashiCorp Terraform/1.11' })], severity: 'medium' },
    ],
    quiet: [
      { why: 'bob made it for himself', timeline: [but(created, { userIdentity: user('bob') })] },
      {
        why: 'for himself, without saying so',
        timeline: [but(created, { userIdentity: user('bob'), requestParameters: null })],
      },
      { why: 'refused', timeline: [denied(created)] },
      {
        why: 'he has two already',
        timeline: [but(created, { errorCode: 'LimitExceededException', responseElements: null })],
      },
      { why: 'root: another rule', timeline: [but(created, { userIdentity: root() })] },
    ],
  };
};
