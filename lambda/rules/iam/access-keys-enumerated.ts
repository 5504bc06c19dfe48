import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorAndTool, fromClient, fromConsole, lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, user } from '../sample';
import { IAM, KEY_REFERENCES } from './access-keys';

export default defineRule({
  id: 'access-keys-enumerated',
  title: 'Access keys of many users listed',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-7'],
  attack: ['TA0007/T1087.004'],
  match: [{ feed: 'api-reads', outcome: 'any', service: IAM, calls: ['ListAccessKeys', 'GetAccessKeyLastUsed'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromClient(event) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: asked,
    threshold: 10,
    withinMs: 10 * MINUTE,
    unit: 'users and keys asked about',
  },
  headline: (event) => `${event.actor} called ${event.call} for ${asked(event) ?? 'itself'} ${whereFrom(event)}`,
  resources: (event) => [asked(event) ?? []].flat(),
  why: 'Whoever looks for a user to take over, or for keys that nobody would miss, goes through all of them.',
  runbook: [
    'Ask the owner of the user or role: an audit of keys looks just the same.',
    'List what the same key did before and after: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
    'Look for keys made or switched on since: CreateAccessKey, UpdateAccessKey.',
    'If nobody vouches for it, deactivate the key, or revoke the sessions of the role.',
  ],
  falsePositives: ['Audits and posture tools that check the age of keys: suppress them by role.'],
  blindSpots: [
    'Pages of the console list the keys of all users they show: console sessions are left out.',
    'The credential report tells the same in one call. Refused calls do not say whom they were about.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html', ...KEY_REFERENCES],
});

/** The user, or the key, that the call asks about; undefined when it asks about the caller. */
function asked({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  return text(at(parameters, 'userName')) ?? text(at(parameters, 'accessKeyId'));
}

export const examples = (): Examples => {
  const list = call(IAM, 'ListAccessKeys', { requestParameters: { userName: 'bob' } });
  const different = (index: number) => ({ requestParameters: { userName: `user-${index}` } });
  return {
    fires: [
      { why: 'of ten users in half a minute', timeline: repeat(list, 10, 3_000, different), severity: 'medium' },
      {
        why: 'when ten keys were used last',
        timeline: repeat(but(list, { eventName: 'GetAccessKeyLastUsed' }), 10, 3_000, (index) => ({
          requestParameters: { accessKeyId: `AKIAEXAMPLE00000000${index}` },
        })),
      },
      {
        why: 'the tenth at the edge of the window',
        timeline: [...repeat(list, 9, 3_000, different), later(list, 10 * MINUTE - 1_000)],
      },
      {
        why: 'by Terraform',
        timeline: repeat(but(list, { userAgent: 'Terraform/1.11' }), 10, 500, different),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'of nine', timeline: repeat(list, 9, 3_000, different) },
      { why: 'of one, again and again', timeline: repeat(list, 30, 3_000) },
      { why: 'of oneself', timeline: repeat(but(list, { requestParameters: null }), 30, 3_000) },
      {
        why: 'the tenth when the window has closed',
        timeline: [...repeat(list, 9, 3_000, different), later(list, 10 * MINUTE)],
      },
      {
        why: 'the tenth by somebody else',
        timeline: [...repeat(list, 9, 3_000, different), but(list, { userIdentity: user('carol') })],
      },
      {
        why: 'a page of the console',
        timeline: repeat(but(list, { sessionCredentialFromConsole: 'true' }), 30, 100, different),
      },
      { why: 'refused: the rules on refusals', timeline: repeat(denied(list), 30, 3_000) },
      { why: 'by a service', timeline: repeat(but(list, byService('config.amazonaws.com')), 30, 3_000, different) },
    ],
  };
};
