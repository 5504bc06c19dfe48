import { agentContains } from '../../intake/caller';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, user } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import {
  bySomebodyElse,
  IAM,
  IDENTITY_CENTER_RESETS,
  PASSWORD_BLIND_SPOTS,
  PASSWORD_REFERENCES,
  PASSWORD_RUNBOOK,
  resetSentence,
  targetOf,
  targetResources,
} from './passwords';

export default defineRule({
  id: 'passwords-changed-of-many',
  title: 'Passwords of several users changed',
  severity: (event, settings) => (isAutomated(event, settings) ? shifted('high', -1) : 'high'),
  rows: ['0-10'],
  attack: ['TA0040/T1531', 'TA0003/T1098'],
  match: [
    // Not CreateLoginProfile: first passwords for a few new users are a working day.
    { feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['UpdateLoginProfile', 'DeleteLoginProfile'] },
    IDENTITY_CENTER_RESETS,
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: bySomebodyElse,
  window: {
    kind: 'distinct',
    per: accountAndTool,
    value: targetOf,
    threshold: 3,
    withinMs: HOUR,
    unit: 'users whose password was changed',
  },
  quietMs: HOUR,
  headline: resetSentence,
  resources: targetResources,
  why: 'An intruder who resets one user after another takes over an account, or locks everybody out before asking for money.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: ['A forced change of all passwords, or people who leave together: suppress the actor for the day.'],
  blindSpots: ['Fewer than three users in an hour.', 'First passwords (CreateLoginProfile).', PASSWORD_BLIND_SPOTS[0]],
  references: PASSWORD_REFERENCES,
});

function isAutomated(event: TrailEvent, { infrastructureAsCodeAgents }: Settings): boolean {
  return agentContains(event, infrastructureAsCodeAgents);
}

/** The account, whoever acts; infrastructure as code apart, since all events of a window must have one severity. */
function accountAndTool(event: TrailEvent, settings: Settings): string {
  return isAutomated(event, settings) ? `${event.account}|infrastructure as code` : event.account;
}

export const examples = (): Examples => {
  const reset = call(IAM, 'UpdateLoginProfile');
  const of = (names: readonly string[]) =>
    names.map((userName, index) => but(later(reset, index * 20 * MINUTE), { requestParameters: { userName } }));
  const three = of(['bob', 'carol', 'dave']);
  const atIdentityCenter = three.map((record, index) =>
    but(record, {
      eventSource: 'sso-directory.amazonaws.com',
      eventName: 'UpdatePassword',
      requestParameters: { userId: `94482488-3041-7000-0000-00000000000${index}`, passwordMode: 'OTP' },
    }),
  );
  return {
    fires: [
      { why: 'three users in forty minutes', timeline: three, severity: 'high' },
      {
        why: 'by three actors: the account is one',
        timeline: three.map((record, index) => but(record, { userIdentity: user(`helper${index}`) })),
      },
      { why: 'in Identity Center', timeline: atIdentityCenter },
      { why: 'removed', timeline: three.map((record) => but(record, { eventName: 'DeleteLoginProfile' })) },
      {
        why: 'the third one second before the hour is over',
        timeline: [...three.slice(0, 2), later(three[2] ?? {}, 20 * MINUTE - 1_000)],
      },
      {
        why: 'by infrastructure as code',
        timeline: three.map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'two users', timeline: three.slice(0, 2) },
      {
        why: 'infrastructure as code and a person: counted apart',
        timeline: three.map((record, index) => but(record, index === 0 ? { userAgent: 'Terraform/1.9' } : {})),
      },
      { why: 'one user, three times', timeline: of(['bob', 'bob', 'bob']) },
      {
        why: 'the third user an hour after the first',
        timeline: [...three.slice(0, 2), later(three[2] ?? {}, 20 * MINUTE)],
      },
      {
        why: 'the third was refused',
        timeline: [...three.slice(0, 2), but(three[2] ?? {}, { errorCode: 'AccessDenied' })],
      },
      {
        why: 'the third did it',
        timeline: [...three.slice(0, 2), but(three[2] ?? {}, { userIdentity: user('dave') })],
      },
      { why: 'first passwords', timeline: three.map((record) => but(record, { eventName: 'CreateLoginProfile' })) },
    ],
  };
};
