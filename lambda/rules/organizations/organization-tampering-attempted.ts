import { text } from '../../intake/fields';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { ORGANIZATIONS } from './guard-rails';

export default defineRule({
  id: 'organization-tampering-attempted',
  title: 'Failed attempt to leave or change the organization',
  severity: (event, settings) =>
    lessIfAutomated(event.call === 'LeaveOrganization' ? 'high' : 'medium', event, settings),
  rows: ['1-20', '0-9', '2-33'],
  attack: ['TA0005/T1666'],
  match: [
    {
      feed: 'api-writes',
      outcome: ['denied', 'failed'],
      service: ORGANIZATIONS,
      calls: [
        'LeaveOrganization',
        'RemoveAccountFromOrganization',
        'CloseAccount',
        'DeleteOrganization',
        'DetachPolicy',
        'DeletePolicy',
        'DisablePolicyType',
        'RegisterDelegatedAdministrator',
      ],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} tried ${event.call} in ${event.account} from ${event.sourceIp ?? 'an unknown address'} and failed (${text(event.record['errorCode']) ?? 'no code'})`,
  resources: (event) => [event.account],
  why: 'An account that leaves the organization leaves its guard rails, its central logs and its detectors behind. Few people ever have a reason to try.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions now.',
    'Deny organizations:LeaveOrganization in every account by a service control policy.',
    'See what else the actor did in the hours before: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  ],
  falsePositives: ['The end of a test account, tried without the right to.'],
  blindSpots: ['Attempts from accounts whose events do not reach this detector.'],
  references: [
    'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html',
    'https://attack.mitre.org/techniques/T1666/',
  ],
});

export const examples = (): Examples => {
  const left = call(ORGANIZATIONS, 'LeaveOrganization');
  const leave = denied(left);
  return {
    fires: [
      { why: 'leaving was refused', timeline: [leave], severity: 'high' },
      {
        why: 'leaving failed',
        timeline: [but(leave, { errorCode: 'ConstraintViolationException' })],
        severity: 'high',
      },
      {
        why: 'taking a policy off was refused',
        timeline: [but(leave, { eventName: 'DetachPolicy' })],
        severity: 'medium',
      },
      {
        why: 'closing an account was refused',
        timeline: [but(leave, { eventName: 'CloseAccount' })],
        severity: 'medium',
      },
      { why: 'by Terraform', timeline: [but(leave, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'again: one alert', timeline: [leave, later(leave, 60_000)] },
    ],
    quiet: [
      { why: 'it succeeded: another rule', timeline: [left] },
      { why: 'looking was refused', timeline: [but(leave, { eventName: 'DescribeOrganization', readOnly: true })] },
      { why: 'making an account was refused', timeline: [but(leave, { eventName: 'CreateAccount' })] },
    ],
  };
};
