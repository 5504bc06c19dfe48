import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later } from '../sample';
import base from './denied-breadth-console';
import { actorAndTool, fromConsole, isRefusedCall } from './denied-calls';

/** The twin of denied-services for console sessions, with three times its threshold. */
export default defineRule({
  ...base,
  id: 'denied-services-console',
  title: 'Console session refused by very many services',
  when: (event, settings) => isRefusedCall(event, settings) && fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: (event) => event.service,
    threshold: 15,
    withinMs: 10 * MINUTE,
    unit: 'services that refused in the console',
  },
  blindSpots: ['Fewer than 15 services in ten minutes.', ...base.blindSpots.slice(1)],
});

export const examples = (): Examples => {
  const refused = call('s3.amazonaws.com', 'ListBuckets', {
    errorCode: 'AccessDenied',
    errorMessage: 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:ListAllMyBuckets',
    sessionCredentialFromConsole: 'true',
  });
  const services = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      but(later(refused, index * 20_000), { eventSource: `service${index}.amazonaws.com` }),
    );
  const another = (afterMs: number) => but(later(refused, afterMs), { eventSource: 'another.amazonaws.com' });
  return {
    fires: [
      { why: '15 services in five minutes', timeline: services(15), severity: 'high' },
      {
        why: 'the fifteenth comes one second before the window closes',
        timeline: [...services(14), another(10 * MINUTE - 1_000)],
      },
      {
        why: 'in two regions',
        timeline: services(15).map((record, index) => but(record, index < 7 ? { awsRegion: 'eu-west-1' } : {})),
      },
    ],
    quiet: [
      { why: '14 services', timeline: services(14) },
      { why: 'the fifteenth comes when the window has closed', timeline: [...services(14), another(10 * MINUTE)] },
      {
        why: 'outside the console: the other rule counts them',
        timeline: services(15).map((record) => but(record, { sessionCredentialFromConsole: 'false' })),
      },
    ],
  };
};
