import { actorKey, isAutomated, shortService, whereFrom } from '../callers';
import { DAY, defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { isUse, LEARN_DAYS, SERVICES_REFERENCES, SERVICES_RUNBOOK, servicesOf, USES } from './services';

export default defineRule({
  id: 'services-first-seen-automated',
  title: 'Infrastructure as code in many services new to it',
  severity: 'medium',
  rows: ['1-3'],
  attack: ['TA0001/T1078.004', 'TA0007/T1526'],
  match: USES,
  settings: ['infrastructureAsCodeAgents'],
  when: (event, settings) => isUse(event) && isAutomated(event, settings),
  baseline: servicesOf('automated service'),
  window: {
    kind: 'distinct',
    per: actorKey,
    value: (event) => event.service,
    threshold: 5,
    withinMs: HOUR,
    unit: 'services new to it',
  },
  headline: (event) =>
    `${event.actor}, by the agent of infrastructure as code, called ${shortService(event.service)} ${event.call} for the first time, ${whereFrom(event)}`,
  why: 'The agent is only what the caller writes. Five services at once that this actor never managed are worth a look.',
  runbook: SERVICES_RUNBOOK,
  falsePositives: ['A new platform, or a large module, that is deployed for the first time.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account. Fewer than five services in an hour. Reads that succeed.`],
  references: SERVICES_REFERENCES,
});

export const examples = (): Examples => {
  const terraform = { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.11.4' };
  const opening = call('ec2.amazonaws.com', 'CreateTags', terraform);
  const use = (service: string, afterMs: number) =>
    later(call(`${service}.amazonaws.com`, 'CreateThing', terraform), LEARN_DAYS * DAY + afterMs);
  const five = ['sns', 'sqs', 'glue', 'batch', 'ecs'].map((service, index) => use(service, index * MINUTE));
  return {
    fires: [
      { why: 'five within minutes', timeline: [opening, ...five], severity: 'medium' },
      { why: 'refused', timeline: [opening, ...five.map((record) => denied(record))], severity: 'medium' },
    ],
    quiet: [
      { why: 'four', timeline: [opening, ...five.slice(1)] },
      { why: 'the fifth an hour after the first', timeline: [opening, ...five.slice(0, 4), use('ecs', HOUR)] },
      { why: 'while the account learns', timeline: [opening, ...five.map((record) => later(record, -DAY))] },
      {
        why: 'by another agent: the other rule',
        timeline: [opening, ...five.map((record) => but(record, { userAgent: 'aws-cli/2' }))],
      },
    ],
  };
};
