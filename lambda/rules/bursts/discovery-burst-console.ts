import { actorAndTool, fromClient, fromConsole } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later, role } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated } from './bursts';
import {
  DISCOVERY_BLIND_SPOTS,
  DISCOVERY_REFERENCES,
  DISCOVERY_WHY,
  QUESTIONS,
  questions,
  SERVICES_MIN,
  serviceAndCall,
} from './discovery';

export default defineRule({
  id: 'discovery-burst-console',
  title: 'One console user asked many services what there is',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  rows: ['1-1', '2-40'],
  attack: ['TA0007/T1526', 'TA0007/T1580', 'TA0007/T1538'],
  match: QUESTIONS,
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromConsole(event) && fromClient(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    groups: SERVICES_MIN,
    // Twice that of programs: each page places a dozen calls by itself.
    threshold: 24,
    withinMs: 5 * MINUTE,
    unit: 'different questions about the account',
  },
  headline: callInWords,
  why: DISCOVERY_WHY,
  runbook: BURST_RUNBOOK,
  falsePositives: ['Somebody who opens many pages in a row: a new colleague, an audit, an incident.'],
  blindSpots: [
    'Console calls of older records do not say that they are: discovery-burst counts them.',
    ...DISCOVERY_BLIND_SPOTS,
  ],
  references: [...DISCOVERY_REFERENCES, 'https://attack.mitre.org/techniques/T1538/'],
});

export const examples = (): Examples => {
  const look = call('iam.amazonaws.com', 'ListUsers', {
    sessionCredentialFromConsole: 'true',
    userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef', 'alice'),
  });
  const ask = (count: number, services: number, fields: object = {}) =>
    questions(count, services).map(([eventSource, eventName], index) =>
      but(later(look, index * 2_000), { eventSource, eventName, readOnly: true, ...fields }),
    );
  const sso = (name: string) => role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef', name);
  return {
    fires: [
      { why: 'twenty-four questions to five services', timeline: ask(24, 5), severity: 'medium' },
      { why: 'to eight services', timeline: ask(25, 8) },
    ],
    quiet: [
      { why: 'twenty-three questions', timeline: ask(23, 5) },
      { why: 'to four services', timeline: ask(24, 4) },
      { why: 'not in the console: the other rule', timeline: ask(24, 5, { sessionCredentialFromConsole: undefined }) },
      {
        why: 'two people with one role',
        timeline: ask(24, 5).map((record, index) =>
          index % 2 === 0 ? record : but(record, { userIdentity: sso('bob') }),
        ),
      },
      {
        why: 'a service on behalf of a person',
        timeline: ask(24, 5, { userIdentity: { ...sso('alice'), invokedBy: 'resource-explorer-2.amazonaws.com' } }),
      },
    ],
  };
};
