import { asArray, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { lessIfAutomated } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { functionInWords, functionResources, LAMBDA } from './functions';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'lambda-layer-foreign',
  title: 'Layer of an unknown account put into a function',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-20', '2-30'],
  attack: ['TA0003/T1525', 'TA0002/T1648'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: LAMBDA,
      calls: ['UpdateFunctionConfiguration', 'CreateFunction'],
    },
  ],
  settings: ['organizationAccounts', 'infrastructureAsCodeAgents'],
  baseline: {
    kind: 'layer-account',
    value: (event, settings) => foreignLayers(event, settings).flatMap((layer) => accountIn(layer) ?? []),
    learnDays: LEARN_DAYS,
    expiryDays: 180,
  },
  headline: (event, settings) =>
    `${event.actor} put layer ${foreignLayers(event, settings)[0] ?? '(not named)'} into ${functionInWords(event)}`,
  resources: functionResources,
  why: 'Code of a layer runs inside the function, before its own, with all its rights. Nobody here used layers of this account before.',
  runbook: [
    'Whose account is it? Vendors name theirs in their documentation.',
    'Ask the actor; take the layer out: aws lambda update-function-configuration --function-name <function> --layers.',
    'If nobody vouches for it, change what the function knew: secrets, environment variables, rights of its role.',
  ],
  falsePositives: ['The first use of a vendor: monitoring, tools of AWS.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'Another layer of an account that is known.'],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html',
    'https://attack.mitre.org/techniques/T1525/',
  ],
});

/** Layers of the call that belong to accounts outside; ARNs in requests, `{arn}` in responses. */
function foreignLayers(event: TrailEvent, settings: Settings): readonly string[] {
  const { record } = event;
  const layers = [record['requestParameters'], record['responseElements']].flatMap((part) =>
    asArray(pick(part, 'layers')),
  );
  return layers
    .flatMap((layer) => text(layer) ?? text(pick(layer, 'arn')) ?? [])
    .filter((layer) => {
      const account = accountIn(layer);
      return account !== undefined && isOutside(account, event, settings);
    });
}

export const examples = (): Examples => {
  const withLayer = (account: string, fields: object = {}) =>
    call(LAMBDA, 'UpdateFunctionConfiguration20150331v2', {
      requestParameters: { functionName: 'orders', layers: [`arn:aws:lambda:us-east-1:${account}:layer:tools:3`] },
      ...fields,
    });
  const opening = withLayer('111122223333');
  const foreign = later(withLayer('999988887777'), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'of an account that nobody used', timeline: [opening, foreign], severity: 'medium' },
      {
        why: 'told by the response',
        timeline: [
          opening,
          but(foreign, {
            requestParameters: null,
            responseElements: {
              functionName: 'orders',
              layers: [{ arn: 'arn:aws:lambda:us-east-1:999988887777:layer:tools:3' }],
            },
          }),
        ],
      },
      { why: 'in a new function', timeline: [opening, but(foreign, { eventName: 'CreateFunction20150331' })] },
      { why: 'by Terraform', timeline: [opening, but(foreign, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'in several functions: one alert', timeline: [opening, foreign, later(foreign, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(foreign, -1_000)] },
      { why: 'known since the first day', timeline: [withLayer('999988887777'), foreign] },
      { why: 'of the own account', timeline: [opening, later(opening, LEARN_DAYS * DAY)] },
      { why: 'of an own account', timeline: [opening, foreign], settings: { organizationAccounts: ['999988887777'] } },
      { why: 'refused', timeline: [opening, denied(foreign)] },
    ],
  };
};
