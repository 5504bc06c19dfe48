import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, later } from '../sample';
import base, { serviceAndCall } from './denied-breadth';
import { actorAndTool, fromConsole, isRefusedCall, lessIfAutomated } from './denied-calls';

export default defineRule({
  ...base,
  id: 'denied-slow-breadth',
  title: 'Refused many kinds of calls, slowly, over a day',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  when: (event, settings) => isRefusedCall(event, settings) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    threshold: 20,
    withinMs: DAY,
    unit: 'kinds of refused calls',
  },
  quietMs: DAY,
  why: 'Patient attackers try one call every few minutes, to stay below the counts of minutes. Twenty different refusals in a day are no program at work.',
  blindSpots: ['Fewer than twenty kinds in a day.', ...base.blindSpots.slice(1)],
});

export const examples = (): Examples => {
  const refused = call('iam.amazonaws.com', 'ListUsers', {
    errorCode: 'AccessDenied',
    errorMessage: 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers',
  });
  const kinds = (count: number, everyMs: number) =>
    Array.from({ length: count }, (_, index) =>
      but(later(refused, index * everyMs), { eventName: `ListThing${'abcdefghijklmnopqrstuvwxyz'[index]}` }),
    );
  const another = (afterMs: number) => but(later(refused, afterMs), { eventName: 'ListOthers' });
  return {
    fires: [
      { why: 'one new kind an hour, twenty of them', timeline: kinds(20, HOUR), severity: 'medium' },
      {
        why: 'the twentieth comes one second before the day is over',
        timeline: [...kinds(19, HOUR), another(DAY - 1_000)],
      },
      {
        why: 'by infrastructure as code',
        timeline: kinds(20, HOUR).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'nineteen kinds', timeline: kinds(19, HOUR) },
      { why: 'the twentieth comes a day after the first', timeline: [...kinds(19, HOUR), another(DAY)] },
      {
        why: 'in the console',
        timeline: kinds(20, HOUR).map((record) => but(record, { sessionCredentialFromConsole: 'true' })),
      },
    ],
  };
};
