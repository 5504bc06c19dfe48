/** A stretch of the week in which people work, as `mon-fri 07:00-20:00 Europe/Madrid` says it. */
interface WorkingHours {
  /** Abbreviations as `Intl` writes them in English, in lower case. */
  readonly days: ReadonlySet<string>;
  /** Minutes since midnight; the end is not part of it. */
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly clock: Intl.DateTimeFormat;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const read = new Map<string, WorkingHours | undefined>();

/** True outside of all the stretches. Without any there is no such thing: always false. What is none of them is ignored. */
export function isOffHours(timeMs: number, hours: readonly string[]): boolean {
  const stretches = hours.flatMap((text) => workingHoursIn(text) ?? []);
  return stretches.length > 0 && !stretches.some((stretch) => covers(stretch, timeMs));
}

/** Whether a text says working hours: days, times on a 24-hour clock, and an IANA time zone (UTC when left out). */
export function isWorkingHours(text: string): boolean {
  return workingHoursIn(text) !== undefined;
}

function workingHoursIn(text: string): WorkingHours | undefined {
  if (!read.has(text)) read.set(text, parse(text));
  return read.get(text);
}

function parse(text: string): WorkingHours | undefined {
  const [days, times, zone = 'UTC', ...more] = text.split(' ');
  if (days === undefined || times === undefined || more.length > 0) return undefined;
  const named = days.toLowerCase().split(',').map(daysBetween);
  const [from, until, ...others] = times.split('-').map(minutesOf);
  if (named.some((some) => some.length === 0) || others.length > 0) return undefined;
  if (from === undefined || until === undefined || from >= until) return undefined;
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return { days: new Set(named.flat()), fromMinute: from, untilMinute: until, clock };
  } catch {
    return undefined; // no such zone
  }
}

/** `mon`, or `sun-thu`, which goes over the end of the week; nothing for what is no day. */
function daysBetween(text: string): string[] {
  const [first = '', last = first, ...more] = text.split('-');
  const from = DAYS.indexOf(first);
  const length = (DAYS.indexOf(last) - from + DAYS.length) % DAYS.length;
  if (from < 0 || !DAYS.includes(last) || more.length > 0) return [];
  return Array.from({ length: length + 1 }, (_, index) => DAYS[(from + index) % DAYS.length] ?? '');
}

/** `07:30` → 450; `24:00` is the end of the day. */
function minutesOf(text: string): number | undefined {
  if (!/^\d{2}:\d{2}$/.test(text)) return undefined;
  const hour = Number(text.slice(0, 2));
  const minute = Number(text.slice(3));
  return minute < 60 && hour * 60 + minute <= 24 * 60 ? hour * 60 + minute : undefined;
}

function covers({ days, fromMinute, untilMinute, clock }: WorkingHours, timeMs: number): boolean {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of clock.formatToParts(timeMs)) parts[type] = value;
  const minute = Number(parts.hour) * 60 + Number(parts.minute);
  return days.has(parts.weekday?.toLowerCase() ?? '') && fromMinute <= minute && minute < untilMinute;
}
