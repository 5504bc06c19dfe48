import { field, text } from './fields';
import { oncePerEvent } from './once-per-event';
import type { TrailEvent } from './trail-event';

/**
 * The AWS service that placed the call, for itself or on somebody's behalf (`autoscaling.amazonaws.com`); undefined for
 * a call that came straight from a client. Not a sign of innocence: CloudFormation does what its user wrote.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export const invokedBy = oncePerEvent(
  (event): string | undefined => text(field(event.identity, 'invokedBy')) ?? event.sourceService,
);

/** True when the user agent contains one of the words, letter case aside. The caller writes it: a hint, no proof. */
export function agentContains({ record }: TrailEvent, words: readonly string[]): boolean {
  const agent = text(record['userAgent']);
  if (agent === undefined) return false;
  let known = answers.get(words);
  if (known === undefined || known.byAgent.size > 5_000) {
    known = { agent: '', answer: contains('', words), byAgent: new Map() }; // agents come from records: bounded
    answers.set(words, known);
  }
  // Rules ask about one event one after the other: its agent is the very text of the last question.
  if (known.agent === agent) return known.answer;
  known.agent = agent;
  const answer = known.byAgent.get(agent) ?? contains(agent, words);
  known.byAgent.set(agent, answer);
  known.answer = answer;
  return answer;
}

function contains(agent: string, words: readonly string[]): boolean {
  const lower = agent.toLowerCase();
  return words.some((word) => lower.includes(word.toLowerCase()));
}

/** Answers of agentContains by list of words and agent: rules that look at every event ask again and again. */
const answers = new WeakMap<
  readonly string[],
  { agent: string; answer: boolean; readonly byAgent: Map<string, boolean> }
>();
