import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, later, repeat } from '../sample';
import {
  actorAndTool,
  DENIED_BLIND_SPOTS,
  DENIED_FALSE_POSITIVES,
  DENIED_REFERENCES,
  DENIED_RUNBOOK,
  fromConsole,
  isRefusedCall,
  lessIfAutomated,
  REFUSED,
  refusal,
  refusedResources,
} from './denied-calls';

export default defineRule({
  id: 'denied-breadth',
  title: 'One user or role refused many kinds of calls',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['0-9'],
  attack: ['TA0007/T1580', 'TA0007/T1526'],
  match: [REFUSED],
  settings: ['deniedReadsIgnored', 'infrastructureAsCodeAgents'],
  when: (event, settings) => isRefusedCall(event, settings) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    threshold: 8,
    withinMs: 10 * MINUTE,
    unit: 'kinds of refused calls',
  },
  quietMs: HOUR,
  headline: refusal,
  resources: refusedResources,
  why: 'A broken program is refused the same call again and again. Many different ones in minutes mean that somebody finds out what the credentials can do.',
  runbook: DENIED_RUNBOOK,
  falsePositives: [...DENIED_FALSE_POSITIVES, 'A new role that somebody sets up by trial and error.'],
  blindSpots: [
    'Fewer than eight kinds in ten minutes: denied-slow-breadth looks at a day.',
    'Calls with the user agent of infrastructure as code are counted apart, one lower; the caller writes the agent.',
    ...DENIED_BLIND_SPOTS,
  ],
  references: DENIED_REFERENCES,
});

export function serviceAndCall(event: TrailEvent): string {
  return `${event.service}:${event.call}`;
}

export const examples = (): Examples => {
  const refused = call('iam.amazonaws.com', 'ListUsers', {
    errorCode: 'AccessDenied',
    errorMessage: 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers',
  });
  const names = ['ListUsers', 'ListRoles', 'GetUser', 'ListGroups', 'GetAccountSummary', 'ListAccessKeys', 'GetRole'];
  const seven = names.map((eventName, index) => but(later(refused, index * 1_000), { eventName }));
  const eighth = but(later(refused, 60_000), { eventName: 'CreateUser', readOnly: false });
  return {
    fires: [
      { why: 'eight kinds, reads and a write', timeline: [...seven, eighth], severity: 'high' },
      {
        why: 'the same name of two services is two',
        timeline: [...seven, but(later(refused, 60_000), { eventSource: 'quicksight.amazonaws.com' })],
      },
      {
        why: 'the eighth comes one second before the window closes',
        timeline: [...seven, later(eighth, 9 * MINUTE - 1_000)],
      },
      {
        why: 'by infrastructure as code',
        timeline: [...seven, eighth].map((record) => but(record, { userAgent: 'Pulumi/3.0 aws-sdk-go-v2' })),
        severity: 'medium',
      },
    ],
    quiet: [
      {
        why: 'the eighth is ordinary noise',
        timeline: [...seven, but(eighth, { eventSource: 's3.amazonaws.com', eventName: 'HeadBucket', readOnly: true })],
      },
      { why: 'seven kinds', timeline: seven },
      { why: 'seven kinds, each of them often', timeline: seven.flatMap((record) => repeat(record, 20, 2_000)) },
      { why: 'the eighth comes when the window has closed', timeline: [...seven, later(eighth, 9 * MINUTE)] },
      {
        why: 'the eighth is allowed',
        timeline: [...seven, but(eighth, { errorCode: undefined, errorMessage: undefined })],
      },
      {
        why: 'a service',
        timeline: [...seven, eighth].map((record) => but(record, byService('config.amazonaws.com'))),
      },
      {
        why: 'in the console',
        timeline: [...seven, eighth].map((record) => but(record, { sessionCredentialFromConsole: 'true' })),
      },
    ],
  };
};
