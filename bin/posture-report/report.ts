import { harmless } from '../../lambda/alerts/neutral';
import { isoTime } from '../../lambda/intake/iso-time';
import type { Check } from '../../lambda/posture/check';
import type { Problem } from '../../lambda/posture/facts';
import { type Audit, bySeverity, type CheckResult } from '../../lambda/posture/result';
import { suppressionOfFinding } from '../../lambda/posture/suppress';
import { controlNames, fixFor } from '../../lambda/posture/wording';
import { levelOf, SEVERITIES, type Severity } from '../../lambda/rules/severity';
import type { Suppression } from '../../lambda/rules/suppression';

/** Version of the JSON report, major and minor: fields may come with a minor version, and change with a major one. */
const REPORT_VERSION = '1.0';

/** A check as `--list` names it. */
export function listing(check: Check) {
  const { id, title, severity, why, fix, limits, references, reads } = check;
  return { id, title, severity, controls: controlNames(check), why, fix, limits, references, reads };
}

export type Listing = ReturnType<typeof listing>;

/** An audit as every format tells it. What AWS says is made harmless here, once. */
export interface PostureReport {
  readonly version: string;
  readonly kind: 'posture';
  readonly account: string;
  readonly partition: string;
  readonly startedTime: string;
  readonly durationMs: number;
  readonly regions: readonly string[];
  readonly skippedRegions: readonly { readonly region: string; readonly why: string }[];
  /** The most severe finding that no suppression covers; null without one. */
  readonly highest: Severity | null;
  readonly summary: {
    readonly checks: { readonly pass: number; readonly fail: number; readonly unknown: number };
    /** Findings that no suppression covers, below --min-severity too. */
    readonly findings: Readonly<Record<Severity, number>>;
    readonly suppressed: number;
    /** Not listed because they are below --min-severity. */
    readonly leftOut: number;
  };
  readonly checks: readonly ReportedCheck[];
}

export interface ReportedCheck extends Pick<Listing, 'id' | 'title' | 'severity' | 'controls' | 'why' | 'references'> {
  readonly status: CheckResult['status'];
  readonly findings: readonly ReportedFinding[];
  readonly unknown: readonly ReportedProblem[];
}

export interface ReportedFinding {
  readonly resource: string;
  readonly region: string;
  readonly severity: Severity;
  readonly detail: string;
  readonly fix: readonly string[];
  /** Id of the suppression that covers it, and its reason; null without one. */
  readonly suppressed: { readonly id: string; readonly reason: string } | null;
}

interface ReportedProblem extends Pick<Problem, 'kind' | 'reason'> {
  readonly permission: string | null;
  readonly region: string | null;
  readonly what: string | null;
}

export function reportOf(audit: Audit, suppressions: readonly Suppression[], minLevel: number): PostureReport {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  const statuses = { pass: 0, fail: 0, unknown: 0 };
  let suppressed = 0;
  let leftOut = 0;
  let highest: Severity | null = null;
  const checks = audit.results.map(({ check, status, findings, problems }): ReportedCheck => {
    statuses[status] += 1;
    const { id, title, severity, controls, why, references } = listing(check);
    const listed: ReportedFinding[] = [];
    for (const finding of [...findings].sort(bySeverity)) {
      const place = { check: id, account: audit.account, nowMs: audit.startedMs };
      const suppression = suppressionOfFinding(suppressions, finding, place);
      if (suppression !== undefined) suppressed += 1;
      else {
        counts[finding.severity] += 1;
        if (highest === null || levelOf(finding.severity) > levelOf(highest)) highest = finding.severity;
      }
      if (levelOf(finding.severity) < minLevel) {
        leftOut += 1;
        continue;
      }
      listed.push({
        resource: harmless(finding.resource, 300),
        region: finding.region,
        severity: finding.severity,
        detail: harmless(finding.detail, 500),
        fix: fixFor(check, finding, audit.account),
        suppressed: suppression === undefined ? null : { id: suppression.id, reason: suppression.reason },
      });
    }
    return {
      ...{ id, title, severity, controls, status, why, references },
      findings: listed,
      unknown: problems.map(({ kind, permission = null, region = null, what = null, reason }) => ({
        ...{ kind, permission, region, what: what === null ? null : harmless(what, 120), reason },
      })),
    };
  });
  return {
    version: REPORT_VERSION,
    kind: 'posture',
    account: audit.account,
    partition: audit.partition,
    startedTime: isoTime(audit.startedMs),
    durationMs: audit.endedMs - audit.startedMs,
    regions: audit.regions,
    skippedRegions: audit.skipped,
    highest,
    summary: { checks: statuses, findings: counts, suppressed, leftOut },
    checks,
  };
}

/** Checks with findings, the most severe first; among equals as they are listed. */
export function failing(report: PostureReport): readonly ReportedCheck[] {
  const worst = ({ findings }: ReportedCheck) => Math.max(...findings.map(({ severity }) => levelOf(severity)));
  return report.checks.filter(({ findings }) => findings.length > 0).sort((a, b) => worst(b) - worst(a));
}

/** `2 critical, 5 high, 1 low`; undefined without any. */
export function countsText({ summary: { findings } }: PostureReport): string | undefined {
  const parts = [...SEVERITIES].reverse().filter((severity) => findings[severity] > 0);
  return parts.length === 0 ? undefined : parts.map((severity) => `${findings[severity]} ${severity}`).join(', ');
}
