import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

export const LAMBDA = 'lambda.amazonaws.com';

/** Name of the function; calls take names and ARNs. */
export function functionOf({ record }: TrailEvent): string | undefined {
  const named =
    text(pick(record['requestParameters'], 'functionName')) ?? text(pick(record['responseElements'], 'functionName'));
  if (named === undefined || named === '') return undefined;
  const name = named.startsWith('arn:') ? named.split(':')[6] : named;
  return name || undefined;
}

export function functionInWords(event: TrailEvent): string {
  return `function ${functionOf(event) ?? '(not named)'} in ${event.account} ${event.region}`;
}

export function functionResources(event: TrailEvent): readonly string[] {
  const name = functionOf(event);
  return name === undefined ? [] : [name];
}
