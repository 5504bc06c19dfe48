import { styleText } from 'node:util';
import { visible } from '../../lambda/alerts/neutral';
import type { Rule } from '../../lambda/rules/rule';
import { SEVERITIES, type Severity } from '../../lambda/rules/severity';
import { counted, grouped } from '../counts';
import type { ReplayResult } from '../replay';
import { hasMessage, type ReplayAlert } from '../replay-alert';

export interface TableOptions {
  readonly colours: boolean;
  readonly rules: ReadonlyMap<string, Rule>;
}

/** How a terminal shows a severity. */
export const SEVERITY_STYLES: Record<Severity, Parameters<typeof styleText>[0]> = {
  critical: ['bold', 'white', 'bgRed'],
  high: ['bold', 'red'],
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
};

/** The alerts and a summary, for people at a terminal. Three lines an alert; what was suppressed or shadowed comes after. */
export function table(alerts: readonly ReplayAlert[], result: ReplayResult, options: TableOptions): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    options.colours ? styleText(format, text) : text;
  const continued = new Map<string, number>();
  for (const { continues } of alerts) {
    if (continues !== null) continued.set(continues, (continued.get(continues) ?? 0) + 1);
  }
  const lines = (alert: ReplayAlert): string => {
    const title = options.rules.get(alert.rule)?.title ?? alert.rule;
    const place = `${alert.account} ${alert.region}`;
    const more = continued.get(alert.alertId);
    const notes = [
      `rule ${alert.rule}`,
      `${grouped(alert.eventIds.length)}${alert.eventIds.length >= 1_000 ? ' or more' : ''} ${alert.eventIds.length === 1 ? 'event' : 'events'}`,
      ...(more === undefined ? [] : [`went on for ${grouped(more)} more ${more === 1 ? 'period' : 'periods'}`]),
      ...(alert.suppressed === null ? [] : [`suppressed by ${alert.suppressed}`]),
      `alert ${alert.alertId}`,
    ];
    return [
      `${paint(SEVERITY_STYLES[alert.severity], alert.severity.toUpperCase().padEnd(8))}  ${time(alert.firstEventMs)}  ${paint('bold', title)}  ${paint('gray', place)}`,
      `          ${visible(alert.headline)}`,
      `          ${paint('gray', notes.join(' · '))}`,
    ]
      .map((line) => line.trimEnd())
      .join('\n');
  };
  const section = (title: string, of: readonly ReplayAlert[]) =>
    of.length === 0 ? [] : [paint('bold', title), ...of.map(lines), ''];
  const live = alerts.filter((alert) => alert.continues === null && alert.mode === 'live' && alert.suppressed === null);
  return [
    ...live.map(lines),
    ...(live.length > 0 ? [''] : []),
    ...section(
      'Suppressed (no message would have been sent)',
      alerts.filter((alert) => alert.suppressed !== null),
    ),
    ...section(
      'Shadow (rules on trial)',
      alerts.filter((alert) => alert.suppressed === null && alert.mode === 'shadow'),
    ),
    summary(alerts, result),
    '',
  ].join('\n');
}

/** What was found and in what, in two lines. */
export function summary(alerts: readonly ReplayAlert[], result: ReplayResult): string {
  const told = alerts.filter(hasMessage);
  const bySeverity = [...SEVERITIES]
    .reverse()
    .map((severity) => ({ severity, count: told.filter((alert) => alert.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${grouped(count)} ${severity}`);
  const span =
    result.firstEventMs === undefined || result.lastEventMs === undefined
      ? ''
      : `, ${time(result.firstEventMs)} to ${time(result.lastEventMs)} UTC`;
  const parts = [
    told.length === 0 ? 'No alerts' : `${counted(told.length, 'alert')} (${bySeverity.join(', ')})`,
    ...besides(alerts, (alert) => alert.suppressed !== null, 'suppressed'),
    ...besides(alerts, (alert) => alert.suppressed === null && alert.mode === 'shadow', 'in shadow'),
  ];
  return [
    parts.join(', '),
    `in ${counted(result.events, 'event')} of ${counted(result.inputs, 'file')}${span}`,
    ...(result.interrupted ? ['Interrupted: the files after that were not read.'] : []),
  ].join('\n');
}

function besides(alerts: readonly ReplayAlert[], is: (alert: ReplayAlert) => boolean, word: string): string[] {
  const count = alerts.filter(is).length;
  return count === 0 ? [] : [`${grouped(count)} ${word}`];
}

/** `2026-11-20 14:03:11`, UTC. */
export function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
