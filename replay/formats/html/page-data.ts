import { evidenceDocument } from '../../../lambda/alerts/alert-document';
import { amountLines, callerLines } from '../../../lambda/alerts/email';
import { type Evidence, inOrder } from '../../../lambda/alerts/evidence';
import { accountName, type Frame, titleOf } from '../../../lambda/alerts/frame';
import { eventLink } from '../../../lambda/alerts/links';
import { safeJson, visible } from '../../../lambda/alerts/neutral';
import { suppressionStanza } from '../../../lambda/alerts/suppression-stanza';
import { timeText } from '../../../lambda/alerts/times';
import { text } from '../../../lambda/intake/fields';
import { isUnreadable, toTrailEvent } from '../../../lambda/intake/normalise';
import { type RawRecords, shownEvents } from '../../raw-records';
import { hasMessage, type ReplayAlert } from '../../replay-alert';
import { viewOfReplay } from '../email';

/** Event ids of an alert in the page; the JSON formats have them all. */
const EVENT_IDS_MAX = 50;

/**
 * What the page's script shows, as the texts of three blocks. All of `list` is read when the page opens; of the other two
 * a line is read when somebody opens an alert, since thousands of them would take long and nobody reads them all.
 */
export interface PageData {
  readonly list: string;
  /** One line of JSON for each alert of the list. */
  readonly details: string;
  /** One line of JSON for each record: alerts share them. */
  readonly records: string;
}

/** What became of an alert: `told`, or why nobody would have been told of it by itself. */
export type Fate = 'told' | 'suppressed' | 'shadow' | 'continued' | 'info';

export function fateOf(alert: ReplayAlert): Fate {
  if (hasMessage(alert)) return 'told';
  if (alert.suppressed !== null) return 'suppressed';
  if (alert.mode === 'shadow') return 'shadow';
  return alert.continues === null ? 'info' : 'continued';
}

/** @param span times of the first and last event that was read, in milliseconds */
export function pageData(
  alerts: readonly ReplayAlert[],
  span: readonly [fromMs: number, toMs: number] | undefined,
  frame: Frame,
  records: RawRecords,
): PageData {
  const lines = new RecordLines(records.texts);
  const details = alerts.map((alert) => safeJson(detailOf(alert, frame, records, lines)));
  const accounts = new Set(alerts.map(({ account }) => account));
  const list = {
    alerts: alerts.map((alert) => ({
      ...{ id: alert.alertId, rule: alert.rule, severity: alert.severity, fate: fateOf(alert) },
      ...{ actor: alert.actor, account: alert.account, region: alert.region, headline: visible(alert.headline) },
      ...{ firstMs: alert.firstEventMs, firedMs: alert.firstFiringMs, lastMs: alert.lastFiringMs },
    })),
    rules: Object.fromEntries(rulesOf(alerts, frame)),
    accounts: Object.fromEntries([...accounts].map((id) => [id, accountName(frame, id)])),
    span: span ?? null,
  };
  return { list: safeJson(list), details: details.join('\n'), records: lines.lines.join('\n') };
}

/** The guide of each rule, once. */
function rulesOf(alerts: readonly ReplayAlert[], frame: Frame) {
  return [...new Set(alerts.map(({ rule }) => rule))].map((id) => {
    const { why, runbook, falsePositives, attack } = frame.rules.get(id) ?? {};
    return [id, { title: titleOf({ rule: id, kind: 'window' }, frame), why, runbook, falsePositives, attack }] as const;
  });
}

/** Numbers the records as alerts name them. */
class RecordLines {
  readonly lines: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly texts: ReadonlyMap<string, string>) {}

  numberOf(eventId: string): number | undefined {
    const known = this.numbers.get(eventId);
    const json = this.texts.get(eventId);
    if (known !== undefined || json === undefined) return known;
    this.numbers.set(eventId, this.lines.length);
    return this.lines.push(safeJson(JSON.parse(json))) - 1;
  }
}

function detailOf(alert: ReplayAlert, frame: Frame, records: RawRecords, lines: RecordLines) {
  const view = viewOfReplay(alert);
  const [lead] = view.samples;
  const link = lead === undefined ? undefined : eventLink(lead.region, lead.eventId);
  const stanza = suppressionStanza(view, frame, 'page')?.join('\n');
  return {
    facts: factsOf(alert, frame),
    ...(stanza === undefined ? { noStanza: noStanza(alert, frame) } : { stanza }),
    ...(link === undefined ? {} : { link }),
    events: eventsOf(alert, frame, records, lines),
    eventCount: alert.eventIds.length,
    eventIds: alert.eventIds.slice(0, EVENT_IDS_MAX).map(visible),
  };
}

