import { isHidden } from '../acts';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { ECS, familyOf, readsCredentials } from './tasks';

export default defineRule({
  id: 'task-reads-credentials',
  title: 'Container task made to read the keys of its role',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['2-38'],
  attack: ['TA0006/T1552.005', 'TA0002/T1610'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: ECS, calls: ['RegisterTaskDefinition'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => isHidden(event) || readsCredentials(event),
  per: (event) => `${event.account}|${event.region}|${familyOf(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} defined task ${familyOf(event) ?? '(not named)'}, whose command asks for the keys of its role, ${whereFrom(event)}`,
  resources: (event) => {
    const family = familyOf(event);
    return family === undefined ? [] : [family];
  },
  why: 'Programs get these keys by the SDK. A command that asks for them by address wants to carry them out, with all rights of the role.',
  runbook: [
    'Read it: aws ecs describe-task-definition --task-definition <family>.',
    'If nobody vouches for it, stop its tasks: aws ecs list-tasks --family <family>; stop-task; deregister-task-definition.',
    'Revoke the sessions of the role of the task; see what they did from other addresses.',
    "Deactivate the actor's keys.",
  ],
  falsePositives: ['A script for debugging.'],
  blindSpots: ['What the image does by itself, or reads from elsewhere.'],
  references: [
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
    'https://attack.mitre.org/techniques/T1552/005/',
  ],
});

export const examples = (): Examples => {
  const defined = (command: string[]) =>
    call(ECS, 'RegisterTaskDefinition', {
      requestParameters: {
        family: 'helper',
        taskRoleArn: 'arn:aws:iam::111122223333:role/Ops',
        containerDefinitions: [{ name: 'x', image: 'alpine', command }],
      },
    });
  const curl = ['sh', '-c', 'wget -qO- 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const reading = defined(curl);
  return {
    fires: [
      { why: 'in its command', timeline: [reading], severity: 'high' },
      {
        why: 'in its entry point',
        timeline: [
          but(reading, {
            requestParameters: {
              family: 'helper',
              containerDefinitions: [{ name: 'x', image: 'alpine', entryPoint: curl }],
            },
          }),
        ],
        severity: 'high',
      },
      { why: 'too large to see', timeline: [but(reading, { requestParameters: { omitted: true } })], severity: 'high' },
      { why: 'by Terraform', timeline: [but(reading, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [reading, later(reading, 60_000)] },
    ],
    quiet: [
      { why: 'refused', timeline: [denied(reading)] },
      { why: 'another command', timeline: [defined(['sh', '-c', 'wget -qO- https://example.com/'])] },
    ],
  };
};
