import * as v from 'valibot';
import { duration as inWords } from '../rules/describe';
import { globMatches } from '../rules/glob';
import type { RetiredRule } from '../rules/retired';
import { DAY, HOUR, MINUTE, type Rule } from '../rules/rule';
import { SETTINGS, type SettingName, type Settings } from '../rules/settings';
import { slotLengthMs } from '../windows/slots';
import { nearest } from './nearest';
import { POSTURE_CHECKS } from './posture-checks';
import * as values from './values';
import { expects } from './values';

/**
 * The one description of `trailhound.yaml`: read at synth, at the Lambda's cold start and by the command line, and
 * turned into the JSON Schema that editors use. Pure: no file, no clock.
 *
 * What one value can't say (two keys that exclude each other, two suppressions with one id) is in `consistency.ts`.
 */

/** Loudest window that still reads well: what is stored is kept for 16 days, late events included. */
const WITHIN_MAX_MS = 2 * DAY;
const QUIET_MAX_MS = 7 * DAY;
const THRESHOLD_MAX = 1_000_000;
/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const LANGUAGES = ['en', 'es'] as const;

/** How the schema is put together: to read one file with, or to be shown whole. */
export interface Ways {
  /**
   * A value that may be written in two ways. Reading picks one by the value's shape, so that a message speaks of what was
   * meant; editors are shown both.
   */
  readonly either: <A extends v.GenericSchema, B extends v.GenericSchema>(
    pick: (value: unknown) => 0 | 1,
    both: readonly [A, B],
  ) => v.GenericSchema<v.InferInput<A> | v.InferInput<B>, v.InferOutput<A> | v.InferOutput<B>>;
  /** A part that most files do not have: reading makes it when it meets one. There is one for every rule. */
  readonly part: <S extends v.GenericSchema>(make: () => S) => v.GenericSchema<v.InferInput<S>, v.InferOutput<S>>;
}

const FOR_READING: Ways = {
  either: (pick, both) => v.lazy((value) => both[pick(value)]) as never,
  part: (make) => {
    let made: ReturnType<typeof make> | undefined;
    return v.lazy(() => (made ??= make()));
  },
};

/** What the schema follows from: rules name the ids and what may be overridden. */
export interface SchemaOptions {
  readonly rules: readonly Rule[];
  readonly retired: readonly RetiredRule[];
  readonly ways?: Ways;
}

/** Every part that is used in several places, so that the JSON Schema can name it once. */
export function configParts({ rules, retired, ways = FOR_READING }: SchemaOptions) {
  const oneOrList = <S extends v.GenericSchema>(item: S) => oneOr(v.array(item), item, ways);
  // Where nothing is matched by an empty list, and everything by none, the empty list is a mistake.
  const oneOrMore = <S extends v.GenericSchema>(item: S) =>
    oneOr(
      v.pipe(
        v.array(item),
        v.minLength(
          1,
          expects('at least one', () => 'leave the key out to mean any'),
        ),
      ),
      item,
      ways,
    );
  const settings = Object.fromEntries(
    (Object.keys(SETTINGS) as SettingName[]).map((name) => [name, settingSchema(name, ways)]),
  ) as Record<SettingName, v.GenericSchema<SettingInput>>;
  return {
    mode: described(
      values.mode,
      'live: alerts are sent. shadow: alerts are stored and counted, not sent. off: not evaluated.',
    ),
    severity: described(
      values.severity,
      'Replaces the severity of the alerts; tiers never say less. info is stored and never sent.',
    ),
    threshold: described(
      values.wholeNumber(1, THRESHOLD_MAX),
      'How many it takes. Tiers with higher severities keep their proportion to it.',
    ),
    quiet: described(
      values.duration(MINUTE, QUIET_MAX_MS),
      'Repeats within this time belong to one alert: 30 min, 6 h. The window, where that is longer.',
    ),
    quietMs: described(values.milliseconds(MINUTE, QUIET_MAX_MS), 'The same as quiet, in milliseconds.'),
    ruleGlobs: described(
      oneOrMore(ruleGlob(rules, retired)),
      'Rule ids; * stands for any characters. As one text or a list.',
    ),
    globs: oneOrMore(values.glob),
    accounts: oneOrMore(values.accountId),
    regionGlobs: oneOrMore(values.regionGlob),
    networks: oneOrMore(values.network),
    emails: oneOrList(values.email),
    roles: oneOrList(values.roleArn),
    members: oneOrList(values.accountId),
    settings,
  };
}

type Parts = ReturnType<typeof configParts>;
type SettingInput = string | number | readonly (string | number)[];

