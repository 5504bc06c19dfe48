const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Whole numbers with a unit: `90 s`, `10 min`, `1 h`, `2 d`. */
export const DURATION = /^[0-9]{1,9} ?(s|sec|second|seconds|m|min|minute|minutes|h|hour|hours|d|day|days)$/;

/** Milliseconds of `10 min`; undefined for what is no duration. */
export function durationMs(text: string): number | undefined {
  const unit = DURATION.exec(text)?.[1];
  return unit === undefined ? undefined : Number.parseInt(text, 10) * (UNITS[unit] as number);
}

/** 2027-01-31, or 2027-01-31T18:00:00+01:00 with `T` or a space; without a zone it is UTC, as in YAML. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)? ?([Zz]|[+-]\d{2}:\d{2})?)?$/;

/**
 * Milliseconds since the epoch of a date (its first moment in UTC) or a date-time; undefined for what is none.
 * Days that no calendar has are none: Date.parse would read 2027-02-30 as the 2nd of March.
 */
export function dateMs(text: string): number | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const inMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > inMonth || hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = parts[7];
  if (zone === undefined || zone === 'Z' || zone === 'z') return Date.UTC(year, month - 1, day, hour, minute, second);
  const [zoneHour, zoneMinute] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (zoneHour > 14 || zoneMinute > 59) return undefined;
  const offsetMs = (zoneHour * 60 + zoneMinute) * 60_000 * (zone.startsWith('-') ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs;
}
