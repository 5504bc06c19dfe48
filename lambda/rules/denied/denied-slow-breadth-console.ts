import { DAY, defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later } from '../sample';
import { serviceAndCall } from './denied-breadth';
import { actorAndTool, fromConsole, isRefusedCall } from './denied-calls';
import base from './denied-slow-breadth';

/** The twin of denied-slow-breadth for console sessions, with three times its threshold. */
export default defineRule({
  ...base,
  id: 'denied-slow-breadth-console',
  title: 'Console sessions refused very many kinds in a day',
  when: (event, settings) => isRefusedCall(event, settings) && fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    threshold: 60,
    withinMs: DAY,
    unit: 'kinds of calls refused in the console',
  },
  why: 'A person with few rights meets some refusals in a day of clicking. So many mean that somebody tries what the session may do.',
  falsePositives: ['A person with few rights who explores the console, often in the first week.'],
  blindSpots: ['Fewer than sixty kinds in a day.', ...base.blindSpots.slice(1)],
});

export const examples = (): Examples => {
  const refused = call('iam.amazonaws.com', 'ListUsers', {
    errorCode: 'AccessDenied',
    errorMessage: 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers',
    sessionCredentialFromConsole: 'true',
  });
  const kinds = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      but(later(refused, index * 20 * MINUTE), { eventSource: `service${index}.amazonaws.com` }),
    );
  const another = (afterMs: number) => but(later(refused, afterMs), { eventSource: 'another.amazonaws.com' });
  return {
    fires: [
      { why: 'sixty kinds in twenty hours', timeline: kinds(60), severity: 'medium' },
      { why: 'the sixtieth comes one second before the day is over', timeline: [...kinds(59), another(DAY - 1_000)] },
    ],
    quiet: [
      { why: '59 kinds', timeline: kinds(59) },
      { why: 'the sixtieth comes a day after the first', timeline: [...kinds(59), another(DAY)] },
      {
        why: 'outside the console: the other rule counts them',
        timeline: kinds(60).map((record) => but(record, { sessionCredentialFromConsole: undefined })),
      },
    ],
  };
};
