import { alertJson, type ReplayAlert } from '../replay-alert';

/** One JSON object a line. */
export function jsonLines(alerts: readonly ReplayAlert[]): string {
  return alerts.map((alert) => `${JSON.stringify(alertJson(alert))}\n`).join('');
}

/** A JSON array of the same objects. */
export function json(alerts: readonly ReplayAlert[]): string {
  return [...jsonPieces(alerts)].join('');
}

/** The same alert by alert: of many, the text is longer than all else that is in memory. */
export function* jsonPieces(alerts: readonly ReplayAlert[]): Generator<string> {
  let separator = '[\n';
  for (const alert of alerts) {
    // Within texts, line ends are escaped: those that are left are of the layout.
    yield `${separator}  ${JSON.stringify(alertJson(alert), null, 2).replaceAll('\n', '\n  ')}`;
    separator = ',\n';
  }
  yield alerts.length === 0 ? '[]\n' : '\n]\n';
}

const COLUMNS = [
  'alertId',
  'rule',
  'severity',
  'mode',
  'suppressed',
  'actor',
  'account',
  'region',
  'firstEventTime',
  'lastEventTime',
  'count',
  'continues',
  'headline',
  'eventIds',
] as const;

/** A table for spreadsheets (RFC 4180). Lists are joined by spaces; what looks like a formula is disarmed. */
export function csv(alerts: readonly ReplayAlert[]): string {
  const rows = alerts.map((alert) => {
    const values = alertJson(alert);
    return COLUMNS.map((column) => cell(values[column]));
  });
  return [COLUMNS.join(','), ...rows.map((row) => row.join(','))].map((line) => `${line}\r\n`).join('');
}

/**
 * Spreadsheets run cells that start with these, also behind blanks, and in some languages their wide forms: an apostrophe
 * makes them text. Where the list separator is another, a cell begins behind each of those too.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /(^|[;\t|])([\s"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\t\r])/g;

export function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  const disarmed = text.replace(FORMULA, "$1$2'");
  return /[",\r\n]/.test(disarmed) || disarmed !== text ? `"${disarmed.replaceAll('"', '""')}"` : disarmed;
}
