import { invokedBy } from '../../intake/caller';
import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { isRoot } from '../root/root';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, role, root } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { GUARD_RAILS, isGuardRailCall, ORGANIZATIONS } from './guard-rails';

export default defineRule({
  id: 'organization-guard-rail-changed',
  title: 'Guard rail of the organization changed or removed',
  severity,
  rows: ['1-20', '1-4', '2-33'],
  attack: ['TA0005/T1666', 'TA0005/T1562.001'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: ORGANIZATIONS,
      calls: Object.keys(GUARD_RAILS) as [string, ...string[]],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => {
    const about = target(event);
    return `${event.actor} ${did(event)} in the organization of ${event.account} (${event.call}${about === undefined ? '' : `: ${about}`})`;
  },
  resources: (event) => [target(event) ?? event.account],
  why: 'Policies of the organization are what even an administrator of an account cannot undo. With one gone, the rest follows.',
  runbook: [
    'Ask the actor, and compare with your templates of the organization.',
    'Put it back: aws organizations attach-policy, enable-policy-type, move-account, deregister-delegated-administrator, disable-aws-service-access.',
    'See what the accounts below did since that the policy would have refused.',
    'If nobody vouches for it, the management account itself is taken: secure its root user and call AWS Support.',
  ],
  falsePositives: ['The owners of the organization at work, and AWS Control Tower (one lower).'],
  blindSpots: ['How a policy was changed: its new text is in the record, its old one is not.'],
  references: [
    'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html',
    'https://attack.mitre.org/techniques/T1666/',
  ],
});

function did({ call: name }: TrailEvent): string {
  return isGuardRailCall(ORGANIZATIONS, name) ? GUARD_RAILS[name][0] : 'changed a guard rail';
}

function severity(event: TrailEvent, settings: Settings): Severity {
  const ofCall = isGuardRailCall(ORGANIZATIONS, event.call) ? GUARD_RAILS[event.call][1] : 'medium';
  if (isRoot(event)) return 'high';
  return lessIfAutomated(shifted(ofCall, invokedBy(event) === undefined ? 0 : -1), event, settings);
}

/** What the call is about: the policy, the account, the service. */
function target({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  return ['policyId', 'accountId', 'servicePrincipal', 'policyType', 'handshakeId'].flatMap(
    (name) => text(pick(parameters, name)) ?? [],
  )[0];
}

export const examples = (): Examples => {
  const did = (name: string, requestParameters: object) => call(ORGANIZATIONS, name, { requestParameters });
  const detached = did('DetachPolicy', { policyId: 'p-0a1b2c3d', targetId: '444455556666' });
  return {
    fires: [
      { why: 'a policy was taken off', timeline: [detached], severity: 'high' },
      { why: 'a policy was deleted', timeline: [did('DeletePolicy', { policyId: 'p-0a1b2c3d' })], severity: 'high' },
      {
        why: 'all policies of a kind',
        timeline: [did('DisablePolicyType', { policyType: 'SERVICE_CONTROL_POLICY' })],
        severity: 'high',
      },
      { why: 'a policy was changed', timeline: [did('UpdatePolicy', { policyId: 'p-0a1b2c3d' })], severity: 'medium' },
      {
        why: 'an account was moved',
        timeline: [did('MoveAccount', { accountId: '444455556666' })],
        severity: 'medium',
      },
      {
        why: 'somebody may act for all',
        timeline: [
          did('RegisterDelegatedAdministrator', {
            accountId: '444455556666',
            servicePrincipal: 'guardduty.amazonaws.com',
          }),
        ],
        severity: 'medium',
      },
      { why: 'the record has no parameters', timeline: [but(detached, { requestParameters: null })], severity: 'high' },
      { why: 'by root', timeline: [but(did('UpdatePolicy', {}), { userIdentity: root() })], severity: 'high' },
      {
        why: 'by Control Tower',
        timeline: [
          but(detached, {
            ...byService('controltower.amazonaws.com'),
            userIdentity: { ...role('AWSControlTowerAdmin', 'x'), invokedBy: 'controltower.amazonaws.com' },
          }),
        ],
        severity: 'medium',
      },
      { why: 'twice: one alert', timeline: [detached, later(detached, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(detached)] },
      { why: 'a policy was put on', timeline: [did('AttachPolicy', { policyId: 'p-0a1b2c3d' })] },
      { why: 'the account leaves: another rule', timeline: [did('LeaveOrganization', {})] },
    ],
  };
};