/** The whole file. Every key is optional, and a key with nothing behind it is as good as none. */
export function configSchema(options: SchemaOptions, parts: Parts = configParts(options)) {
  const { rules, ways = FOR_READING } = options;
  const overrides = Object.fromEntries(
    rules.map((rule) => [rule.id, section(ways.part(() => overrideSchema(rule, parts)))]),
  );
  return map({
    accounts: section(
      described(
        ways.either(
          (value) => (Array.isArray(value) ? 1 : 0),
          [
            v.record(values.accountId, values.displayName, expects('a map of account IDs to names')),
            v.array(
              map(
                { id: values.accountId, name: values.displayName },
                { id: 'an account ID', name: 'the name of the account' },
              ),
            ),
          ],
        ),
        'Names of accounts, for alerts: a map of account ID to name, or a list of {id, name}. Account IDs in quotes.',
      ),
    ),
    email: section(described(parts.emails, 'Addresses that get the alerts. Each must confirm its subscription.')),
    opsEmail: section(
      described(
        parts.emails,
        'Addresses that get operational notices: heartbeat, failures, tampering with Trailhound.',
      ),
    ),
    regions: section(
      described(
        v.array(values.region, expects('a list of regions')),
        'Regions to cover; every region that is enabled by default when absent. Must hold the region of global services (us-east-1).',
      ),
    ),
    language: v.optional(described(values.oneOf(LANGUAGES), 'Language of messages: en or es.')),
    timeZone: v.optional(
      described(values.timeZone, 'Time zone, by its IANA name, that messages show beside UTC: Europe/Madrid.'),
    ),
    settings: section(
      described(
        map(optional(parts, Object.keys(SETTINGS) as SettingName[])),
        'What the rules should know about your accounts. A value replaces the default.',
      ),
    ),
    rulesFolder: v.optional(
      described(
        values.folder,
        'Folder with rules of your own, in TypeScript, from the folder of this file. They are code, run by whoever reads this file.',
      ),
    ),
    rules: section(described(map(overrides), 'Changes to single rules, by id.')),
    suppressions: section(
      described(
        v.array(suppressionSchema(parts, ways), expects('a list of suppressions')),
        'Activity that is known and expected. Suppressed events are still counted and listed, never sent.',
      ),
    ),
    replay: section(
      described(
        map({
          lateness: v.optional(
            described(
              values.duration(HOUR, 366 * DAY),
              'How far out of order events may come, in event time, before windows may be incomplete. Default: 24 h.',
            ),
          ),
        }),
        'Only for trailhound replay.',
      ),
    ),
    deploy: section(described(deploySchema(parts), 'Only for deployment; the detector and replay do not read it.')),
  });
}

/** The file once read: the shape in which it was written, checked. */
export type ConfigFile = v.InferOutput<ReturnType<typeof configSchema>>;

/** What stands under one rule's id. */
export type WrittenOverride = NonNullable<NonNullable<ConfigFile['rules']>[string]>;

/** What the configuration may say about one rule. Keys that make no sense for it are there, to say why. */
function overrideSchema(rule: Rule, parts: Parts) {
  const { window } = rule;
  const counts = window !== undefined && 'threshold' in window;
  const why = `${rule.id} ${doesNotCount(rule)}; it does not count`;
  const declared: readonly SettingName[] = rule.settings ?? [];
  return described(
    map({
      mode: v.optional(parts.mode),
      severity: v.optional(parts.severity),
      threshold: v.optional(counts ? parts.threshold : never('no threshold', why)),
      ...withinEntries(rule, why),
      quiet: v.optional(rule.baseline && !window ? never('no quiet time', noQuiet(rule)) : parts.quiet),
      quietMs: v.optional(rule.baseline && !window ? never('no quiet time', noQuiet(rule)) : parts.quietMs),
      settings: section(described(map(optional(parts, declared)), 'Settings for this rule alone.')),
    }),
    rule.title,
  );
}

function doesNotCount({ baseline, window }: Rule): string {
  if (baseline !== undefined && window === undefined) return 'reports what was not seen before';
  if (window === undefined) return 'reports each event by itself';
  return window.kind === 'silence' ? 'reports how long nothing came' : 'looks for steps in their order';
}

const noQuiet = (rule: Rule) => `${rule.id} reports each new value once, so there is nothing to keep quiet`;

