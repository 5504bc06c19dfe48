import Ajv from 'ajv';
import schema from '../../docs/alert.schema.json';

/** Ways in which an output could do what an attacker's text wants. Each function returns what it found, nothing if harmless. */

const ajv = new Ajv({ allowUnionTypes: true });
const validate = ajv.compile(schema);
/** Control, bidirectional and invisible letters, but for our own line feeds. */
export const LYING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff]|\ufe0f|[\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u;

/** Of an alert's document, see docs/alert.schema.json. */
export function dangersInJson(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return [
    ...(validate(value) ? [] : [ajv.errorsText(validate.errors)]),
    ...(leavesOf(value).some((leaf) => LYING.test(leaf) || leaf.includes('\n')) ? ['lying letters'] : []),
    ...(json.includes('\n') ? ['a line of its own'] : []),
  ];
}

/** @param alerts how many the table is of */
export function dangersInCsv(text: string, alerts: number): string[] {
  const rows = parseCsv(text);
  return [
    ...(rows.length === alerts + 1 ? [] : [`${rows.length} rows`]),
    ...(rows.every((row) => row.length === rows[0]?.length) ? [] : ['another number of cells']),
    ...rows
      .flat()
      .filter((cell) => /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell))
      .map((cell) => `formula ${cell.slice(0, 40)}`),
    // Where the list separator is another, the cell is cut there.
    ...rows
      .flat()
      .filter((cell) => /[;\t|]"?\s*[=+\-@]/.test(cell))
      .map((cell) => `formula behind a separator ${cell.slice(0, 40)}`),
    ...(LYING.test(text.replaceAll('\r\n', '\n')) ? ['lying letters'] : []),
  ];
}

/** Of a subject, which is a text message too: phones make a link of whatever looks like one. */
export function dangersInSubject(subject: string): string[] {
  const isSubject = /^\[[A-Z]+\] [\x20-\x7e]{1,95}$/.test(subject) && subject.length <= 99;
  return isSubject && !/[<>]|:\/\/|(?<!@)evil\.example/.test(subject) ? [] : [JSON.stringify(subject)];
}

/** All texts in a JSON value. */
export function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
