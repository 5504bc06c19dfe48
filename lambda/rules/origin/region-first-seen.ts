import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, lessIfAutomated } from '../callers';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { CHANGES, callFrom, didOrTried } from './origins';
import { isRegional, REGION_REFERENCES, REGION_STEPS } from './regions';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'region-first-seen',
  title: 'First change in a region that the account never used',
  severity: regionSeverity,
  rows: ['1-2'],
  attack: ['TA0005/T1535'],
  match: CHANGES,
  settings: ['allowedRegions', 'infrastructureAsCodeAgents'],
  // Where a list says which regions are in use, it alone decides (region-not-allowed).
  when: (event, { allowedRegions }) => allowedRegions.length === 0 && isRegional(event) && fromClient(event),
  baseline: { kind: 'region', value: (event) => event.region, learnDays: LEARN_DAYS, expiryDays: 180 },
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)}, a region new to the account`,
  why: 'Nobody looks at regions that are not in use. Miners and intruders know that.',
  runbook: [
    ...REGION_STEPS,
    'Name the regions in use in allowedRegions: then every change elsewhere is told, not only the first.',
  ],
  falsePositives: ['A region that is being taken into use.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. After the first change, the region counts as used.`,
    'Services that are recorded in one region wherever they act, and what AWS services do for themselves.',
  ],
  references: REGION_REFERENCES,
});

/** Medium; one less each when it failed, and for infrastructure as code. */
function regionSeverity(event: TrailEvent, settings: Settings): Severity {
  return event.outcome === 'succeeded' ? lessIfAutomated('medium', event, settings) : 'low';
}

export const examples = (): Examples => {
  const opening = call('ec2.amazonaws.com', 'CreateTags');
  const away = later(call('ec2.amazonaws.com', 'CreateKeyPair', { awsRegion: 'ap-south-1' }), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'a key pair in a new region', timeline: [opening, away], severity: 'medium' },
      { why: 'and more there: one alert', timeline: [opening, away, later(away, HOUR)] },
      { why: 'refused', timeline: [opening, denied(away)], severity: 'low' },
      { why: 'by Terraform', timeline: [opening, but(away, { userAgent: 'Terraform/1.11' })], severity: 'low' },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(away, -1_000)] },
      { why: 'the region of the first day', timeline: [opening, but(away, { awsRegion: 'us-east-1' })] },
      {
        why: 'new to the person, not to the account',
        timeline: [opening, but(away, { awsRegion: 'us-east-1', userIdentity: user('bob') })],
      },
      { why: 'a read', timeline: [opening, but(away, { readOnly: true })] },
      { why: 'a global service', timeline: [opening, but(away, { eventSource: 'route53.amazonaws.com' })] },
      { why: 'a service', timeline: [opening, but(away, byService('config.amazonaws.com'))] },
      {
        why: 'a list of regions is kept: the other rule',
        timeline: [opening, away],
        settings: { allowedRegions: ['us-east-1'] },
      },
    ],
  };
};
