import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { addressBlock } from '../networks';
import { DAY, defineRule, type Examples, HOUR, type Match, MINUTE } from '../rule';
import { but, call, later, role, user } from '../sample';
import { shifted } from '../severity';
import { assumed, SESSION_KEY } from './role-samples';
import {
  ASSUMED_WITH_KEYS,
  assumedInWords,
  keyOfNewSession,
  ROLE_REFERENCES,
  roleOf,
  roleResources,
  STS,
} from './roles';
import { isSensitive, SENSITIVE, SENSITIVE_SETTINGS, sensitiveSeverity } from './sensitive-acts';

const LEARN_DAYS = 14;
const EXPIRY_DAYS = 90;

/** By somebody who never took the role, these are not administration either. */
const MORE_ACTS: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: 's3.amazonaws.com',
  calls: ['PutBucketPolicy'],
};

export default defineRule({
  id: 'role-new-assumer-then-sensitive',
  title: 'Role in new hands, and at once a sensitive change',
  severity: (event, settings) => (isAssumption(event) ? 'info' : shifted(sensitiveSeverity(event, settings), 1)),
  rows: ['1-10', '1-9'],
  attack: ['TA0004/T1078.004', 'TA0003/T1098', 'TA0008/T1550.001'],
  match: [ASSUMED_WITH_KEYS, ...SENSITIVE, MORE_ACTS],
  settings: [...SENSITIVE_SETTINGS],
  when: (event, settings) => isAssumption(event) || event.call === 'PutBucketPolicy' || isSensitive(event, settings),
  baseline: {
    kind: 'assumer',
    // New is a role in new hands, or in known ones from a new network; and of a session, its first such act.
    value: (event) => {
      if (!isAssumption(event)) return sessionKeyOf(event);
      const from = event.sourceIp === undefined ? undefined : addressBlock(event.sourceIp);
      return `${event.actor} ${roleOf(event) ?? ''} ${from ?? event.sourceService ?? 'nowhere'}`;
    },
    learnDays: LEARN_DAYS,
    expiryDays: EXPIRY_DAYS,
  },
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    per: (event) => (isAssumption(event) ? keyOfNewSession(event) : sessionKeyOf(event)),
    steps: [
      { name: 'assumed by somebody new, or from a new network', is: isAssumption },
      { name: 'acted', is: (event) => !isAssumption(event) },
    ],
  },
  headline: (event) =>
    isAssumption(event)
      ? assumedInWords(event)
      : `${event.actor} called ${event.call} in ${event.account} ${event.region}, in a session of somebody who never took this role from there`,
  resources: (event) => (isAssumption(event) ? roleResources(event) : [event.actor]),
  why: 'A role in hands that never held it, and within the hour users, keys, policies or guards change: this is how a stolen key becomes an account taken over.',
  runbook: [
    'Who took the role? It is in this alert: the caller of AssumeRole, and its address.',
    "Revoke the sessions of the role now (IAM console, Revoke sessions) and deactivate the caller's keys; ask afterwards.",
    'List all that the session did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key of the session>.',
    'Undo it: delete users and keys, detach policies, start trails and detectors.',
  ],
  falsePositives: [
    'A new administrator on the first day, or one who travels.',
    'A new pipeline: name it in deployers.',
  ],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account; then role-assumed-then-sensitive tells it, one lower.`,
    'Sessions by SAML, single sign-on and web identities; roles taken from another account.',
    'What a session does more than an hour after it began. Calls that CloudFormation makes for it carry no key.',
  ],
  references: ROLE_REFERENCES,
});

function isAssumption({ service }: TrailEvent): boolean {
  return service === STS;
}

/** Key of the caller's session; long-lived keys belong to no session. */
function sessionKeyOf({ record }: TrailEvent): string | undefined {
  const key = text(at(record, 'userIdentity', 'accessKeyId'));
  return key?.startsWith('ASIA') ? key : undefined;
}

export const examples = (): Examples => {
  const opening = assumed('Reader', { userIdentity: user('carol') });
  const taken = later(assumed('PlatformAdmin'), LEARN_DAYS * DAY);
  const inRole = (session = SESSION_KEY, attributes = {}) => ({
    userIdentity: { ...role('PlatformAdmin', 'work', undefined, attributes), accessKeyId: session },
  });
  const act = (service: string, name: string, requestParameters: object, fields: object = {}) =>
    later(call(service, name, { requestParameters, ...inRole(), ...fields }), LEARN_DAYS * DAY + 10 * MINUTE);
  const made = act('iam.amazonaws.com', 'CreateAccessKey', { userName: 'bob' });
  const before = but(later(assumed('PlatformAdmin'), DAY), {
    responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLESESSION09' } },
  });
  return {
    fires: [
      { why: 'a key made by somebody who never took the role', timeline: [opening, taken, made], severity: 'critical' },
      { why: 'the act is delivered first', timeline: [opening, made, taken], severity: 'critical' },
      {
        why: 'known hands, and a new network',
        timeline: [opening, before, but(taken, { sourceIPAddress: '203.0.113.9' }), made],
        severity: 'critical',
      },
      {
        why: 'the policy of a bucket',
        timeline: [opening, taken, act('s3.amazonaws.com', 'PutBucketPolicy', { bucketName: 'example-data' })],
        severity: 'critical',
      },
      {
        why: 'several acts: one alert',
        timeline: [opening, taken, made, later(made, MINUTE), later(made, 2 * MINUTE)],
      },
      {
        why: 'with a second factor',
        timeline: [opening, taken, but(made, inRole(SESSION_KEY, { mfaAuthenticated: 'true' }))],
        severity: 'high',
      },
      {
        why: 'by Terraform',
        timeline: [opening, taken, but(made, { userAgent: 'Terraform/1.9' })],
        severity: 'medium',
      },
      { why: 'at the end of the hour', timeline: [opening, taken, later(made, 50 * MINUTE - 1_000)] },
    ],
    quiet: [
      { why: 'an hour later', timeline: [opening, taken, later(made, 50 * MINUTE)] },
      { why: 'taken before, from the same network', timeline: [opening, before, taken, made] },
      { why: 'before learning ends', timeline: [opening, ...[taken, made].map((one) => later(one, -DAY))] },
      { why: 'another session', timeline: [opening, taken, but(made, inRole('ASIAEXAMPLESESSION02'))] },
      { why: 'only taken', timeline: [opening, taken] },
      {
        why: 'an ordinary act',
        timeline: [opening, taken, act('s3.amazonaws.com', 'PutBucketTagging', { bucketName: 'example-data' })],
      },
    ],
  };
};
