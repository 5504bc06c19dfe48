import { join, resolve } from 'node:path';
import { nearest } from '../../lambda/config/nearest';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import type { Check } from '../../lambda/posture/check';
import { CHECKS } from '../../lambda/posture/checks';
import type { Audit } from '../../lambda/posture/result';
import { RULES } from '../../lambda/rules';
import { levelOf, SEVERITIES } from '../../lambda/rules/severity';
import { oneOf, parse, regionOf } from '../args';
import { EXIT, type Io, UsageError } from '../io';
import { writeOutput } from '../output-file';
import type { AskedAudit } from '../posture-cloud';
import { csvReport } from '../posture-report/csv';
import { htmlReport } from '../posture-report/html';
import { listing, type PostureReport, reportOf } from '../posture-report/report';
import { listTable, tableReport } from '../posture-report/table';

const HELP = `Usage: trailhound posture [options]

Reads an AWS account, without changing anything, and says what is not as it should be: the checks that the deployed
audit makes every day. Needs credentials with the permissions of docs/posture.md; what they do not allow is unknown.

  --profile <name>         profile of the AWS configuration files (default: the environment's)
  --region <name>          only this region; repeat for several (default: every region that is enabled)
  --check <id>             only this check; repeat for several
  --config <file>          configuration: settings and suppressions (default: trailhound.yaml, if there is one)
  --min-severity <level>   list findings of at least: ${SEVERITIES.join(', ')} (default: low)
  --fail-on <level>|none   exit with 1 when a finding reaches this severity (default: low)
  --format <format>        table, json, csv, html (default: table)
  --out <file>             write there instead of standard output
  --list                   name the checks and stop; asks nothing of AWS (table, json)
  --no-progress            no progress on standard error, even on a terminal

Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or configuration, or no way into the account;
3 nothing at or above --fail-on, and some checks are unknown because something could not be read.
`;

const FORMATS = ['table', 'json', 'csv', 'html'] as const;

/** @param auditOf asks AWS. @returns the exit code. @throws UsageError, ConfigError */
export async function runPosture(
  args: readonly string[],
  io: Io,
  auditOf: (asked: AskedAudit) => Promise<Audit> = inAws,
): Promise<number> {
  const { values, positionals } = parse('posture', args, {
    profile: { type: 'string' },
    region: { type: 'string', multiple: true },
    check: { type: 'string', multiple: true },
    config: { type: 'string' },
    'min-severity': { type: 'string', default: 'low' },
    'fail-on': { type: 'string', default: 'low' },
    format: { type: 'string', default: 'table' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
    'no-progress': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError('posture takes no arguments; name regions with --region');
  const format = oneOf('format', values.format, FORMATS);
  const minLevel = levelOf(oneOf('min-severity', values['min-severity'], SEVERITIES));
  const failOn = oneOf('fail-on', values['fail-on'], [...SEVERITIES, 'none'] as const);
  const checks = values.check === undefined ? CHECKS : values.check.map(checkOf);
  const write = (text: string) =>
    values.out === undefined ? io.stdout(text) : writeOutput(resolve(io.cwd, values.out), text);
  if (values.list) {
    if (format !== 'table' && format !== 'json') throw new UsageError('--list has the formats table and json');
    const listings = checks.map(listing);
    write(format === 'json' ? `${JSON.stringify(listings, null, 2)}\n` : listTable(listings));
    return EXIT.ok;
  }
  const regions = values.region?.flatMap((names) => names.split(',')).map(regionOf);
  const written = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const config = resolveConfig(written.value, RULES, io.nowMs());

  const showsProgress = io.stderrIsTerminal && !values['no-progress'];
  const audit = await auditOf({
    profile: values.profile,
    regions,
    checks,
    settings: config.settings,
    ...(showsProgress ? { onProgress: (done, all) => io.stderr(`\r${done} of ${all} places read\x1b[K`) } : {}),
  });
  if (showsProgress) io.stderr('\r\x1b[K');
  const report = reportOf(audit, config.suppressions, minLevel);
  write(rendered(format, report, io.stdoutIsTerminal && values.out === undefined && !io.env['NO_COLOR']));
  return exitCode(report, failOn === 'none' ? Number.POSITIVE_INFINITY : levelOf(failOn));
}

/** Beside the command line, in a file of its own: it is larger than all the rest, and most commands do without. */
async function inAws(asked: AskedAudit): Promise<Audit> {
  const { auditAccount } = require(join(__dirname, 'posture-cloud.js')) as typeof import('../posture-cloud');
  try {
    return await auditAccount(asked);
  } catch (error) {
    // That file has a UsageError of its own, which nobody here knows.
    if (error instanceof Error && error.name === 'UsageError') throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function rendered(format: (typeof FORMATS)[number], report: PostureReport, colours: boolean): string {
  switch (format) {
    case 'table':
      return tableReport(report, colours);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'csv':
      return csvReport(report);
    case 'html':
      return htmlReport(report);
  }
}

/** Suppressed findings fail nothing. */
function exitCode({ highest, checks }: PostureReport, failLevel: number): number {
  if (highest !== null && levelOf(highest) >= failLevel) return EXIT.alerts;
  return checks.some(({ unknown }) => unknown.length > 0) ? EXIT.unreadable : EXIT.ok;
}

function checkOf(id: string): Check {
  const check = CHECKS.find((candidate) => candidate.id === id);
  if (check !== undefined) return check;
  const ids = CHECKS.map((candidate) => candidate.id);
  const close = nearest(id, ids);
  throw new UsageError(
    `there is no check ${JSON.stringify(id.slice(0, 60))}${close === undefined ? '' : `; did you mean ${close}?`}`,
  );
}
