import type { Outcome, TrailEvent } from '../intake/trail-event';
import type { Pattern } from './pattern';
import type { SettingName, Settings } from './settings';
import type { Severity } from './severity';

type NonEmpty<T> = readonly [T, ...T[]];

/**
 * Where events come from, and so what a deployment must switch on. A rule author picks a word, not a mechanism.
 * - `api-writes`: management calls that change something (readOnly false or absent)
 * - `api-reads`: read-only management calls; named ones are always forwarded, all of them only when configured
 * - `errors`: calls that failed, reads and writes; always forwarded
 * - `sign-in`: console sign-in, recorded only in some regions
 * - `data`: data events (S3 objects, Lambda invocations…); need a trail that selects them
 * - `findings`: what AWS's own detectors say by EventBridge, see intake/finding.ts; name service and call
 */
export type Feed = 'api-writes' | 'api-reads' | 'errors' | 'sign-in' | 'data' | 'findings';

/** Which events a rule wants, as data: from it come the engine's index, the EventBridge patterns and the docs. */
export interface Match {
  readonly feed: Feed;
  /** Always explicit. A list means any of them. Sign-in failures are no errorCode: there say `any` and look inside. */
  readonly outcome: Outcome | 'any' | NonEmpty<Outcome>;
  /** eventSource, for example `ec2.amazonaws.com`. Absent: every service. */
  readonly service?: string;
  /** Event names without API version. Absent: every call of the service. */
  readonly calls?: NonEmpty<string>;
  /** More conditions on the record, in EventBridge's language. */
  readonly record?: Pattern;
}

/** What groups events: nothing (undefined, the event is not counted), one key, or several independent keys. */
export type KeyOf = (event: TrailEvent, settings: Settings) => string | readonly string[] | undefined;

/** From `threshold` on, the alert has this severity. */
export interface Tier {
  readonly threshold: number;
  readonly severity: Severity;
}

interface Windowed {
  /** Groups events into independent windows. */
  readonly per: KeyOf;
  /** Length of the window in milliseconds; it looks back from an event at t over (t − withinMs, t]. */
  readonly withinMs: number;
}

interface Counted extends Windowed {
  /** Smallest count, sum or number of values that fires, with the rule's severity. */
  readonly threshold: number;
  /** Higher thresholds with higher severities, ascending. */
  readonly tiers?: NonEmpty<Tier>;
  /** What is counted, in the plural, for people: `failed sign-ins`. */
  readonly unit: string;
}

/** One step of an ordered sequence. An event that fits two steps may fill either, but one only. */
export interface Step {
  readonly name: string;
  readonly is: (event: TrailEvent, settings: Settings) => boolean;
  /** Distinct events that the step needs; 1 when absent. */
  readonly count?: number;
}

export type Window =
  /** N distinct events. */
  | (Counted & { readonly kind: 'count' })
  /** Weights of distinct events add up to N. Weight 0 or less, NaN or undefined: not counted. */
  | (Counted & {
      readonly kind: 'sum';
      readonly weight: (event: TrailEvent, settings: Settings) => number | undefined;
    })
  /** N distinct values. */
  | (Counted & {
      readonly kind: 'distinct';
      readonly value: (event: TrailEvent, settings: Settings) => string | readonly string[] | undefined;
      /**
       * Breadth besides number: values are then written `group:rest` (`ec2:DescribeRegions`), and the window qualifies
       * only when they are of this many groups.
       */
      readonly groups?: number;
    })
  /** The steps in their order (within 5 seconds: eventTime is the serving host's clock), each with its count. */
  | (Windowed & { readonly kind: 'sequence'; readonly steps: readonly [Step, Step, ...Step[]] })
  /** No event of the key for longer than withinMs, between two that came. Only over files: a late event takes it away. */
  | (Windowed & { readonly kind: 'silence' });

/**
 * First seen: fires when `value` was not seen for `subject` before. Denied calls are judged and never learned; suppressed
 * ones neither.
 *
 * A subject in its first `learnDays` is judged by what its account knows, and teaches both: a new role enjoys no quiet
 * time, and does not alarm with what others do every day.
 *
 * Beside a window, the baseline decides which events count in it: those with a value that is new, and no others. Five
 * services that an actor never used, within an hour, is such a rule.
 */
export interface Baseline {
  /** Names the fact, for example `image`; belongs to one rule. */
  readonly kind: string;
  /** Whose habit it is; the account when absent. */
  readonly subject?: (event: TrailEvent, settings: Settings) => string | undefined;
  readonly value: (event: TrailEvent, settings: Settings) => string | readonly string[] | undefined;
  /**
   * Events that make their value known and never alert: the account's own making of an image. Absent: none. The rule's
   * `match` must admit them, best with outcome `succeeded`, since failed calls never teach.
   */
  readonly teachesOnly?: (event: TrailEvent, settings: Settings) => boolean;
  /** Quiet time after an account's first event, in days; 0 where every first use counts from the start. */
  readonly learnDays: number;
  /** A value unused for this long is new again, in days (more than 16). */
  readonly expiryDays: number;
}

