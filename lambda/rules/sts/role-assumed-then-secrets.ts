import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, isAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR, MINUTE, type SampleRecord } from '../rule';
import { but, byService, call, denied, later, repeat, role } from '../sample';
import { SECRETS_MANAGER, secretsNamed } from '../secretsmanager/secrets';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { assumed, refused, SESSION_KEY } from './role-samples';
import { ASSUMED_WITH_KEYS, assumedInWords, keyOfNewSession, ROLE_REFERENCES, roleResources, STS } from './roles';

const READS_MIN = 5;

export default defineRule({
  id: 'role-assumed-then-secrets',
  title: 'Role assumed, then secrets read again and again',
  severity: readSeverity,
  rows: ['1-10'],
  attack: ['TA0006/T1555.006', 'TA0008/T1550.001'],
  match: [
    ASSUMED_WITH_KEYS,
    { feed: 'api-reads', outcome: 'succeeded', service: SECRETS_MANAGER, calls: ['GetSecretValue'] },
  ],
  side: 'resource', // a stranger's session is ours only in the record that we get
  settings: ['deployers', 'infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    per: (event) => (isAssumption(event) ? keyOfNewSession(event) : keyOfCaller(event)),
    steps: [
      { name: 'assumed', is: isAssumption },
      { name: 'secrets read', is: (event) => !isAssumption(event), count: READS_MIN },
    ],
  },
  headline: (event) =>
    isAssumption(event)
      ? assumedInWords(event)
      : `${event.actor} read secret ${secretsNamed(event)[0] ?? '(not named)'} in ${event.account} ${event.region}, in a session that had just been assumed`,
  resources: (event) => (isAssumption(event) ? roleResources(event) : [event.actor, ...secretsNamed(event)]),
  why: 'A program reads its own secrets in the role that it runs with. Somebody who takes a role and reads secret after secret collects them.',
  runbook: [
    'Who took the role? It is in this alert: the caller of AssumeRole, and its address.',
    'List which secrets the session read: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key of the session>.',
    'If nobody vouches for it, revoke the sessions of the role (IAM console, Revoke sessions) and replace every secret that was read.',
  ],
  falsePositives: [
    'A script that takes a role and asks for its one secret many times.',
    'Pipelines: name them in deployers, or suppress them by actor.',
  ],
  blindSpots: [
    'Sessions by SAML, single sign-on and web identities, and those that services start.',
    'Secrets read more than an hour after the session began, or fewer than five.',
  ],
  references: ROLE_REFERENCES,
});

function readSeverity(event: TrailEvent, settings: Settings): Severity {
  if (isAssumption(event)) return 'info'; // the reads decide
  return isAutomated(event, settings) || anyGlobMatches(settings.deployers, event.actor, true) ? 'low' : 'medium';
}

function isAssumption({ service }: TrailEvent): boolean {
  return service === STS;
}

function keyOfCaller({ record }: TrailEvent): string | undefined {
  const key = text(at(record, 'userIdentity', 'accessKeyId'));
  return key?.startsWith('ASIA') ? key : undefined;
}

export const examples = (): Examples => {
  const taken = assumed('Orders');
  const inRole = (name: string, session = SESSION_KEY) => ({
    userIdentity: { ...role(name, 'work'), accessKeyId: session },
  });
  const read = later(
    call(SECRETS_MANAGER, 'GetSecretValue', { requestParameters: { secretId: 'prod/db' }, ...inRole('Orders') }),
    10 * MINUTE,
  );
  const reads = (times: number, fields: SampleRecord = {}) =>
    repeat(but(read, fields), times, 1_000, (index) => ({ requestParameters: { secretId: `prod/${index}` } }));
  return {
    fires: [
      { why: 'five reads ten minutes later', timeline: [taken, ...reads(5)], severity: 'medium' },
      { why: 'delivered before the assumption', timeline: [...reads(5), taken] },
      { why: 'many reads: one alert', timeline: [taken, ...reads(30)] },
      { why: 'by Terraform', timeline: [taken, ...reads(5, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'by a role that deploys', timeline: [taken, ...reads(5, inRole('GitHubDeploy'))], severity: 'low' },
      { why: 'the last at the end of the hour', timeline: [taken, ...reads(4), later(read, 50 * MINUTE - 1_000)] },
    ],
    quiet: [
      { why: 'four reads', timeline: [taken, ...reads(4)] },
      { why: 'the last an hour later', timeline: [taken, ...reads(4), later(read, 50 * MINUTE)] },
      { why: 'another session', timeline: [taken, ...reads(5, inRole('Orders', 'ASIAEXAMPLESESSION02'))] },
      { why: 'the role was refused', timeline: [refused('Orders'), ...reads(5)] },
      { why: 'one of the reads was refused', timeline: [taken, ...reads(4), denied(read)] },
      { why: 'a service took the role', timeline: [but(taken, byService('ecs-tasks.amazonaws.com')), ...reads(5)] },
    ],
  };
};
