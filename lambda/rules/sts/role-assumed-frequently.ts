import { actorAndTool, lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later, repeat } from '../sample';
import { assumed, refused } from './role-samples';
import { ASSUMED, assumedInWords, ROLE_REFERENCES, roleResources } from './roles';

export default defineRule({
  id: 'role-assumed-frequently',
  title: 'Roles assumed again and again in minutes',
  // Low: mostly a program that asks for a new session for each request instead of keeping one.
  severity: (event, settings) => lessIfAutomated('low', event, settings),
  severityMost: 'low',
  rows: ['1-8'],
  attack: ['TA0008/T1550.001'],
  match: [ASSUMED],
  settings: ['infrastructureAsCodeAgents'],
  window: { kind: 'count', per: actorAndTool, threshold: 30, withinMs: 10 * MINUTE, unit: 'roles assumed' },
  quietMs: 12 * HOUR,
  headline: assumedInWords,
  resources: roleResources,
  why: 'Tools of attackers take the role anew for each call, so that no session lasts. So do badly written programs.',
  runbook: [
    'Find out which program it is: the user agent and the name of the session say much.',
    'If it is yours, keep the session until it expires; STS refuses callers who ask too often.',
    'If nobody knows it, treat the keys as stolen: deactivate them and revoke the sessions of the role.',
  ],
  falsePositives: ['Programs without a cache of credentials, tests that run in parallel.'],
  blindSpots: ['Fewer than three a minute.'],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const one = assumed('Reader');
  return {
    fires: [
      { why: 'thirty in five minutes', timeline: repeat(one, 30, 10_000), severity: 'low' },
      {
        why: 'the thirtieth a second before the window closes',
        timeline: [...repeat(one, 29, 10_000), later(one, 10 * MINUTE - 1_000)],
      },
    ],
    quiet: [
      { why: 'twenty-nine', timeline: repeat(one, 29, 10_000) },
      {
        why: 'the thirtieth when the window has closed',
        timeline: [...repeat(one, 29, 10_000), later(one, 10 * MINUTE)],
      },
      { why: 'services', timeline: repeat(but(one, byService('lambda.amazonaws.com')), 30, 10_000) },
      { why: 'refused', timeline: repeat(refused('Reader'), 30, 10_000) },
    ],
  };
};
