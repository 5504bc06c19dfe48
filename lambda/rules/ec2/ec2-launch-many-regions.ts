import { agentContains } from '../../intake/caller';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, later, repeat, user } from '../sample';
import { shifted } from '../severity';
import { COUNTED_CALLS, EC2, images, isDryRun, isScaling } from './launches';
import { byAutoScaling, launchInWords, RUNBOOK, started } from './mass-launches';

export default defineRule({
  id: 'ec2-launch-many-regions',
  title: 'EC2 instances started in several regions at once',
  severity: (event, settings) => shifted('high', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
  rows: ['0-7'],
  attack: ['TA0040/T1496', 'TA0005/T1535'],
  // Tries count too: in most regions a miner meets a quota or a region that is not enabled.
  match: [{ feed: 'api-writes', outcome: 'any', service: EC2, calls: COUNTED_CALLS }],
  when: (event) => !isScaling(event) && !isDryRun(event),
  window: {
    kind: 'distinct',
    per: (event) => `${event.account}|${event.actor}`,
    value: (event) => event.region,
    threshold: 3,
    withinMs: 15 * MINUTE,
    unit: 'regions',
  },
  quietMs: HOUR,
  settings: ['infrastructureAsCodeAgents'],
  headline: launchInWords,
  resources: images,
  why: 'Quotas count per region, so miners go through the regions one after the other. People and deployments seldom start instances in three of them within minutes.',
  runbook: [...RUNBOOK],
  falsePositives: ['A deployment to many regions at once by one role.'],
  blindSpots: [
    'Regions from which no events are forwarded.',
    'A miner who waits for more than fifteen minutes between regions, or uses a principal for each.',
  ],
  references: ['https://attack.mitre.org/techniques/T1535/', 'https://attack.mitre.org/techniques/T1496/'],
});

export const examples = (): Examples => {
  const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'sa-east-1'];
  const one = started(1);
  const inRegions = (count: number, everyMs = 60_000) =>
    repeat(one, count, everyMs, (index) => ({ awsRegion: REGIONS[index] }));
  const third = inRegions(3)[2] ?? one;
  return {
    fires: [
      { why: 'three regions', timeline: inRegions(3), severity: 'high' },
      {
        why: 'three regions, refused in each',
        timeline: inRegions(3).map((record) => but(record, { errorCode: 'Client.OptInRequired', errorMessage: 'x' })),
        severity: 'high',
      },
      {
        why: 'the third at the end of the window',
        timeline: [...inRegions(2), later(third, 13 * MINUTE - 1_000)],
        severity: 'high',
      },
      {
        why: 'by Terraform: one less severe',
        timeline: inRegions(3).map((record) => but(record, { userAgent: 'HashiCorp/1.0 Terraform/1.9.8' })),
        severity: 'medium',
      },
      { why: 'four regions: one alert', timeline: inRegions(4) },
    ],
    quiet: [
      { why: 'two regions', timeline: inRegions(2) },
      { why: 'the third when the window is over', timeline: [...inRegions(2), later(third, 13 * MINUTE)] },
      {
        why: 'the third by somebody else',
        timeline: [...inRegions(2), but(third, { userIdentity: user('bob') })],
      },
      { why: 'by Auto Scaling', timeline: inRegions(3).map((record) => but(record, byAutoScaling())) },
      {
        why: 'dry runs',
        timeline: inRegions(3).map((record) => but(record, { errorCode: 'Client.DryRunOperation', errorMessage: 'x' })),
      },
    ],
  };
};
