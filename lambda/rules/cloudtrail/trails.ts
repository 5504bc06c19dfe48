import { asArray, at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

/** eventSource of CloudTrail's own calls. */
export const CLOUDTRAIL = 'cloudtrail.amazonaws.com';

/**
 * Name of the trail, or id of the event data store, that a call is about; undefined where the record names none. Calls
 * take a name or an ARN and spell the parameter differently; both forms give the same name.
 */
export function trailName({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  const named =
    text(pick(parameters, 'name')) ??
    text(pick(parameters, 'trailName')) ??
    text(pick(parameters, 'eventDataStore')) ??
    text(at(record, 'responseElements', 'trailARN'));
  const name = named?.slice(named.lastIndexOf('/') + 1);
  return name === '' ? undefined : name;
}

/** The trail in a sentence. */
export function trailInWords(event: TrailEvent): string {
  const name = trailName(event);
  return name === undefined ? 'an unnamed trail' : `trail ${name}`;
}

/** What suppressions by resource compare with. */
export function trailResources(event: TrailEvent): readonly string[] {
  const name = trailName(event);
  return name === undefined ? [] : [name];
}

/** One or many strings; what is no string is left out. */
export function texts(value: unknown): string[] {
  return asArray(value).flatMap((element) => text(element) ?? []);
}
