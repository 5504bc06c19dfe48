import type { RuleText } from '../config/frame-data';
import type { Behind } from '../lineage/taker';
import { duration } from '../rules/describe';
import { inNetworks } from '../rules/networks';
import { severityAt } from '../rules/severity';
import type { AlertView } from './alert-view';
import { subjectOf } from './ascii-subject';
import { type Caller, type Evidence, isSingleSignOn } from './evidence';
import { accountName, type Frame, messageTitle, titleOf } from './frame';
import { eventLink, lookupCommand } from './links';
import { mailText } from './neutral';
import { suppressionStanza } from './suppression-stanza';
import { lengthText, timeText } from './times';

/** Counts are exact so far. */
const EXACT_MAX = 1_000;
/** Event IDs that a person is shown. */
const EVENT_IDS_MAX = 5;
/** Below it nobody wonders why a message comes late. */
const WAIT_WORTH_SAYING_MS = 2 * 60_000;

/** Column in which the text begins, behind the headings. */
const INDENT = 11;

/** `[TEST] [CRITICAL] CloudTrail logging stopped - prod 111122223333 eu-west-1` */
export function emailSubject(view: AlertView, frame: Frame): string {
  const place = `${view.account} ${view.region}`;
  return subjectOf(tagOf(view, frame), messageTitle(view, frame), accountName(frame, view.account), place);
}

/** `[TEST] [CRITICAL]`: TEST in every language, because programs look for it too. */
export function tagOf({ level, track }: AlertView, { words }: Frame): string {
  return `${track === 'test' ? '[TEST] ' : ''}[${words.severities[severityAt(level)].toUpperCase()}]`;
}

/**
 * One alert for a tired person: what, who, from where, when, why, and what to do next. Plain text, since SNS sends no
 * other. Every part stands by itself, so that one that is missing leaves no gap.
 */
export function emailText(view: AlertView, frame: Frame): string {
  const { words, rules } = frame;
  const rule = rules.get(view.rule);
  const { labels } = words;
  if (view.stage.kind === 'known-now') return updateText(view, frame);
  const parts = [
    ...stageLines(view, frame),
    ...part(labels.what, whatLines(view, frame)),
    ...part(labels.howMuch, amountLines(view, rule, frame)),
    ...part(labels.who, whoLines(view, frame)),
    ...part(labels.from, fromLines(view, frame)),
    ...part(labels.where, whereLines(view, frame)),
    ...part(labels.when, whenLines(view, frame)),
    '',
    ...part(labels.why, rule === undefined ? [words.ruleGone] : whyLines(rule, frame)),
  ];
  if (rule !== undefined) {
    parts.push('', labels.act, ...rule.runbook.map((step, index) => `  ${index + 1}. ${step}`));
    parts.push('', labels.expected, ...expectedLines(view, rule, frame));
  }
  parts.push('', labels.links, ...linkLines(view, rule, frame).map((line) => `  ${line}`));
  parts.push('', ...part(labels.ids, idLines(view, rule, frame)));
  if (words.foreignRules !== undefined) parts.push('', words.foreignRules);
  return parts.map((line) => line.trimEnd()).join('\n');
}

/** An update: who is behind the session, and what of, for whoever has the first message no more. */
function updateText(view: AlertView, frame: Frame): string {
  const { labels, allOfIt, alertId, madeBy } = frame.words;
  const { version, configHash } = frame;
  const parts = [
    ...stageLines(view, frame),
    ...part(labels.who, whoLines(view, frame)),
    ...part(labels.what, whatLines(view, frame)),
    ...part(labels.where, whereLines(view, frame)),
    ...part(labels.when, whenLines(view, frame).slice(0, 1)),
    '',
    ...part(labels.links, [`${allOfIt} trailhound alerts ${view.alertId}`]),
    '',
    ...part(labels.ids, [alertId(view.alertId), madeBy(version, configHash)]),
  ];
  return parts.map((line) => line.trimEnd()).join('\n');
}

function part(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(INDENT) + line);
}

function stageLines({ track, stage, kind }: AlertView, { words, timeZone }: Frame): string[] {
  const lines: string[] = [];
  if (track === 'test') lines.push(words.test);
  if (stage.kind === 'more-severe') lines.push(words.moreSevere(words.severities[severityAt(stage.was)]));
  if (stage.kind === 'more-often') lines.push(words.moreOften(stage.times));
  if (stage.kind === 'goes-on') {
    lines.push(words.goesOn(timeText(stage.sinceMs, stage.sinceMs, timeZone), stage.alertId));
  }
  if (stage.kind === 'outdone') lines.push(words.outdone);
  if (stage.kind === 'known-now') lines.push(words.knownNow);
  if (kind === 'too-much') lines.push(words.tooMuch);
  return lines.length === 0 ? [] : [...lines, ''];
}

function whatLines(view: AlertView, frame: Frame): string[] {
  const lead = view.samples[0];
  return [titleOf(view, frame), mailText(view.headline), ...(lead === undefined ? [] : [callLine(lead, frame)])];
}

