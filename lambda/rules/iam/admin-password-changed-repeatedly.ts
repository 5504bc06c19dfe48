import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, user } from '../sample';
import {
  bySomebodyElse,
  IAM,
  isAdminByName,
  namedTarget,
  PASSWORD_BLIND_SPOTS,
  PASSWORD_REFERENCES,
  PASSWORD_RESETS,
  PASSWORD_RUNBOOK,
  resetSentence,
  targetResources,
} from './passwords';

export default defineRule({
  id: 'admin-password-changed-repeatedly',
  title: 'Password of one administrator changed again and again',
  severity: 'high',
  rows: ['0-10'],
  attack: ['TA0003/T1098', 'TA0040/T1531'],
  match: [PASSWORD_RESETS],
  settings: ['adminUsers'],
  when: (event, settings) => isAdminByName(event, settings) && bySomebodyElse(event),
  window: {
    kind: 'count',
    per: (event) => `${event.account}|${namedTarget(event)}`,
    threshold: 2,
    withinMs: HOUR,
    unit: 'changes of the password',
  },
  headline: resetSentence,
  resources: targetResources,
  why: 'Two people, or an owner and an intruder, may be fighting for one account.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: ['A colleague who helps and mistypes the first time.'],
  blindSpots: [
    'Changes by the administrator: a reset by a colleague and the change that follows it are ordinary.',
    ...PASSWORD_BLIND_SPOTS,
  ],
  references: PASSWORD_REFERENCES,
});

export const examples = (): Examples => {
  const reset = call(IAM, 'UpdateLoginProfile', { requestParameters: { userName: 'admin-bob' } });
  return {
    fires: [
      { why: 'twice in half an hour', timeline: [reset, later(reset, 30 * MINUTE)], severity: 'high' },
      { why: 'the second one second before the hour is over', timeline: [reset, later(reset, HOUR - 1_000)] },
      {
        why: 'by two actors',
        timeline: [reset, but(later(reset, 30 * MINUTE), { userIdentity: user('carol') })],
      },
      {
        why: 'removed and given anew',
        timeline: [
          but(reset, { eventName: 'DeleteLoginProfile' }),
          later(but(reset, { eventName: 'CreateLoginProfile' }), MINUTE),
        ],
      },
    ],
    quiet: [
      { why: 'once', timeline: [reset] },
      { why: 'the second an hour after the first', timeline: [reset, later(reset, HOUR)] },
      {
        why: 'the second is the administrator, after the reset',
        timeline: [
          reset,
          but(later(reset, 10 * MINUTE), {
            eventName: 'ChangePassword',
            requestParameters: null,
            userIdentity: user('admin-bob'),
          }),
        ],
      },
      {
        why: 'two administrators',
        timeline: [reset, but(later(reset, MINUTE), { requestParameters: { userName: 'admin-eve' } })],
      },
      {
        why: 'no administrator',
        timeline: [reset, later(reset, MINUTE)].map((record) =>
          but(record, { requestParameters: { userName: 'bob' } }),
        ),
      },
    ],
  };
};
