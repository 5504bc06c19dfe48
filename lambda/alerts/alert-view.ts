import type { Behind } from '../lineage/taker';
import type { AlertKind, Message, StoredAlert } from './alert-store';
import type { AlertContext } from './compose';
import { type Evidence, inOrder } from './evidence';
import { isClose } from './settle';

/** Why an alert is told now. */
export type Stage =
  /** For the first time. */
  | { readonly kind: 'opened' }
  /** It was told before, as less severe. */
  | { readonly kind: 'more-severe'; readonly was: number }
  /** It was told before, and there is 10 or 100 times the threshold by now. */
  | { readonly kind: 'more-often'; readonly times: number }
  /** An alert right before it was told, and it never stopped. */
  | { readonly kind: 'goes-on'; readonly sinceMs: number; readonly alertId: string }
  /** A more severe message tells of it too, perhaps already. */
  | { readonly kind: 'outdone' }
  /** It was told before, when nobody knew who took the role. */
  | { readonly kind: 'known-now' };

/**
 * An alert with all that any output says of it: made of a message and what is stored, or of an alert over files, so that
 * mail, chat and JSON say the same. Strings from records are harmless (see neutral.ts).
 */
export interface AlertView {
  readonly alertId: string;
  readonly kind: AlertKind;
  /** Id of the rule; the rule may be gone by now. */
  readonly rule: string;
  /** `live`, `test`, `shadow`, or a suppression's id with its prefix. */
  readonly track: string;
  /** What groups the events, as the rule writes it. */
  readonly key: string | undefined;
  readonly level: number;
  readonly multiple: number;
  readonly stage: Stage;
  readonly account: string;
  readonly region: string;
  readonly actor: string;
  /** Who took the role that the leading event was placed with; absent where it was none, or nobody was asked. */
  readonly behind?: Behind;
  readonly headline: string;
  readonly count: number;
  /** Earliest event that counts. */
  readonly firstEventMs: number;
  readonly lastFiringMs: number;
  /** When it was detected, and how long after the event that made it an alert; over files never. */
  readonly detected: { readonly atMs: number; readonly afterMs: number } | undefined;
  /** When it is told; undefined where nobody is told. */
  readonly toldMs: number | undefined;
  /** Sampled events, the one that leads first. */
  readonly samples: readonly Evidence[];
  /** Samples that are stored and not among `samples`. */
  readonly samplesLeftOut: number;
}

/** More samples help nobody; each has a kilobyte. */
const SAMPLES_MAX = 10;

export function viewOf(message: Message, context: AlertContext, nowMs: number): AlertView {
  const { alert } = context;
  const numbers: Pick<StoredAlert, 'count' | 'lastFiringMs'> = alert ?? message;
  const { alertId, kind, rule, track, level, multiple, account, region, actor, createdMs } = message;
  const samples = samplesOf(message, context);
  const lead = samples[0];
  const behind = message.behind ?? context.behind;
  return {
    ...{ alertId, kind, rule, track, level, multiple },
    key: alert?.key,
    stage: stageOf(message, context),
    account: lead?.account ?? account,
    region: lead?.region ?? region,
    actor: lead?.actor ?? actor,
    ...(behind === undefined ? {} : { behind }),
    headline: lead?.headline ?? message.headline,
    count: numbers.count,
    firstEventMs: alert?.firstEventMs ?? message.firstFiringMs,
    lastFiringMs: numbers.lastFiringMs,
    // By the message's own time: the alert may have gone on since it was written.
    detected: { atMs: createdMs, afterMs: createdMs - message.lastFiringMs },
    toldMs: nowMs,
    samples: samples.slice(0, SAMPLES_MAX),
    samplesLeftOut: Math.max(0, samples.length - SAMPLES_MAX),
  };
}

/** A message by itself, for one line of a digest. */
export function viewOfMessage(message: Message, nowMs: number): AlertView {
  return viewOf(message, { alert: undefined, messages: [], before: undefined, evidence: [] }, nowMs);
}

/** Of an update, what the session did leads, whatever else leads the alert by now. */
function samplesOf({ update }: Message, { evidence }: AlertContext): Evidence[] {
  const samples = inOrder(evidence);
  const isLead = ({ session }: Evidence) => update !== undefined && session === update.session;
  return [...samples.filter(isLead), ...samples.filter((sample) => !isLead(sample))];
}

function stageOf({ level, multiple, update }: Message, { alert, messages, before }: AlertContext): Stage {
  if (update !== undefined) return { kind: 'known-now' };
  const own = messages.filter((other) => other.level !== level || other.multiple !== multiple);
  const isOneEpisode = alert !== undefined && before !== undefined && isClose(before.alert, alert, alert.quietMs);
  const others = [...own, ...(isOneEpisode ? before.messages : [])];
  if (others.length === 0) {
    return isOneEpisode
      ? { kind: 'goes-on', sinceMs: before.alert.firstEventMs, alertId: before.alert.alertId }
      : { kind: 'opened' };
  }
  const was = Math.max(...others.map((other) => other.level));
  if (level > was) return { kind: 'more-severe', was };
  if (others.every((other) => multiple > other.multiple)) return { kind: 'more-often', times: multiple };
  return { kind: 'outdone' };
}
