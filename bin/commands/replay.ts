import { renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { frameOf } from '../../lambda/alerts/frame';
import { visible } from '../../lambda/alerts/neutral';
import { frameData } from '../../lambda/config/frame-data';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { levelOf, SEVERITIES } from '../../lambda/rules/severity';
import { version } from '../../package.json';
import { DEFAULT_LATENESS_MS } from '../../replay/collector';
import { csv, json, jsonLines } from '../../replay/formats/data';
import { email } from '../../replay/formats/email';
import { html } from '../../replay/formats/html';
import { summary, table } from '../../replay/formats/table';
import { listInputs } from '../../replay/inputs';
import { type Progress, type ReplayResult, replay } from '../../replay/replay';
import { grouped, hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { knownRule, oneOf, parse, timeOf, wholeNumber } from '../args';
import { EXIT, type Io, UsageError } from '../io';

const HELP = `Usage: trailhound replay <file | folder | -> … [options]

Reads CloudTrail records (delivery files, JSON Lines, EventBridge events, LookupEvents exports; gzip or not) and says
what the deployed detector would have said.

  --config <file>          configuration (default: trailhound.yaml in the current folder, if there is one)
  --from, --to <time>      only events from the first to before the second: 2026-11-20 or 2026-11-20T08:00:00Z
  --rule <id>              only this rule; repeat for several
  --min-severity <level>   list alerts of at least: ${SEVERITIES.join(', ')} (default: low)
  --fail-on <level>|none   exit with 1 when an alert reaches this severity (default: low)
  --format <format>        table, json, jsonl, csv, html (one page that needs no network), email (each message as it
                           would arrive) (default: table)
  --out <file>             write there instead of standard output
  --workers <n>            threads that read and match (default: all cores)
  --lateness <hours>       how far out of order events may come, in event time (default: 24)
  --no-progress            no progress on standard error, even on a terminal

Exit codes: 0 nothing at or above --fail-on; 1 alerts; 2 wrong usage or configuration; 3 some input was unreadable.
`;

const FORMATS = ['table', 'json', 'jsonl', 'csv', 'email', 'html'] as const;

/** @returns the exit code. @throws UsageError, ConfigError */
export async function runReplay(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parse('replay', args, {
    config: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    rule: { type: 'string', multiple: true },
    'min-severity': { type: 'string', default: 'low' },
    'fail-on': { type: 'string', default: 'low' },
    format: { type: 'string', default: 'table' },
    out: { type: 'string' },
    workers: { type: 'string' },
    lateness: { type: 'string' },
    'no-progress': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (positionals.length === 0) throw new UsageError('nothing to read: give files, folders, or - for standard input');
  const minLevel = levelOf(oneOf('min-severity', values['min-severity'], SEVERITIES));
  const failOn = oneOf('fail-on', values['fail-on'], [...SEVERITIES.slice(1), 'none'] as const);
  const format = oneOf('format', values.format, FORMATS);
  const span = {
    fromMs: values.from === undefined ? Number.NEGATIVE_INFINITY : timeOf('from', values.from),
    toMs: values.to === undefined ? Number.POSITIVE_INFINITY : timeOf('to', values.to),
  };
  if (span.fromMs >= span.toMs) throw new UsageError('--from must be before --to');
  const workers = wholeNumber('workers', values.workers, 1, 64) ?? availableParallelism();
  const latenessHours = wholeNumber('lateness', values.lateness, 1, 24 * 366);
  const config = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const only = values.rule?.map((id) => knownRule('rule', id)); // the configuration may bring rules

  const listed = await listInputs(
    positionals.map((path) => (path === '-' || path.startsWith('s3://') ? path : resolve(io.cwd, path))),
  );
  const stop = new AbortController();
  io.onInterrupt(() => stop.abort());
  const showsProgress = io.stderrIsTerminal && !values['no-progress'];
  const progress = showsProgress
    ? new ProgressLine(io, listed.inputs.length, sum(listed.inputs.map((input) => input.sizeBytes)))
    : undefined;
  const result = await replay({
    engine: { config: config.value, nowMs: io.nowMs(), ...(only === undefined ? {} : { only }) },
    inputs: listed.inputs,
    span,
    workers,
    latenessMs: latenessHours === undefined ? DEFAULT_LATENESS_MS : latenessHours * 3_600_000,
    signal: stop.signal,
    ...(progress === undefined ? {} : { onProgress: (now: Progress) => progress.show(now) }),
  });
  progress?.clear();

  const listedAlerts = result.alerts.filter((alert) => levelOf(alert.severity) >= minLevel);
  const frame = () => frameOf(frameData(resolveConfig(config.value, RULES, io.nowMs()), RULES), version);
  const text =
    format === 'email'
      ? email(listedAlerts, frame())
      : format === 'html'
        ? html(listedAlerts, result, frame())
        : formatted(format, listedAlerts, result, io, values.out !== undefined);
  if (values.out === undefined) io.stdout(text);
  else writeWhole(resolve(io.cwd, values.out), text);
  const complaints = [...listed.problems, ...result.problems].map(
    ({ file, position, reason, fix, recordsLost }) =>
      `${visible(file)}${position === undefined ? '' : ` ${position}`}: ${reason}${lost(recordsLost)}${fix === undefined ? '' : `. ${fix}`}`,
  );
  const skipped = Object.entries({
    'digest files': listed.skipped.digests,
    'Insights and summary files': listed.skipped.summaries,
    'files of other services': listed.skipped.otherServices,
  }).filter(([, count]) => count > 0);
  if (skipped.length > 0)
    io.stderr(`skipped ${skipped.map(([what, count]) => `${grouped(count)} ${what}`).join(', ')}\n`);
  for (const complaint of complaints) io.stderr(`${complaint}\n`);
  for (const { rule, error, times, eventId } of result.ruleErrors) {
    io.stderr(
      `rule ${rule} failed on ${counted(times, 'event')}, first on ${visible(eventId)}: ${visible(error)}. This is a defect of the rule; the other rules went on\n`,
    );
  }
  if (result.unreadable > 0)
    io.stderr(`${counted(result.unreadable, 'record')} could not be read as events and were left out\n`);
  if (result.late > 0) {
    io.stderr(
      `${counted(result.late, 'event')} came more than ${latenessHours ?? 24} h of event time after later ones: judged, but windows around them may be incomplete. Give the files in one folder, or raise --lateness\n`,
    );
  }
  if (format !== 'table' || values.out !== undefined) io.stderr(`${summary(listedAlerts, result)}\n`);

  const incomplete =
    listed.inputs.length === 0 ||
    listed.problems.length > 0 ||
    result.unreadable > 0 ||
    result.ruleErrors.length > 0 ||
    result.problems.some((problem) => problem.recordsLost !== 0);
  if (incomplete) return EXIT.unreadable;
  if (failOn === 'none') return EXIT.ok;
  return result.alerts.some((alert) => hasMessage(alert) && levelOf(alert.severity) >= levelOf(failOn))
    ? EXIT.alerts
    : EXIT.ok;
}

function formatted(
  format: Exclude<(typeof FORMATS)[number], 'email' | 'html'>,
  alerts: readonly ReplayAlert[],
  result: ReplayResult,
  io: Io,
  toFile: boolean,
): string {
  if (format === 'json') return json(alerts);
  if (format === 'jsonl') return jsonLines(alerts);
  if (format === 'csv') return csv(alerts);
  const colours = !toFile && io.stdoutIsTerminal && !io.env['NO_COLOR'];
  return table(alerts, result, { colours, rules: new Map(RULES.map((rule) => [rule.id, rule])) });
}

function lost(records: number | 'unknown'): string {
  if (records === 'unknown') return ' (records may be missing)';
  return records === 0 ? '' : ` (${counted(records, 'record')} lost)`;
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Writes beside and renames, so that an interrupted write leaves no half file. @throws UsageError */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw new UsageError(
      `--out: can't write ${visible(path)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** One line on the terminal, redrawn at most ten times a second. */
class ProgressLine {
  private readonly startMs: number;
  private shownMs = 0;

  constructor(
    private readonly io: Io,
    private readonly inputs: number,
    private readonly sizeBytes: number,
  ) {
    this.startMs = io.nowMs();
  }

  show({ inputs, events, readBytes }: Progress): void {
    const nowMs = this.io.nowMs();
    if (nowMs - this.shownMs < 100) return;
    this.shownMs = nowMs;
    const seconds = Math.max(0.001, (nowMs - this.startMs) / 1_000);
    const done = this.sizeBytes > 0 ? Math.min(1, readBytes / this.sizeBytes) : 0;
    const left = done > 0.01 ? `, ${Math.ceil((seconds * (1 - done)) / done)} s left` : '';
    this.io.stderr(
      `\r\x1b[K${grouped(inputs)}/${grouped(this.inputs)} files, ${grouped(events)} events, ${grouped(Math.round(events / seconds))}/s${left}`,
    );
  }

  clear(): void {
    if (this.shownMs > 0) this.io.stderr('\r\x1b[K');
  }
}
