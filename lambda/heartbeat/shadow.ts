import type { AlertStore, Message } from '../alerts/alert-store';
import { cut, mailText } from '../alerts/neutral';
import { forEachLimited } from '../concurrency';
import type { HeartbeatData, ShadowRule } from '../config/heartbeat-data';
import { isoTime } from '../intake/iso-time';
import { SEVERITIES, severityAt } from '../rules/severity';

/** What a rule in shadow mode would have said since the last report; undefined where the store did not answer. */
export interface Untold {
  readonly rule: ShadowRule;
  readonly messages: readonly Message[] | undefined;
}

/** Messages of one rule that are read; a rule that has more of them in a week is not ready to be switched on. */
export const UNTOLD_MAX = 1_000;
/** Rules looked at in one report, and those that are shown whole; the rest are named. */
const RULES_MAX = 100;
const SHOWN_MAX = 8;
const AT_ONCE = 8;
const SAMPLES = 3;
const NAMES = 3;

/** One query for each rule in shadow mode, once a week. */
export async function untoldOf(
  alerts: Pick<AlertStore, 'listUntold'>,
  { rules }: Pick<HeartbeatData, 'rules'>,
  fromMs: number,
  warn: (error: unknown) => void,
): Promise<Untold[]> {
  const found = new Map<ShadowRule, Untold>();
  await forEachLimited(rules.shadow.slice(0, RULES_MAX), AT_ONCE, async (rule) => {
    try {
      found.set(rule, { rule, messages: await alerts.listUntold(rule.id, fromMs, UNTOLD_MAX) });
    } catch (error) {
      warn(error);
      found.set(rule, { rule, messages: undefined });
    }
  });
  return rules.shadow.flatMap((rule) => found.get(rule) ?? []);
}

/** What each rule would have said, the one with the gravest first, and how to switch it on. Empty without such rules. */
export function shadowLines(untold: readonly Untold[]): string[] {
  if (untold.length === 0) return [];
  const loud = untold
    .flatMap(({ rule, messages }) => (messages === undefined || messages.length === 0 ? [] : [{ rule, messages }]))
    .sort((a, b) => gravest(b.messages) - gravest(a.messages) || b.messages.length - a.messages.length);
  const named = (label: string, rules: readonly { readonly rule: ShadowRule }[]) =>
    rules.length === 0 ? [] : [`  ${label}: ${cut(rules.map(({ rule }) => rule.id).join(', '), 1_500)}`, ''];
  return [
    '',
    'What rules in shadow mode would have said this week:',
    '',
    ...loud.slice(0, SHOWN_MAX).flatMap(({ rule, messages }) => [...ruleLines(rule, messages), '']),
    ...named('More that would have said something', loud.slice(SHOWN_MAX)),
    ...named(
      'Nothing',
      untold.filter(({ messages }) => messages?.length === 0),
    ),
    ...named(
      'Nobody knows, the table did not answer',
      untold.filter(({ messages }) => messages === undefined),
    ),
  ];
}

function ruleLines({ id, title }: ShadowRule, messages: readonly Message[]): string[] {
  const alerts = new Map<string, Message>();
  for (const message of messages) {
    const known = alerts.get(message.alertId);
    if (known === undefined || message.level > known.level) alerts.set(message.alertId, message);
  }
  const all = [...alerts.values()];
  const bySeverity = [...SEVERITIES.keys()].reverse().flatMap((level) => {
    const count = all.filter((message) => message.level === level).length;
    return count === 0 ? [] : [`${count} ${severityAt(level)}`];
  });
  const number = messages.length >= UNTOLD_MAX ? `${UNTOLD_MAX.toLocaleString('en-US')} or more` : messages.length;
  return [
    `  ${id}: ${title}`,
    `    ${number} ${messages.length === 1 ? 'message' : 'messages'} about ${all.length} ${all.length === 1 ? 'alert' : 'alerts'}: ${bySeverity.join(', ')}`,
    `    who    ${mostOf(all, ({ actor }) => actor)}`,
    `    where  ${mostOf(all, ({ account, region }) => `${account} ${region}`)}`,
    ...samplesOf(all).map(
      ({ level, headline, lastFiringMs }) =>
        `    - ${isoTime(Math.floor(lastFiringMs / 1_000) * 1_000)} ${severityAt(level)}: ${mailText(cut(headline, 200))}`,
    ),
    '    To be told of it, paste this into trailhound.yaml and deploy:',
    '      rules:',
    `        ${id}:`,
    '          mode: live',
  ];
}

/** The gravest, and of equals the latest. */
function samplesOf(alerts: readonly Message[]): Message[] {
  return [...alerts].sort((a, b) => b.level - a.level || b.lastFiringMs - a.lastFiringMs).slice(0, SAMPLES);
}

/** `alice (12), bob (3) and 4 more` */
function mostOf(alerts: readonly Message[], of: (alert: Message) => string): string {
  const counts = new Map<string, number>();
  for (const alert of alerts) counts.set(of(alert), (counts.get(of(alert)) ?? 0) + 1);
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const names = sorted.slice(0, NAMES).map(([name, count]) => `${mailText(cut(name, 150))} (${count})`);
  const more = sorted.length - names.length;
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function gravest(messages: readonly Message[]): number {
  return Math.max(...messages.map(({ level }) => level));
}
