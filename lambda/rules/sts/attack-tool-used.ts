import { agentContains } from '../../intake/caller';
import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { QUESTIONS } from '../bursts/discovery';
import { whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';

export default defineRule({
  id: 'attack-tool-used',
  title: 'A tool for breaking in asked about the account',
  // Tools of auditors and of drills are mostly just that.
  severity: (event, settings) => (agentContains(event, settings.attackTools) ? 'high' : 'low'),
  rows: ['2-20'],
  attack: ['TA0007/T1087.004', 'TA0007/T1580'],
  // Their first questions, by name: looking at the agent of every event would cost more than it finds.
  match: [
    ...QUESTIONS,
    {
      feed: 'api-writes',
      outcome: 'any',
      service: 'iam.amazonaws.com',
      calls: ['CreateUser', 'CreateAccessKey', 'CreateLoginProfile', 'AttachUserPolicy', 'PutUserPolicy'],
    },
  ],
  settings: ['attackTools', 'auditTools'],
  when: (event, settings) => agentContains(event, settings.attackTools) || agentContains(event, settings.auditTools),
  per: (event, settings) =>
    `${event.account}|${event.actor}|${agentContains(event, settings.attackTools) ? 'attack' : 'audit'}`,
  quietMs: 24 * HOUR,
  headline: (event) => `${event.actor} called ${event.call} with ${agent(event)} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: 'The program names itself: it looks for keys in public places and tries them, or maps what a stolen key can reach.',
  runbook: [
    'Is a test agreed, or does somebody of yours run the tool? Ask the owner of the key.',
    'If not, the key is in strange hands: aws iam update-access-key --status Inactive --access-key-id <key>; revoke the sessions of a role.',
    'See what it found out and did since: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Find where the key was published or taken from, and give the program another.',
  ],
  falsePositives: [
    'Audits and drills that were agreed; secret scanners that check keys of yours.',
    'A workstation of somebody who tests security: suppress by actor and address.',
  ],
  blindSpots: ['The user agent is what the caller writes: careful intruders write another.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
    'https://attack.mitre.org/techniques/T1087/004/',
  ],
});

function agent({ record }: TrailEvent): string {
  return (text(record['userAgent']) ?? 'a tool').slice(0, 80);
}

export const examples = (): Examples => {
  const asked = call('sts.amazonaws.com', 'GetCallerIdentity', { userAgent: 'TruffleHog' });
  return {
    fires: [
      { why: 'a search for keys in public code', timeline: [asked], severity: 'high' },
      {
        why: 'a system for breaking in',
        timeline: [but(asked, { userAgent: 'Boto3/1.40.18 Python/3.12 Linux/6.11.2-amd64-kali1 Botocore/1.40.18' })],
        severity: 'high',
      },
      { why: 'the key is dead already', timeline: [but(denied(asked), { errorCode: 'InvalidClientTokenId' })] },
      {
        why: 'a user was made',
        timeline: [
          but(asked, {
            eventSource: 'iam.amazonaws.com',
            eventName: 'CreateUser',
            readOnly: false,
            userAgent: 'Pacu/1.6.0',
          }),
        ],
        severity: 'high',
      },
      { why: 'an audit', timeline: [but(asked, { userAgent: 'APN_1826889 prowler/5.2' })], severity: 'low' },
      {
        why: 'a tool that the settings name',
        timeline: [but(asked, { userAgent: 'ourtool/1.0' })],
        settings: { attackTools: ['ourtool'] },
        severity: 'high',
      },
      { why: 'all day: one alert', timeline: [asked, later(asked, 20 * HOUR)] },
    ],
    quiet: [
      { why: 'another agent', timeline: [but(asked, { userAgent: 'aws-cli/2.27.1' })] },
      { why: 'no agent', timeline: [but(asked, { userAgent: undefined })] },
      {
        why: 'an audit that the settings do not name',
        timeline: [but(asked, { userAgent: 'prowler/5.2' })],
        settings: { auditTools: [] },
      },
    ],
  };
};
