import type { Notification } from '../../lambda/alerts/publisher';
import { snsMessage } from '../../lambda/alerts/sns-message';
import { dangersInCsv, dangersInJson, dangersInSubject, LYING, leavesOf } from '../../test/alerts/dangers';

/** What a record's text could do in an output of ours, when nothing is known of the record. */

/** Of hostile-payloads: hosts, and a word that stands where a line would begin. */
const LIVE_LINK = /:\/\/[^\s/]*evil|(?<![\p{L}\p{N}@._-])(?:www\.|aws-console\.)?evil\.example/iu;
const FORGED_LINE = /^\s*(?:INJECTED|Subject: INJECTED|\.\s*$)/m;
/** Our own mistakes, which no mutation writes. */
const BLUNDER = /\bundefined\b|\bNaN\b|\[object Object\]/;
const MARKUP = /<(?:script|img|svg|at|!|@|x\/|b>)/i;

export function dangersInNotification(told: Notification): string[] {
  const { Message: message } = snsMessage(told);
  const texts = leavesOf(JSON.parse(message));
  return [
    ...dangersInSubject(told.subject).map((danger) => `subject ${danger}`),
    ...dangersInText(told.text).map((danger) => `mail ${danger}`),
    ...dangersInText(told.sms ?? '').map((danger) => `text message ${danger}`),
    ...dangersInData(told.data).map((danger) => `data ${danger}`),
    ...dangersInChat(told.chat).map((danger) => `chat ${danger}`),
    ...(texts.length === 3 ? [] : ['another number of texts']),
    ...(Buffer.byteLength(message) > 256 * 1024 ? ['more than SNS takes'] : []),
    ...Object.values(told.attributes)
      .flat()
      .filter((value) => LYING.test(value) || value === '')
      .map((value) => `attribute ${JSON.stringify(value)}`),
  ];
}

export interface ReplayOutputs {
  /** How many. */
  readonly alerts: number;
  readonly jsonl: string;
  readonly csv: string;
  readonly email: string;
  readonly terminal: string;
  /** HTML. */
  readonly page: string;
}

export function dangersInReplay({ alerts, jsonl, csv, email, terminal, page }: ReplayOutputs): string[] {
  const lines = jsonl === '' ? [] : jsonl.trimEnd().split('\n');
  return [
    ...(lines.length === alerts ? [] : [`jsonl has ${lines.length} lines for ${alerts} alerts`]),
    ...lines.flatMap((line) => dangersInJson(line).map((danger) => `jsonl ${danger}`)),
    ...dangersInCsv(csv, alerts).map((danger) => `csv ${danger}`),
    ...dangersInText(email).map((danger) => `email ${danger}`),
    ...(LYING.test(terminal) ? ['terminal lying letters'] : []),
    ...(BLUNDER.test(terminal) ? ['terminal blunder'] : []),
    ...dangersInPage(page).map((danger) => `page ${danger}`),
  ];
}

/** Of a line of the log: its texts go to a log service as they are. */
export function dangersInLog(line: object): string[] {
  return leavesOf(line).some((leaf) => LYING.test(leaf)) ? ['lying letters'] : [];
}

/** What records say stands in blocks of JSON, some of them with a line for each thing; the rest of the page is ours. */
const DATA_BLOCK = /<script type="application\/json" id="\w+">([\s\S]*?)<\/script>/g;

/** A part of a key that the record does not say: keys tell things apart, they are no sentences. */
const LACKING = /(?<=\|)undefined(?=\||$)/g;

function dangersInPage(page: string): string[] {
  const blocks = [...page.matchAll(DATA_BLOCK)].map(([, json = '']) => json);
  const leaves = blocks.flatMap((json) =>
    json
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => leavesOf(JSON.parse(line))),
  );
  const ours = page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '');
  return [
    ...(blocks.length > 0 ? [] : ['has no data']),
    ...(blocks.some((json) => /[<>&]/.test(json)) ? ['markup'] : []),
    ...(leaves.some((leaf) => LYING.test(leaf)) ? ['lying letters'] : []),
    ...leaves.flatMap((leaf) => found(BLUNDER, leaf.replace(LACKING, ''), 'a blunder')),
    ...(/evil|INJECTED/.test(ours) ? ['a record’s text outside the data'] : []),
    ...(BLUNDER.test(ours) ? ['blunder'] : []),
  ];
}

function dangersInText(text: string): string[] {
  return [
    ...(LYING.test(text) ? ['lying letters'] : []),
    ...found(LIVE_LINK, text, 'a link'),
    ...found(FORGED_LINE, text, 'a line of its own'),
    ...found(MARKUP, text, 'markup'),
    ...found(BLUNDER, text, 'a blunder'),
  ];
}

function dangersInData(json: string | undefined): string[] {
  if (json === undefined) return ['missing'];
  return [...dangersInJson(json), ...(/[<>&]/.test(json) ? ['markup'] : [])];
}

function dangersInChat(json: string | undefined): string[] {
  if (json === undefined) return ['missing'];
  const leaves = leavesOf(JSON.parse(json));
  return [
    ...(/[<>&]/.test(json) ? ['markup'] : []),
    ...leaves.flatMap(dangersInText),
    ...leaves.flatMap((leaf) => found(/@(?:channel|here|everyone)\b/i, leaf, 'a mention')),
  ];
}

/** What was found, with what stands around it; what differs from event to event left out, so that kinds stay few. */
function found(pattern: RegExp, text: string, what: string): string[] {
  const match = pattern.exec(text);
  return match === null ? [] : [`${what}: ${JSON.stringify(match[0].slice(0, 60))}`];
}
