import { styleText } from 'node:util';
import { problemLines } from '../../lambda/posture/wording';
import { SEVERITY_STYLES } from '../../replay/formats/table';
import { countsText, failing, type Listing, type PostureReport } from './report';

/** More of one check are counted, not listed: --format json, csv and html have them all. */
const FINDINGS_MAX = 10;

/** For people at a terminal: what is wrong by check, how to put it right, what is not known, and a summary. */
export function tableReport(report: PostureReport, colours: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(format, text) : text);
  const lines: string[] = [];
  for (const { id, title, controls, findings } of failing(report)) {
    const open = findings.filter(({ suppressed }) => suppressed === null);
    const [first] = open;
    if (first === undefined) continue;
    const { severity } = first;
    lines.push(
      `${paint(SEVERITY_STYLES[severity], severity.toUpperCase().padEnd(8))}  ${paint('bold', title)}  ${paint('gray', [id, ...controls].join(' · '))}`,
    );
    for (const { severity: own, region, detail } of open.slice(0, FINDINGS_MAX)) {
      const differs = own === severity ? '' : ` (${own})`;
      lines.push(`          ${region.padEnd(14)}  ${detail}${differs}`);
    }
    if (open.length > FINDINGS_MAX) lines.push(`          and ${open.length - FINDINGS_MAX} more`);
    for (const step of first.fix) lines.push(paint('gray', `          → ${step}`));
    lines.push('');
  }
  const unknown = report.checks.filter((check) => check.unknown.length > 0);
  if (unknown.length > 0) {
    lines.push(paint('bold', 'Unknown'));
    for (const { id, unknown: problems } of unknown) {
      const known = problems.map(({ permission, region, what, ...rest }) => ({
        ...rest,
        permission: (permission ?? undefined) as never,
        region: region ?? undefined,
        what: what ?? undefined,
      }));
      for (const line of problemLines(known)) lines.push(`  ${id}: ${line}`);
    }
    lines.push('');
  }
  const { checks, suppressed, leftOut } = report.summary;
  const counts = countsText(report);
  const skipped = report.skippedRegions;
  return [
    ...lines,
    `Account ${report.account}, ${report.regions.length} ${report.regions.length === 1 ? 'region' : 'regions'}, ${(report.durationMs / 1_000).toFixed(1)} s`,
    `Checks: ${checks.pass} passed, ${checks.fail} failed, ${checks.unknown} unknown`,
    counts === undefined ? 'Nothing is wrong' : `Findings: ${counts}`,
    ...(suppressed === 0 ? [] : [`Suppressed: ${suppressed}`]),
    ...(leftOut === 0 ? [] : [`Not listed, below --min-severity: ${leftOut}`]),
    ...(skipped.length === 0 ? [] : [`Skipped: ${skipped.map(({ region, why }) => `${region} (${why})`).join(', ')}`]),
    '',
  ].join('\n');
}

export function listTable(listings: readonly Listing[]): string {
  const width = Math.max(...listings.map(({ id }) => id.length));
  return [
    `${'CHECK'.padEnd(width)}  SEVERITY  TITLE`,
    ...listings.map(
      ({ id, severity, title, controls }) =>
        `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}${controls.length === 0 ? '' : ` (${controls.join(', ')})`}`,
    ),
    '',
    `${listings.length} checks. docs/posture.md tells what each reads.`,
    '',
  ].join('\n');
}
