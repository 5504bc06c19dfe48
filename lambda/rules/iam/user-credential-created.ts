import { at, field, isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later, role, root, user } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { forSomebodyElse, IAM, isRoot, KEY_REFERENCES, targetUser, userInWords } from './access-keys';

/** Calls that make a credential, or make an old one work again. */
const MAKING = [
  'CreateServiceSpecificCredential',
  'ResetServiceSpecificCredential',
  'UploadSigningCertificate',
  'UploadSSHPublicKey',
] as const;
const SWITCHING = ['UpdateServiceSpecificCredential', 'UpdateSigningCertificate', 'UpdateSSHPublicKey'] as const;

export default defineRule({
  id: 'user-credential-created',
  title: 'Credential besides access keys created for a user',
  severity: credentialSeverity,
  rows: ['1-5', '2-4'],
  attack: ['TA0003/T1098.001', 'TA0003/T1098.004'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: [...MAKING, ...SWITCHING] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => !isRoot(event) && works(event),
  per: (event) => `${event.account}|${event.actor}|${userOf(event) ?? ''}|${event.call}`,
  headline: (event) =>
    `${event.actor} called ${event.call}${forService(event)} for ${userInWords(event)} ${whereFrom(event)}`,
  resources: (event) => [userOf(event) ?? []].flat(),
  why: 'Users have more than passwords and access keys: API keys of services, certificates, SSH keys. They are seldom looked at, and let in as well.',
  runbook: [
    'Ask the actor and the user, by another way than the account.',
    'List what the user has: aws iam list-service-specific-credentials, list-signing-certificates, list-ssh-public-keys --user-name <user>.',
    'If nobody vouches for it, delete the credential, and look for calls of the user since.',
    "Deactivate the actor's keys and revoke its sessions.",
  ],
  falsePositives: ['Developers who set up CodeCommit, Keyspaces or an API key for Bedrock.'],
  blindSpots: [
    'What is done with such credentials: pushes to CodeCommit and queries to Keyspaces are no management events.',
    'Users who make them for themselves, but for API keys of Bedrock and signing certificates.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
    ...KEY_REFERENCES,
  ],
});

function works(event: TrailEvent): boolean {
  if ((MAKING as readonly string[]).includes(event.call)) return true;
  const parameters = event.record['requestParameters'];
  return isOmitted(parameters) || text(field(parameters, 'status')) === 'Active';
}

/** Medium for others, and for what gives access to AWS itself; information only for what users set up for themselves. */
function credentialSeverity(event: TrailEvent, settings: Settings): Severity {
  const opensAws = serviceOf(event) === 'bedrock.amazonaws.com' || event.call.includes('SigningCertificate');
  return opensAws || forSomebodyElse(event) ? lessIfAutomated('medium', event, settings) : 'info';
}

function serviceOf({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'serviceName'));
}

function forService(event: TrailEvent): string {
  const service = serviceOf(event);
  return service === undefined ? '' : ` (${service})`;
}

function userOf(event: TrailEvent): string | undefined {
  return targetUser(event);
}

export const examples = (): Examples => {
  const bedrock = call(IAM, 'CreateServiceSpecificCredential', {
    requestParameters: { userName: 'BedrockAPIKey-1a2b', serviceName: 'bedrock.amazonaws.com' },
    responseElements: {
      serviceSpecificCredential: {
        userName: 'BedrockAPIKey-1a2b',
        serviceName: 'bedrock.amazonaws.com',
        status: 'Active',
      },
    },
  });
  const ssh = call(IAM, 'UploadSSHPublicKey', { requestParameters: { userName: 'bob' } });
  const own = { userIdentity: user('bob') };
  return {
    fires: [
      { why: 'an API key for Bedrock, for a user that exists for it', timeline: [bedrock], severity: 'medium' },
      {
        why: 'an API key for Bedrock, for oneself',
        timeline: [
          but(bedrock, { ...own, requestParameters: { userName: 'bob', serviceName: 'bedrock.amazonaws.com' } }),
        ],
        severity: 'medium',
      },
      { why: 'an SSH key for somebody else', timeline: [ssh], severity: 'medium' },
      { why: 'by a role', timeline: [but(ssh, { userIdentity: role('Admin', 's') })] },
      { why: 'a certificate for oneself', timeline: [but(ssh, { ...own, eventName: 'UploadSigningCertificate' })] },
      { why: 'a new password of a credential', timeline: [but(ssh, { eventName: 'ResetServiceSpecificCredential' })] },
      {
        why: 'one that was switched off is switched on',
        timeline: [
          but(ssh, { eventName: 'UpdateSSHPublicKey', requestParameters: { userName: 'bob', status: 'Active' } }),
        ],
      },
      {
        why: 'too large to see',
        timeline: [but(ssh, { eventName: 'UpdateSSHPublicKey', requestParameters: { omitted: true } })],
      },
      { why: 'by Terraform', timeline: [but(ssh, { userAgent: 'Terraform/1.11' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [ssh, later(ssh, 60_000)] },
    ],
    quiet: [
      { why: 'an SSH key for oneself', timeline: [but(ssh, own)] },
      { why: 'refused', timeline: [denied(bedrock)] },
      {
        why: 'switched off',
        timeline: [
          but(ssh, { eventName: 'UpdateSSHPublicKey', requestParameters: { userName: 'bob', status: 'Inactive' } }),
        ],
      },
      { why: 'root: rules on root', timeline: [but(ssh, { userIdentity: root() })] },
    ],
  };
};
