import type { Behind } from '../lineage/taker';
import { postureNotification } from '../posture/message';
import { severityAt } from '../rules/severity';
import { alertDocument, digestDocument } from './alert-document';
import { type AlertView, viewOf, viewOfMessage } from './alert-view';
import { chatDigest, chatMessage } from './chat';
import type { Composer } from './compose';
import { digestSubject, digestText, valuesOf } from './digest-email';
import { emailSubject, emailText } from './email';
import type { Evidence } from './evidence';
import type { Frame } from './frame';
import { cut, safeJson } from './neutral';
import type { Notification } from './publisher';
import { fits } from './sns-message';

/** Lengths to which strings from records are cut, one after the other, until a message is small enough. */
const LENGTHS = [Number.POSITIVE_INFINITY, 400, 200, 100, 50, 20];

/** Letters of one text message. */
const SMS_MAX = 140;

/** Everything that is published about alerts, for people and for programs. */
export function messageComposer(frame: Frame, nowMs: () => number): Composer {
  return {
    single(message, context) {
      const posture =
        message.kind === 'posture' ? postureNotification(message, context.evidence, frame, nowMs()) : undefined;
      if (posture !== undefined) return posture;
      const view = viewOf(message, context, nowMs());
      return smallEnough((max) => single(shortened(view, max), frame));
    },
    digest(messages) {
      const [first, ...others] = messages.map((message) => viewOfMessage(message, nowMs()));
      if (first === undefined) throw new Error('a digest of no messages');
      return smallEnough((max) =>
        digest([shortened(first, max), ...others.map((view) => shortened(view, max))], frame),
      );
    },
  };
}

function single(view: AlertView, frame: Frame): Notification {
  const subject = emailSubject(view, frame);
  return {
    subject,
    text: emailText(view, frame),
    sms: smsOf(subject, view.alertId),
    data: safeJson(alertDocument(view, frame)),
    chat: safeJson(chatMessage(view, frame)),
    alertIds: [view.alertId],
    attributes: {
      severity: severityAt(view.level),
      rule: view.rule,
      account: view.account,
      region: view.region,
      kind: view.track === 'test' ? 'test' : view.stage.kind === 'known-now' ? 'update' : 'alert',
    },
  };
}

function digest(views: readonly [AlertView, ...AlertView[]], frame: Frame): Notification {
  const subject = digestSubject(views, frame);
  return {
    subject,
    text: digestText(views, frame),
    sms: smsOf(subject, undefined),
    data: safeJson(digestDocument(views, frame)),
    chat: safeJson(chatDigest(views, subject, frame)),
    alertIds: views.map(({ alertId }) => alertId),
    attributes: { ...valuesOf(views), kind: views.every(({ track }) => track === 'test') ? 'test' : 'digest' },
  };
}

function smsOf(subject: string, alertId: string | undefined): string {
  return alertId === undefined ? subject : `${subject.slice(0, SMS_MAX - alertId.length - 2)}. ${alertId}`;
}

/** The first that SNS takes, of ever shorter ones. Our own texts are small, so the last one is. */
function smallEnough(compose: (max: number) => Notification): Notification {
  let made: Notification | undefined;
  for (const max of LENGTHS) {
    made = compose(max);
    if (fits(made)) return made;
  }
  return made as Notification;
}

/** The view with every string from a record cut, and saying so. */
function shortened(view: AlertView, max: number): AlertView {
  if (max === Number.POSITIVE_INFINITY) return view;
  return {
    ...view,
    ...(view.key === undefined ? {} : { key: cut(view.key, max) }),
    account: cut(view.account, max),
    region: cut(view.region, max),
    actor: cut(view.actor, max),
    ...(view.behind === undefined ? {} : { behind: cutAll(view.behind, max) }),
    headline: cut(view.headline, max),
    samples: view.samples.map((sample) => cutAll(sample, max)),
  };
}

function cutAll<T extends Evidence | Behind>(value: T, max: number): T {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? cut(inner, max) : inner)),
  ) as T;
}
