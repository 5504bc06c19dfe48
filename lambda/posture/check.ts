import type { Settings } from '../rules/settings';
import type { Severity } from '../rules/severity';
import type { SourceName, SourceValues } from './facts';

type NonEmpty<T> = readonly [T, ...T[]];

/**
 * A check of the account's state: what must hold, why, how to put it right. One file each, `checks/<id>.ts`; the
 * listing, the docs page and the functions' permissions follow from it.
 */
export interface Check<R extends SourceName = SourceName> {
  /** kebab-case, equal to the file name; never reused or renamed: people's suppressions refer to it. */
  readonly id: string;
  /** What is wrong when it fails: at most 60 printable ASCII characters, no full stop. */
  readonly title: string;
  /** Of its findings, where they do not say another. `info` is listed, never sent. */
  readonly severity: Severity;
  /** Controls that ask for the same, or for more. Only where the numbers are certain. */
  readonly controls: Controls;
  /** What it needs to know. It is judged once in every region if any of it belongs to a region. */
  readonly reads: NonEmpty<R>;
  /** Why it matters: one or two sentences. */
  readonly why: string;
  /**
   * How to put it right, in order, with the exact command. `{name}`, `{resource}`, `{region}` and `{account}` stand for
   * the finding's own.
   */
  readonly fix: NonEmpty<string>;
  /** When a finding is right as it is, and what the check cannot see. */
  readonly limits: NonEmpty<string>;
  readonly references: NonEmpty<string>;
  /** What is wrong. Pure; the same facts give the same findings in any order. */
  readonly judge: (facts: Pick<SourceValues, R>, scope: Scope) => readonly Finding[];
}

export interface Controls {
  /** Numbers in the CIS AWS Foundations Benchmark, version 3.0.0. */
  readonly cis?: NonEmpty<string>;
  /** Control IDs of the AWS Foundational Security Best Practices standard. */
  readonly fsbp?: NonEmpty<string>;
}

/** Which version the numbers in `controls.cis` are of. */
export const CIS_VERSION = '3.0.0';

/** Where and when a check is judged. */
export interface Scope {
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Undefined when the check belongs to no region. */
  readonly region: string | undefined;
  readonly nowMs: number;
  readonly settings: Settings;
}

/** One thing that is not as it should be. */
export interface Finding {
  /** What it is about, by ARN or id: the same on every day. One check has one finding for each resource and region. */
  readonly resource: string;
  /** The resource's short name, as commands take it. */
  readonly name: string;
  /** One sentence without a full stop, about this resource. */
  readonly detail: string;
  readonly severity?: Severity;
  /** Where it is, if the check belongs to no region and the resource does. */
  readonly region?: string;
}

/** Facts that make a check fail, and facts that it passes. The table test judges them all. */
export interface CheckExamples<R extends SourceName = SourceName> {
  readonly fails: readonly [CheckExample<R> & Expected, CheckExample<R> & Expected, ...(CheckExample<R> & Expected)[]];
  readonly passes: readonly [CheckExample<R>, CheckExample<R>, ...CheckExample<R>[]];
}

interface CheckExample<R extends SourceName> {
  readonly why: string;
  readonly facts: Pick<SourceValues, R>;
  readonly settings?: Partial<Settings>;
}

interface Expected {
  /** Resources of all findings. */
  readonly resources: NonEmpty<string>;
  /** Of the first finding, where it is not the check's own. */
  readonly severity?: Severity;
}

/** Gives `judge` the types of what the check reads. */
export function defineCheck<const R extends SourceName>(check: Check<R>): Check<R> {
  return check;
}

export const DAY_MS = 24 * 60 * 60_000;
