import { lessIfAutomated } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, later } from '../sample';
import { assumed, refused } from './role-samples';
import { ASSUMED, assumedInWords, isPrivileged, ROLE_REFERENCES, roleOf, roleResources } from './roles';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'role-assumed-new-region',
  title: 'Privileged role assumed in a region new to it',
  // Low: the region is the client's choice of an endpoint, and most new ones are a new setting of somebody's.
  severity: (event, settings) => lessIfAutomated('low', event, settings),
  rows: ['1-9'],
  attack: ['TA0001/T1078.004', 'TA0005/T1535'],
  match: [ASSUMED],
  settings: ['privilegedRoles', 'infrastructureAsCodeAgents'],
  when: isPrivileged,
  baseline: {
    kind: 'role-region',
    subject: roleOf,
    value: (event) => event.region,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: assumedInWords,
  resources: roleResources,
  why: 'Intruders work where nobody looks. It means little by itself, and more beside other alerts.',
  runbook: [
    'Ask the actor whether they work in this region.',
    'Look for new resources there: aws resourcegroupstaggingapi get-resources --region <region>.',
  ],
  falsePositives: ['A client that is set to another region, a new region in use.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'Roles that the setting privilegedRoles does not name.'],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const opening = assumed('PlatformAdmin');
  const away = but(later(opening, LEARN_DAYS * DAY), { awsRegion: 'ap-southeast-1' });
  return {
    fires: [
      { why: 'in another region', timeline: [opening, away], severity: 'low' },
      { why: 'twice: one alert', timeline: [opening, away, later(away, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(away, -1_000)] },
      { why: 'in the same region', timeline: [opening, but(away, { awsRegion: 'us-east-1' })] },
      {
        why: 'a role that is not privileged',
        timeline: [assumed('Reader'), but(later(assumed('Reader'), LEARN_DAYS * DAY), { awsRegion: 'ap-southeast-1' })],
      },
      { why: 'by a service', timeline: [opening, but(away, byService('ec2.amazonaws.com'))] },
      {
        why: 'refused',
        timeline: [opening, but(later(refused('PlatformAdmin'), LEARN_DAYS * DAY), { awsRegion: 'ap-southeast-1' })],
      },
    ],
  };
};
