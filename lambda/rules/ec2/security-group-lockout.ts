import { asArray, at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { networkInside } from '../networks';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { EC2, groupInWords, groupResources, groupRules } from './security-group-rules';

export default defineRule({
  id: 'security-group-lockout',
  title: 'Trusted network shut out of a security group',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-18'],
  attack: ['TA0040/T1531', 'TA0005/T1562.007'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['RevokeSecurityGroupIngress'] }],
  settings: ['trustedNetworks', 'infrastructureAsCodeAgents'],
  when: (event, settings) => shutOut(event, settings).length > 0,
  per: (event) => `${event.account}|${event.region}|${event.actor}`,
  quietMs: HOUR,
  headline: (event, settings) =>
    `${event.actor} shut ${shutOut(event, settings).slice(0, 3).join(', ')} out of ${groupInWords(event)} in ${event.account} ${event.region}`,
  resources: groupResources,
  why: 'Your own people can no longer reach these machines: an intruder keeps defenders out, or somebody made a mistake.',
  runbook: [
    'Ask the actor.',
    "If nobody vouches for it, put the rule back: aws ec2 authorize-security-group-ingress --group-id <group> --ip-permissions …, and deactivate the actor's keys.",
    'Look for what was let in instead: AuthorizeSecurityGroupIngress on the same group.',
  ],
  falsePositives: ['Moving to another network, or to access without open ports.'],
  blindSpots: ['Off while trustedNetworks is empty.', 'Rules that name a group or a prefix list.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html',
    'https://attack.mitre.org/techniques/T1531/',
  ],
});

/** Trusted networks among those that the call takes away. */
function shutOut(event: TrailEvent, { trustedNetworks }: Settings): readonly string[] {
  if (trustedNetworks.length === 0) return [];
  // Revoked by id, a rule is described by the response alone.
  const revoked = asArray(at(event.record, 'responseElements', 'revokedSecurityGroupRuleSet')).flatMap(
    (rule) => text(pick(rule, 'cidrIpv4')) ?? text(pick(rule, 'cidrIpv6')) ?? [],
  );
  const networks = [...groupRules(event).flatMap(({ network }) => network ?? []), ...revoked];
  return [...new Set(networks)].filter((network) => networkInside(network, trustedNetworks));
}

export const examples = (): Examples => {
  const revoked = (cidrIp: string) =>
    call(EC2, 'RevokeSecurityGroupIngress', {
      requestParameters: {
        groupId: 'sg-0a1b2c3d4e5f60718',
        ipPermissions: {
          items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp }] }, groups: {} }],
        },
      },
    });
  const settings = { trustedNetworks: ['198.51.100.0/24'] };
  const office = revoked('198.51.100.0/25');
  return {
    fires: [
      { why: 'the office', timeline: [office], settings, severity: 'medium' },
      {
        why: 'the office, by the id of the rule',
        timeline: [
          but(office, {
            requestParameters: { groupId: 'sg-0a1b2c3d4e5f60718', securityGroupRuleIds: { items: [{}] } },
            responseElements: { revokedSecurityGroupRuleSet: { items: [{ cidrIpv4: '198.51.100.0/24' }] } },
          }),
        ],
        settings,
      },
      { why: 'by Terraform', timeline: [but(office, { userAgent: 'Terraform/1.9' })], settings, severity: 'low' },
      { why: 'twice: one alert', timeline: [office, later(office, 60_000)], settings },
    ],
    quiet: [
      { why: 'no trusted networks are configured', timeline: [office] },
      { why: 'the world', timeline: [revoked('0.0.0.0/0')], settings },
      { why: 'the call was refused', timeline: [denied(office)], settings },
    ],
  };
};
