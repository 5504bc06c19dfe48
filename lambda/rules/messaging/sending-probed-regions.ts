import { actorAndTool, fromClient, lessIfAutomated, shortService, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, later, repeat } from '../sample';
import { PROBES_REFERENCES, PROBES_RUNBOOK, PROBES_WHY, SENDING_PROBES } from './probes';

export default defineRule({
  id: 'sending-probed-regions',
  title: 'Somebody looked in many regions for a way to send mail',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['2-23'],
  attack: ['TA0007/T1580', 'TA0040/T1496'],
  match: SENDING_PROBES,
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: (event) => event.region,
    threshold: 3,
    withinMs: 10 * MINUTE,
    unit: 'regions asked about sending',
  },
  quietMs: 24 * 60 * MINUTE,
  headline: (event) => `${event.actor} asked ${shortService(event.service)} ${event.call} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: PROBES_WHY,
  runbook: PROBES_RUNBOOK,
  falsePositives: ['Inventories that go through all regions: suppress by actor.'],
  blindSpots: ['Regions whose events do not reach this detector. Two regions only.'],
  references: PROBES_REFERENCES,
});

export const examples = (): Examples => {
  const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-south-1'];
  const asked = call('ses.amazonaws.com', 'GetSendQuota');
  const many = (regions: number) =>
    repeat(asked, regions, 10_000, (index) => ({ awsRegion: REGIONS[index] ?? 'us-east-2' }));
  const third = { awsRegion: 'eu-west-1' };
  return {
    fires: [
      { why: 'three regions in twenty seconds', timeline: many(3), severity: 'high' },
      {
        why: 'the third a second before the end',
        timeline: [...many(2), but(later(asked, 10 * MINUTE - 1_000), third)],
      },
      {
        why: 'by Terraform',
        timeline: many(3).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'two', timeline: many(2) },
      { why: 'the third when the time is over', timeline: [...many(2), but(later(asked, 10 * MINUTE), third)] },
      { why: 'one, again and again', timeline: repeat(asked, 5, 10_000) },
      { why: 'by a service', timeline: many(3).map((record) => but(record, byService('config.amazonaws.com'))) },
    ],
  };
};
