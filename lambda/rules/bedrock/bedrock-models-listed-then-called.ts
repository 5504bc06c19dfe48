import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, role } from '../sample';
import {
  BEDROCK,
  BEDROCK_REFERENCES,
  byLongLivedKey,
  MODEL_CALLS,
  MODELS_RUNBOOK,
  MODELS_WHY,
  modelCalls,
  modelInWords,
} from './bedrock';

const CALLS: readonly string[] = MODEL_CALLS;

export default defineRule({
  id: 'bedrock-models-listed-then-called',
  title: 'A key looked which models there are, then asked one',
  severity: 'medium',
  rows: ['2-24'],
  attack: ['TA0040/T1496.004', 'TA0007/T1526'],
  match: [modelCalls('any', 'ListFoundationModels', 'GetFoundationModelAvailability', 'ListInferenceProfiles')],
  when: (event) => fromClient(event) && byLongLivedKey(event),
  window: {
    kind: 'sequence',
    withinMs: 15 * MINUTE,
    per: keyOf,
    steps: [
      { name: 'models listed', is: (event) => !isAsking(event) },
      { name: 'a model asked', is: isAsking },
    ],
  },
  quietMs: 24 * HOUR,
  headline: (event) =>
    `${event.actor} ${isAsking(event) ? `asked ${modelInWords(event)}` : `looked which models there are (${event.call})`} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: MODELS_WHY,
  runbook: MODELS_RUNBOOK,
  falsePositives: ['A person who works with models by a key of a user.'],
  blindSpots: ['Whoever knows the name of the model. Keys of roles. Longer than a quarter of an hour between the two.'],
  references: BEDROCK_REFERENCES,
});

function keyOf({ account, record }: TrailEvent): string | undefined {
  const key = text(at(record, 'userIdentity', 'accessKeyId'));
  return key && `${account}|${key}`;
}

function isAsking(event: TrailEvent): boolean {
  return CALLS.includes(event.call);
}

export const examples = (): Examples => {
  const listed = call(BEDROCK, 'ListFoundationModels');
  const asked = (afterMs: number) =>
    but(later(listed, afterMs), { eventName: 'InvokeModel', requestParameters: { modelId: 'example.model-v1:0' } });
  return {
    fires: [
      { why: 'a minute later', timeline: [listed, asked(MINUTE)], severity: 'medium' },
      { why: 'a second before the end', timeline: [listed, asked(15 * MINUTE - 1_000)] },
      { why: 'refused', timeline: [listed, but(asked(MINUTE), { errorCode: 'AccessDenied' })], severity: 'medium' },
    ],
    quiet: [
      { why: 'a quarter of an hour later', timeline: [listed, asked(15 * MINUTE)] },
      { why: 'asked only', timeline: [asked(0), asked(MINUTE)] },
      { why: 'asked first', timeline: [asked(0), later(listed, MINUTE)] },
      {
        why: 'by a role',
        timeline: [listed, asked(MINUTE)].map((record) => but(record, { userIdentity: role('Web', 'x') })),
      },
    ],
  };
};
