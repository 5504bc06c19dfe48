import { levelOf, type Severity } from '../rules/severity';
import type { Suppression } from '../rules/suppression';
import type { Problem } from './facts';
import type { CheckResult } from './result';
import { suppressionOfFinding } from './suppress';
import { problemLines } from './wording';

/** What is remembered of a check from one audit to the next, so that only changes are told. */
export interface CheckState {
  /** 1 when first written, one more each time. */
  readonly revision: number;
  readonly judgedMs: number;
  readonly open: readonly OpenFinding[];
  /** What could not be read at the last audit; empty when all was. */
  readonly unknown: readonly string[];
}

/** A finding that stands. */
export interface OpenFinding {
  readonly resource: string;
  readonly region: string;
  readonly severity: Severity;
  readonly detail: string;
  /** When it was first found. */
  readonly sinceMs: number;
  /** Id of the suppression that covers it: not told, and not told when it goes. */
  readonly suppressed?: string;
}

/** What an audit found that the one before did not. */
export interface Changes {
  /** New, or no longer suppressed. */
  readonly opened: readonly OpenFinding[];
  readonly moreSevere: readonly OpenFinding[];
  readonly resolved: readonly OpenFinding[];
  /** What cannot be read, if that is new; empty otherwise. */
  readonly becameUnknown: readonly string[];
  /** All can be read again. */
  readonly knownAgain: boolean;
}

/**
 * Compares an audit with the one before. A finding is resolved only where its check could be read in full: what nobody
 * can see has not gone away. The same audit twice changes nothing.
 */
export function compare(
  before: CheckState | undefined,
  { check, findings, problems }: CheckResult,
  { account, nowMs, suppressions }: { account: string; nowMs: number; suppressions: readonly Suppression[] },
): { readonly changes: Changes; readonly after: CheckState } {
  const known = new Map(before?.open.map((finding) => [nameOf(finding), finding]));
  const opened: OpenFinding[] = [];
  const moreSevere: OpenFinding[] = [];
  const open = new Map<string, OpenFinding>();
  for (const { resource, region, severity, detail } of findings) {
    const name = nameOf({ resource, region });
    const was = known.get(name);
    const suppression = suppressionOfFinding(suppressions, { resource, region }, { check: check.id, account, nowMs });
    const found: OpenFinding = {
      ...{ resource, region, severity, detail, sinceMs: was?.sinceMs ?? nowMs },
      ...(suppression === undefined ? {} : { suppressed: suppression.id }),
    };
    open.set(name, found);
    if (suppression !== undefined) continue;
    if (was === undefined || was.suppressed !== undefined) opened.push(found);
    else if (levelOf(severity) > levelOf(was.severity)) moreSevere.push(found);
  }
  const resolved: OpenFinding[] = [];
  for (const finding of before?.open ?? []) {
    const name = nameOf(finding);
    if (open.has(name)) continue;
    if (problems.some((problem) => mayHide(problem, finding))) open.set(name, finding);
    else if (finding.suppressed === undefined) resolved.push(finding);
  }
  const unknown = problemLines(problems);
  const wasUnknown = (before?.unknown.length ?? 0) > 0;
  return {
    changes: {
      opened,
      moreSevere,
      resolved,
      becameUnknown: wasUnknown ? [] : unknown,
      knownAgain: wasUnknown && unknown.length === 0,
    },
    after: { revision: (before?.revision ?? 0) + 1, judgedMs: nowMs, open: [...open.values()], unknown },
  };
}

/** How severe a message about the changes is; 0 when nobody is told. */
export function levelOfChanges({ opened, moreSevere, resolved, becameUnknown, knownAgain }: Changes): number {
  const worst = Math.max(0, ...[...opened, ...moreSevere].map(({ severity }) => levelOf(severity)));
  const isNews = becameUnknown.length > 0 || knownAgain || resolved.some(({ severity }) => levelOf(severity) > 0);
  return Math.max(worst, isNews ? levelOf('low') : 0);
}

/** A problem that belongs to no region may hide findings of any; one about a bucket hides that bucket alone. */
function mayHide({ region, what }: Problem, finding: OpenFinding): boolean {
  if (what?.startsWith('bucket ')) return finding.resource.endsWith(`:::${what.slice('bucket '.length)}`);
  return region === undefined || region === finding.region;
}

function nameOf({ resource, region }: { readonly resource: string; readonly region: string }): string {
  return `${region} ${resource}`;
}
