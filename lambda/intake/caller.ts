import { field, text } from './fields';
import { Answers, oncePerEvent } from './remembered';
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
export function agentContains(event: TrailEvent, words: readonly string[]): boolean {
  const agent = agentOf(event);
  return agent !== undefined && answers.about(agent, words);
}

const agentOf = oncePerEvent(({ record }) => text(record['userAgent']));

const answers = new Answers((agent, words) => {
  const lower = agent.toLowerCase();
  return words.some((word) => lower.includes(word.toLowerCase()));
});
