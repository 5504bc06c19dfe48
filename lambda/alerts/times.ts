/** Times and lengths of time as people read them. Units are written alike in English and Spanish. */

/** `2026-03-10 10:00:00 UTC (2026-03-10 11:00:00 Europe/Madrid)`; of a span, both ends; without the zone when it is UTC. */
export function timeText(fromMs: number, toMs: number, timeZone: string): string {
  const utc = `${spanIn(fromMs, toMs, 'UTC')} UTC`;
  return timeZone === 'UTC' ? utc : `${utc} (${spanIn(fromMs, toMs, timeZone)} ${timeZone})`;
}

/** `90 s`, `12 min`, `5 h`, `3 d`: rounded, to be read. Never negative. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function spanIn(fromMs: number, toMs: number, timeZone: string): string {
  const [from, to] = [clockIn(fromMs, timeZone), clockIn(toMs, timeZone)];
  const start = `${from.date} ${from.time}`;
  // CloudTrail's times have seconds.
  if (Math.floor(fromMs / 1_000) === Math.floor(toMs / 1_000)) return start;
  return from.date === to.date ? `${start} - ${to.time}` : `${start} - ${to.date} ${to.time}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockIn(timeMs: number, timeZone: string): { date: string; time: string } {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    const two = '2-digit';
    clock = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
    });
    clocks.set(timeZone, clock);
  }
  const parts = Object.fromEntries(clock.formatToParts(timeMs).map(({ type, value }) => [type, value]));
  const of = (name: Intl.DateTimeFormatPartTypes) => parts[name] ?? '';
  return {
    date: `${of('year')}-${of('month')}-${of('day')}`,
    time: `${of('hour')}:${of('minute')}:${of('second')}`,
  };
}