/** `ec2 RunInstances was refused (AccessDenied: …)` */
function callLine({ service, call, outcome, errorCode, errorMessage }: Evidence, { words }: Frame): string {
  const error = [errorCode, errorMessage].filter((text) => text !== undefined && text !== '').join(': ');
  const name = `${service.replace('.amazonaws.com', '')} ${call}`;
  return mailText(`${name} ${words.outcomes[outcome]}${error === '' ? '' : ` (${error})`}`);
}

/** How much of it there was, against the threshold; in the frame's language. */
export function amountLines(view: AlertView, rule: RuleText | undefined, frame: Frame): string[] {
  const { words } = frame;
  const count = countText(view.count, frame);
  const window = rule?.window;
  if (rule === undefined || view.kind === 'too-much') return [];
  if (window === undefined) {
    const news = rule.expiryDays === undefined ? [] : [words.firstTime(rule.expiryDays)];
    return view.kind === 'window' && view.count > 1 ? [...news, words.suchEvents(count)] : news;
  }
  if (window.kind === 'sequence') return [words.steps(window.steps, duration(window.withinMs))];
  if (window.kind === 'silence') return [words.silence(lengthText(view.count * 60_000))];
  return [words.amount(count, window.unit, duration(window.withinMs), grouped(window.threshold, frame))];
}

export function countText(count: number, frame: Frame): string {
  return count > EXACT_MAX ? frame.words.moreThan(grouped(EXACT_MAX, frame)) : grouped(count, frame);
}

function grouped(count: number, { words }: Frame): string {
  return count.toLocaleString(words.locale, { maximumFractionDigits: 1, useGrouping: 'always' });
}

function whoLines(view: AlertView, frame: Frame): string[] {
  const { words } = frame;
  const lead = view.samples[0];
  const others = distinct(view.samples.map(({ actor }) => actor)).filter((actor) => actor !== view.actor);
  return [
    mailText(view.actor),
    ...(lead === undefined
      ? lineageLines(view.behind, {}, view.actor, words)
      : callerLines(lead, view.behind, frame)
    ).map(mailText),
    ...(others.length === 0 ? [] : [words.also(others.map(mailText))]),
  ];
}

/** What is known of the caller beside the name; in the frame's language. Domains in it are links for mail programs. */
export function callerLines(
  { caller, account, actor }: Evidence,
  behind: Behind | undefined,
  { words }: Frame,
): string[] {
  const { type, mfa, accessKeyId, accountId } = caller;
  const facts = [
    ...(type === undefined ? [] : [Object.hasOwn(words.callerTypes, type) ? (words.callerTypes[type] ?? type) : type]),
    ...(mfa === undefined ? [] : [mfa ? words.withMfa : words.withoutMfa]),
    ...(accessKeyId === undefined ? [] : [words.accessKey(accessKeyId)]),
    ...(accountId === undefined || accountId === account ? [] : [words.ofAccount(accountId)]),
  ];
  const said = behindLine(caller, actor, words);
  // A session's name is what its taker chose: who the taker is says more.
  const isMoreKnown = (behind?.takers.length ?? 0) > 0 && caller.sourceIdentity === undefined;
  return [
    ...(facts.length === 0 ? [] : [facts.join(', ')]),
    ...(said === undefined || isMoreKnown ? [] : [said]),
    ...lineageLines(behind, caller, actor, words),
  ];
}

/** Who took the roles, the first of them in front: the person or key that all of it began with. Not made harmless. */
export function lineageLines(
  behind: Behind | undefined,
  caller: Caller,
  actor: string,
  words: Frame['words'],
): string[] {
  if (behind === undefined) return [];
  const takers = [...behind.takers].reverse();
  const [first, ...then] = takers.map(({ actor: taker, accessKeyId }) =>
    accessKeyId === undefined ? taker : `${taker} (${words.accessKey(accessKeyId)})`,
  );
  if (first === undefined) {
    // Single sign-on and instances are named already, and nobody took a role for them that is recorded.
    const isNamed = isSingleSignOn(actor) || /^i-[0-9a-f]{8,17}$/.test(caller.sessionName ?? '');
    return isNamed ? [] : [words.lineageUnknown];
  }
  return [words.lineage(first, then), ...(behind.complete ? [] : [words.lineageIncomplete])];
}

