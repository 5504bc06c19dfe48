import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { asksForMuch, ECS, familyOf, publicImages } from './tasks';

export default defineRule({
  id: 'large-task-of-strangers',
  title: 'Large task of a public image defined and run at once',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['2-38'],
  attack: ['TA0040/T1496.001', 'TA0002/T1610'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: ECS,
      calls: ['RegisterTaskDefinition', 'RunTask', 'CreateService', 'UpdateService'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'sequence',
    withinMs: 30 * MINUTE,
    per: (event) => {
      const family = familyOf(event);
      return family === undefined ? undefined : `${event.account}|${event.region}|${family}`;
    },
    steps: [
      { name: 'a large task of a public image defined', is: isSuspicious },
      { name: 'run', is: (event) => event.call !== 'RegisterTaskDefinition' },
    ],
  },
  quietMs: 3 * HOUR,
  headline: (event) =>
    event.call === 'RegisterTaskDefinition'
      ? `${event.actor} defined task ${familyOf(event) ?? '(not named)'} of image ${(publicImages(event)[0] ?? '(not named)').slice(0, 100)} ${whereFrom(event)}`
      : `${event.actor} ran task ${familyOf(event) ?? '(not named)'} ${whereFrom(event)} (${event.call})`,
  resources: (event) => {
    const family = familyOf(event);
    return family === undefined ? [] : [family];
  },
  why: 'Eight cores and an image that anybody may have made, at once: it is what miners run, in as many copies and regions as they can.',
  runbook: [
    'Look at the image: aws ecs describe-task-definition --task-definition <family>.',
    'If nobody vouches for it, stop it: aws ecs update-service --desired-count 0, stop-task; look for clusters in other regions.',
    "Deactivate the actor's keys.",
    'Take images from registries of your own only: a service control policy can hold that.',
  ],
  falsePositives: ['A large job of a well-known image.'],
  blindSpots: ['Smaller tasks, and many of them. Images that were copied into a registry of the account.'],
  references: [
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
    'https://attack.mitre.org/techniques/T1496/001/',
  ],
});

function isSuspicious(event: TrailEvent): boolean {
  return event.call === 'RegisterTaskDefinition' && asksForMuch(event) && publicImages(event).length > 0;
}

export const examples = (): Examples => {
  const defined = (image: string, cpu: string) =>
    call(ECS, 'RegisterTaskDefinition', {
      requestParameters: { family: 'work', cpu, memory: '16384', containerDefinitions: [{ name: 'x', image }] },
    });
  const large = defined('example/miner:latest', '8192');
  const run = (afterMs: number, name = 'RunTask') =>
    but(later(large, afterMs), {
      eventName: name,
      requestParameters: { cluster: 'default', taskDefinition: 'work:1', count: 10 },
    });
  return {
    fires: [
      { why: 'run a minute later', timeline: [large, run(MINUTE)], severity: 'high' },
      { why: 'as a service', timeline: [large, run(MINUTE, 'CreateService')], severity: 'high' },
      { why: 'a second before the end', timeline: [large, run(30 * MINUTE - 1_000)] },
      {
        why: 'by Terraform',
        timeline: [large, run(MINUTE)].map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'half an hour later', timeline: [large, run(30 * MINUTE)] },
      { why: 'smaller', timeline: [defined('example/miner:latest', '4096'), run(MINUTE)] },
      {
        why: 'an image of the account',
        timeline: [defined('111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:7', '8192'), run(MINUTE)],
      },
      { why: 'defined only', timeline: [large] },
      { why: 'the definition was refused', timeline: [denied(large), run(MINUTE)] },
    ],
  };
};
