import { at, field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';

export const BEDROCK = 'bedrock.amazonaws.com';

/**
 * Calls that have a model answer; CloudTrail records them as management events, and as reads.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
 */
export const MODEL_CALLS = ['InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream'] as const;

export function modelCalls(outcome: Match['outcome'], ...others: readonly string[]): Match {
  return { feed: 'api-reads', outcome, service: BEDROCK, calls: [...MODEL_CALLS, ...others] };
}

/** `model anthropic.claude-…` */
export function modelInWords({ record }: TrailEvent): string {
  return `model ${(text(at(record, 'requestParameters', 'modelId')) ?? '(not named)').slice(0, 120)}`;
}

/** A key that lasts: what is found in code. Roles of programs have session keys. */
export function byLongLivedKey({ record }: TrailEvent): boolean {
  const identity = record['userIdentity'];
  return field(identity, 'type') === 'IAMUser' && text(field(identity, 'accessKeyId'))?.startsWith('AKIA') === true;
}

export const BEDROCK_REFERENCES = [
  'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
  'https://attack.mitre.org/techniques/T1496/004/',
] as const;

export const MODELS_WHY =
  'Stolen keys are sold to people who want models for nothing. The bill can reach tens of thousands of dollars a day, and what they ask for is asked in your name.';

export const MODELS_RUNBOOK = [
  'Ask the owner of the user or role. Does the program use models, and from that address?',
  'If nobody vouches for it: aws iam update-access-key --status Inactive --access-key-id <key>, or revoke the sessions of the role.',
  'See the bill and the calls of the last days, in every region: aws cloudwatch get-metric-statistics --namespace AWS/Bedrock --metric-name Invocations.',
  'Deny bedrock:InvokeModel where nobody needs it, by a service control policy.',
] as const;
