import { actorKey, isAutomated, shortService, whereFrom } from '../callers';
import { DAY, defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, role, user } from '../sample';
import { isUse, LEARN_DAYS, SERVICES_REFERENCES, SERVICES_RUNBOOK, servicesOf, USES } from './services';

export default defineRule({
  id: 'service-first-seen',
  title: 'Services that a user or role never used before',
  severity: 'low',
  rows: ['1-3'],
  attack: ['TA0001/T1078.004', 'TA0007/T1526'],
  match: USES,
  settings: ['infrastructureAsCodeAgents'],
  // Infrastructure as code comes to new services by every module that somebody adds: a rule of its own counts those.
  when: (event, settings) => isUse(event) && !isAutomated(event, settings),
  baseline: servicesOf('service'),
  window: {
    kind: 'distinct',
    per: actorKey,
    value: (event) => event.service,
    threshold: 1,
    tiers: [{ threshold: 5, severity: 'high' }],
    withinMs: HOUR,
    unit: 'services new to it',
  },
  headline: (event) =>
    `${event.actor} called ${shortService(event.service)} ${event.call} for the first time, ${whereFrom(event)}`,
  why: 'Programs do the same every day. Credentials that suddenly turn to one service after the other have a new owner.',
  runbook: SERVICES_RUNBOOK,
  falsePositives: ['A person who takes on new work; a new version of a program; an audit.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. A new actor is judged by the services of the account for as long.`,
    'Reads that succeed. Calls with the user agent of infrastructure as code: services-first-seen-automated counts them.',
  ],
  references: SERVICES_REFERENCES,
});

export const examples = (): Examples => {
  const opening = call('ec2.amazonaws.com', 'CreateTags');
  const use = (service: string, afterMs: number) =>
    later(call(`${service}.amazonaws.com`, 'CreateThing'), LEARN_DAYS * DAY + afterMs);
  const five = ['sns', 'sqs', 'glue', 'batch', 'ecs'].map((service, index) => use(service, index * MINUTE));
  return {
    fires: [
      { why: 'one new service', timeline: [opening, use('sns', 0)], severity: 'low' },
      { why: 'used all day: one alert', timeline: [opening, use('sns', 0), use('sns', HOUR), use('sns', 9 * HOUR)] },
      { why: 'five within minutes', timeline: [opening, ...five], severity: 'high' },
      { why: 'refused calls count', timeline: [opening, ...five.map((record) => denied(record))], severity: 'high' },
      { why: 'four of them', timeline: [opening, ...five.slice(1)], severity: 'low' },
      {
        why: 'a new role, with services that the account does not use',
        timeline: [opening, ...five.map((record) => but(record, { userIdentity: role('new', 's') }))],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, use('sns', -1_000)] },
      { why: 'the service of the first day', timeline: [opening, use('ec2', 0)] },
      {
        why: 'a new user, with a service of the account',
        timeline: [opening, but(use('ec2', 0), { userIdentity: user('bob') })],
      },
      {
        why: 'a read in the console',
        timeline: [opening, but(denied(use('sns', 0)), { readOnly: true, sessionCredentialFromConsole: 'true' })],
      },
      { why: 'a read that succeeds', timeline: [opening, but(use('sns', 0), { readOnly: true })] },
      {
        why: 'infrastructure as code: another rule',
        timeline: [opening, ...five.map((record) => but(record, { userAgent: 'Terraform/1.11' }))],
      },
      { why: 'a service', timeline: [opening, but(use('sns', 0), byService('cloudformation.amazonaws.com'))] },
    ],
  };
};
