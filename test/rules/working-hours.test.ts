import { isOffHours, isWorkingHours } from '../../lambda/rules/working-hours';

const at = (time: string) => Date.parse(time);

describe('working hours', () => {
  it.each([
    ['a Monday morning', '2026-03-09T07:00:00Z', ['mon-fri 07:00-20:00'], false],
    ['a second before it', '2026-03-09T06:59:59Z', ['mon-fri 07:00-20:00'], true],
    ['the last second of the day', '2026-03-09T19:59:59Z', ['mon-fri 07:00-20:00'], false],
    ['the end', '2026-03-09T20:00:00Z', ['mon-fri 07:00-20:00'], true],
    ['a Saturday', '2026-03-14T10:00:00Z', ['mon-fri 07:00-20:00'], true],
    ['a Sunday of a week that begins on it', '2026-03-15T10:00:00Z', ['sun-thu 07:00-20:00'], false],
    ['a Friday of that week', '2026-03-13T10:00:00Z', ['sun-thu 07:00-20:00'], true],
    ['single days', '2026-03-11T10:00:00Z', ['mon,wed 09:00-17:00'], false],
    ['between single days', '2026-03-10T10:00:00Z', ['mon,wed 09:00-17:00'], true],
    ['winter time in Madrid', '2026-03-09T06:30:00Z', ['mon-fri 07:00-20:00 Europe/Madrid'], false],
    ['summer time in Madrid', '2026-07-06T05:30:00Z', ['mon-fri 07:00-20:00 Europe/Madrid'], false],
    ['the day before, where the sun is later', '2026-03-09T02:00:00Z', ['sun 00:00-24:00 America/Los_Angeles'], false],
    ['midnight', '2026-03-09T00:00:00Z', ['mon 00:00-01:00'], false],
    ['either of two', '2026-03-14T10:00:00Z', ['mon-fri 07:00-20:00', 'sat 09:00-12:00'], false],
    ['none given', '2026-03-14T03:00:00Z', [], false],
    ['none that can be read', '2026-03-14T03:00:00Z', ['whenever'], false],
  ])('%s', (_what, time, hours, off) => {
    expect(isOffHours(at(time), hours)).toBe(off);
  });

  it.each(['mon-fri 07:00-20:00', 'Mon-Fri 07:00-20:00', 'sat 00:00-24:00', 'mon,wed,fri 09:30-17:45 Asia/Kathmandu'])(
    'are said by %s',
    (text) => expect(isWorkingHours(text)).toBe(true),
  );

  it.each([
    '',
    'mon-fri',
    '07:00-20:00',
    'mon-fri 7:00-20:00',
    'mon-fri 20:00-07:00',
    'mon-fri 07:00-07:00',
    'mon-fri 07:00-24:01',
    'mon-fri 07:60-20:00',
    'mon-fri-sun 07:00-20:00',
    'mo-fr 07:00-20:00',
    'mon-fri 07:00-20:00-21:00',
    'mon-fri 07:00-20:00 Europe/Madird',
    'mon-fri 07:00-20:00 Europe/Madrid please',
    'mon-fri  07:00-20:00',
  ])('are not said by %j', (text) => expect(isWorkingHours(text)).toBe(false));
});
