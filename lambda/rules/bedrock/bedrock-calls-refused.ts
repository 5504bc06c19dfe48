import { actorKey, fromClient, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';
import { BEDROCK, BEDROCK_REFERENCES, MODELS_RUNBOOK, MODELS_WHY, modelCalls, modelInWords } from './bedrock';

export default defineRule({
  id: 'bedrock-calls-refused',
  title: 'Somebody tried models that they may not use',
  severity: 'medium',
  rows: ['2-24'],
  attack: ['TA0040/T1496.004'],
  match: [modelCalls('denied')],
  when: fromClient,
  window: {
    kind: 'count',
    per: actorKey,
    threshold: 5,
    withinMs: 10 * MINUTE,
    unit: 'refused calls of models',
  },
  quietMs: 12 * HOUR,
  headline: (event) => `${event.actor} was refused ${modelInWords(event)} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: MODELS_WHY,
  runbook: MODELS_RUNBOOK,
  falsePositives: ['A program that was given the wrong model, or whose access has ended.'],
  blindSpots: ['Fewer than five, or slowly.'],
  references: BEDROCK_REFERENCES,
});

export const examples = (): Examples => {
  const refused = denied(call(BEDROCK, 'InvokeModel', { readOnly: true }));
  const many = repeat(refused, 5, MINUTE);
  return {
    fires: [
      { why: 'five in four minutes', timeline: many, severity: 'medium' },
      {
        why: 'the fifth a second before the end',
        timeline: [...many.slice(0, 4), later(refused, 10 * MINUTE - 1_000)],
      },
      { why: 'in conversations', timeline: many.map((record) => but(record, { eventName: 'Converse' })) },
    ],
    quiet: [
      { why: 'four', timeline: many.slice(0, 4) },
      { why: 'the fifth when the time is over', timeline: [...many.slice(0, 4), later(refused, 10 * MINUTE)] },
      {
        why: 'too many at once, not refused',
        timeline: many.map((record) => but(record, { errorCode: 'ThrottlingException' })),
      },
      { why: 'by a service', timeline: many.map((record) => but(record, byService('lex.amazonaws.com'))) },
    ],
  };
};
