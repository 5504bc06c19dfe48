import { actorAndTool, fromConsole } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, later, role } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated, isDiscovery } from './bursts';
import {
  DISCOVERY_BLIND_SPOTS,
  DISCOVERY_REFERENCES,
  DISCOVERY_WHY,
  kindsOfCalls,
  READS,
  SERVICES_MIN,
  serviceAndCall,
} from './discovery';

export default defineRule({
  id: 'discovery-burst-console',
  title: 'One console user looked at many things in many services',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  // Needs every read, which a deployment forwards only on request, and which cost a replay most of its time.
  mode: 'off',
  rows: ['1-1'],
  attack: ['TA0007/T1526', 'TA0007/T1580', 'TA0007/T1538'],
  match: READS,
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromConsole(event) && isDiscovery(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    groups: SERVICES_MIN,
    // Twice that of programs: each page places a dozen calls by itself.
    threshold: 40,
    withinMs: 5 * MINUTE,
    unit: 'kinds of discovery calls',
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
  const kinds = (count: number, services: number, fields: object = {}) =>
    kindsOfCalls(count, services).map(([eventSource, eventName], index) =>
      but(later(look, index * 2_000), { eventSource, eventName, ...fields }),
    );
  return {
    fires: [
      { why: 'forty kinds of five services', timeline: kinds(40, 5), severity: 'medium' },
      { why: 'of eight services', timeline: kinds(41, 8) },
    ],
    quiet: [
      { why: 'thirty-nine kinds', timeline: kinds(39, 5) },
      { why: 'of four services', timeline: kinds(40, 4) },
      {
        why: 'not in the console: the other rule',
        timeline: kinds(40, 5, { sessionCredentialFromConsole: undefined }),
      },
      {
        why: 'two people with one role',
        timeline: kinds(40, 5).map((record, index) =>
          index % 2 === 0
            ? record
            : but(record, {
                userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnly_0123456789abcdef', 'bob'),
              }),
        ),
      },
    ],
  };
};
