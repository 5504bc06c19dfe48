import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later } from '../sample';
import base, { serviceAndCall } from './denied-breadth';
import { actorAndTool, fromConsole, isRefusedCall } from './denied-calls';

/** The twin of denied-breadth for console sessions, with three times its threshold. */
export default defineRule({
  ...base,
  id: 'denied-breadth-console',
  title: 'Console session refused very many kinds of calls',
  when: (event, settings) => isRefusedCall(event, settings) && fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    threshold: 24,
    withinMs: 10 * MINUTE,
    unit: 'kinds of calls refused in the console',
  },
  why: 'One console page is refused a few kinds of calls. So many mean that somebody opens page after page to see what the session may do.',
  falsePositives: ['A person with few rights who clicks around, often in the first week.'],
  blindSpots: [
    'Fewer than 24 kinds in ten minutes.',
    'Somebody who works half in the console and half outside is counted in halves.',
    ...base.blindSpots.slice(2),
  ],
});

export const examples = (): Examples => {
  const refused = call('ec2.amazonaws.com', 'DescribeInstances', {
    errorCode: 'Client.UnauthorizedOperation',
    errorMessage: 'You are not authorized to perform this operation.',
    sessionCredentialFromConsole: 'true',
  });
  const kinds = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      but(later(refused, index * 5_000), { eventName: `DescribeThing${'abcdefghijklmnopqrstuvwxyz'[index]}` }),
    );
  const another = (afterMs: number) => but(later(refused, afterMs), { eventName: 'DescribeOthers' });
  return {
    fires: [
      { why: '24 kinds in two minutes', timeline: kinds(24), severity: 'high' },
      {
        why: 'the 24th comes one second before the window closes',
        timeline: [...kinds(23), another(10 * MINUTE - 1_000)],
      },
      {
        why: 'of two services',
        timeline: kinds(24).map((record, index) => but(record, index < 12 ? { eventSource: 'rds.amazonaws.com' } : {})),
      },
    ],
    quiet: [
      { why: '23 kinds', timeline: kinds(23) },
      { why: 'the 24th comes when the window has closed', timeline: [...kinds(23), another(10 * MINUTE)] },
      {
        why: 'outside the console: the other rule counts them',
        timeline: kinds(24).map((record) => but(record, { sessionCredentialFromConsole: undefined })),
      },
    ],
  };
};
