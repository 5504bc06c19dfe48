import type { TrailEvent } from '../../intake/trail-event';
import { QUESTIONS } from '../bursts/discovery';
import { actorKey, fromClient, isAutomated, shortService, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, later, repeat } from '../sample';
import type { Settings } from '../settings';

export default defineRule({
  id: 'regions-swept',
  title: 'The same question asked in many regions',
  severity: (event, settings) => (isAutomated(event, settings) ? 'info' : 'medium'),
  rows: ['2-40'],
  attack: ['TA0007/T1580', 'TA0007/T1526'],
  match: [
    ...QUESTIONS,
    {
      feed: 'api-reads',
      outcome: 'any',
      service: 'servicequotas.amazonaws.com',
      calls: ['GetServiceQuota', 'ListServiceQuotas', 'GetAWSDefaultServiceQuota'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: perCall,
    value: (event) => event.region,
    threshold: 8,
    withinMs: 5 * MINUTE,
    unit: 'regions asked',
  },
  quietMs: 24 * HOUR,
  headline: (event) => `${event.actor} asked ${shortService(event.service)} ${event.call} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: 'Whoever comes to mine or to steal looks first where something is, or where nobody looks and much may be started.',
  runbook: [
    'Ask the actor. Is it an inventory? Then suppress by actor.',
    'If nobody vouches for it, deactivate its keys or revoke its sessions.',
    'Look for machines in regions that you do not use: aws ec2 describe-instances --region <region>; close those regions by a service control policy.',
  ],
  falsePositives: ['Inventories and posture tools. The page of the console that shows all regions at once.'],
  blindSpots: ['Regions whose events do not reach this detector. Slowly, or by many identities.'],
  references: [
    'https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html',
    'https://attack.mitre.org/techniques/T1580/',
  ],
});

/** Infrastructure as code apart: all events of such a window must have the same severity. */
function perCall(event: TrailEvent, settings: Settings): string {
  const tool = isAutomated(event, settings) ? '|infrastructure as code' : '';
  return `${actorKey(event)}|${event.service}|${event.call}${tool}`;
}

export const examples = (): Examples => {
  const REGIONS = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2', 'eu-north-1'];
  const asked = call('servicequotas.amazonaws.com', 'GetServiceQuota', {
    requestParameters: { serviceCode: 'ec2', quotaCode: 'L-1216C47A' },
  });
  const many = repeat(asked, 7, 3_000, (index) => ({ awsRegion: REGIONS[index] ?? 'us-east-1' }));
  const eighth = (afterMs: number) => but(later(asked, afterMs), { awsRegion: 'ap-south-1' });
  return {
    fires: [
      { why: 'eight regions in half a minute', timeline: [...many, eighth(30_000)], severity: 'medium' },
      { why: 'the eighth a second before the end', timeline: [...many, eighth(5 * MINUTE - 1_000)] },
      {
        why: 'addresses',
        timeline: [...many, eighth(30_000)].map((record) =>
          but(record, { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeAddresses' }),
        ),
      },
    ],
    quiet: [
      { why: 'seven', timeline: many },
      { why: 'the eighth when the time is over', timeline: [...many, eighth(5 * MINUTE)] },
      {
        why: 'another question in the eighth',
        timeline: [...many, but(eighth(30_000), { eventName: 'ListServiceQuotas' })],
      },
      {
        why: 'by Terraform',
        timeline: [...many, eighth(30_000)].map((record) => but(record, { userAgent: 'Terraform/1.9' })),
      },
      {
        why: 'by a service',
        timeline: [...many, eighth(30_000)].map((record) => but(record, byService('config.amazonaws.com'))),
      },
    ],
  };
};
