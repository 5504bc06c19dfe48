import { partitionOf } from '../intake/actor';
import { isoTime } from '../intake/iso-time';
import type { Rule } from '../rules/rule';
import { severityAt } from '../rules/severity';
import type { Message, StoredAlert } from './alert-store';
import { asciiSubject } from './ascii-subject';
import type { Composer } from './compose';
import type { Evidence } from './evidence';
import type { Notification } from './publisher';

/** Counts are exact so far. */
const EXACT_MAX = 1_000;

/** Plain text for e-mail. Strings in messages and evidence are harmless already. */
export function textComposer(rules: readonly Rule[]): Composer {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    single: (message, alert, evidence) => single(message, byId.get(message.rule), alert, evidence),
    digest: (messages) => digest(messages, byId),
  };
}

function single(
  message: Message,
  rule: Rule | undefined,
  alert: StoredAlert | undefined,
  evidence: readonly Evidence[],
): Notification {
  const lead = leadOf(evidence);
  const title = titleOf(message, rule);
  const numbers = alert ?? message;
  const lines = [
    `WHAT: ${lead?.headline ?? message.headline}`,
    `WHO: ${lead?.actor ?? message.actor}`,
    ...(lead === undefined ? [] : [`FROM: ${lead.caller.sourceIp ?? lead.caller.sourceService ?? 'unknown'}`]),
    `WHERE: account ${message.account}, ${message.region} (${partitionOf(message.region)})`,
    `WHEN: ${isoTime(numbers.firstFiringMs)} to ${isoTime(numbers.lastFiringMs)}`,
    ...(message.kind === 'window' && numbers.count > 1 ? [`HOW MUCH: ${countText(numbers.count, rule)}`] : []),
    ...(message.kind === 'too-much'
      ? ['HOW MUCH: more events than can be counted; treat it as the highest severity of this rule']
      : []),
  ];
  if (rule !== undefined) {
    lines.push('', `WHY: ${rule.why}`, '', 'DO:', ...rule.runbook.map((step, index) => `${index + 1}. ${step}`));
    lines.push('', 'EXPECTED?', ...rule.falsePositives.map((benign) => `- ${benign}`));
  }
  lines.push('', `Alert ${message.alertId}, rule ${message.rule}`);
  if (evidence.length > 0) lines.push(`Events: ${evidence.map(({ eventId }) => eventId).join(', ')}`);
  return {
    subject: asciiSubject(`${tagOf(message)} ${title} - ${message.account} ${message.region}`),
    text: lines.join('\n'),
    alertIds: [message.alertId],
    attributes: {
      severity: severityAt(message.level),
      rule: message.rule,
      account: message.account,
      region: message.region,
      kind: message.track === 'test' ? 'test' : 'alert',
    },
  };
}

function digest(messages: readonly Message[], rules: ReadonlyMap<string, Rule>): Notification {
  const highest = severityAt(Math.max(...messages.map(({ level }) => level)));
  const lines = messages.map((message) =>
    [
      `${tagOf(message)} ${titleOf(message, rules.get(message.rule))}`,
      `  ${message.headline}`,
      `  ${isoTime(message.firstFiringMs)}, account ${message.account}, ${message.region}, alert ${message.alertId}`,
    ].join('\n'),
  );
  return {
    subject: asciiSubject(`[${highest.toUpperCase()}] ${messages.length} alerts in one message`),
    text: [`${messages.length} alerts came faster than they may be sent one by one:`, ...lines].join('\n\n'),
    alertIds: messages.map(({ alertId }) => alertId),
    attributes: { severity: highest, kind: 'digest' },
  };
}

function tagOf({ level, track }: Message): string {
  return `${track === 'test' ? '[TEST] ' : ''}[${severityAt(level).toUpperCase()}]`;
}

function titleOf({ rule: id, kind }: Message, rule: Rule | undefined): string {
  const title = rule?.title ?? id;
  return kind === 'too-much' ? `Too much to count: ${title}` : title;
}

function countText(count: number, rule: Rule | undefined): string {
  const unit = rule?.window !== undefined && 'unit' in rule.window ? rule.window.unit : 'events';
  return count > EXACT_MAX ? `more than ${EXACT_MAX} ${unit}` : `${Math.round(count * 10) / 10} ${unit}`;
}

/** The most severe; among equals the one that fits the latest step. */
function leadOf(evidence: readonly Evidence[]): Evidence | undefined {
  return [...evidence].sort((a, b) => b.level - a.level || b.steps - a.steps || a.timeMs - b.timeMs)[0];
}
