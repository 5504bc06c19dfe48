import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later, repeat } from '../sample';
import base from './denied-breadth';
import { actorAndTool, fromConsole, isRefusedCall } from './denied-calls';

export default defineRule({
  ...base,
  id: 'denied-services',
  title: 'One user or role refused by many services',
  when: (event, settings) => isRefusedCall(event, settings) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: (event) => event.service,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'services that refused',
  },
  why: 'A program has a few services to talk to. Refusals by many in minutes mean that somebody finds out what the credentials can do.',
  blindSpots: [
    'Fewer than five services in ten minutes: denied-slow-breadth looks at a day.',
    ...base.blindSpots.slice(1),
  ],
});

export const examples = (): Examples => {
  const refused = call('s3.amazonaws.com', 'ListBuckets', {
    errorCode: 'AccessDenied',
    errorMessage: 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:ListAllMyBuckets',
  });
  const services = ['s3', 'iam', 'lambda', 'secretsmanager', 'rds'];
  const five = services.map((name, index) =>
    but(later(refused, index * 30_000), { eventSource: `${name}.amazonaws.com`, eventName: 'ListThings' }),
  );
  return {
    fires: [
      { why: 'five services in two minutes', timeline: five, severity: 'high' },
      {
        why: 'the fifth comes one second before the window closes',
        timeline: [...five.slice(0, 4), but(later(refused, 10 * MINUTE - 1_000), { eventSource: 'rds.amazonaws.com' })],
      },
      {
        why: 'by infrastructure as code',
        timeline: five.map((record) => but(record, { userAgent: 'ansible/2.17' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'four services', timeline: five.slice(0, 4) },
      {
        why: 'in the console',
        timeline: five.map((record) => but(record, { sessionCredentialFromConsole: 'true' })),
      },
      { why: 'four services, each often', timeline: five.slice(0, 4).flatMap((record) => repeat(record, 10, 1_000)) },
      {
        why: 'half of the calls with the agent of infrastructure as code: counted apart',
        timeline: five.map((record, index) => but(record, index % 2 === 0 ? { userAgent: 'ansible/2.17' } : {})),
      },
      {
        why: 'the fifth comes when the window has closed',
        timeline: [...five.slice(0, 4), but(later(refused, 10 * MINUTE), { eventSource: 'rds.amazonaws.com' })],
      },
    ],
  };
};
