import { cut, visible } from '../../lambda/alerts/neutral';
import { ROWS } from '../../lambda/rules/rows';
import { SEVERITIES, severityAt } from '../../lambda/rules/severity';
import { counted, grouped } from '../counts';
import type { ReplayAlert } from '../replay-alert';
import { yamlOf } from '../tuning/changes';
import { type LeftAlone, type Suggestion, type Suggestions, saved } from '../tuning/suggest';
import { time } from './table';

/** Loud groups that are listed though nothing is suggested for them. */
const LEFT_MAX = 15;
/** Numbers of a row of counts that are written out. */
const COUNTS_MAX = 12;

/**
 * The suggestions as YAML to paste, the reasons as comments: the whole is a configuration of its own, but for reasons and
 * owners.
 */
export function suggestionsText(all: Suggestions): string {
  const { suggestions, left, messages } = all;
  const numbered = suggestions.map((suggestion, index) => ({ suggestion, number: index + 1 }));
  const section = (key: string, of: typeof numbered) =>
    of.length === 0
      ? []
      : [
          `${key}:`,
          ...of.flatMap(({ suggestion, number }) => [
            ...comment(
              about(suggestion, messages.before).map((line, index) => (index === 0 ? `${number}. ${line}` : line)),
            ),
            ...yamlOf(suggestion.change, suggestion.counts?.before).map((line) => `  ${line}`),
          ]),
          '',
        ];
  const isThreshold = ({ suggestion }: { suggestion: Suggestion }) => 'threshold' in suggestion.change;
  const head =
    suggestions.length === 0
      ? [
          `# Nothing to suggest: of ${counted(messages.before, 'message')} none is loud and routine, by somebody without a sign of an attack.`,
        ]
      : [
          `# ${counted(messages.before, 'message')}; with all of this ${grouped(messages.after)}. Numbered by what each saves for what it hides.`,
          '# Measured by replaying the same events with it. That it looks like routine is no proof: whoever takes over one of',
          '# these identities is hidden too. Say why and who, or leave it out.',
        ];
  return [
    ...head,
    '',
    ...section(
      'suppressions',
      numbered.filter((one) => !isThreshold(one)),
    ),
    ...section('rules', numbered.filter(isThreshold)),
    ...leftText(left),
  ].join('\n');
}

