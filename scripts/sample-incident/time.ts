/** The incident happens on 17 and 18 November 2026, UTC; nothing here reads the clock. */
const YEAR = 2026;
const NOVEMBER = 10;

/** Milliseconds since 1970 of `'<day> <hh:mm:ss>'` in the incident's month, UTC. */
export function at(when: string): number {
  const [, day, hours, minutes, seconds] = /^(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(when) ?? [];
  if (seconds === undefined) throw new RangeError(`expected "<day> <hh:mm:ss>", got "${when}"`);
  return Date.UTC(YEAR, NOVEMBER, Number(day), Number(hours), Number(minutes), Number(seconds));
}

/** CloudTrail's time: UTC, whole seconds. */
export function eventTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** The form in which IAM and STS print times inside responses: `Nov 18, 2026, 12:57:40 AM`. */
export function javaDate(timeMs: number): string {
  const time = new Date(timeMs);
  const hour = time.getUTCHours();
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${hour % 12 || 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
  return `Nov ${time.getUTCDate()}, ${time.getUTCFullYear()}, ${clock}`;
}
