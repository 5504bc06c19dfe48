import type { Evidence } from '../alerts/evidence';
import type { Severity } from '../rules/severity';

/** What a message about the posture says, kept as part of its alert's evidence: it needs nothing else to be told. */
export type PostureNews = PostureChange | PostureSummary;

export interface PostureChange {
  readonly kind: 'changes';
  readonly check: string;
  readonly title: string;
  readonly why: string;
  readonly fix: readonly string[];
  readonly controls: readonly string[];
  readonly opened: ToldFindings;
  readonly moreSevere: ToldFindings;
  readonly resolved: ToldFindings;
  readonly becameUnknown: readonly string[];
  readonly knownAgain: boolean;
  /** Findings that stand, these among them, and those that are suppressed. */
  readonly standing: number;
  readonly suppressed: number;
}

/** The most severe of some findings, and how many there are. */
export interface ToldFindings {
  readonly count: number;
  readonly listed: readonly ToldFinding[];
}

export interface PostureSummary {
  readonly kind: 'summary';
  readonly checks: { readonly pass: number; readonly fail: number; readonly unknown: number };
  readonly findings: Readonly<Record<Severity, number>>;
  readonly suppressed: number;
  /** Findings that were not there a week before. */
  readonly newThisWeek: number;
  /** Checks with findings, the most severe first. */
  readonly failing: readonly {
    readonly check: string;
    readonly title: string;
    readonly severity: Severity;
    readonly count: number;
  }[];
  readonly unknown: readonly string[];
  readonly regions: number;
  readonly skipped: readonly string[];
}

export interface ToldFinding {
  readonly resource: string;
  readonly region: string;
  readonly severity: Severity;
  readonly detail: string;
}

/** Evidence of an alert about the posture. */
export interface PostureEvidence extends Evidence {
  readonly posture: PostureNews;
}

/** The news in an alert's evidence; undefined when it has none. */
export function newsIn(evidence: readonly Evidence[]): PostureNews | undefined {
  return evidence.find((one): one is PostureEvidence => 'posture' in one)?.posture;
}