/** The same as data for other programs. */
export function suggestionsJson({ suggestions, left, messages }: Suggestions): string {
  const data = {
    messages,
    suggestions: suggestions.map((suggestion) => ({
      change: suggestion.change,
      yaml: `${yamlOf(suggestion.change, suggestion.counts?.before).join('\n')}\n`,
      under: 'threshold' in suggestion.change ? 'rules' : 'suppressions',
      silenced: suggestion.silenced.map(({ alertId }) => alertId),
      besides: suggestion.besides.map(({ alertId }) => alertId),
      instead: suggestion.instead,
      events: eventsOf(suggestion.silenced).count,
      weakens: suggestion.weakens,
      cost: suggestion.cost,
      counts: suggestion.counts ?? null,
    })),
    left: left.map(({ group: { rule, actor, account, messages: ofGroup, level }, why }) => ({
      ...{ rule, actor, account, messages: ofGroup, severity: severityAt(level), why },
    })),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** What a suggestion does, in lines of a comment. */
function about(suggestion: Suggestion, before: number): string[] {
  const { active, groups, silenced, besides, instead, weakens, counts } = suggestion;
  const { count, isMore } = eventsOf(silenced);
  const ofGroups = groups.flatMap(({ alerts }) => alerts);
  const first = ofGroups.reduce((a, b) => (b.firstFiringMs < a.firstFiringMs ? b : a));
  const last = ofGroups.reduce((a, b) => (b.firstFiringMs > a.firstFiringMs ? b : a));
  const events = `${grouped(count)}${isMore ? ' or more' : ''} event${count === 1 && !isMore ? '' : 's'}`;
  return [
    `${grouped(saved(suggestion))} of ${grouped(before)} messages fewer (${severities(silenced)}; ${events}): ${active.rule.title}`,
    `seen ${time(first.firstFiringMs)} to ${time(last.firstFiringMs)}${who(suggestion)}`,
    `such as: ${visible(first.headline)}`,
    ...(counts === undefined
      ? []
      : [
          `counts of the routine: ${numbers(counts.routine)}; ${counts.others.length === 0 ? 'nothing else fired' : `of others: ${numbers(counts.others)}`}`,
        ]),
    ...weakens.map(
      ({ row, others }) =>
        `weakens row ${row}${ROWS[row] === undefined ? '' : ` (${ROWS[row]})`}; ${
          others.length === 0 ? 'no other rule watches it' : `still watched by ${some(others)}`
        }`,
    ),
    ...(active.rule.settings === undefined
      ? []
      : [`what is known may better be named in settings: it reads ${some(active.rule.settings)}`]),
    besides.length === 0
      ? 'hides no alert of anybody else'
      : `hides besides: ${some(besides.map((alert) => `${alert.severity} alert ${alert.alertId} about ${visible(alert.actor)}`))}`,
    ...(instead === 0 ? [] : [`${counted(instead, 'message')} come instead, which silenced ones spoke for`]),
  ];
}

/** Of a threshold, whose routine it is; a suppression names its actor itself. */
function who({ change, groups }: Suggestion): string {
  if (!('threshold' in change)) return '';
  return `, by ${some(groups.map(({ actor }) => visible(actor)))}`;
}

function leftText(left: readonly LeftAlone[]): string[] {
  if (left.length === 0) return [];
  const told = left
    .slice(0, LEFT_MAX)
    .map(
      ({ group, why }) =>
        `- ${grouped(group.messages)} ${severityAt(group.level)} ${group.rule} by ${visible(group.actor)}: ${visible(why)}`,
    );
  const more = left.length - told.length;
  return [
    '# Loud, and left alone:',
    ...[...told, ...(more > 0 ? [`- and ${grouped(more)} more`] : [])].map((line) => `# ${oneLine(line)}`),
    '',
  ];
}

/** `8 high, 3 low`, the worst first. */
function severities(alerts: readonly ReplayAlert[]): string {
  return [...SEVERITIES]
    .reverse()
    .map((severity) => ({ severity, count: alerts.filter((alert) => alert.severity === severity).length }))
    .flatMap(({ severity, count }) => (count === 0 ? [] : [`${grouped(count)} ${severity}`]))
    .join(', ');
}

/** Events behind alerts; an alert names at most 1,000. */
function eventsOf(alerts: readonly ReplayAlert[]): { count: number; isMore: boolean } {
  const ids = new Set(alerts.flatMap(({ eventIds }) => eventIds));
  return { count: ids.size, isMore: alerts.some(({ eventIds }) => eventIds.length >= 1_000) };
}

/** `11, 12, 12, 30`; of many, the least and the most. */
function numbers(counts: readonly number[]): string {
  if (counts.length <= COUNTS_MAX) return counts.map(grouped).join(', ');
  const half = COUNTS_MAX / 2;
  return `${counts.slice(0, half).map(grouped).join(', ')} … ${counts.slice(-half).map(grouped).join(', ')} (${grouped(counts.length)})`;
}

function some(names: readonly string[]): string {
  const more = names.length - 4;
  return more > 1 ? `${names.slice(0, 4).join(', ')} and ${grouped(more)} more` : names.join(', ');
}

/** One line each, whatever is in it. */
function comment(lines: readonly string[]): string[] {
  return lines.map((line, index) => `  # ${index === 0 ? '' : '   '}${oneLine(line)}`);
}

function oneLine(line: string): string {
  return cut(line.replace(/[\r\n]+/g, ' '), 300);
}
