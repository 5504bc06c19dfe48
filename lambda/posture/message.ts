import type { Message } from '../alerts/alert-store';
import { subjectOf } from '../alerts/ascii-subject';
import type { Evidence } from '../alerts/evidence';
import { accountName, type Frame } from '../alerts/frame';
import { chatText, cut, mailText, safeJson } from '../alerts/neutral';
import type { Notification } from '../alerts/publisher';
import { timeText } from '../alerts/times';
import { isoTime } from '../intake/iso-time';
import { DAY } from '../rules/rule';
import { severityAt } from '../rules/severity';
import { newsIn, type PostureChange, type PostureNews, type PostureSummary, type ToldFindings } from './news';
import { PLAIN } from './wording';
import { countsIn, type PostureWords, postureWords } from './words';

/** Column in which the text begins, behind the headings: as in alerts. */
const INDENT = 11;
const SMS_MAX = 140;
/** Somebody should look again after this long. */
const EXPIRES_MS = 90 * DAY;
/** Limits of Amazon Q Developer in chat applications. */
const CHAT = { title: 250, description: 7_500, step: 350 };

/** What is told of a posture message, for people and for programs; undefined when its evidence is gone. */
export function postureNotification(
  message: Message,
  evidence: readonly Evidence[],
  frame: Frame,
  nowMs: number,
): Notification | undefined {
  const news = newsIn(evidence);
  if (news === undefined) return undefined;
  const words = postureWords(frame.words.locale);
  const { alertId, account, region, rule, createdMs } = message;
  const severity = severityAt(message.level);
  const title = titleOf(news, words);
  const tag = `[${frame.words.severities[severity].toUpperCase()}]`;
  const name = accountName(frame, account);
  const subject = subjectOf(tag, title, name, account);
  const lines =
    news.kind === 'changes' ? changeLines(news, message, words, frame, nowMs) : summaryLines(news, words, frame);
  const text = [
    `${title}: ${frame.words.account(account, name)}`,
    timeText(createdMs, createdMs, frame.timeZone),
    '',
    ...lines,
    '',
    words.allOfIt,
    `  trailhound posture${news.kind === 'changes' ? ` --check ${news.check}` : ''}`,
    '',
    `${frame.words.alertId(alertId)}. ${frame.words.madeBy(frame.version, frame.configHash)}`,
    ...(frame.words.foreignRules === undefined ? [] : [frame.words.foreignRules]),
  ];
  return {
    subject,
    text: text.map((line) => line.trimEnd()).join('\n'),
    sms: `${subject.slice(0, SMS_MAX - alertId.length - 2)}. ${alertId}`,
    data: safeJson({
      version: '1.0',
      kind: 'posture',
      alertId,
      rule,
      severity,
      headline: message.headline,
      account,
      ...(name === undefined ? {} : { accountName: name }),
      region,
      time: isoTime(createdMs),
      news,
      trailhound: frame.version,
      configHash: frame.configHash,
    }),
    chat: safeJson({
      version: '1.0',
      source: 'custom',
      id: alertId,
      content: {
        textType: 'client-markdown',
        title: cut(`${tag} ${title}`, CHAT.title - 30),
        description: cut(chatText(lines.join('\n')), CHAT.description),
        ...(news.kind === 'changes' ? { nextSteps: news.fix.map((step) => cut(chatText(step), CHAT.step - 30)) } : {}),
        keywords: [rule, account],
      },
      metadata: {
        threadId: alertId,
        summary: cut(`${tag} ${title}`, CHAT.title - 30),
        additionalContext: { rule, account },
      },
    }),
    alertIds: [alertId],
    attributes: { severity, rule, account, region, kind: 'posture' },
  };
}

function titleOf(news: PostureNews, words: PostureWords): string {
  return news.kind === 'summary' ? words.summaryTitle : words.titleOf(news.check, news.title);
}

function part(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(INDENT) + line);
}

function changeLines(
  news: PostureChange,
  message: Message,
  words: PostureWords,
  frame: Frame,
  nowMs: number,
): string[] {
  const { labels } = words;
  const list = (heading: string, { count, listed }: ToldFindings) =>
    count === 0
      ? []
      : [
          heading,
          ...listed.map(
            ({ detail, region, severity }) =>
              `  - [${frame.words.severities[severity]}] ${mailText(detail)} (${mailText(region)})`,
          ),
          ...(count > listed.length ? [`  - ${words.more(count - listed.length)}`] : []),
        ];
  const what = [
    ...list(words.opened(news.opened.count), news.opened),
    ...list(words.moreSevere(news.moreSevere.count), news.moreSevere),
  ];
  const unknown =
    news.becameUnknown.length === 0
      ? []
      : [words.unknown, ...news.becameUnknown.map((line) => `  - ${mailText(line)}`)];
  const stanza = suppressionStanza(news, message, frame, nowMs);
  return [
    ...part(labels.what, what),
    ...part(labels.gone, list(words.resolved(news.resolved.count), news.resolved)),
    ...part(labels.unknown, [...unknown, ...(news.knownAgain ? [words.knownAgain] : [])]),
    ...part(labels.standing, [words.standing(news.standing, news.suppressed)]),
    '',
    ...part(labels.why, [news.why, words.asked(news.check, news.controls)]),
    ...(what.length === 0 ? [] : ['', labels.act, ...news.fix.map((step, index) => `  ${index + 1}. ${step}`)]),
    ...(stanza.length === 0
      ? []
      : ['', labels.expected, `  ${words.expected}`, '', ...stanza.map((line) => `  ${line}`)]),
  ];
}

/** An item for `suppressions:` that covers the first new finding; none for a name that could cover others too. */
function suppressionStanza(
  { opened, moreSevere, check }: PostureChange,
  { account }: Message,
  { words }: Frame,
  nowMs: number,
): string[] {
  const first = opened.listed[0] ?? moreSevere.listed[0];
  if (first === undefined || !PLAIN.test(first.resource) || mailText(first.resource) !== first.resource) return [];
  return [
    `- rule: ${check}`,
    `  resource: ${JSON.stringify(first.resource)}`,
    `  account: ${JSON.stringify(account)}`,
    ...(first.region === 'global' ? [] : [`  region: ${JSON.stringify(first.region)}`]),
    `  reason: ${JSON.stringify(words.stanzaReason)}`,
    `  owner: ${JSON.stringify(words.stanzaOwner)}`,
    `  expires: ${new Date(nowMs + EXPIRES_MS).toISOString().slice(0, 10)}`,
  ];
}

function summaryLines(news: PostureSummary, words: PostureWords, frame: Frame): string[] {
  const { labels } = words;
  const { severities } = frame.words;
  const counts = countsIn(news.findings, severities);
  return [
    words.summaryIntro,
    '',
    ...part(labels.what, [
      words.checks(news.checks.pass, news.checks.fail, news.checks.unknown),
      counts === undefined ? words.nothing : words.findings(counts, news.newThisWeek, news.suppressed),
      words.regions(news.regions, news.skipped.map(mailText)),
    ]),
    ...(news.failing.length === 0 ? [] : ['']),
    ...part(
      labels.standing,
      news.failing.map(
        ({ check, title, severity, count }) =>
          `${String(count).padStart(5)}  [${severities[severity]}] ${words.titleOf(check, title)} (${check})`,
      ),
    ),
    ...(news.unknown.length === 0 ? [] : ['', ...part(labels.unknown, news.unknown.map(mailText))]),
  ];
}
