import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { DAY } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { levelOf } from '../../lambda/rules/severity';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { buildIncident } from '../../scripts/sample-incident/incident';
import { alertsOf } from '../rules/timeline';

/** The rows of the catalogue that each part of the attack must be told by. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  discovery: ['0-9', '1-1'],
  'keys-listed': ['1-7'],
  'start-up-scripts': ['0-9'],
  'passwords-guessed': ['0-8', '1-20'],
  'root-tried': ['0-3', '0-8'],
  'role-guessed': ['1-8'],
  'backdoor-made': ['1-5', '1-7', '1-10'],
  'backdoor-used': ['1-6'],
  'passwords-reset': ['0-10', '1-20'],
  'secrets-read': ['1-1'],
  'doors-opened': ['0-2', '1-18', '1-19'],
  'bucket-published': ['0-6', '1-11', '1-15', '1-16'],
  'files-copied': ['1-15'],
  'disks-shared': ['1-14'],
  'miners-started': ['0-4', '0-7'],
  'lights-out': ['0-1'],
};

/** One use of a key that works: only who knows the key's usual networks can tell it from work. */
const NEEDS_HABITS: Readonly<Record<string, readonly string[]>> = {
  'key-checked': ['1-2'],
  'miners-started': ['0-4', '0-7', '0-11', '1-2'],
};

/** A few pages of the console, by somebody who has just signed in: it is the sign-in that is told. */
const TOLD_BY_WHAT_CAME_BEFORE: Readonly<Record<string, string>> = { 'look-around': 'passwords-guessed' };

const { files, chapters } = buildIncident();
const records = files.flatMap((file) => file.records);
const engine = { rules: RULES.flatMap((rule) => activate(rule, DEFAULT_SETTINGS) ?? []), suppressions: [] };
const rowsOf = new Map(RULES.map(({ id, rows }) => [id, rows]));
const attacks = chapters.filter(({ kind }) => kind === 'attack').map(({ id }) => id);
const everyday = chapters.filter(({ kind }) => kind === 'everyday').map(({ id }) => id);

/** The everyday part once more, fifteen days earlier: longer ago than the time for learning. */
function habits(): unknown[] {
  const usual = new Set(chapters.filter(({ kind }) => kind === 'everyday').flatMap(({ eventIds }) => eventIds));
  return records
    .filter(({ eventID }) => usual.has(eventID))
    .map((record, index) => ({
      ...record,
      eventID: `earlier-${index}`,
      eventTime: new Date(Date.parse(record.eventTime) - 15 * DAY).toISOString().replace('.000Z', 'Z'),
    }));
}

const told = (of: readonly unknown[]): ReplayAlert[] =>
  alertsOf(engine, of).filter(
    (alert) => alert.mode === 'live' && hasMessage(alert) && levelOf(alert.severity) >= levelOf('medium'),
  );

function idsOf(chapter: string): ReadonlySet<string> {
  return new Set(chapters.find(({ id }) => id === chapter)?.eventIds);
}

function rowsTold(alerts: readonly ReplayAlert[], chapter: string): readonly string[] {
  const ids = idsOf(chapter);
  return alerts
    .filter(({ eventIds }) => eventIds.some((id) => ids.has(id)))
    .flatMap(({ rule }) => rowsOf.get(rule) ?? []);
}

function onlyOf(alerts: readonly ReplayAlert[], chapter: string): string[] {
  const ids = idsOf(chapter);
  return alerts
    .filter(({ eventIds }) => eventIds.every((id) => ids.has(id)))
    .map(({ rule, headline }) => `${rule}: ${headline}`);
}

describe.each([
  ['that begins with these files', () => told(records), ROWS],
  ['that knows the habits of the place', () => told([...habits(), ...records]), { ...ROWS, ...NEEDS_HABITS }],
] as const)('the sample incident, to a detector %s', (_who, replayed, expected) => {
  const alerts = replayed();

  it.each(Object.entries(expected))(
    'is told at medium or above, by rules of its rows: %s, rows %s',
    (chapter, rows) => {
      expect(attacks).toContain(chapter);
      const heard = rowsTold(alerts, chapter);
      expect(rows.filter((row) => !heard.includes(row))).toEqual([]);
    },
  );

  it.each(everyday)('raises nothing at medium or above on everyday work: %s', (chapter) => {
    expect(onlyOf(alerts, chapter)).toEqual([]);
  });
});

it('tells of every part of the attack, or of the part that led to it', () => {
  const parts = Object.keys({ ...ROWS, ...NEEDS_HABITS, ...TOLD_BY_WHAT_CAME_BEFORE });
  expect(parts.sort()).toEqual([...attacks].sort());
  for (const before of Object.values(TOLD_BY_WHAT_CAME_BEFORE)) expect(Object.keys(ROWS)).toContain(before);
});
