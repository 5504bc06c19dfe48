import { createHash } from 'node:crypto';
import type { Mark } from './verdict';
import type { MarkPoint, MarkRange } from './window-store';

/** Longer values are told apart by their hash. */
export const MARK_VALUE_MAX = 200;
/** Services, accounts, regions: groups are short. */
const GROUP_MAX = 100;

/**
 * A value as marks keep it: itself, or its hash when long. Equal values have equal names, and a group (what stands
 * before the first colon, where a rule counts groups) stays what it is.
 */
export function markValue(value: string): string {
  if (value.length <= MARK_VALUE_MAX) return value;
  const colon = value.slice(0, GROUP_MAX).indexOf(':');
  const group = colon < 0 ? '' : value.slice(0, colon + 1);
  return `${group}sha256-${createHash('sha256').update(value).digest('base64url')}`;
}

export function isEarlier(a: MarkPoint, b: MarkPoint): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id);
}

/** The earliest and the latest mark of a range; one, if they are the same event. */
export function marksOf(value: string, level: number, { earliest, latest }: MarkRange): Mark[] {
  const first: Mark = { id: earliest.id, timeMs: earliest.timeMs, value, level };
  if (earliest.id === latest.id && earliest.timeMs === latest.timeMs) return [first];
  return [first, { id: latest.id, timeMs: latest.timeMs, value, level }];
}
