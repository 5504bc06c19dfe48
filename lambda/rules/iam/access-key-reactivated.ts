import { field, isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later, role, root, user } from '../sample';
import { IAM, isRoot, KEY_REFERENCES, KEY_RUNBOOK, userInWords, userResources } from './access-keys';

export default defineRule({
  id: 'access-key-reactivated',
  title: 'Access key switched on again',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-5', '1-7'],
  attack: ['TA0003/T1098.001'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['UpdateAccessKey'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => !isRoot(event) && switchesOn(event),
  per: (event) => `${event.account}|${event.actor}|${userResources(event)[0] ?? ''}`,
  headline: (event) => `${event.actor} switched on ${keyInWords(event)} of ${userInWords(event)} ${whereFrom(event)}`,
  resources: userResources,
  why: 'An old key that nobody watches any more is a back door that needs no new credential.',
  runbook: KEY_RUNBOOK,
  falsePositives: ['Somebody who switched a key off too early during a rotation, and takes it back.'],
  blindSpots: ['Why the key was switched off. Keys that are switched off or deleted are not told.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html', ...KEY_REFERENCES],
});

function switchesOn({ record }: TrailEvent): boolean {
  const parameters = record['requestParameters'];
  return isOmitted(parameters) || text(field(parameters, 'status')) === 'Active';
}

function keyInWords({ record }: TrailEvent): string {
  const parameters = record['requestParameters'];
  return isOmitted(parameters)
    ? 'or off (too large to see) a key'
    : `key ${text(field(parameters, 'accessKeyId')) ?? ''}`.trim();
}

export const examples = (): Examples => {
  const active = call(IAM, 'UpdateAccessKey', {
    requestParameters: { userName: 'bob', accessKeyId: 'AKIAEXAMPLEOLDKEY001', status: 'Active' },
  });
  return {
    fires: [
      { why: 'the key of somebody else', timeline: [active], severity: 'medium' },
      { why: 'the own key', timeline: [but(active, { userIdentity: user('bob') })], severity: 'medium' },
      { why: 'by a role', timeline: [but(active, { userIdentity: role('Admin', 's') })] },
      { why: 'too large to see', timeline: [but(active, { requestParameters: { omitted: true } })] },
      {
        why: 'by CloudFormation',
        timeline: [but(active, { userAgent: 'cloudformation.amazonaws.com' })],
        severity: 'low',
      },
      { why: 'twice: one alert', timeline: [active, later(active, 60_000)] },
    ],
    quiet: [
      {
        why: 'switched off',
        timeline: [
          but(active, {
            requestParameters: { userName: 'bob', accessKeyId: 'AKIAEXAMPLEOLDKEY001', status: 'Inactive' },
          }),
        ],
      },
      { why: 'refused', timeline: [denied(active)] },
      { why: 'root: another rule', timeline: [but(active, { userIdentity: root() })] },
      { why: 'deleted', timeline: [but(active, { eventName: 'DeleteAccessKey' })] },
    ],
  };
};
