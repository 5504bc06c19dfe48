import { asArray, field, flag, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorAndTool, fromClient, isAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, repeat, user } from '../sample';

const SSM = 'ssm.amazonaws.com';

/** What a page of the whole store may hold. */
const PAGE = 10;

export default defineRule({
  id: 'parameters-mass-decrypted',
  title: 'Many encrypted parameters read by one user or role',
  severity: (event, settings) => (isAutomated(event, settings) ? 'low' : 'high'),
  rows: ['1-1', '2-11'],
  attack: ['TA0006/T1555.006', 'TA0006/T1552'],
  match: [
    {
      feed: 'api-reads',
      outcome: 'succeeded',
      service: SSM,
      calls: ['GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromClient(event) && flag(field(event.record['requestParameters'], 'withDecryption')) === true,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: parametersRead,
    threshold: 20,
    withinMs: HOUR,
    unit: 'different parameters decrypted',
  },
  headline: (event) =>
    `${event.actor} decrypted parameter ${parametersRead(event)[0] ?? 'that the record does not name'} ${whereFrom(event)}`,
  resources: parametersRead,
  why: 'Passwords and keys lie in encrypted parameters. A program decrypts its own; twenty different ones are a collection.',
  runbook: [
    'List which parameters were read: aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=EventName,AttributeValue=GetParameters.',
    'Ask the owner of the user or role. If nobody vouches for it, deactivate the key, or revoke the sessions of the role.',
    'Replace every value that was read, where it is used and in the store.',
    'Look for what the values open: sign-ins to the systems behind them, from the same address.',
  ],
  falsePositives: [
    'A role that many programs share, such as one execution role for all container tasks.',
    'A program that keeps its whole configuration in parameters and starts anew.',
  ],
  blindSpots: [
    'Parameters below a path are not named in the call: each page counts as one, and as ten where the path is the whole store.',
    'Slow readers, and those that use many principals.',
    'Calls with the user agent of infrastructure as code are counted apart, at low; the caller writes the agent.',
  ],
  references: [
    'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html',
    'https://attack.mitre.org/techniques/T1555/006/',
  ],
});

/** Parameters by name; by path, what stands for the page that was read. */
function parametersRead(event: TrailEvent): readonly string[] {
  const parameters = event.record['requestParameters'];
  if (event.call === 'GetParametersByPath') {
    const path = text(field(parameters, 'path')) ?? '/';
    const page = `${path} page ${text(field(parameters, 'nextToken')) ?? 'one'}`;
    return path === '/' ? Array.from({ length: PAGE }, (_, index) => `${page}, ${index + 1}`) : [page];
  }
  return [...asArray(field(parameters, 'name')), ...asArray(field(parameters, 'names'))].flatMap((named) => {
    const name = text(named);
    return name === undefined || name === '' ? [] : [parameterName(name)];
  });
}

/** `/prod/db` of `/prod/db:3` (a version or a label) and of `arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db`. */
function parameterName(named: string): string {
  const start = named.startsWith('arn:') ? named.indexOf(':parameter/') : -1;
  const name = start < 0 ? named : named.slice(start + ':parameter'.length);
  const end = name.indexOf(':');
  return end < 0 ? name : name.slice(0, end);
}

export const examples = (): Examples => {
  const read = call(SSM, 'GetParameter', { requestParameters: { name: '/prod/db', withDecryption: true } });
  const different = (index: number) => ({ requestParameters: { name: `/prod/p${index}`, withDecryption: true } });
  const names = (from: number, count: number) => Array.from({ length: count }, (_, index) => `/prod/p${from + index}`);
  const several = (from: number, count: number) =>
    but(read, { eventName: 'GetParameters', requestParameters: { names: names(from, count), withDecryption: true } });
  const byPath = (path: string, nextToken?: string) =>
    but(read, {
      eventName: 'GetParametersByPath',
      requestParameters: { path, recursive: true, withDecryption: true, ...(nextToken && { nextToken }) },
    });
  return {
    fires: [
      { why: 'twenty in a minute', timeline: repeat(read, 20, 3_000, different), severity: 'high' },
      { why: 'ten at a time', timeline: [several(0, 10), later(several(10, 10), 1_000)] },
      { why: 'over most of an hour', timeline: repeat(read, 20, 3 * 60_000, different) },
      { why: 'two pages of the whole store', timeline: [byPath('/'), later(byPath('/', 'AAEA'), 1_000)] },
      {
        why: 'twenty pages of a path',
        timeline: repeat(byPath('/prod'), 20, 1_000, (index) => ({
          requestParameters: { path: '/prod', withDecryption: true, nextToken: `AAEA${index}` },
        })),
      },
      {
        why: 'by infrastructure as code',
        timeline: repeat(but(read, { userAgent: 'HashiCorp Terraform/1.11.4' }), 42, 500, different),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'nineteen', timeline: repeat(read, 19, 3_000, different) },
      {
        why: 'the twentieth an hour after the first',
        timeline: [...repeat(read, 19, 3_000, different), later(read, HOUR)],
      },
      {
        why: 'not decrypted',
        timeline: repeat(read, 30, 3_000, (index) => ({
          requestParameters: { name: `/p${index}`, withDecryption: false },
        })),
      },
      {
        why: 'the twentieth is the nineteenth in another spelling',
        timeline: [
          ...repeat(read, 19, 3_000, different),
          but(later(read, 60_000), {
            requestParameters: {
              name: 'arn:aws:ssm:us-east-1:111122223333:parameter/prod/p18:2',
              withDecryption: true,
            },
          }),
        ],
      },
      { why: 'the configuration of a program, three pages', timeline: repeat(byPath('/prod/web'), 3, 1_000) },
      {
        why: 'the twentieth by somebody else',
        timeline: [...repeat(read, 19, 3_000, different), but(later(read, 60_000), { userIdentity: user('bob') })],
      },
      { why: 'refused', timeline: repeat(denied(read), 30, 1_000, different) },
      { why: 'by a service', timeline: repeat(but(read, byService('ecs-tasks.amazonaws.com')), 30, 1_000, different) },
    ],
  };
};
