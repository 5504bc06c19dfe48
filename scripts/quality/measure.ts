import { asArray, at } from '../../lambda/intake/fields';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import type { Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { levelOf } from '../../lambda/rules/severity';
import { Collector } from '../../replay/collector';
import { type Engine, Extractor } from '../../replay/extract';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { directPeerTests, filesOf, type Label, labels, type PeerTest, rowsOf } from './corpus';

/** How the shipped rules, with the default configuration, do on the corpus. */
export interface Quality {
  readonly folders: readonly FolderQuality[];
  readonly labelled: readonly LabelQuality[];
  readonly rules: readonly RuleQuality[];
  readonly techniques: readonly TechniqueQuality[];
  readonly peers: readonly PeerQuality[];
  /** The labelled hour's alerts with a message at medium or above. */
  readonly hour: readonly HourAlert[];
}

export interface FolderQuality {
  readonly folder: string;
  readonly events: number;
  readonly unreadable: number;
  /** Alerts with a message, all severities above info. */
  readonly alerts: number;
}

export interface LabelQuality {
  readonly label: Label;
  readonly rows: readonly string[];
  /** Some rule declares one of the rows. */
  readonly rowExists: boolean;
  readonly alertedBy: readonly string[];
  readonly met: boolean;
}

export interface RuleQuality {
  readonly rule: Rule;
  /** Labelled events that it found, of those that its rows want found. */
  readonly found: number;
  readonly wanted: number;
  /** Alerts with a message on the whole corpus, each folder or file by itself. */
  readonly alerts: number;
  readonly perThousandEvents: number;
}

export interface TechniqueQuality {
  readonly technique: string;
  readonly events: number;
  /** Rules that found it at medium or above. */
  readonly foundBy: readonly string[];
}

export interface PeerQuality {
  readonly test: PeerTest;
  readonly rowExists: boolean;
  readonly alertedBy: readonly string[];
  readonly agrees: boolean;
}

export interface HourAlert {
  readonly alert: ReplayAlert;
  /** Labels of the attacks that its events belong to. */
  readonly attacks: readonly string[];
}

/** Folders whose files belong to one account and time; the others' files are each a story of their own. */
const TOGETHER = ['invictus-ir', 'otrf-security-datasets'];
const APART = ['stratus-red-team', 'traildiscover', 'cloud-custodian', 'fivexl', 'cloudgrappler', 'trailscraper'];

export function measureQuality(rules: readonly Rule[] = RULES): Quality {
  const engine: Engine = {
    rules: rules.flatMap((rule) => activate(rule, DEFAULT_SETTINGS) ?? []),
    suppressions: [],
  };
  const rowsCovered = new Set(rules.flatMap((rule) => rule.rows));
  const exists = (rows: readonly string[]) => rows.some((row) => rowsCovered.has(row));
  const runs = new Map<string, { events: number; unreadable: number; alerts: ReplayAlert[] }>();
  const found = (folder: string, records: readonly unknown[]) => {
    const run = runs.get(folder) ?? { events: 0, unreadable: 0, alerts: [] };
    const { alerts, events, unreadable } = alertsIn(engine, records);
    run.events += events;
    run.unreadable += unreadable;
    run.alerts.push(...alerts);
    runs.set(folder, run);
    return alerts;
  };
  for (const folder of TOGETHER)
    found(
      folder,
      filesOf(folder).flatMap(({ records }) => records),
    );
  const techniques: TechniqueQuality[] = [];
  for (const folder of APART) {
    for (const { name, records } of filesOf(folder)) {
      const alerts = found(folder, records);
      if (folder !== 'stratus-red-team') continue;
      const told = alerts.filter((alert) => isAlert(alert) && levelOf(alert.severity) >= levelOf('medium'));
      techniques.push({ technique: name, events: records.length, foundBy: unique(told.map((alert) => alert.rule)) });
    }
  }

  const rowsOfRule = new Map(rules.map((rule) => [rule.id, rule.rows]));
  const hourAlerts = runs.get('invictus-ir')?.alerts.filter(isAlert) ?? [];
  const labelled = labels().map((label): LabelQuality => {
    const rows = rowsOf(label.row);
    const alertedBy = unique(
      hourAlerts
        .filter((alert) => alert.eventIds.includes(label.eventID))
        .map((alert) => alert.rule)
        .filter((rule) => rowsOfRule.get(rule)?.some((row) => rows.includes(row))),
    );
    const met = label.want === 'any' || (label.want === 'alert') === alertedBy.length > 0;
    return { label, rows, rowExists: exists(rows), alertedBy, met };
  });
  const allAlerts = [...runs.values()].flatMap(({ alerts }) => alerts).filter(hasMessage);
  const allEvents = [...runs.values()].reduce((sum, { events }) => sum + events, 0);
  const attackLabels = new Map(
    labelled.filter(({ label }) => label.want === 'alert').map(({ label }) => [label.eventID, label.label]),
  );
  return {
    folders: [...runs].map(([folder, { events, unreadable, alerts }]) => ({
      folder,
      events,
      unreadable,
      alerts: alerts.filter(hasMessage).length,
    })),
    labelled,
    rules: rules.map((rule) => {
      const wanted = labelled.filter(
        ({ label, rows }) => label.want === 'alert' && rows.some((row) => rule.rows.includes(row)),
      );
      const alerts = allAlerts.filter((alert) => alert.rule === rule.id).length;
      return {
        rule,
        found: wanted.filter(({ alertedBy }) => alertedBy.includes(rule.id)).length,
        wanted: wanted.length,
        alerts,
        perThousandEvents: (alerts * 1_000) / allEvents,
      };
    }),
    techniques,
    peers: directPeerTests().map((test) => {
      const alertedBy = unique(
        alertsIn(engine, [withIdentity(test.record)])
          .alerts.filter(isAlert)
          .map((alert) => alert.rule)
          .filter((rule) => rowsOfRule.get(rule)?.some((row) => test.rows.includes(row))),
      );
      return { test, rowExists: exists(test.rows), alertedBy, agrees: alertedBy.length > 0 === test.expected };
    }),
    hour: hourAlerts
      .filter((alert) => hasMessage(alert) && levelOf(alert.severity) >= levelOf('medium'))
      .map((alert) => ({
        alert,
        attacks: unique(alert.eventIds.flatMap((id) => attackLabels.get(id) ?? [])),
      })),
  };
}

function alertsIn(engine: Engine, records: readonly unknown[]) {
  const extractor = new Extractor(engine);
  for (const record of records) extractor.take(record);
  const extract = extractor.flush();
  for (const { rule, error, eventId } of extract.ruleErrors) throw new Error(`${rule} threw on ${eventId}: ${error}`);
  const collector = new Collector(engine.rules);
  collector.add(extract);
  return { alerts: collector.finish(), events: extract.events, unreadable: extract.unreadable.length };
}

/** Live and above info, with a message of its own or of the alert that it continues. */
function isAlert(alert: ReplayAlert): boolean {
  return alert.mode === 'live' && alert.suppressed === null && levelOf(alert.severity) > 0;
}

/** Peers' samples come as records or EventBridge events, and leave out or blank what their products do not need. */
function withIdentity(sample: unknown): unknown {
  const record = (asArray(at(sample, 'Records'))[0] ?? at(sample, 'detail') ?? sample) as object;
  const { eventTime } = record as { eventTime?: unknown };
  const dated = typeof eventTime === 'string' && !Number.isNaN(Date.parse(eventTime));
  return { eventID: 'peer-sample', ...record, ...(dated ? {} : { eventTime: '2026-01-01T00:00:00Z' }) };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