function withinEntries({ id, window }: Rule, why: string) {
  if (window === undefined) {
    const none = v.optional(never('no window', why));
    return { within: none, withinMs: none };
  }
  const slotMs = slotLengthMs(window.withinMs);
  const reason = `${id} stores its events in slots of ${inWords(slotMs)} (its own window is ${inWords(window.withinMs)}), and a window shorter than a slot would not be exact`;
  const mostMs = Math.max(WITHIN_MAX_MS, window.withinMs);
  return {
    within: v.optional(
      described(
        values.duration(slotMs, mostMs, reason),
        `Length of the window: from ${inWords(slotMs)} to ${inWords(mostMs)}. Default: ${inWords(window.withinMs)}.`,
      ),
    ),
    withinMs: v.optional(
      described(values.milliseconds(slotMs, mostMs, reason), 'The same as within, in milliseconds.'),
    ),
  };
}

const SUPPRESSION_NEEDS = {
  rule: 'the id of a rule',
  reason: 'the reason: why this is expected',
  owner: 'an owner: who answers for this',
} as const;

function suppressionSchema(parts: Parts, ways: Ways) {
  const expires = ways.either((value) => (value instanceof Date ? 1 : 0), [values.date, values.timestamp]);
  return map(
    {
      id: v.optional(
        described(
          v.pipe(
            v.string(expects('an id such as deploy-bot')),
            v.regex(
              /^[a-z0-9]+(-[a-z0-9]+)*$/,
              expects('an id such as deploy-bot: small letters, digits and single dashes'),
            ),
            v.maxLength(60, expects('an id of at most 60 letters')),
          ),
          'Names it in reports and alerts. Default: made from the fields that match.',
        ),
      ),
      rule: parts.ruleGlobs,
      actor: v.optional(
        described(
          parts.globs,
          "Who: the actor as alerts name it (a role's own ARN, not a session's; root:<account>; a service). Globs.",
        ),
      ),
      account: v.optional(described(parts.accounts, 'Account IDs, in quotes.')),
      region: v.optional(described(parts.regionGlobs, 'Regions. Globs.')),
      sourceIp: v.optional(described(parts.networks, 'Networks or addresses of the caller.')),
      resource: v.optional(
        described(
          parts.globs,
          'What was touched, as alerts name it. Every resource of the event must match one. Globs.',
        ),
      ),
      reason: described(values.prose(SUPPRESSION_NEEDS.reason), 'Why this is expected, for whoever reads it next.'),
      owner: described(values.prose(SUPPRESSION_NEEDS.owner), 'Who answers for it: a team or a person.'),
      expires: v.optional(
        described(
          expires,
          'First moment at which it no longer applies, compared with the time of the event: a date (its start in UTC) or a time.',
        ),
      ),
    },
    SUPPRESSION_NEEDS,
  );
}

/** Deployment only. Names and limits of AWS; what a key costs is said by `cdk synth`. */
function deploySchema(parts: Parts) {
  const yesNo = v.boolean(expects('true or false'));
  return map({
    homeRegion: v.optional(
      described(
        values.region,
        "Region of the hub: bus, queues, functions, tables. Default: the deployment's own region.",
      ),
    ),
    organizationId: v.optional(
      described(
        values.organizationId,
        'Organization whose accounts may forward to the hub (o-…). Absent: only the accounts of memberAccounts.',
      ),
    ),
    organizationalUnits: v.optional(
      described(
        v.array(values.organizationalUnit, expects('a list of organizational units')),
        'Where a StackSet puts the forwarders: organizational units (ou-…) or the root (r-…). Needs organizationId.',
      ),
    ),
    memberAccounts: v.optional(
      described(parts.members, 'Accounts that may forward to the hub, besides its own, without an organization.'),
    ),
    deployRoles: v.optional(
      described(
        parts.roles,
        'Roles that deploy Trailhound, by ARN: their changes to it become one notice; anybody else’s are critical.',
      ),
    ),
    operatorRoles: v.optional(
      described(
        parts.roles,
        'Roles, by ARN, that may take the operator role: send-test, redrive, repair of stored items. Default: who has the permission in the account.',
      ),
    ),
    alertRetentionDays: v.optional(
      described(values.wholeNumber(30, 3_653), 'How long alerts are kept, in days. Default: 400.'),
    ),
    logRetentionDays: v.optional(
      described(
        v.picklist(
          LOG_RETENTION_DAYS,
          expects(`one of the periods that CloudWatch Logs knows: ${LOG_RETENTION_DAYS.join(', ')}`),
        ),
        "How long the functions' logs are kept, in days. Default: 90.",
      ),
    ),
    allReads: v.optional(
      described(
        yesNo,
        'Evaluate every read call, not only those that rules name. Costs by the number of reads. Default: false.',
      ),
    ),
    dataEvents: v.optional(
      described(yesNo, 'Evaluate data events of trails that record them, over a bus of their own. Default: false.'),
    ),
    dataEventBuckets: v.optional(
      described(
        v.array(values.bucketName, expects('a list of buckets')),
        'Of S3 only the data events of these buckets; the trail of createTrail records them. Needs dataEvents. Default: every bucket that a trail records.',
      ),
    ),
    createTrail: v.optional(
      described(
        yesNo,
        'Make a trail of all regions, with a bucket of its own: without any trail no event arrives. A second trail costs 2 USD for 100,000 management events. Default: false.',
      ),
    ),
    customerManagedKey: v.optional(
      described(
        yesNo,
        'Encrypt queues, topics and tables with a KMS key of your own (about 1 USD a month and its requests). Default: false.',
      ),
    ),
    chatTopic: v.optional(
      described(
        yesNo,
        'A second alerts topic in the format of Amazon Q Developer in chat applications. Default: false.',
      ),
    ),
    concurrency: section(
      described(
        map({
          priority: v.optional(
            described(values.wholeNumber(2, 1_000), 'Concurrent detectors for writes and sign-ins. Default: 5.'),
          ),
          bulk: v.optional(
            described(values.wholeNumber(2, 1_000), 'Concurrent detectors for reads and data events. Default: 4.'),
          ),
        }),
        'Upper limits of concurrency; a new account has 10 in all.',
      ),
    ),
  });
}

