import { invokedBy } from '../../intake/caller';
import { lessIfAutomated } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';
import { GROUP_CHANGES, groupChangeInWords } from './security-group-changes';
import { EC2, groupResources } from './security-group-rules';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'security-group-changed-first',
  title: 'Security group changed by somebody who never did',
  severity: (event, settings) => lessIfAutomated('low', event, settings),
  rows: ['1-18'],
  attack: ['TA0005/T1562.007'],
  match: [GROUP_CHANGES],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => invokedBy(event) === undefined,
  baseline: {
    kind: 'security-group-changer',
    value: (event) => event.actor,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: groupChangeInWords,
  resources: groupResources,
  why: 'Few people and programs change who may talk to machines. A new one is worth a look, beside other alerts.',
  runbook: [
    'Ask the actor.',
    'See what was changed: aws ec2 describe-security-group-rules --region <region> --filters Name=group-id,Values=<group>.',
  ],
  falsePositives: ['New people and new programs.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const made = call(EC2, 'CreateSecurityGroup', {
    requestParameters: { groupName: 'new', vpcId: 'vpc-0a1b2c3d' },
    responseElements: { groupId: 'sg-0a1b2c3d4e5f60718' },
  });
  const byBob = but(later(made, LEARN_DAYS * DAY), { userIdentity: user('bob') });
  return {
    fires: [
      { why: 'by somebody new', timeline: [made, byBob], severity: 'low' },
      { why: 'again: one alert', timeline: [made, byBob, later(byBob, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [made, later(byBob, -1_000)] },
      { why: 'by somebody known', timeline: [made, later(made, LEARN_DAYS * DAY)] },
      { why: 'refused', timeline: [made, denied(byBob)] },
      { why: 'by a service', timeline: [made, but(byBob, byService('elasticloadbalancing.amazonaws.com'))] },
    ],
  };
};
