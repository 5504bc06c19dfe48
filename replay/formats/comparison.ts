import { styleText } from 'node:util';
import { visible } from '../../lambda/alerts/neutral';
import type { Rule } from '../../lambda/rules/rule';
import { levelOf } from '../../lambda/rules/severity';
import { counted, grouped } from '../counts';
import { alertJson, hasMessage, type ReplayAlert } from '../replay-alert';
import { type AlertDifference, theAlert } from '../tuning/compare';
import { SEVERITY_STYLES, time } from './table';

export interface ComparisonOptions {
  readonly colours: boolean;
  readonly rules: ReadonlyMap<string, Rule>;
  /** Differences between alerts below this level are counted and not listed. */
  readonly minLevel: number;
}

/** All alerts of both configurations. */
export interface Both {
  readonly before: readonly ReplayAlert[];
  readonly after: readonly ReplayAlert[];
}

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** What differs, for people at a terminal: message by message, then by rule, then in one line. */
export function comparisonTable(of: readonly AlertDifference[], both: Both, options: ComparisonOptions): string {
  const paint: Paint = (format, text) => (options.colours ? styleText(format, text) : text);
  const listed = of.filter((difference) => isTold(difference) && levelOfAny(difference) >= options.minLevel);
  const section = (title: string, word: 'lost' | 'gained' | 'changed') => {
    const ofKind = listed.filter((difference) => wordOf(difference) === word);
    if (ofKind.length === 0) return [];
    return [paint('bold', title), ...ofKind.map((one) => lines(one, options, paint)), ''];
  };
  return [
    ...section('Lost: told by the old configuration only', 'lost'),
    ...section('Gained: told by the new configuration only', 'gained'),
    ...section('Changed: told by both, differently', 'changed'),
    ...byRule(of, paint),
    comparisonSummary(of, both),
    '',
  ].join('\n');
}

/** One line: what the two configurations tell, and what differs. */
export function comparisonSummary(of: readonly AlertDifference[], { before, after }: Both): string {
  const counts = (word: Word) => of.filter((difference) => wordOf(difference) === word).length;
  const silent = counts('silent');
  return [
    `${withMessage(before.filter(hasMessage).length)} before, ${grouped(after.filter(hasMessage).length)} after:`,
    `${grouped(counts('lost'))} lost, ${grouped(counts('gained'))} gained, ${grouped(counts('changed'))} changed`,
    ...(silent === 0
      ? []
      : [`(and ${grouped(silent)} that differ and have no message in either: suppressed, in shadow or info)`]),
  ].join(' ');
}

/** Every difference, as data for other programs: alerts by docs/alert.schema.json. */
export function comparisonJson(of: readonly AlertDifference[], { before, after }: Both): string {
  const compared = {
    messages: { before: before.filter(hasMessage).length, after: after.filter(hasMessage).length },
    rules: Object.fromEntries([...countsByRule(of)].map(([rule, counts]) => [rule, counts])),
    differences: of.map((difference) => ({
      kind: difference.kind,
      message: difference.message,
      fields: difference.fields,
      why: whyOf(difference) ?? null,
      before: difference.before === undefined ? null : alertJson(difference.before),
      after: difference.after === undefined ? null : alertJson(difference.after),
    })),
  };
  return `${JSON.stringify(compared, null, 2)}\n`;
}

type Word = 'lost' | 'gained' | 'changed' | 'silent';

/** What a difference is to those who get the messages. */
function wordOf({ message }: AlertDifference): Word {
  return message === 'same' ? 'changed' : message === 'none' ? 'silent' : message;
}

function isTold(difference: AlertDifference): boolean {
  return wordOf(difference) !== 'silent';
}

function levelOfAny({ before, after }: AlertDifference): number {
  return Math.max(...[before, after].map((alert) => (alert === undefined ? 0 : levelOf(alert.severity))));
}

function lines(difference: AlertDifference, { rules }: ComparisonOptions, paint: Paint): string {
  const alert = theAlert(difference);
  const title = rules.get(alert.rule)?.title ?? alert.rule;
  const why = whyOf(difference);
  const notes = [...(why === undefined ? [] : [why]), `rule ${alert.rule}`, `alert ${alert.alertId}`].join(' · ');
  return [
    `${paint(SEVERITY_STYLES[alert.severity], alert.severity.toUpperCase().padEnd(8))}  ${time(alert.firstEventMs)}  ${paint('bold', title)}  ${paint('gray', visible(`${alert.account} ${alert.region}`))}`,
    `          ${visible(alert.headline)}`,
    `          ${paint('gray', visible(notes))}`,
  ].join('\n');
}

/** Why a message is lost or gained, or how it changed; undefined where only a count does, which is no difference. */
function whyOf({ before, after, message, fields }: AlertDifference): string | undefined {
  if (message === 'lost')
    return after === undefined ? 'nothing fires now (off, or below the threshold)' : `now ${stateOf(after)}`;
  if (message === 'gained') return before === undefined ? 'nothing fired before' : `${stateOf(before)} before`;
  if (before === undefined || after === undefined || fields.length === 0) return undefined;
  return fields.map((field) => `${field} ${before[field] ?? 'none'} → ${after[field] ?? 'none'}`).join(', ');
}

/** Why an alert has no message. */
function stateOf(alert: ReplayAlert): string {
  if (alert.suppressed !== null) return `suppressed by ${alert.suppressed}`;
  if (alert.mode === 'shadow') return 'in shadow';
  return alert.continues === null ? alert.severity : `spoken for by alert ${alert.continues}`;
}

interface RuleCounts {
  lost: number;
  gained: number;
  changed: number;
}

/** Rules with messages that differ, those that lose most first. */
function countsByRule(of: readonly AlertDifference[]): ReadonlyMap<string, RuleCounts> {
  const counts = new Map<string, RuleCounts>();
  for (const difference of of) {
    const word = wordOf(difference);
    if (word === 'silent') continue;
    const { rule } = theAlert(difference);
    const ofRule = counts.get(rule) ?? { lost: 0, gained: 0, changed: 0 };
    ofRule[word]++;
    counts.set(rule, ofRule);
  }
  return new Map([...counts].sort(([a, x], [b, y]) => y.lost - x.lost || y.gained - x.gained || (a < b ? -1 : 1)));
}

function byRule(of: readonly AlertDifference[], paint: Paint): string[] {
  const counts = countsByRule(of);
  if (counts.size === 0) return [];
  const width = Math.max('rule'.length, ...[...counts.keys()].map((rule) => rule.length));
  const row = (cells: readonly (string | number)[]) =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(width) : String(cell).padStart(8))).join('');
  const rows = [...counts].map(([rule, { lost, gained, changed }]) => row([rule, lost, gained, changed]));
  return [paint('bold', row(['rule', 'lost', 'gained', 'changed'])), ...rows, ''];
}

function withMessage(messages: number): string {
  return `${counted(messages, 'alert')} with a message`;
}