function settingSchema(name: SettingName, ways: Ways): v.GenericSchema<SettingInput> {
  const setting = SETTINGS[name];
  let schema: v.GenericSchema<SettingInput> = values.settingNumber;
  if (setting.kind !== 'number') {
    const item: v.GenericSchema<string | number> = values.SETTING_ITEMS[setting.kind];
    schema = oneOr(v.array(item), item, ways);
  }
  return v.pipe(
    schema,
    v.description(setting.about),
    v.metadata({ default: setting.default, examples: [setting.example] }),
  );
}

/** A list, or its one item without the brackets. */
function oneOr<L extends v.GenericSchema, S extends v.GenericSchema>(list: L, item: S, ways: Ways) {
  return ways.either((value) => (Array.isArray(value) ? 1 : 0), [item, list]);
}

/** A rule's id or a glob that matches one; anything else would never apply, and nobody would know. */
function ruleGlob(rules: readonly Rule[], retired: readonly RetiredRule[]) {
  const ids = [...rules.map(({ id }) => id), ...POSTURE_CHECKS];
  let hints = 500; // each is a search; a file of a hundred thousand wrong ids must not take minutes
  return v.pipe(
    values.glob,
    v.check(
      (glob) => ids.some((id) => globMatches(glob, id)),
      expects(SUPPRESSION_NEEDS.rule, (value) =>
        typeof value === 'string' && hints-- > 0 ? unknownRule(value, ids, retired) : undefined,
      ),
    ),
    v.examples(ids),
  );
}

/** What to do about an id that no rule has: its successor, or the nearest one. */
export function unknownRule(id: string, ids: readonly string[], retired: readonly RetiredRule[]): string {
  const gone = retired.find((rule) => rule.id === id);
  if (gone !== undefined) return `${gone.id} was retired in ${gone.since}: ${gone.reason}`;
  const close = nearest(id, ids);
  return close === undefined ? 'trailhound rules lists them all' : `did you mean ${close}?`;
}

/** A key that is known but has no meaning here. */
function never(what: string, why: string) {
  return v.never(expects(what, () => why));
}

function described<S extends v.GenericSchema>(schema: S, description: string) {
  return v.pipe(schema, v.description(description));
}

/** A part of the file that may also be a key with nothing behind it: what is left when all its lines are comments. */
function section<S extends v.GenericSchema>(schema: S) {
  return v.nullish(schema);
}

/** @param required what to say is expected where a key is missing that must be there */
function map<E extends v.ObjectEntries>(entries: E, required: { readonly [key: string]: string } = {}) {
  return v.object(entries, (issue) => {
    const missing = issue.path?.at(-1)?.key; // only the issue of a missing key has a path yet
    return expects(typeof missing === 'string' ? (required[missing] ?? 'a value') : 'a map')(issue);
  });
}

function optional(parts: Parts, names: readonly SettingName[]) {
  return Object.fromEntries(names.map((name) => [name, v.optional(parts.settings[name])])) as unknown as {
    [Name in SettingName]: v.OptionalSchema<v.GenericSchema<SettingInput, Settings[Name]>, undefined>;
  };
}
