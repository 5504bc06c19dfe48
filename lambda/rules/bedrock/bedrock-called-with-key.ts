import { actorKey, fromClient, whereFrom } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later, role, user } from '../sample';
import {
  BEDROCK,
  BEDROCK_REFERENCES,
  byLongLivedKey,
  MODELS_RUNBOOK,
  MODELS_WHY,
  modelCalls,
  modelInWords,
} from './bedrock';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'bedrock-called-with-key',
  title: 'A model asked with a long-lived key, as never before',
  severity: 'medium',
  rows: ['2-24'],
  attack: ['TA0040/T1496.004', 'TA0001/T1078.004'],
  match: [modelCalls('any')],
  when: (event) => fromClient(event) && byLongLivedKey(event),
  baseline: { kind: 'model caller', value: actorKey, learnDays: LEARN_DAYS, expiryDays: 90 },
  headline: (event) =>
    `${event.actor}, who never did, asked ${modelInWords(event)} ${whereFrom(event)}${event.outcome === 'succeeded' ? '' : ' and was refused'}`,
  resources: (event) => [event.actor],
  why: MODELS_WHY,
  runbook: MODELS_RUNBOOK,
  falsePositives: ['Somebody who tries a model with a key; a role is better for it.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. Keys that ask models every day: bedrock-models-listed-then-called.`,
    'Roles, whose programs come and go.',
  ],
  references: BEDROCK_REFERENCES,
});

export const examples = (): Examples => {
  const opening = call(BEDROCK, 'InvokeModel', { readOnly: true, userIdentity: user('bob') });
  const asked = later(
    call(BEDROCK, 'InvokeModel', { readOnly: true, requestParameters: { modelId: 'example.model-v1:0' } }),
    LEARN_DAYS * DAY,
  );
  return {
    fires: [
      { why: 'for the first time', timeline: [opening, asked], severity: 'medium' },
      { why: 'refused', timeline: [opening, denied(asked)], severity: 'medium' },
      { why: 'in a conversation', timeline: [opening, but(asked, { eventName: 'ConverseStream' })] },
      { why: 'all day: one alert', timeline: [opening, asked, later(asked, 60_000), later(asked, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(asked, -1_000)] },
      { why: 'used since the first days', timeline: [opening, later(asked, -10 * DAY), asked] },
      { why: 'by a role', timeline: [opening, but(asked, { userIdentity: role('Web', 'x') })] },
      { why: 'another call', timeline: [opening, but(asked, { eventName: 'ListFoundationModels' })] },
    ],
  };
};
