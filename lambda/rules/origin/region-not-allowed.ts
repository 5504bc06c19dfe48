import type { TrailEvent } from '../../intake/trail-event';
import { actorKey, fromClient, lessIfAutomated } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { CHANGES, callFrom, didOrTried } from './origins';
import { isRegional, REGION_REFERENCES, REGION_STEPS } from './regions';

export default defineRule({
  id: 'region-not-allowed',
  title: 'Change in a region that is not in use',
  severity: regionSeverity,
  rows: ['1-2'],
  attack: ['TA0005/T1535'],
  match: CHANGES,
  settings: ['allowedRegions', 'infrastructureAsCodeAgents'],
  sleepsWithout: ['allowedRegions'],
  when: (event, { allowedRegions }) =>
    allowedRegions.length > 0 && !allowedRegions.includes(event.region) && isRegional(event) && fromClient(event),
  per: (event) => `${actorKey(event)}|${event.region}`,
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)}, a region outside allowedRegions`,
  why: 'Nobody looks at regions that are not in use. Miners and intruders know that.',
  runbook: [
    ...REGION_STEPS,
    'Switch off regions that you do not use (Account, AWS Regions), or refuse them by a service control policy.',
  ],
  falsePositives: ['A region that is being taken into use: add it to allowedRegions.'],
  blindSpots: ['Services that are recorded in one region wherever they act, and what AWS services do for themselves.'],
  references: REGION_REFERENCES,
});

/** High; medium when it failed, and one less for infrastructure as code. */
function regionSeverity(event: TrailEvent, settings: Settings): Severity {
  return lessIfAutomated(event.outcome === 'succeeded' ? 'high' : 'medium', event, settings);
}

export const examples = (): Examples => {
  const settings = { allowedRegions: ['us-east-1', 'eu-west-1'] };
  const away = call('ec2.amazonaws.com', 'CreateKeyPair', { awsRegion: 'ap-south-1' });
  return {
    fires: [
      { why: 'a change in another region', timeline: [away], settings, severity: 'high' },
      { why: 'it was refused', timeline: [denied(away)], settings, severity: 'medium' },
      {
        why: 'refused, then done: one alert',
        timeline: [denied(away), later(away, 60_000)],
        settings,
        severity: 'high',
      },
      { why: 'by Terraform', timeline: [but(away, { userAgent: 'Terraform/1.11' })], settings, severity: 'medium' },
    ],
    quiet: [
      { why: 'every region is allowed', timeline: [away] },
      { why: 'an allowed region', timeline: [but(away, { awsRegion: 'eu-west-1' })], settings },
      { why: 'a read', timeline: [but(away, { readOnly: true })], settings },
      {
        why: 'a global service is recorded where it likes',
        timeline: [but(away, { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' })],
        settings: { allowedRegions: ['eu-west-1'] },
      },
      { why: 'a service', timeline: [but(away, byService('config.amazonaws.com'))], settings },
    ],
  };
};
