import { isAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { groupChangeInWords } from './security-group-changes';
import { EC2, groupResources } from './security-group-rules';

export default defineRule({
  id: 'security-group-egress-revoked',
  title: 'Outbound rule of a security group removed',
  // Infrastructure as code does it with every group that it makes: stored, not told.
  severity: (event, settings) => (isAutomated(event, settings) ? 'info' : 'low'),
  rows: ['1-18'],
  attack: ['TA0005/T1562.007', 'TA0040/T1531'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['RevokeSecurityGroupEgress'] }],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.region}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: groupChangeInWords,
  resources: groupResources,
  why: 'It keeps machines from reaching out: agents that report, updates, logs. Or it is somebody who tidies up.',
  runbook: [
    'Ask the actor.',
    'See what machines of the group can still reach: aws ec2 describe-security-group-rules --region <region> --filters Name=group-id,Values=<group>.',
    'Check that agents on these machines still report.',
  ],
  falsePositives: ['Groups that are limited on purpose.'],
  blindSpots: ['Routes and network ACLs do the same.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const revoked = call(EC2, 'RevokeSecurityGroupEgress', {
    requestParameters: {
      groupId: 'sg-0a1b2c3d4e5f60718',
      ipPermissions: { items: [{ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] },
    },
  });
  return {
    fires: [
      { why: 'by hand', timeline: [revoked], severity: 'low' },
      { why: 'of several groups: one alert', timeline: [revoked, later(revoked, HOUR)] },
    ],
    quiet: [
      { why: 'by Terraform', timeline: [but(revoked, { userAgent: 'Terraform/1.9' })] },
      { why: 'the call was refused', timeline: [denied(revoked)] },
    ],
  };
};
