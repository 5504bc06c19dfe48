import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { visible } from '../../lambda/alerts/neutral';
import { importHabits } from '../../lambda/baselines/import-habits';
import { loadConfig } from '../../lambda/config/read-config';
import { RULES } from '../../lambda/rules';
import { DEFAULT_LATENESS_MS } from '../../replay/collector';
import { grouped } from '../../replay/counts';
import { learn } from '../../replay/replay';
import { parse, spanOf, wholeNumber } from '../args';
import type { Cloud } from '../cloud';
import { readHabits, writeHabits } from '../habits-file';
import { EXIT, type Io, UsageError } from '../io';
import { ProgressLine } from '../progress-line';
import { gatherInputs, type OpenStore, S3_OPTIONS } from '../replay-inputs';
import { WHERE_HELP, WHERE_OPTIONS, type Where } from '../where';

const HELP = `Usage: trailhound learn <file | folder | s3://bucket/… | -> … --out <file> [options]
       trailhound learn --import <file> [options]

Learns from history who calls from where, in which regions, with which services, roles and images, so that a new
deployment need not watch for two weeks before it can say what is new. The first form reads CloudTrail records and
writes what is usual; look through the file: whatever an intruder did in that time is usual to it too. The second form
gives it to a deployed detector. Repeating it changes nothing.

  --out <file>             where to write what was learned
  --config <file>          configuration (default: trailhound.yaml in the current folder, if there is one)
  --from, --to <time>      only events from the first to before the second: 2026-11-20 or 2026-11-20T08:00:00Z
  --workers <n>            threads that read and match (default: all cores)
  --account, --late-files, --cache, --cache-size
                           for reading from S3, as for trailhound replay
  --import <file>          give the deployed detector what such a file says
  --dry-run                only say what would be imported
${WHERE_HELP}

Importing needs the permission to write baselines: take the stack's operator role. A detector that is at work notices
within an hour.

Exit codes: 0 done; 2 wrong usage or configuration; 3 some input was unreadable, and nothing was written.
`;

/**
 * @param openStore opens S3
 * @returns the exit code. @throws UsageError, ConfigError
 */
export async function runLearn(
  args: readonly string[],
  io: Io,
  cloudIn: (where: Where) => Cloud,
  openStore?: OpenStore,
): Promise<number> {
  const { values, positionals } = parse('learn', args, {
    out: { type: 'string' },
    config: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    workers: { type: 'string' },
    import: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    ...S3_OPTIONS,
    ...WHERE_OPTIONS,
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (values.import !== undefined) {
    if (positionals.length > 0 || values.out !== undefined) {
      throw new UsageError('--import takes a file that trailhound learn wrote, and no records: learn and look first');
    }
    return importFrom(resolve(io.cwd, values.import), values['dry-run'], values, io, cloudIn);
  }
  if (positionals.length === 0) throw new UsageError('nothing to read: give files, folders, or - for standard input');
  if (values.out === undefined) throw new UsageError('where to write what was learned? give --out');
  const span = spanOf(values);
  const workers = wholeNumber('workers', values.workers, 1, 64) ?? availableParallelism();
  const config = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const only = RULES.filter(({ baseline }) => baseline !== undefined).map(({ id }) => id);
  const stop = new AbortController();
  io.onInterrupt(() => stop.abort());
  const progress = io.stderrIsTerminal ? new ProgressLine(io) : undefined;
  const listed = await gatherInputs({
    // The region is that of the deployment.
    ...{ paths: positionals, asked: { ...values, region: undefined }, io, span, stop, progress },
    ...(openStore && { openStore }),
  });
  if (listed.listing !== undefined) io.stderr(`${listed.listing}\n`);
  const allBytes = listed.inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { result, habits } = await learn({
    engine: { config: config.value, nowMs: io.nowMs(), only },
    inputs: listed.inputs,
    supply: listed.supply,
    span,
    workers,
    latenessMs: DEFAULT_LATENESS_MS,
    signal: stop.signal,
    onProgress: (now) => progress?.reading(now, listed.inputs.length, allBytes),
  }).finally(() => listed.close());
  progress?.clear();

  const problems = [...listed.problems, ...result.problems, ...listed.troubles()];
  for (const { file, position, reason } of problems) {
    io.stderr(`${visible(file)}${position === undefined ? '' : ` ${position}`}: ${reason}\n`);
  }
  for (const { rule, error } of result.ruleErrors) io.stderr(`rule ${rule} failed: ${visible(error)}\n`);
  // Half of a history teaches that the other half is new.
  if (result.interrupted || problems.length > 0 || result.unreadable > 0 || result.ruleErrors.length > 0) {
    io.stderr('not everything could be read: nothing was written\n');
    return EXIT.unreadable;
  }
  const { firstEventMs, lastEventMs } = result;
  if (firstEventMs === undefined || lastEventMs === undefined) throw new UsageError('no events to learn from');
  const facts = await writeHabits(resolve(io.cwd, values.out), habits, firstEventMs, lastEventMs);
  io.stdout(
    `Learned ${grouped(facts)} facts of ${grouped(habits.accounts.size)} accounts from ${grouped(result.events)} events.\n` +
      `Look through ${visible(values.out)}, then: trailhound learn --import ${visible(values.out)}\n`,
  );
  return EXIT.ok;
}

async function importFrom(
  path: string,
  isDry: boolean,
  where: Where & { readonly stack: string },
  io: Io,
  cloudIn: (where: Where) => Cloud,
): Promise<number> {
  const baselines = new Map(
    RULES.flatMap(({ baseline }) => (baseline === undefined ? [] : [[baseline.kind, baseline]])),
  );
  const { habits, unknownKinds } = await readHabits(path, baselines, io.nowMs());
  for (const [kind, lines] of unknownKinds) {
    io.stderr(
      `${grouped(lines)} lines about ${visible(kind).slice(0, 80)} are left out: no rule of this version asks for it\n`,
    );
  }
  if (isDry) {
    io.stdout(`${grouped(habits.length)} habits would be imported.\n`);
    return EXIT.ok;
  }
  const cloud = cloudIn(where);
  const table = (await cloud.stackOutputs(where.stack))['BaselinesTableName'];
  if (table === undefined) {
    throw new UsageError(
      `the stack ${where.stack} has no output BaselinesTableName; is it the hub's stack, and of this version?`,
    );
  }
  const told = await importHabits(cloud.baselines(table), habits, io.nowMs());
  io.stdout(`Imported ${grouped(told)} habits; ${grouped(habits.length - told)} were forgotten by now.\n`);
  return EXIT.ok;
}
