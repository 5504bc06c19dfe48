import { cell } from '../../replay/formats/data';
import type { PostureReport } from './report';

const COLUMNS = [
  'account',
  'region',
  'check',
  'title',
  'status',
  'severity',
  'resource',
  'detail',
  'controls',
  'suppressed',
  'fix',
];

/**
 * A row for each finding, and one for each thing that could not be read (status `unknown`). RFC 4180; what looks like a
 * formula is disarmed.
 */
export function csvReport({ account, checks }: PostureReport): string {
  const rows = checks.flatMap(({ id, title, severity, controls, findings, unknown }) => [
    ...findings.map((finding) => [
      account,
      finding.region,
      id,
      title,
      'fail',
      finding.severity,
      finding.resource,
      finding.detail,
      controls.join('; '),
      finding.suppressed?.id,
      finding.fix.join(' '),
    ]),
    ...unknown.map(({ permission, region, what, reason }) => [
      account,
      region ?? 'global',
      id,
      title,
      'unknown',
      severity,
      what,
      permission === null ? reason : `${permission}: ${reason}`,
      controls.join('; '),
      undefined,
      undefined,
    ]),
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
