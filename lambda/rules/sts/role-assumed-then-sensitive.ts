import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, role } from '../sample';
import { assumed, refused, SESSION_KEY } from './role-samples';
import { ASSUMED_WITH_KEYS, assumedInWords, keyOfNewSession, ROLE_REFERENCES, roleResources, STS } from './roles';
import { isSensitive, SENSITIVE, SENSITIVE_SETTINGS, sensitiveSeverity } from './sensitive-acts';

export default defineRule({
  id: 'role-assumed-then-sensitive',
  title: 'Role assumed, then used for a sensitive change',
  severity: (event, settings) => (isAssumption(event) ? 'info' : sensitiveSeverity(event, settings)),
  rows: ['1-10'],
  attack: ['TA0004/T1078.004', 'TA0003/T1098', 'TA0008/T1550.001'],
  match: [ASSUMED_WITH_KEYS, ...SENSITIVE],
  side: 'resource', // a stranger's session is ours only in the record that we get
  settings: [...SENSITIVE_SETTINGS],
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    // What a session does carries the key that AssumeRole gave it.
    per: (event) => (isAssumption(event) ? keyOfNewSession(event) : keyOfCaller(event)),
    steps: [
      { name: 'assumed', is: isAssumption },
      { name: 'acted', is: (event, settings) => !isAssumption(event) && isSensitive(event, settings) },
    ],
  },
  headline: (event) =>
    isAssumption(event)
      ? assumedInWords(event)
      : `${event.actor} called ${event.call} in ${event.account} ${event.region}, in a session that had just been assumed`,
  resources: (event) => (isAssumption(event) ? roleResources(event) : [event.actor]),
  why: 'Somebody took a role and within the hour made users, keys or administrators, blinded a guard, or let data out: how intruders use what they get.',
  runbook: [
    'Who took the role? It is in this alert: the caller of AssumeRole, and its address.',
    "Ask them, by another way than the account. If nobody vouches for it, revoke the sessions of the role (IAM console, Revoke sessions) and deactivate the caller's keys.",
    'List all that the session did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key of the session>.',
    'Undo it: delete users and keys, detach policies, start trails and detectors.',
  ],
  falsePositives: [
    'Administrators who take a role on the command line: with a second factor it is one lower.',
    'Pipelines: name them in deployers, or suppress them by actor.',
  ],
  blindSpots: [
    'Sessions by SAML, single sign-on and web identities.',
    'What a session does more than an hour after it began.',
    'Calls that CloudFormation makes for the session carry no key.',
    'Reading secrets: rules on many secrets tell that.',
  ],
  references: ROLE_REFERENCES,
});

function isAssumption({ service }: TrailEvent): boolean {
  return service === STS;
}

/** Key of the session; long-lived keys belong to no session. */
function keyOfCaller({ record }: TrailEvent): string | undefined {
  const key = text(at(record, 'userIdentity', 'accessKeyId'));
  return key?.startsWith('ASIA') ? key : undefined;
}

export const examples = (): Examples => {
  const taken = assumed('PlatformAdmin');
  const inRole = (name: string, session = SESSION_KEY, attributes = {}) => ({
    userIdentity: { ...role(name, 'work', undefined, attributes), accessKeyId: session },
  });
  const act = (service: string, name: string, requestParameters: object, fields: object = {}) =>
    later(call(service, name, { requestParameters, ...inRole('PlatformAdmin'), ...fields }), 10 * MINUTE);
  const IAM = 'iam.amazonaws.com';
  const made = act(IAM, 'CreateAccessKey', { userName: 'bob' });
  const attached = (policy: string) =>
    act(IAM, 'AttachUserPolicy', { userName: 'bob', policyArn: `arn:aws:iam::aws:policy/${policy}` });
  const launched = (instanceType: string) => act('ec2.amazonaws.com', 'RunInstances', { instanceType });
  const updated = (status: string) => act(IAM, 'UpdateAccessKey', { userName: 'bob', status });
  const shared = (userId: string) =>
    act('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
      snapshotId: 'snap-0a1b2c3d4e5f60718',
      createVolumePermission: { add: { items: [{ userId }] } },
    });
  return {
    fires: [
      { why: 'a key made ten minutes later', timeline: [taken, made], severity: 'high' },
      {
        why: 'a user made and armed: one alert',
        timeline: [
          taken,
          act(IAM, 'CreateUser', { userName: 'x' }),
          later(made, 1_000),
          later(attached('AdministratorAccess'), 2_000),
        ],
      },
      { why: "administrator's rights given", timeline: [taken, attached('AdministratorAccess')], severity: 'high' },
      { why: 'a key made active', timeline: [taken, updated('Active')], severity: 'high' },
      {
        why: 'a trail stopped',
        timeline: [taken, act('cloudtrail.amazonaws.com', 'StopLogging', { name: 'org' })],
        severity: 'high',
      },
      { why: 'a disk shared', timeline: [taken, shared('999988887777')], severity: 'high' },
      { why: 'a costly machine', timeline: [taken, launched('p4d.24xlarge')], severity: 'high' },
      { why: 'at the end of the hour', timeline: [taken, later(made, 50 * MINUTE - 1_000)] },
      {
        why: 'with a second factor',
        timeline: [taken, but(made, inRole('PlatformAdmin', SESSION_KEY, { mfaAuthenticated: 'true' }))],
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [taken, but(made, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'by a role that deploys', timeline: [taken, but(made, inRole('GitHubDeploy'))], severity: 'low' },
      {
        why: 'taken from another account',
        timeline: [
          but(taken, { userIdentity: { type: 'AWSAccount', principalId: 'AIDAX', accountId: '999988887777' } }),
          made,
        ],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'an hour later', timeline: [taken, later(made, 50 * MINUTE)] },
      { why: 'another session', timeline: [taken, but(made, inRole('PlatformAdmin', 'ASIAEXAMPLESESSION02'))] },
      { why: 'with a long-lived key', timeline: [taken, but(made, inRole('PlatformAdmin', 'AKIAEXAMPLESESSION01'))] },
      { why: 'the role was refused', timeline: [refused('PlatformAdmin'), made] },
      { why: 'the change was refused', timeline: [taken, denied(made)] },
      { why: 'a service took the role', timeline: [but(taken, byService('ec2.amazonaws.com')), made] },
      { why: 'rights of another kind', timeline: [taken, attached('ReadOnlyAccess')] },
      { why: 'a key made inactive', timeline: [taken, updated('Inactive')] },
      { why: 'an ordinary machine', timeline: [taken, launched('t3.micro')] },
      {
        why: 'shared with an own account',
        timeline: [taken, shared('444455556666')],
        settings: { organizationAccounts: ['444455556666'] },
      },
      { why: 'only taken', timeline: [taken] },
    ],
  };
};
