import { levelOf, type Severity } from '../rules/severity';
import type { Check, Finding } from './check';
import type { Problem } from './facts';

/** What holds in an account at a time. */
export interface Audit {
  readonly account: string;
  readonly partition: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly regions: readonly string[];
  readonly skipped: readonly SkippedRegion[];
  /** In the order of the checks. */
  readonly results: readonly CheckResult[];
}

export interface SkippedRegion {
  readonly region: string;
  readonly why: string;
}

export interface CheckResult {
  readonly check: Check;
  /** `fail`: something is wrong. `unknown`: nothing is known to be wrong, and something could not be read. */
  readonly status: 'pass' | 'fail' | 'unknown';
  /** By region and resource. */
  readonly findings: readonly LocatedFinding[];
  /** What could not be read; also beside findings, which are then perhaps not all. */
  readonly problems: readonly Problem[];
}

export interface LocatedFinding extends Omit<Finding, 'severity' | 'region'> {
  readonly severity: Severity;
  /** `global` for what belongs to no region. */
  readonly region: string;
}

export const GLOBAL = 'global';

/** The most severe first, then as the checks are listed. */
export function bySeverity(a: LocatedFinding, b: LocatedFinding): number {
  return levelOf(b.severity) - levelOf(a.severity);
}
