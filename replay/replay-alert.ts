import { ALERT_VERSION, behindDocument, evidenceDocument } from '../lambda/alerts/alert-document';
import type { Evidence } from '../lambda/alerts/evidence';
import { visible } from '../lambda/alerts/neutral';
import type { Behind } from '../lambda/lineage/taker';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { duration } from '../lambda/rules/describe';
import { isoTime } from '../lambda/rules/sample';
import { levelOf, type Severity } from '../lambda/rules/severity';
import { grouped } from './counts';

/** An alert as a replay found it. */
export interface ReplayAlert {
  readonly alertId: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly mode: 'live' | 'shadow';
  /** Id of the suppression that its events fell under, or null. */
  readonly suppressed: string | null;
  readonly actor: string;
  readonly account: string;
  readonly region: string;
  readonly firstEventMs: number;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  /** Greatest number of events, sum of weights, or number of distinct values in one window. */
  readonly count: number;
  /** Events that counted, at most 1,000, in order of time. */
  readonly eventIds: readonly string[];
  /** Alert whose message speaks for this one, or null. */
  readonly continues: string | null;
  /** What groups the events, as the rule writes it; harmless. */
  readonly key: string;
  /** 1, 10 or 100: how many times the lowest threshold one window reached. */
  readonly multiple: number;
  readonly headline: string;
  /** Samples of its events; the first one leads. */
  readonly evidence: readonly Evidence[];
  /** Who took the role that the leading event was placed with; absent where it was none, or the files do not tell. */
  readonly behind?: Behind;
}

/** True for an alert that would have sent a message: live, not suppressed, above info, not spoken for by another. */
export function hasMessage(alert: ReplayAlert): boolean {
  return alert.mode === 'live' && alert.suppressed === null && alert.continues === null && levelOf(alert.severity) > 0;
}

/** The lead event's sentence, with how much of it there was. */
export function headlineOf({ rule, window }: ActiveRule, lead: Evidence | undefined, count: number): string {
  const sentence = lead?.headline ?? rule.title;
  if (rule.window?.kind === 'silence') return `${sentence} (silence of ${duration(count * 60_000)})`;
  if (window === undefined || rule.window === undefined || rule.window.kind === 'sequence') return sentence;
  return `${sentence} (${grouped(count)} ${rule.window.unit} within ${duration(window.withinMs)})`;
}

/** The alert as data for other programs, by docs/alert.schema.json. */
export function alertJson(alert: ReplayAlert): Record<string, unknown> {
  const { firstEventMs, lastFiringMs, firstFiringMs: _, ...rest } = alert;
  return {
    version: ALERT_VERSION,
    kind: 'alert',
    ...rest,
    eventIds: alert.eventIds.map(visible),
    firstEventTime: isoTime(firstEventMs),
    lastEventTime: isoTime(lastFiringMs),
    evidence: alert.evidence.map(evidenceDocument),
    ...(alert.behind === undefined ? {} : { behind: behindDocument(alert.behind) }),
  };
}