/**
 * The person or program behind a session, as far as the record says. A source identity cannot be changed once it is
 * set; a session's name is whatever was asked for, but for single sign-on, which puts the user's name there.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function behindLine(caller: Caller, actor: string, words: Frame['words']): string | undefined {
  const { type, sessionName, sourceIdentity, identityCenterUser } = caller;
  if (sourceIdentity !== undefined) return words.behindSourceIdentity(sourceIdentity);
  if (type !== 'AssumedRole') {
    const isSaid = identityCenterUser === undefined || actor.includes(identityCenterUser);
    return isSaid ? undefined : words.behindPerson(identityCenterUser);
  }
  if (sessionName === undefined) return words.behindUnknown;
  if (isSingleSignOn(actor)) return words.behindPerson(sessionName);
  return /^i-[0-9a-f]{8,17}$/.test(sessionName) ? words.behindInstance(sessionName) : words.behindSession(sessionName);
}

function fromLines({ samples }: AlertView, frame: Frame): string[] {
  const { words, trustedNetworks } = frame;
  const [lead] = samples;
  if (lead === undefined) return [];
  const { sourceIp, sourceService, userAgent } = lead.caller;
  const isTrusted = sourceIp !== undefined && inNetworks(sourceIp, trustedNetworks);
  const trust =
    trustedNetworks.length === 0 || sourceIp === undefined ? '' : isTrusted ? words.trusted : words.untrusted;
  const others = distinct(samples.flatMap(({ caller }) => caller.sourceIp ?? [])).filter((ip) => ip !== sourceIp);
  const origin = sourceIp ?? (sourceService === undefined ? words.noAddress : words.service(sourceService));
  return [
    `${mailText(origin)}${trust === '' ? '' : ` (${trust})`}`,
    ...(others.length === 0 ? [] : [words.also(others.map(mailText))]),
    ...(userAgent === undefined ? [] : [mailText(words.agent(userAgent))]),
  ];
}

function whereLines(view: AlertView, frame: Frame): string[] {
  const account = frame.words.account(mailText(view.account), accountName(frame, view.account));
  const resources = distinct(view.samples.flatMap((sample) => sample.resources)).slice(0, 10);
  return [`${account}, ${mailText(view.region)}`, ...resources.map(mailText)];
}

function whenLines({ firstEventMs, lastFiringMs, detected, toldMs }: AlertView, { words, timeZone }: Frame): string[] {
  const lines = [timeText(Math.min(firstEventMs, lastFiringMs), lastFiringMs, timeZone)];
  if (detected === undefined) return lines;
  lines.push(words.detected(timeText(detected.atMs, detected.atMs, 'UTC'), lengthText(detected.afterMs)));
  const waitedMs = toldMs === undefined ? 0 : toldMs - detected.atMs;
  return waitedMs < WAIT_WORTH_SAYING_MS ? lines : [...lines, words.waited(lengthText(waitedMs))];
}

function whyLines(rule: RuleText, { words }: Frame): string[] {
  return [rule.why, words.ruleLine(rule.id, rule.attack.join(', '))];
}

function expectedLines(view: AlertView, rule: RuleText, frame: Frame): string[] {
  const { words } = frame;
  const stanza = suppressionStanza(view, frame);
  return [
    `  ${words.harmlessCases}`,
    ...rule.falsePositives.map((benign) => `  - ${benign}`),
    ...(stanza === undefined
      ? [`  ${rule.neverSuppressed ? words.neverSuppressed : words.noStanza}`]
      : [`  ${words.paste}`, '', ...stanza.map((line) => `  ${line}`)]),
  ];
}

function linkLines(view: AlertView, rule: RuleText | undefined, { words }: Frame): string[] {
  const lead = view.samples[0];
  const lines: string[] = [];
  if (lead !== undefined && rule?.isFinding) lines.push(words.finding);
  else if (lead !== undefined && rule?.isDataOnly) lines.push(words.dataEvent);
  else if (lead !== undefined) {
    const page = eventLink(lead.region, lead.eventId);
    const command = lookupCommand(lead.region, 'EventId', lead.eventId);
    const same = lookupCommand(lead.region, 'Username', nameForLookup(lead));
    lines.push(...(page === undefined ? [] : [page]), ...(command === undefined ? [] : [command]));
    if (lines.length === 0) lines.push(words.noLinks);
    if (same !== undefined) lines.push(words.sameCaller, same);
  }
  if (rule !== undefined) lines.push(`${words.aboutRule} trailhound rules ${rule.id}`);
  if (view.detected !== undefined) lines.push(`${words.allOfIt} trailhound alerts ${view.alertId}`);
  return lines;
}

/** The name under which the event history lists a caller's events: of a user, or of a session. */
function nameForLookup({ caller }: Evidence): string | undefined {
  if (caller.type === 'Root') return 'root';
  if (caller.type === 'AssumedRole') return caller.sessionName;
  return caller.type === 'IAMUser' ? caller.arn?.slice(caller.arn.lastIndexOf('/') + 1) : undefined;
}

function idLines(view: AlertView, rule: RuleText | undefined, { words, version, configHash }: Frame): string[] {
  const { alertId, samples, samplesLeftOut, key } = view;
  const ids = distinct(samples.map(({ eventId }) => eventId));
  const more = samplesLeftOut + Math.max(0, ids.length - EVENT_IDS_MAX);
  return [
    words.alertId(alertId),
    ...(ids.length === 0 ? [] : [words.eventIds(ids.slice(0, EVENT_IDS_MAX).map(mailText))]),
    ...(more === 0 ? [] : [words.moreSamples(more)]),
    // What a single event is told for is said already, by its actor and resources.
    ...(key === undefined || rule?.window === undefined ? [] : [words.group(mailText(key))]),
    words.madeBy(version, configHash),
  ];
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
