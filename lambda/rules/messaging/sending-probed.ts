import { actorAndTool, fromClient, fromConsole, lessIfAutomated, shortService, whereFrom } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { PROBES_REFERENCES, PROBES_RUNBOOK, PROBES_WHY, SENDING_PROBES } from './probes';

export default defineRule({
  id: 'sending-probed',
  title: 'Somebody looked whether the account may send mail',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['2-23'],
  attack: ['TA0007/T1580', 'TA0040/T1496'],
  match: SENDING_PROBES,
  settings: ['infrastructureAsCodeAgents'],
  // A page of the console asks all of it.
  when: (event) => fromClient(event) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: (event) => `${event.service} ${event.call}`,
    threshold: 3,
    withinMs: 10 * MINUTE,
    unit: 'different questions about sending',
  },
  quietMs: 24 * 60 * MINUTE,
  headline: (event) => `${event.actor} asked ${shortService(event.service)} ${event.call} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: PROBES_WHY,
  runbook: PROBES_RUNBOOK,
  falsePositives: ['Monitoring of mail, and inventories: suppress by actor.'],
  blindSpots: ['One question only, or slowly. From the console.'],
  references: PROBES_REFERENCES,
});

export const examples = (): Examples => {
  const quota = call('ses.amazonaws.com', 'GetSendQuota');
  const identities = but(later(quota, MINUTE), { eventName: 'ListIdentities' });
  const enabled = (afterMs: number) => but(later(quota, afterMs), { eventName: 'GetAccountSendingEnabled' });
  return {
    fires: [
      { why: 'three questions in two minutes', timeline: [quota, identities, enabled(2 * MINUTE)], severity: 'medium' },
      { why: 'the third a second before the end', timeline: [quota, identities, enabled(10 * MINUTE - 1_000)] },
      {
        why: 'refused',
        timeline: [quota, identities, enabled(2 * MINUTE)].map((record) => denied(record)),
        severity: 'medium',
      },
      {
        why: 'about text messages too',
        timeline: [
          quota,
          identities,
          but(enabled(2 * MINUTE), { eventSource: 'sns.amazonaws.com', eventName: 'GetSMSAttributes' }),
        ],
      },
    ],
    quiet: [
      { why: 'two', timeline: [quota, identities] },
      { why: 'the third when the time is over', timeline: [quota, identities, enabled(10 * MINUTE)] },
      { why: 'one, again and again', timeline: [quota, later(quota, MINUTE), later(quota, 2 * MINUTE)] },
      {
        why: 'from the console',
        timeline: [quota, identities, enabled(2 * MINUTE)].map((record) =>
          but(record, { sessionCredentialFromConsole: 'true' }),
        ),
      },
    ],
  };
};
