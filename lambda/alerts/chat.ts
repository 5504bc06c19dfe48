import type { AlertView } from './alert-view';
import { lineageLines, tagOf } from './email';
import { accountName, type Frame, messageTitle } from './frame';
import { eventLink } from './links';
import { chatCode, chatText, cut } from './neutral';
import { timeText } from './times';

/**
 * Messages for Amazon Q Developer in chat applications, which shows them in Slack and Microsoft Teams. It reads the body
 * of the SNS message; what does not fit its schema is dropped without a word, so every limit is kept here.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** Messages of one alert stand in one thread. */
    readonly threadId?: string;
    readonly summary: string;
    readonly additionalContext: { readonly [name: string]: string };
  };
}

const LIMITS = { title: 250, description: 8_000, nextStep: 350, keyword: 75 } as const;

/** What is added where a text is cut. */
const CUT_NOTE_MAX = 25;

export function chatMessage(view: AlertView, frame: Frame): ChatMessage {
  const { words, rules, timeZone } = frame;
  const { labels } = words;
  const rule = rules.get(view.rule);
  const lead = view.samples[0];
  const link = lead === undefined ? undefined : eventLink(lead.region, lead.eventId);
  const from = lead?.caller.sourceIp ?? lead?.caller.sourceService;
  const title = `${tagOf(view, frame)} ${messageTitle(view, frame)}`;
  const isUpdate = view.stage.kind === 'known-now';
  const behind = lineageLines(view.behind, lead?.caller ?? {}, view.actor, words);
  const account = words.account(chatCode(view.account), accountName(frame, view.account));
  const lines = [
    ...(view.track === 'test' ? [words.test] : []),
    ...(isUpdate ? [words.knownNow] : []),
    chatCode(view.headline),
    `*${labels.who}* ${chatCode(view.actor)}`,
    ...(isUpdate ? behind.map(chatCode) : []),
    ...(from === undefined ? [] : [`*${labels.from}* ${chatCode(from)}`]),
    `*${labels.where}* ${account}, ${chatCode(view.region)}`,
    `*${labels.when}* ${timeText(view.firstEventMs, view.lastFiringMs, timeZone)}`,
    ...(rule === undefined || isUpdate ? [] : [`*${labels.why}* ${rule.why}`]),
    ...(link === undefined ? [] : [link]),
    words.alertId(view.alertId),
  ];
  return {
    version: '1.0',
    source: 'custom',
    id: view.alertId,
    content: {
      textType: 'client-markdown',
      title: within(title, LIMITS.title),
      description: within(lines.join('\n'), LIMITS.description),
      ...(rule === undefined || isUpdate
        ? {}
        : { nextSteps: rule.runbook.map((step) => within(step, LIMITS.nextStep)) }),
      keywords: [view.rule, chatText(view.account), chatText(view.region)].map((word) => within(word, LIMITS.keyword)),
    },
    metadata: {
      threadId: view.alertId,
      summary: within(title, LIMITS.title),
      additionalContext: { rule: view.rule, account: chatText(view.account), region: chatText(view.region) },
    },
  };
}

/** Title and a line for each alert, as many as there is room for; the e-mail has them all. */
export function chatDigest(views: readonly AlertView[], subject: string, frame: Frame): ChatMessage {
  const { words } = frame;
  const lines: string[] = [];
  let room = LIMITS.description - 500;
  for (const view of views) {
    const line = `${tagOf(view, frame)} ${messageTitle(view, frame)}: ${chatCode(cut(view.headline, 200))}`;
    room -= line.length + 1;
    if (room < 0) break;
    lines.push(line);
  }
  if (lines.length < views.length) lines.push(words.digestMore(views.length - lines.length));
  return {
    version: '1.0',
    source: 'custom',
    id: views[0]?.alertId ?? 'digest',
    content: {
      textType: 'client-markdown',
      title: within(subject, LIMITS.title),
      description: [words.digestIntro(views.length), ...lines].join('\n'),
      keywords: [...new Set(views.map(({ rule }) => within(rule, LIMITS.keyword)))].slice(0, 10),
    },
    metadata: { summary: within(subject, LIMITS.title), additionalContext: { alerts: String(views.length) } },
  };
}

function within(text: string, max: number): string {
  return text.length <= max ? text : cut(text, max - CUT_NOTE_MAX);
}
