import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { frameOf } from '../../lambda/alerts/frame';
import { visible } from '../../lambda/alerts/neutral';
import { frameData } from '../../lambda/config/frame-data';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import type { Rule } from '../../lambda/rules/rule';
import { levelOf, SEVERITIES } from '../../lambda/rules/severity';
import { version } from '../../package.json';
import { DEFAULT_LATENESS_MS } from '../../replay/collector';
import { counted, grouped, megabytes } from '../../replay/counts';
import {
  type Both,
  type ComparisonOptions,
  comparisonJson,
  comparisonSummary,
  comparisonTable,
} from '../../replay/formats/comparison';
import { csv, jsonLines, jsonPieces } from '../../replay/formats/data';
import { email } from '../../replay/formats/email';
import { html } from '../../replay/formats/html';
import { suggestionsJson, suggestionsText } from '../../replay/formats/suggestions';
import { summary, table } from '../../replay/formats/table';
import { rawRecords } from '../../replay/raw-records';
import type { InputProblem } from '../../replay/reading/input-problem';
import { type Progress, type ReplayResult, replay } from '../../replay/replay';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { type AlertDifference, differences, lostMessages } from '../../replay/tuning/compare';
import { loudDays, loudDayText } from '../../replay/tuning/days';
import { knownRule, oneOf, parse, spanOf, wholeNumber } from '../args';
import { EXIT, type Io, UsageError } from '../io';
import { writeOutput } from '../output-file';
import { ProgressLine } from '../progress-line';
import { type Gathered, gatherInputs, type OpenStore, S3_HELP, S3_OPTIONS } from '../replay-inputs';
import { checkTuning, loadCompared, suggestionsFor, type Tried, takeCompared } from './replay-tuning';

const HELP = `Usage: trailhound replay <file | folder | s3://bucket/… | -> … [options]

Reads CloudTrail records (delivery files, JSON Lines, EventBridge events, LookupEvents exports; gzip or not) and says
what the deployed detector would have said.

  --config <file>          configuration (default: trailhound.yaml in the current folder, if there is one)
  --from, --to <time>      only events from the first to before the second: 2026-11-20 or 2026-11-20T08:00:00Z
  --rule <id>              only this rule; repeat for several
  --min-severity <level>   list alerts of at least: ${SEVERITIES.join(', ')} (default: low)
  --fail-on <level>|none   exit with 1 when an alert reaches this severity (default: low; none with --max-alerts-per-day
                           and with --suggest)
  --format <format>        table, json, jsonl, csv, html (one page that needs no network), email (each message as it
                           would arrive) (default: table)
  --out <file>             write there instead of standard output
  --workers <n>            threads that read and match (default: all cores)
  --lateness <hours>       how far out of order events may come, in event time (default: 24)
  --dry-run                only say how much there is to read
  --no-progress            no progress on standard error, even on a terminal

${S3_HELP}

Tuning:
  --suggest                suppressions and thresholds for what looks like routine, as YAML to paste or as json, instead
                           of the alerts: how many messages each saves, what it hides, and what is better left alone.
                           Reads the input several times, since each is tried. Needs six hours of events, better weeks
  --max-alerts-per-day <n> exit with 1 when a day (of UTC, by the events' time) has more alerts with a message, of any
                           severity; says which days, how many, and the loudest rules
  --compare <old> <new>    what two configurations make of the same events: alerts lost, gained and changed (format:
                           table, json). Reads the input twice. Exits with 1 when a message of at least --fail-on
                           (default: low) is lost; against too many new ones there is --max-alerts-per-day

Exit codes: 0 nothing at or above --fail-on; 1 alerts; 2 wrong usage or configuration; 3 some input was unreadable, or
reading was interrupted. Ctrl-C tells what was found until then.
`;

const FORMATS = ['table', 'json', 'jsonl', 'csv', 'email', 'html'] as const;
const TUNING_FORMATS = ['table', 'json'] as const;

/**
 * @param openStore opens S3
 * @returns the exit code. @throws UsageError, ConfigError
 */
export async function runReplay(args: readonly string[], io: Io, openStore?: OpenStore): Promise<number> {
  let gathered: Gathered | undefined;
  try {
    return await replayInputs(args, io, async (options) => {
      gathered = await gatherInputs({ ...options, ...(openStore && { openStore }) });
      return gathered;
    });
  } finally {
    gathered?.close();
  }
}

