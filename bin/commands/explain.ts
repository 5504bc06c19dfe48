import { availableParallelism } from 'node:os';
import { evidenceDocument } from '../../lambda/alerts/alert-document';
import { visible } from '../../lambda/alerts/neutral';
import { loadConfig } from '../../lambda/config/read-config';
import type { ActiveRule } from '../../lambda/rules/active-rule';
import { duration, firesWhen } from '../../lambda/rules/describe';
import type { Detection } from '../../lambda/rules/rule';
import { severityAt } from '../../lambda/rules/severity';
import { DEFAULT_LATENESS_MS } from '../../replay/collector';
import { grouped } from '../../replay/counts';
import { engineFrom } from '../../replay/engine';
import { type CountedEvent, countedEvents } from '../../replay/explain';
import { time } from '../../replay/formats/table';
import { replay } from '../../replay/replay';
import type { ReplayAlert } from '../../replay/replay-alert';
import { knownRule, oneOf, parse, spanOf, wholeNumber } from '../args';
import { EXIT, type Io, UsageError } from '../io';
import { ProgressLine } from '../progress-line';
import { type Gathered, gatherInputs, type OpenStore, S3_OPTIONS } from '../replay-inputs';

const HELP = `Usage: trailhound explain <alert id> <file | folder | s3://bucket/…> … [options]

Says why an alert of trailhound replay fired: the events that it counted, in their order, the window and its threshold,
and the settings that the rule used. Give the same files, times and configuration as to replay.

  --config <file>    configuration (default: trailhound.yaml in the current folder, if there is one)
  --rule <id>        the alert's rule: faster, since only it is run
  --events <n>       events to list (default: 50)
  --from, --to <time> only events from the first to before the second
  --workers <n>      threads that read and match (default: all cores)
  --format <format>  text, json (default: text)

From S3: --account, --region, --profile, --late-files, --cache and --cache-size, as for trailhound replay. Files are read
twice: a cache saves downloading them again.

An id may be shortened as long as it is clear which is meant. What a deployed detector stored: trailhound alerts <id>.
`;

/** Letters of an id that are enough to look for it. */
const ID_MIN = 6;

/**
 * @param openStore opens S3
 * @returns the exit code. @throws UsageError, ConfigError
 */
