import { severityAt } from '../rules/severity';
import type { AlertView } from './alert-view';
import { subjectOf } from './ascii-subject';
import { countText, lineageLines, tagOf } from './email';
import { accountName, type Frame, messageTitle, titleOf } from './frame';
import { mailText } from './neutral';
import { timeText } from './times';

/** Alerts of one rule, the most severe first. */
interface Group {
  readonly rule: string;
  readonly views: readonly AlertView[];
}

/** `[HIGH] 37 alerts, the first: Security group opened to the world - prod 111122223333 eu-west-1` */
export function digestSubject(views: readonly [AlertView, ...AlertView[]], frame: Frame): string {
  const [first] = mostSevereFirst(views);
  const lead = first ?? views[0];
  const isTest = views.every(({ track }) => track === 'test');
  const tag = tagOf({ ...lead, track: isTest ? 'test' : 'live' }, frame);
  const title = frame.words.digestSubject(views.length, messageTitle(lead, frame));
  return subjectOf(tag, title, accountName(frame, lead.account), `${lead.account} ${lead.region}`);
}

/** Many alerts in one message: every one is listed, under its rule, with the rule's first step of what to do. */
export function digestText(views: readonly AlertView[], frame: Frame): string {
  const { words, rules } = frame;
  const groups = groupsOf(views);
  const parts = [
    words.digestIntro(views.length),
    '',
    ...groups.map(({ rule, views: ofRule }) => `  ${String(ofRule.length).padStart(4)}  ${rule}`),
  ];
  for (const { rule, views: ofRule } of groups) {
    const [first] = ofRule;
    if (first === undefined) continue;
    const step = rules.get(rule)?.runbook[0];
    parts.push('', `${tagOf({ ...first, track: 'live' }, frame)} ${titleOf(first, frame)}`);
    parts.push(`${rule}: ${words.alerts(ofRule.length)}`);
    if (step !== undefined) parts.push(`${words.labels.act}: ${step}`);
    for (const view of ofRule) parts.push(...lines(view, frame).map((line) => `  ${line}`));
  }
  parts.push('', words.madeBy(frame.version, frame.configHash));
  if (words.foreignRules !== undefined) parts.push(words.foreignRules);
  return parts.map((line) => line.trimEnd()).join('\n');
}

function lines(view: AlertView, frame: Frame): string[] {
  const { words, timeZone } = frame;
  const account = words.account(mailText(view.account), accountName(frame, view.account));
  const count = view.count > 1 ? ` (${countText(view.count, frame)})` : '';
  const update = view.stage.kind === 'known-now' ? words.updateTitle('') : '';
  return [
    `- ${tagOf(view, frame)} ${update}${mailText(view.headline)}${count}`,
    ...(view.stage.kind === 'known-now'
      ? lineageLines(view.behind, {}, view.actor, words).map((line) => `  ${mailText(line)}`)
      : []),
    `  ${timeText(view.lastFiringMs, view.lastFiringMs, timeZone)}, ${account}, ${mailText(view.region)}, ${words.alertId(view.alertId)}`,
  ];
}

/** Rules in the order of their most severe alert. */
function groupsOf(views: readonly AlertView[]): Group[] {
  const groups = new Map<string, AlertView[]>();
  for (const view of mostSevereFirst(views)) {
    const group = groups.get(view.rule);
    if (group === undefined) groups.set(view.rule, [view]);
    else group.push(view);
  }
  return [...groups].map(([rule, ofRule]) => ({ rule, views: ofRule }));
}

function mostSevereFirst(views: readonly AlertView[]): AlertView[] {
  return [...views].sort((a, b) => b.level - a.level || a.lastFiringMs - b.lastFiringMs);
}

/** Severities, rules, accounts and regions of the alerts, each once: what a subscription filter compares with. */
export function valuesOf(views: readonly AlertView[]) {
  const each = (of: (view: AlertView) => string) => [...new Set(mostSevereFirst(views).map(of))];
  return {
    severity: each(({ level }) => severityAt(level)),
    rule: each(({ rule }) => rule),
    account: each(({ account }) => account),
    region: each(({ region }) => region),
  };
}