async function replayInputs(args: readonly string[], io: Io, gather: typeof gatherInputs): Promise<number> {
  const { compared, others } = takeCompared(args);
  const { values, positionals } = parse('replay', others, {
    config: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    rule: { type: 'string', multiple: true },
    'min-severity': { type: 'string', default: 'low' },
    'fail-on': { type: 'string' },
    'max-alerts-per-day': { type: 'string' },
    suggest: { type: 'boolean', default: false },
    format: { type: 'string', default: 'table' },
    out: { type: 'string' },
    workers: { type: 'string' },
    lateness: { type: 'string' },
    ...S3_OPTIONS,
    'dry-run': { type: 'boolean', default: false },
    'no-progress': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (positionals.length === 0) throw new UsageError('nothing to read: give files, folders, or - for standard input');
  const minLevel = levelOf(oneOf('min-severity', values['min-severity'], SEVERITIES));
  const mostPerDay = wholeNumber('max-alerts-per-day', values['max-alerts-per-day'], 0, 1_000_000);
  const failOn = oneOf(
    'fail-on',
    values['fail-on'] ?? (values.suggest || (mostPerDay !== undefined && compared === undefined) ? 'none' : 'low'),
    [...SEVERITIES.slice(1), 'none'] as const,
  );
  const tuning = values.suggest ? '--suggest' : compared === undefined ? undefined : '--compare';
  if (tuning !== undefined) checkTuning(tuning, { paths: positionals, compared, values });
  const format =
    tuning === undefined ? oneOf('format', values.format, FORMATS) : oneOf('format', values.format, TUNING_FORMATS);
  const span = spanOf(values);
  const workers = wholeNumber('workers', values.workers, 1, 64) ?? availableParallelism();
  const latenessHours = wholeNumber('lateness', values.lateness, 1, 24 * 366);
  const asked = () => values.rule?.map((id) => knownRule('rule', id)); // asked for late: a configuration may bring rules
  const both = compared && loadCompared(compared, io.cwd, asked);
  const config =
    both?.after.config ??
    loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) }).value;
  const only = both === undefined ? asked() : both.after.only;

  // A mistake in it is told before a long listing.
  if (both === undefined) resolveConfig(config, RULES, io.nowMs());
  const stop = new AbortController();
  io.onInterrupt(() => stop.abort());
  const progress = io.stderrIsTerminal && !values['no-progress'] ? new ProgressLine(io) : undefined;
  const listed = await gather({ paths: positionals, asked: values, io, span, stop, progress });
  const inputBytes = sum(listed.inputs.map((input) => input.sizeBytes));
  if (values['dry-run']) return dryRun(listed, inputBytes, io);
  if (stop.signal.aborted) {
    io.stderr('Interrupted while listing: nothing was read\n');
    return EXIT.unreadable;
  }
  if (listed.listing !== undefined) io.stderr(`${listed.listing}\n`);
  const replayed = ({ config: value, only: ids }: Tried) =>
    replay({
      engine: { config: value, nowMs: io.nowMs(), ...(ids === undefined ? {} : { only: ids }) },
      inputs: listed.inputs,
      supply: listed.supply,
      span,
      workers,
      latenessMs: latenessHours === undefined ? DEFAULT_LATENESS_MS : latenessHours * 3_600_000,
      signal: stop.signal,
      ...(progress === undefined
        ? {}
        : { onProgress: (now: Progress) => progress.reading(now, listed.inputs.length, inputBytes) }),
    });
  const before = both && (await replayed(both.before));
  const result = await replayed({ config, only });
  const pair = before && { before: before.alerts, after: result.alerts };
  const differ = pair && differences(pair.before, pair.after);
  const suggestions = values.suggest ? await suggestionsFor(result, { config, only }, io.nowMs(), replayed) : undefined;
  progress?.clear();
  if (tuning !== undefined && stop.signal.aborted) {
    complain(listed.troubles(), io);
    io.stderr(`Interrupted: ${tuning} needs all of the input, more than once\n`);
    return EXIT.unreadable;
  }

  const listedAlerts = result.alerts.filter((alert) => levelOf(alert.severity) >= minLevel);
  const frame = () => frameOf(frameData(resolveConfig(config, RULES, io.nowMs()), RULES), version);
  const colours = values.out === undefined && io.stdoutIsTerminal && !io.env['NO_COLOR'];
  const text: string | Iterable<string> =
    pair !== undefined && differ !== undefined
      ? comparison(format, differ, pair, { colours, minLevel })
      : suggestions !== undefined
        ? (format === 'json' ? suggestionsJson : suggestionsText)(suggestions)
        : format === 'email'
          ? email(listedAlerts, frame())
          : format === 'html'
            ? html(listedAlerts, result, frame(), await rawRecords(listedAlerts, listed.inputs))
            : formatted(format, listedAlerts, result, colours);
  const pieces = typeof text === 'string' ? [text] : largePieces(text);
  if (values.out === undefined) {
    for (const piece of pieces) {
      io.stdout(piece);
      await turn(); // what is written to a pipe is held until then
    }
  } else writeOutput(resolve(io.cwd, values.out), pieces);

  const isComplete = tellMissing({ listed, result, before, latenessHours }, io);
  if (format !== 'table' || values.suggest || values.out !== undefined) {
    io.stderr(`${differ && pair ? comparisonSummary(differ, pair) : summary(listedAlerts, result)}\n`);
  }
  const report = listed.report(result.interrupted);
  if (report !== undefined) io.stderr(`${report}\n`);
  const loud = mostPerDay === undefined ? [] : loudDays(result.alerts, mostPerDay);
  for (const day of loud) io.stderr(`${loudDayText(day, mostPerDay as number)}\n`);

  if (!isComplete) return EXIT.unreadable;
  if (loud.length > 0) return EXIT.alerts;
  if (failOn === 'none') return EXIT.ok;
  const failLevel = levelOf(failOn);
  const fails =
    differ === undefined
      ? result.alerts.some((alert) => hasMessage(alert) && levelOf(alert.severity) >= failLevel)
      : lostMessages(differ, failLevel).length > 0;
  return fails ? EXIT.alerts : EXIT.ok;
}