export async function runExplain(args: readonly string[], io: Io, openStore?: OpenStore): Promise<number> {
  const { values, positionals } = parse('explain', args, {
    config: { type: 'string' },
    rule: { type: 'string' },
    events: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    ...S3_OPTIONS,
    workers: { type: 'string' },
    format: { type: 'string', default: 'text' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  const [id = '', ...paths] = positionals;
  if (!/^[0-9a-hjkmnp-tv-z]{6,26}$/.test(id)) {
    throw new UsageError(
      `give the id of an alert first, or at least ${ID_MIN} letters of it; found ${JSON.stringify(id.slice(0, 60))}`,
    );
  }
  if (paths.length === 0) throw new UsageError('nothing to read: give the files in which the alert was found');
  if (paths.includes('-')) throw new UsageError('explain reads its input twice: give files, not standard input');
  const format = oneOf('format', values.format, ['text', 'json'] as const);
  const eventsMax = wholeNumber('events', values.events, 1, 1_000) ?? 50;
  const workers = wholeNumber('workers', values.workers, 1, 64) ?? availableParallelism();
  const config = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const engine = {
    config: config.value,
    nowMs: io.nowMs(),
    ...(values.rule === undefined ? {} : { only: [knownRule('rule', values.rule)] }),
  };
  const span = spanOf(values);
  const stop = new AbortController();
  io.onInterrupt(() => stop.abort());
  const progress = io.stderrIsTerminal ? new ProgressLine(io) : undefined;
  const gathered = await gatherInputs({
    ...{ paths, asked: values, io, span, stop, progress },
    ...(openStore && { openStore }),
  });
  try {
    const { inputs, supply, problems, listing } = gathered;
    if (listing !== undefined) io.stderr(`${listing}\n`);
    const allBytes = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const result = await replay({
      ...{ engine, inputs, supply, span, workers, latenessMs: DEFAULT_LATENESS_MS, signal: stop.signal },
      onProgress: (now) => progress?.reading(now, inputs.length, allBytes),
    });
    progress?.clear();
    for (const problem of [...problems, ...result.problems, ...gathered.troubles()]) {
      io.stderr(`${visible(problem.file)}: ${problem.reason}\n`);
    }
    if (stop.signal.aborted) {
      io.stderr('Interrupted: an alert is explained by all of its files\n');
      return EXIT.unreadable;
    }
    const alert = theOne(result.alerts, id);
    const active = engineFrom(engine).rules.find(({ rule }) => rule.id === alert.rule);
    if (active === undefined) throw new Error(`the rule of ${alert.alertId} is not among those that ran`);
    const events = await eventsOf(alert, active, gathered);
    io.stdout(format === 'json' ? json(alert, active, events) : text(alert, active, events, eventsMax));
    return EXIT.ok;
  } finally {
    gathered.close();
  }
}

/** @throws UsageError if there is none, or more than one */
function theOne(alerts: readonly ReplayAlert[], id: string): ReplayAlert {
  const found = alerts.filter(({ alertId }) => alertId.startsWith(id));
  const [only, ...others] = found;
  if (only === undefined) {
    throw new UsageError(
      `these files and this configuration give no alert ${id}; they give ${grouped(alerts.length)} others (trailhound replay lists them)`,
    );
  }
  if (others.length > 0) {
    throw new UsageError(
      `${found.length} alerts begin with ${id}: ${found
        .slice(0, 5)
        .map(({ alertId }) => alertId)
        .join(', ')}`,
    );
  }
  return only;
}

/** A rule about silence counts what did not come. */
function eventsOf(alert: ReplayAlert, active: ActiveRule, { inputs, supply }: Gathered): Promise<CountedEvent[]> {
  return active.rule.window?.kind === 'silence' ? Promise.resolve([]) : countedEvents(alert, active, inputs, supply);
}

/** The rule with its numbers as configured. */
function asConfigured({ rule, window: spec }: ActiveRule): Pick<Detection, 'window' | 'baseline'> {
  const { window, baseline } = rule;
  if (window === undefined || spec === undefined) return { ...(baseline && { baseline }), ...(window && { window }) };
  const numbers = 'threshold' in window ? { threshold: spec.tiers[0].threshold } : {};
  return { ...(baseline && { baseline }), window: { ...window, withinMs: spec.withinMs, ...numbers } };
}

function settingsOf({ rule, settings }: ActiveRule): Record<string, unknown> {
  return Object.fromEntries((rule.settings ?? []).map((name) => [name, settings[name]]));
}

function tiersOf({ window }: ActiveRule): { severity: string; from: number }[] {
  if (window === undefined || window.levelFromEvents) return [];
  return window.tiers.map(({ level, threshold }) => ({ severity: severityAt(level), from: threshold }));
}

function text(alert: ReplayAlert, active: ActiveRule, events: readonly CountedEvent[], eventsMax: number): string {
  const { rule } = active;
  const tiers = tiersOf(active);
  const settings = Object.entries(settingsOf(active));
  const fact = (name: string, said: string) => `${name.padEnd(11)}${said}`;
  const lines = [
    `${alert.severity.toUpperCase()}  ${rule.title}`,
    visible(alert.headline),
    '',
    fact('Rule', `${rule.id} (${active.mode})`),
    fact('Fires', firesWhen(asConfigured(active))),
    ...(tiers.length > 1
      ? [fact('Severity', tiers.map(({ severity, from }) => `${severity} from ${from}`).join(', '))]
      : []),
    fact('Counted', `${grouped(alert.count)}${alert.count > 1_000 ? ' or more' : ''} for ${visible(alert.key)}`),
    fact(
      'Fired',
      `${time(alert.firstFiringMs)}${alert.lastFiringMs === alert.firstFiringMs ? '' : ` to ${time(alert.lastFiringMs)}`} UTC`,
    ),
    fact('Quiet', `one alert as long as less than ${duration(active.quietMs)} lie between`),
    ...(alert.suppressed === null ? [] : [fact('Suppressed', `by ${visible(alert.suppressed)}: nobody is told`)]),
    ...(alert.continues === null ? [] : [fact('Continues', `the alert ${alert.continues}, which speaks for it`)]),
    ...settings.map(([name, value], index) =>
      fact(index === 0 ? 'Settings' : '', visible(`${name}: ${JSON.stringify(value)}`)),
    ),
    fact('Alert', alert.alertId),
    '',
    `EVENTS (${grouped(events.length)}${events.length < alert.eventIds.length ? ` of ${grouped(alert.eventIds.length)}` : ''})`,
  ];
  let sum = 0;
  const shown = events.slice(0, eventsMax);
  const fires = events.findIndex(({ evidence }) => evidence.timeMs >= alert.firstFiringMs);
  for (const [index, event] of shown.entries()) {
    sum += event.weight;
    lines.push(...eventLines(event, index, rule.window?.kind === 'sum' ? sum : undefined, index === fires));
  }
  if (shown.length < events.length) lines.push(`… and ${grouped(events.length - shown.length)} more: --events`);
  if (events.length === 0) lines.push('  none: it fired for what did not come');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function eventLines(event: CountedEvent, index: number, sum: number | undefined, fires: boolean): string[] {
  const { evidence, values, steps, weight } = event;
  const { service, call, outcome, caller, account, region, errorCode } = evidence;
  const meaning = [
    ...(steps.length === 0 ? [] : [`step: ${steps.join(' or ')}`]),
    ...(values.length === 0 ? [] : [`value: ${values.join(', ')}`]),
    ...(sum === undefined ? [] : [`adds ${grouped(weight)}, ${grouped(sum)} so far`]),
    ...(fires ? ['here it fired'] : []),
  ];
  const what = `${service.replace('.amazonaws.com', '')} ${call} ${outcome}${errorCode === undefined ? '' : ` (${errorCode})`}`;
  const from = caller.sourceIp ?? caller.sourceService;
  return [
    `${String(index + 1).padStart(4)}  ${time(evidence.timeMs)}  ${visible(what)}  ${visible(`${account} ${region}`)}`,
    `      ${visible(evidence.actor)}${from === undefined ? '' : ` from ${visible(from)}`}, event ${visible(evidence.eventId)}`,
    ...(meaning.length === 0 ? [] : [`      ${visible(meaning.join('; '))}`]),
  ];
}

function json(alert: ReplayAlert, active: ActiveRule, events: readonly CountedEvent[]): string {
  const { rule, mode, quietMs, window } = active;
  const explained = {
    alertId: alert.alertId,
    rule: rule.id,
    mode,
    severity: alert.severity,
    firesWhen: firesWhen(asConfigured(active)),
    withinMs: window?.withinMs ?? null,
    tiers: tiersOf(active),
    quietMs,
    settings: settingsOf(active),
    key: alert.key,
    count: alert.count,
    suppressed: alert.suppressed,
    continues: alert.continues,
    events: events.map(({ evidence, weight, values, steps }) => ({
      ...evidenceDocument(evidence),
      weight,
      values,
      steps,
    })),
  };
  return `${JSON.stringify(explained, null, 2)}\n`;
}