/** What of a rule finds and describes; all that the detector runs. */
export interface Detection {
  /** kebab-case, equal to the file name; never reused or renamed, people's configuration refers to it. */
  readonly id: string;
  /** What happened, as the subject of an e-mail: at most 60 printable ASCII characters, no full stop. */
  readonly title: string;
  /** A constant, or a pure function of the event; `info` is stored and never published. */
  readonly severity: Severity | ((event: TrailEvent, settings: Settings) => Severity);
  /**
   * Where a function decides, for rules that count: the most that it says of any event, or that all events of one key
   * earn the same. With that known, the windows of a caller that makes thousands of calls a second need not be read
   * again once the alert has told this much.
   */
  readonly severityMost?: Severity | 'same-for-key';
  /** Rows of the detection catalogue that the rule covers, for example `0-1`. */
  readonly rows: NonEmpty<string>;
  /** ATT&CK v18, tactic/technique: `TA0005/T1562.008`. */
  readonly attack: NonEmpty<string>;
  readonly match: NonEmpty<Match>;
  /** What EventBridge's language can't say (is this image on the list?). Absent: every matching event counts. */
  readonly when?: (event: TrailEvent, settings: Settings) => boolean;
  /**
   * `caller` (the default): the event counts in the caller's own account only, not in the twin that another account
   * gets. `resource`: also where the caller is from elsewhere (a stranger reads our bucket).
   */
  readonly side?: 'caller' | 'resource';
  /** For rules without window and baseline: what makes two events the same matter. Default: account, actor, call. */
  readonly per?: KeyOf;
  readonly window?: Window;
  readonly baseline?: Baseline;
  /** Raise it when `per` or the window's slot changes meaning: stored items of the old kind are then not read. */
  readonly keyVersion?: number;
  /** Repeats within this time belong to one alert, in milliseconds. At least the window; 60 minutes when absent. */
  readonly quietMs?: number;
  /** `shadow` rules are stored and counted, never published; `off` ones are not evaluated unless configured. */
  readonly mode?: 'live' | 'shadow' | 'off';
  /** No suppression covers its events: whoever may suppress it could go on unseen. */
  readonly neverSuppressed?: true;
  /** Judged over files only; the deployed detector leaves it out. */
  readonly replayOnly?: true;
  /** Settings that the rule reads, so that they can be documented and overridden for this rule alone. */
  readonly settings?: NonEmpty<SettingName>;
  /** Of these, lists without any entry in which the rule can find nothing: until one has an entry, no event is looked at. */
  readonly sleepsWithout?: NonEmpty<SettingName>;
  /** What one event did, as a sentence with its names: who, what, on which resource. For one event of the alert. */
  readonly headline: (event: TrailEvent, settings: Settings) => string;
  /** Names of what the event touched (buckets, users, group ids); suppressions by `resource` compare with these. */
  readonly resources?: (event: TrailEvent) => readonly string[];
}

/** What of a rule people read, in messages and on its page. The detector is deployed without it. */
export interface Guide {
  /** Why it matters: one or two sentences for a tired person. */
  readonly why: string;
  /** What to do, in order; at most five steps. */
  readonly runbook: NonEmpty<string>;
  readonly falsePositives: NonEmpty<string>;
  readonly blindSpots: NonEmpty<string>;
  readonly references: NonEmpty<string>;
}

/**
 * A detection with its guide: what, when, why, what to do, what it misses. One file each, `<service>/<id>.ts`.
 * Everything else (patterns, docs, coverage) is made from it.
 */
export interface Rule extends Detection, Guide {}

/** One record of a timeline; its eventTime counts. */
export type SampleRecord = { readonly [field: string]: unknown };

/** What happened, record by record, and what the rule must say about it. */
export interface Example {
  readonly why: string;
  readonly timeline: readonly SampleRecord[];
  /** Settings for this example alone. */
  readonly settings?: Partial<Settings>;
  /** For firing examples: the severity that the alert must have. */
  readonly severity?: Severity;
}

/** Every firing example raises exactly one alert with a message; a quiet one none above info. */
export interface Examples {
  readonly fires: readonly [Example, Example, ...Example[]];
  readonly quiet: readonly [Example, Example, ...Example[]];
}

/** Checks a rule's shape at compile time, and what types can't say when the module loads. */
export function defineRule(rule: Rule): Rule {
  if (rule.window && rule.baseline) checkWindowOfFirstUses(rule.id, rule.window);
  if (rule.window && 'threshold' in rule.window) {
    const { threshold, tiers = [] } = rule.window;
    const thresholds = [threshold, ...tiers.map((tier) => tier.threshold)];
    if (thresholds.some((value, index) => index > 0 && value <= (thresholds[index - 1] ?? 0))) {
      throw new Error(`${rule.id}: tiers must have ascending thresholds above ${threshold}`);
    }
    if (tiers.length > 0 && typeof rule.severity === 'function') {
      throw new Error(`${rule.id}: tiers need a constant severity`);
    }
  }
  if (rule.baseline && rule.baseline.expiryDays <= 16) throw new Error(`${rule.id}: expiryDays must exceed 16`);
  return rule;
}

/**
 * Refused uses are never learned, and of many within a slot only the first and the last are kept: enough for distinct
 * values, and for two steps of one event each.
 */
function checkWindowOfFirstUses(id: string, window: Window): void {
  if (window.kind === 'distinct') return;
  const simple = window.kind === 'sequence' && window.steps.length === 2;
  if (simple && window.steps.every(({ count }) => (count ?? 1) === 1)) return;
  throw new Error(`${id}: beside a baseline, a window counts distinct values or has two steps of one event each`);
}

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