/** What was read: `before` too, where two configurations are compared. */
interface Reading {
  readonly listed: Gathered;
  readonly result: ReplayResult;
  readonly before: ReplayResult | undefined;
  readonly latenessHours: number | undefined;
}

/** Tells on standard error all that was not read or not judged. @returns whether nothing is missing that was asked for */
function tellMissing({ listed, result, before, latenessHours }: Reading, io: Io): boolean {
  const problems = [...listed.problems, ...result.problems, ...listed.troubles()];
  const skipped = Object.entries({
    'digest files': listed.skipped.digests,
    'Insights and summary files': listed.skipped.summaries,
    'files of other services': listed.skipped.otherServices,
  }).filter(([, count]) => count > 0);
  if (skipped.length > 0)
    io.stderr(`skipped ${skipped.map(([what, count]) => `${grouped(count)} ${what}`).join(', ')}\n`);
  complain(problems, io);
  const isOtherInput = before !== undefined && before.events !== result.events && !result.interrupted;
  if (isOtherInput)
    io.stderr('the input was another when it was read again: the comparison means nothing. Give files at rest\n');
  const ruleErrors = new Map([...(before?.ruleErrors ?? []), ...result.ruleErrors].map((error) => [error.rule, error]));
  for (const { rule, error, times, eventId } of ruleErrors.values()) {
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
  return !(
    listed.inputs.length === 0 ||
    listed.problems.length > 0 ||
    result.interrupted ||
    result.unreadable > 0 ||
    ruleErrors.size > 0 ||
    isOtherInput ||
    problems.some((problem) => problem.recordsLost !== 0)
  );
}

function formatted(
  format: Exclude<(typeof FORMATS)[number], 'email' | 'html'>,
  alerts: readonly ReplayAlert[],
  result: ReplayResult,
  colours: boolean,
): string | Iterable<string> {
  if (format === 'json') return jsonPieces(alerts);
  if (format === 'jsonl') return linePieces(alerts);
  if (format === 'csv') return csv(alerts);
  return table(alerts, result, { colours, rules: rulesById() });
}

function comparison(
  format: (typeof FORMATS)[number],
  differ: readonly AlertDifference[],
  both: Both,
  options: Omit<ComparisonOptions, 'rules'>,
): string {
  return format === 'json'
    ? comparisonJson(differ, both)
    : comparisonTable(differ, both, { ...options, rules: rulesById() });
}

function rulesById(): ReadonlyMap<string, Rule> {
  return new Map(RULES.map((rule) => [rule.id, rule]));
}

/** How much there is to read, without reading it. */
function dryRun(listed: Gathered, inputBytes: number, io: Io): number {
  if (listed.listing !== undefined) io.stdout(`${listed.listing}\n`);
  io.stdout(`to read: ${counted(listed.inputs.length, 'file')}, ${megabytes(inputBytes)}\n`);
  complain(listed.problems, io);
  return listed.inputs.length === 0 || listed.problems.length > 0 ? EXIT.unreadable : EXIT.ok;
}

function complain(problems: readonly InputProblem[], io: Io): void {
  for (const { file, position, reason, fix, recordsLost } of problems) {
    const place = position === undefined ? '' : ` ${position}`;
    io.stderr(`${visible(file)}${place}: ${reason}${lost(recordsLost)}${fix === undefined ? '' : `. ${fix}`}\n`);
  }
}

function lost(records: number | 'unknown'): string {
  if (records === 'unknown') return ' (records may be missing)';
  return records === 0 ? '' : ` (${counted(records, 'record')} lost)`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function* linePieces(alerts: readonly ReplayAlert[]): Generator<string> {
  for (const alert of alerts) yield jsonLines([alert]);
}

/** Joined to pieces that are worth a write. */
function* largePieces(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < 64 * 1024) continue;
    yield text;
    text = '';
  }
  yield text;
}
