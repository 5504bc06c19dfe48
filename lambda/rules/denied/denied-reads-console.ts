import { defineRule, type Examples, MINUTE } from '../rule';
import { call, later, repeat, role } from '../sample';
import { actorKey, fromConsole, isRefusedRead } from './denied-calls';
import base from './denied-reads';

/** The twin of denied-reads for console sessions, with three times its threshold. */
export default defineRule({
  ...base,
  id: 'denied-reads-console',
  title: 'Very many refused reads in a console session',
  when: (event, settings) => isRefusedRead(event, settings) && fromConsole(event),
  window: { kind: 'count', per: actorKey, threshold: 30, withinMs: 10 * MINUTE, unit: 'refused reads in the console' },
  why: 'A console page with too few rights is refused a dozen times. So many mean that somebody opens page after page to see what the session may do.',
  falsePositives: ['A person with few rights who clicks around, often in the first week.'],
  blindSpots: [
    'Fewer than thirty in ten minutes.',
    'Somebody who reads half in the console and half outside is counted in halves.',
    ...base.blindSpots.slice(2),
  ],
});

export const examples = (): Examples => {
  const refused = call('ec2.amazonaws.com', 'DescribeInstances', {
    userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef', 'alice@example.com'),
    errorCode: 'Client.UnauthorizedOperation',
    errorMessage: 'You are not authorized to perform this operation.',
    sessionCredentialFromConsole: 'true',
  });
  return {
    fires: [
      { why: 'thirty in five minutes', timeline: repeat(refused, 30, 10_000), severity: 'medium' },
      {
        why: 'the thirtieth comes one second before the window closes',
        timeline: [...repeat(refused, 29, 10_000), later(refused, 10 * MINUTE - 1_000)],
      },
      {
        why: 'the flag as a boolean',
        timeline: repeat({ ...refused, sessionCredentialFromConsole: true }, 30, 10_000),
      },
    ],
    quiet: [
      { why: 'twenty-nine', timeline: repeat(refused, 29, 10_000) },
      {
        why: 'the thirtieth comes when the window has closed',
        timeline: [...repeat(refused, 29, 10_000), later(refused, 10 * MINUTE)],
      },
      {
        why: 'thirty outside the console: the other rule counts them',
        timeline: repeat({ ...refused, sessionCredentialFromConsole: 'false' }, 30, 10_000),
      },
    ],
  };
};
