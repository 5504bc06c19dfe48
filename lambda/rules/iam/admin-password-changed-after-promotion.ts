import type { TrailEvent } from '../../intake/trail-event';
import { SEQUENCE_SLACK_MS } from '../../windows/verdict';
import { DAY, defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, role } from '../sample';
import type { Settings } from '../settings';
import {
  bySomebodyElse,
  IAM,
  isAdminByName,
  makesAdmin,
  namedTarget,
  PASSWORD_BLIND_SPOTS,
  PASSWORD_REFERENCES,
  PASSWORD_RUNBOOK,
  PROMOTIONS,
  resetSentence,
  resetSeverity,
  targetOf,
  targetResources,
} from './passwords';

const REMEMBERED_DAYS = 14;

export default defineRule({
  id: 'admin-password-changed-after-promotion',
  title: 'Password changed of a user made administrator lately',
  severity: (event, settings) => (isReset(event) ? resetSeverity(event, settings) : 'info'),
  rows: ['0-10'],
  attack: ['TA0003/T1098', 'TA0040/T1531'],
  match: [
    PROMOTIONS,
    // Not CreateLoginProfile: a first password after the first rights is how every new administrator begins.
    { feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['UpdateLoginProfile', 'DeleteLoginProfile'] },
  ],
  settings: ['adminUsers', 'adminGroups', 'adminPolicies', 'infrastructureAsCodeAgents'],
  when: (event, settings) => targetOf(event) !== undefined && !isAdminByName(event, settings), // else admin-password-changed tells it
  window: {
    kind: 'sequence',
    withinMs: REMEMBERED_DAYS * DAY,
    per: userAndDays,
    steps: [
      { name: 'made an administrator', is: makesAdmin },
      { name: 'password changed', is: isReset },
    ],
  },
  headline: (event) =>
    isReset(event)
      ? `${resetSentence(event)}, an administrator since at most ${REMEMBERED_DAYS} days`
      : `${event.actor} made ${namedTarget(event)} an administrator of ${event.account}`,
  resources: targetResources,
  why: 'The user has the rights of an administrator, whatever the name says. Whoever sets the password can use them.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: ['A new administrator who mislaid the first password.'],
  blindSpots: [
    'Rights through roles, through policies that are changed later, or through customer-managed policies outside adminPolicies.',
    ...PASSWORD_BLIND_SPOTS,
  ],
  references: PASSWORD_REFERENCES,
});

function isReset(event: TrailEvent): boolean {
  return (event.call === 'UpdateLoginProfile' || event.call === 'DeleteLoginProfile') && bySomebodyElse(event);
}

/**
 * One window for each day on which the password may be changed: repeats within a window's length are one alert, and a
 * second change a week later must be one of its own.
 *
 *     promotion on day 3  → keys day 3, 4, … 17
 *     change on day 9     → key day 9
 */
function userAndDays(event: TrailEvent, settings: Settings): string[] {
  const user = `${event.account}|${targetOf(event) ?? ''}`;
  const today = Math.floor(event.timeMs / DAY);
  if (!makesAdmin(event, settings)) return [`${user}|${today}`];
  // The slack: by another host's clock, the change may seem to come some seconds before the promotion.
  const first = Math.floor((event.timeMs - SEQUENCE_SLACK_MS) / DAY);
  return Array.from({ length: today + REMEMBERED_DAYS - first + 1 }, (_, index) => `${user}|${first + index}`);
}

export const examples = (): Examples => {
  const promoted = call(IAM, 'AttachUserPolicy', {
    requestParameters: { userName: 'bob', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  });
  const reset = later(call(IAM, 'UpdateLoginProfile', { requestParameters: { userName: 'bob' } }), 3 * DAY);
  const grouped = but(promoted, {
    eventName: 'AddUserToGroup',
    requestParameters: { userName: 'bob', groupName: 'Platform-Admins' },
  });
  const inline = (Statement: unknown) =>
    but(promoted, {
      eventName: 'PutUserPolicy',
      requestParameters: { userName: 'bob', policyName: 'p', policyDocument: JSON.stringify({ Statement }) },
    });
  const midnight = 14 * HOUR; // timelines begin at ten
  return {
    fires: [
      { why: 'attached policy, changed three days later', timeline: [promoted, reset], severity: 'critical' },
      { why: 'added to a group of administrators', timeline: [grouped, reset] },
      {
        why: 'promoted without MFA, changed with it: the change decides',
        timeline: [
          promoted,
          but(reset, { userIdentity: role('Support', 'carol', undefined, { mfaAuthenticated: 'true' }) }),
        ],
        severity: 'high',
      },
      {
        why: 'an inline policy that allows everything, one statement',
        timeline: [inline({ Effect: 'Allow', Action: '*', Resource: '*' }), reset],
      },
      {
        why: 'an inline policy that allows everything, lists',
        timeline: [
          inline([
            { Effect: 'Deny', Action: 's3:*', Resource: '*' },
            { Effect: 'Allow', Action: ['*'], Resource: ['*'] },
          ]),
          reset,
        ],
      },
      { why: 'the password was removed', timeline: [promoted, but(reset, { eventName: 'DeleteLoginProfile' })] },
      {
        why: 'the change is recorded seconds before the promotion, on the day before',
        timeline: [
          later(promoted, midnight + 1_000),
          later(but(reset, { eventTime: promoted['eventTime'] }), midnight - 3_000),
        ],
      },
      {
        why: 'one second before fourteen days are over',
        timeline: [promoted, later(reset, 11 * DAY - 1_000)],
      },
      { why: 'changed twice within a minute: one alert', timeline: [promoted, reset, later(reset, MINUTE)] },
    ],
    quiet: [
      { why: 'fourteen days later', timeline: [promoted, later(reset, 11 * DAY)] },
      { why: 'the change came first', timeline: [later(promoted, 4 * DAY), reset] },
      { why: 'another user', timeline: [promoted, but(reset, { requestParameters: { userName: 'carol' } })] },
      {
        why: 'a policy of less power',
        timeline: [
          but(promoted, {
            requestParameters: { userName: 'bob', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
          }),
          reset,
        ],
      },
      {
        why: 'a group of others',
        timeline: [but(grouped, { requestParameters: { userName: 'bob', groupName: 'dev' } }), reset],
      },
      {
        why: 'an inline policy for one bucket',
        timeline: [inline({ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::b' }), reset],
      },
      { why: 'the change was refused', timeline: [promoted, but(reset, { errorCode: 'AccessDenied' })] },
      { why: 'the promotion was refused', timeline: [but(promoted, { errorCode: 'AccessDenied' }), reset] },
      {
        why: 'the user did it',
        timeline: [
          promoted,
          but(reset, { userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'bob' } }),
        ],
      },
      { why: 'a first password', timeline: [promoted, but(reset, { eventName: 'CreateLoginProfile' })] },
      {
        why: 'an administrator by name: the other rule tells it',
        timeline: [promoted, reset],
        settings: { adminUsers: ['bob'] },
      },
    ],
  };
};
