import { at, text } from './fields';
import type { TrailEvent } from './trail-event';

/**
 * The AWS service that placed the call, for itself or on somebody's behalf (`autoscaling.amazonaws.com`); undefined for
 * a call that came straight from a client. Not a sign of innocence: CloudFormation does what its user wrote.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function invokedBy({ record, sourceService }: TrailEvent): string | undefined {
  return text(at(record, 'userIdentity', 'invokedBy')) ?? sourceService;
}

/** True when the user agent contains one of the words, letter case aside. The caller writes it: a hint, no proof. */
export function agentContains({ record }: TrailEvent, words: readonly string[]): boolean {
  const agent = text(record['userAgent']);
  if (agent === undefined) return false;
  let known = answers.get(words);
  if (known === undefined || known.size > 5_000) {
    known = new Map(); // agents come from records: bounded
    answers.set(words, known);
  }
  let answer = known.get(agent);
  if (answer === undefined) {
    const lower = agent.toLowerCase();
    answer = words.some((word) => lower.includes(word.toLowerCase()));
    known.set(agent, answer);
  }
  return answer;
}

/** Answers of agentContains by list of words and agent: rules that look at every event ask again and again. */
const answers = new WeakMap<readonly string[], Map<string, boolean>>();