function noStanza({ rule }: ReplayAlert, { rules, words }: Frame): string {
  return rules.get(rule)?.neverSuppressed ? words.neverSuppressed : words.noStanza;
}

/** What the alert says of itself; a name may have several lines. */
function factsOf(alert: ReplayAlert, frame: Frame): (readonly [name: string, lines: readonly string[]])[] {
  const view = viewOfReplay(alert);
  const { words, timeZone } = frame;
  const [lead] = view.samples;
  const { sourceIp, sourceService, userAgent } = lead?.caller ?? {};
  const origin = sourceIp ?? (sourceService === undefined ? undefined : words.service(sourceService));
  const addresses = view.samples.flatMap(({ caller }) => caller.sourceIp ?? []).filter((ip) => ip !== sourceIp);
  const also = (names: readonly string[]) => (names.length === 0 ? [] : [words.also([...new Set(names)])]);
  const resources = [...new Set(view.samples.flatMap((sample) => sample.resources))].slice(0, 10);
  const facts: (readonly [string, readonly (string | undefined)[]])[] = [
    [
      'Who',
      [
        alert.actor,
        ...(lead === undefined ? [] : callerLines(lead, alert.behind, frame)),
        ...also(view.samples.map(({ actor }) => actor).filter((actor) => actor !== alert.actor)),
      ],
    ],
    ['From', [origin, ...also(addresses), userAgent === undefined ? undefined : words.agent(userAgent)]],
    ['Where', [`${words.account(alert.account, accountName(frame, alert.account))}, ${alert.region}`]],
    ['Resources', resources],
    ['When', [timeText(Math.min(alert.firstEventMs, alert.lastFiringMs), alert.lastFiringMs, timeZone)]],
    ['How much', amountLines(view, frame.rules.get(alert.rule), frame)],
    ['Counted for', [alert.key]],
    ['Suppressed by', [alert.suppressed ?? undefined]],
    ['Told with', [alert.continues ?? undefined]],
    ['Alert', [alert.alertId]],
  ];
  return facts.flatMap(([name, lines]) => {
    const said = lines.filter((line) => line !== undefined && line !== '').map((line) => visible(line as string));
    return said.length === 0 ? [] : [[name, said] as const];
  });
}

/** An event in one line, with its record or what the alert kept of it. */
function eventsOf(alert: ReplayAlert, frame: Frame, records: RawRecords, lines: RecordLines) {
  const samples = new Map(inOrder(alert.evidence).map((sample) => [sample.eventId, sample]));
  const [leadId] = samples.keys();
  const roles = (id: string) => [
    ...(id === leadId ? ['leads'] : []),
    ...(id === alert.eventIds[0] ? ['first'] : []),
    ...(id === alert.eventIds.at(-1) ? ['last'] : []),
  ];
  return shownEvents(alert)
    .sort((a, b) => alert.eventIds.indexOf(a) - alert.eventIds.indexOf(b)) // by time
    .flatMap((id) => {
      const number = lines.numberOf(id);
      const sample = samples.get(id);
      const seen = sample === undefined ? inRecord(records.texts.get(id)) : inSample(sample);
      if (seen === undefined) return [];
      const { timeMs, call, outcome, from } = seen;
      const kept = number === undefined ? { sample: seen.document, leftOut: records.leftOut.has(id) } : {};
      const role = alert.eventIds.length > 1 ? { role: roles(id) } : {};
      return [{ timeMs, call, outcome: frame.words.outcomes[outcome], from, ...role, record: number, ...kept }];
    })
    .sort((a, b) => a.timeMs - b.timeMs); // those that the alert does not name too
}

function inSample(sample: Evidence) {
  const { timeMs, service, call, outcome, errorCode, caller } = sample;
  return {
    timeMs,
    call: callName(service, call, errorCode),
    outcome,
    from: caller.sourceIp ?? caller.sourceService,
    document: evidenceDocument(sample),
  };
}

/** The same of an event that the alert has no sample of. */
function inRecord(json: string | undefined) {
  const event = json === undefined ? undefined : toTrailEvent(JSON.parse(json));
  if (event === undefined || isUnreadable(event)) return undefined;
  const { timeMs, service, call, outcome, sourceIp, sourceService, record } = event;
  return {
    timeMs,
    call: callName(service, call, text(record['errorCode'])),
    outcome,
    from: sourceIp ?? sourceService,
    document: undefined,
  };
}

function callName(service: string, call: string, errorCode: string | undefined): string {
  return `${service.replace('.amazonaws.com', '')} ${call}${errorCode ? ` (${errorCode})` : ''}`;
}
