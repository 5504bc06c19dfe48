import * as v from 'valibot';
import { ConfigError, type ConfigProblem } from '../errors';
import { type ActiveRule, activate, type RuleOverride } from '../rules/active-rule';
import { duration as inWords } from '../rules/describe';
import { RETIRED, type RetiredRule } from '../rules/retired';
import { DAY, type Rule } from '../rules/rule';
import { DEFAULT_SETTINGS, SETTINGS, type SettingName, type Settings } from '../rules/settings';
import type { Suppression } from '../rules/suppression';
import { hashOf } from './config-hash';
import { inconsistencies } from './consistency';
import { durationMs } from './durations';
import { nearest } from './nearest';
import { readNetwork } from './network-text';
import { type ConfigFile, configSchema, LANGUAGES, unknownRule, type WrittenOverride } from './schema';
import { type Stray, strayKeys } from './stray-keys';
import { toSuppression } from './suppressions';
import { guardsDetection, suppressionWarnings } from './warnings';
import { found, type Keys, listed, pathText, quoted } from './wording';

/** What a deployment does; nothing of it concerns the detector. */
interface DeployConfig {
  /** Undefined: the deployment's own region. */
  readonly homeRegion: string | undefined;
  readonly organizationId: string | undefined;
  readonly organizationalUnits: readonly string[];
  readonly memberAccounts: readonly string[];
  /** ARNs, without wildcards. */
  readonly deployRoles: readonly string[];
  readonly operatorRoles: readonly string[];
  readonly alertRetentionDays: number;
  readonly logRetentionDays: number;
  readonly allReads: boolean;
  readonly dataEvents: boolean;
  readonly customerManagedKey: boolean;
  readonly chatTopic: boolean;
  readonly concurrency: { readonly priority: number; readonly bulk: number };
}

/** A configuration with every default filled in: what synth, the Lambdas and the command line use. */
export interface ResolvedConfig {
  /** Rules that are not off, in the order they were given. */
  readonly rules: readonly ActiveRule[];
  /** In the order of the file: the first that covers an event counts. Expired ones too; events decide by their time. */
  readonly suppressions: readonly Suppression[];
  readonly settings: Settings;
  /** Account ID to name. */
  readonly accountNames: Readonly<Record<string, string>>;
  readonly email: readonly string[];
  readonly opsEmail: readonly string[];
  /** Undefined: every region that is enabled by default. */
  readonly regions: readonly string[] | undefined;
  readonly language: (typeof LANGUAGES)[number];
  /** IANA name. */
  readonly timeZone: string;
  readonly replay: { readonly latenessMs: number };
  readonly deploy: DeployConfig;
  /** Changes if and only if the meaning does: not with comments, the order of keys, or another spelling. */
  readonly configHash: string;
  /** What is allowed and should be known: `path: …`, one line each, safe to print. */
  readonly warnings: readonly string[];
}

/** Problems that one error tells; a broken file of a megabyte must not become a message of fifty. */
const PROBLEMS_MAX = 500;

/**
 * Checks a configuration and fills in the defaults. The same at synth, at cold start and on the command line.
 *
 * @param value what YAML or JSON made of the file; undefined or null for an empty one
 * @param rules every rule there is
 * @param nowMs only for warnings about suppressions that end
 * @throws {ConfigError} with every problem at once; nothing else, whatever the value
 */
export function resolveConfig(
  value: unknown,
  rules: readonly Rule[],
  nowMs: number,
  retired: readonly RetiredRule[] = RETIRED,
): ResolvedConfig {
  const file = check(value ?? {}, rules, retired);
  const warnings: string[] = [];
  const warn = (keys: Keys, text: string) => warnings.push(`${pathText(keys)}: ${text}`);

  const settings: Settings = { ...DEFAULT_SETTINGS, ...settingsOf(file.settings, ['settings'], warn) };
  const overrides = new Map(
    Object.entries(file.rules ?? {}).map(([id, override]) => [id, toOverride(override ?? {}, ['rules', id], warn)]),
  );
  const active = rules.flatMap((rule) => activate(rule, settings, overrides.get(rule.id)) ?? []);
  for (const rule of rules) {
    warnAboutRule(
      rule,
      overrides.get(rule.id),
      active.find((one) => one.rule === rule),
      warn,
    );
  }
  const suppressions = (file.suppressions ?? []).map(toSuppression);
  for (const [index, suppression] of suppressions.entries()) {
    const written = file.suppressions?.[index];
    networksOf(written?.sourceIp ?? [], ['suppressions', index, 'sourceIp'], warn);
    for (const text of suppressionWarnings(suppression, rules, nowMs)) warn(['suppressions', index], text);
  }

  const base = {
    suppressions,
    settings,
    accountNames: accountNames(file.accounts),
    email: unique(listOf(file.email)),
    opsEmail: unique(listOf(file.opsEmail)),
    regions: file.regions == null ? undefined : unique(file.regions),
    language: file.language ?? LANGUAGES[0],
    timeZone: file.timeZone ?? 'UTC',
    replay: { latenessMs: msOf(file.replay?.lateness) ?? DAY },
    deploy: deployOf(file.deploy ?? {}),
  };
  return {
    ...base,
    rules: active,
    configHash: hashOf({ ...meaningOf(base), rules: changesOf(overrides.keys(), rules, active, settings) }),
    warnings,
  };
}

function check(value: unknown, rules: readonly Rule[], retired: readonly RetiredRule[]): ConfigFile {
  const schema = configSchema({ rules, retired });
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  const problems: { keys: Keys; say: () => string }[] = [];
  const wrongShape: Keys[] = [];
  for (const stray of strayKeys(schema, value)) {
    if (stray.known === undefined) wrongShape.push(stray.keys);
    problems.push({ keys: stray.keys, say: () => strayText(stray, retired) });
  }
  for (const issue of parsed.issues ?? []) {
    problems.push({ keys: keysOf(issue), say: () => issue.message });
  }
  for (const { keys, problem } of inconsistencies(value, rules)) problems.push({ keys, say: () => problem });
  if (problems.length === 0 && parsed.success) return parsed.output;
  const told = inOrder(problems.filter(({ keys }) => !wrongShape.some((outer) => isInside(keys, outer))));
  throw new ConfigError(toProblems(told));
}

function keysOf(issue: v.BaseIssue<unknown>): Keys {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
}

function isInside(keys: Keys, outer: Keys): boolean {
  return keys.length > outer.length && outer.every((key, index) => keys[index] === key);
}

/** Problems by path, one for each path and text. */
function inOrder<P extends { readonly keys: Keys }>(problems: readonly P[]): P[] {
  return [...problems].sort((a, b) => {
    for (let index = 0; index < Math.max(a.keys.length, b.keys.length); index++) {
      const [left, right] = [a.keys[index], b.keys[index]];
      if (left === right) continue;
      if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
      return typeof left === 'number' && typeof right === 'number'
        ? left - right
        : String(left) < String(right)
          ? -1
          : 1;
    }
    return 0;
  });
}

function toProblems(problems: readonly { keys: Keys; say: () => string }[]): [ConfigProblem, ...ConfigProblem[]] {
  const told = problems
    .slice(0, PROBLEMS_MAX)
    .map(({ keys, say }): ConfigProblem => ({ path: pathText(keys), problem: say(), keys }));
  const [first, ...others] = told.filter(
    ({ path, problem }, index) =>
      !told.slice(0, index).some((before) => before.path === path && before.problem === problem),
  );
  if (problems.length > PROBLEMS_MAX) {
    others.push({
      path: pathText([]),
      problem: `expected fewer problems, found ${problems.length}; these are the first ${PROBLEMS_MAX}`,
    });
  }
  return [first as ConfigProblem, ...others];
}

/** What to say about a key that is not known where it stands. */
function strayText({ keys, known, value }: Stray, retired: readonly RetiredRule[]): string {
  if (known === undefined) return `expected a map, found ${found(value)}`;
  const key = String(keys.at(-1));
  const where = keys.slice(0, -1);
  const say = (what: string, fix: string | undefined) =>
    `expected ${what}, found ${quoted(key)}${fix === undefined ? '' : `; ${fix}`}`;
  const close = nearest(key, known);
  const didYouMean = close === undefined ? undefined : `did you mean ${close}?`;
  if (where[0] === 'rules' && where.length === 1) return say('the id of a rule', unknownRule(key, known, retired));
  if (where[0] === 'accounts' && where.length === 1) return say('an AWS account ID', undefined);
  if (where[0] === 'settings')
    return say('a setting', didYouMean ?? elsewhere(key, where) ?? 'docs/settings.md lists them');
  if (where.at(-1) === 'settings') {
    const id = String(where[1]);
    const reads = `it reads ${known.length === 0 ? 'no settings' : listed(known)}`;
    return say(`a setting that ${id} reads`, Object.hasOwn(SETTINGS, key) ? reads : (didYouMean ?? reads));
  }
  return say(`one of ${known.join(', ')}`, didYouMean ?? elsewhere(key, where));
}

/** Where a key that stands in the wrong map belongs. */
function elsewhere(key: string, where: Keys): string | undefined {
  const { entries } = configSchema({ rules: [], retired: [] });
  if (Object.hasOwn(SETTINGS, key)) return 'it belongs under settings';
  if (where.length > 0 && Object.hasOwn(entries, key)) return 'it belongs to the top level of the file';
  return Object.hasOwn(entries.deploy.wrapped.entries, key) ? 'it belongs under deploy' : undefined;
}

type Warn = (keys: Keys, text: string) => void;

/** The settings that are given, as rules read them: lists as lists without repeats, networks in one spelling. */
function settingsOf(written: ConfigFile['settings'], keys: Keys, warn: Warn): Partial<Settings> {
  const settings: { [name: string]: readonly unknown[] | number } = {};
  for (const [name, value] of Object.entries(written ?? {})) {
    if (value === undefined) continue;
    const { kind } = SETTINGS[name as SettingName];
    if (kind === 'number') settings[name] = value as number;
    else if (kind === 'networks')
      settings[name] = networksOf(value as string | readonly string[], [...keys, name], warn);
    else settings[name] = unique(listOf(value as string | readonly string[]));
  }
  return settings as Partial<Settings>;
}

/** Networks in one spelling; host bits are left out, with a warning, because one address may have been meant. */
function networksOf(written: string | readonly string[], keys: Keys, warn: Warn): string[] {
  const networks = listOf(written).map((text, index) => {
    const network = readNetwork(text);
    if (network?.hasHostBits === true) {
      warn(
        Array.isArray(written) ? [...keys, index] : keys,
        `${quoted(text)} is read as the network ${network.canonical}; to mean one address, leave /… out`,
      );
    }
    return network?.canonical ?? text;
  });
  return unique(networks);
}

function toOverride(written: WrittenOverride, keys: Keys, warn: Warn): RuleOverride {
  const { mode, severity, threshold, within, withinMs, quiet, quietMs, settings } = written;
  return {
    mode,
    severity,
    threshold,
    withinMs: withinMs ?? msOf(within),
    quietMs: quietMs ?? msOf(quiet),
    settings: settings == null ? undefined : settingsOf(settings, [...keys, 'settings'], warn),
  };
}

function warnAboutRule(
  rule: Rule,
  override: RuleOverride | undefined,
  active: ActiveRule | undefined,
  warn: Warn,
): void {
  if (override === undefined) return;
  const silent = override.mode === 'off' || override.mode === 'shadow' ? override.mode : undefined;
  if (guardsDetection(rule) && (silent !== undefined || override.severity === 'info')) {
    warn(
      ['rules', rule.id, silent === undefined ? 'severity' : 'mode'],
      `${silent ?? 'info'} keeps attacks on the detection itself from being told; an attacker would do the same`,
    );
  }
  if (override.quietMs !== undefined && active !== undefined && active.quietMs > override.quietMs) {
    warn(
      ['rules', rule.id, 'quiet'],
      `${inWords(override.quietMs)} is shorter than the window; ${inWords(active.quietMs)} is used`,
    );
  }
}

function accountNames(written: ConfigFile['accounts']): Record<string, string> {
  const named = Array.isArray(written)
    ? written.map(({ id, name }) => [id, name] as const)
    : Object.entries(written ?? {});
  return Object.fromEntries(named);
}

function deployOf(written: NonNullable<ConfigFile['deploy']>): DeployConfig {
  return {
    homeRegion: written.homeRegion,
    organizationId: written.organizationId,
    organizationalUnits: unique(written.organizationalUnits ?? []),
    memberAccounts: unique(listOf(written.memberAccounts)),
    deployRoles: unique(listOf(written.deployRoles)),
    operatorRoles: unique(listOf(written.operatorRoles)),
    alertRetentionDays: written.alertRetentionDays ?? 400,
    logRetentionDays: written.logRetentionDays ?? 90,
    allReads: written.allReads ?? false,
    dataEvents: written.dataEvents ?? false,
    customerManagedKey: written.customerManagedKey ?? false,
    chatTopic: written.chatTopic ?? false,
    concurrency: { priority: written.concurrency?.priority ?? 5, bulk: written.concurrency?.bulk ?? 4 },
  };
}

/** What the hash is made of, besides the rules: lists sorted where their order says nothing. */
function meaningOf(config: Omit<ResolvedConfig, 'rules' | 'configHash' | 'warnings'>) {
  const { suppressions, settings, email, opsEmail, regions, deploy } = config;
  return {
    ...config,
    email: [...email].sort(),
    opsEmail: [...opsEmail].sort(),
    regions: regions && [...regions].sort(),
    deploy: Object.fromEntries(Object.entries(deploy).map(([key, value]) => [key, inOneOrder(value)])),
    // Their order says which one is named when two cover an event.
    suppressions,
    settings: settingsThatDiffer(settings, DEFAULT_SETTINGS),
  };
}

/** What the configuration changes about the shipped rules, by what comes out, not by what is written. */
function changesOf(ids: Iterable<string>, rules: readonly Rule[], active: readonly ActiveRule[], settings: Settings) {
  const changes: { [id: string]: unknown } = {};
  for (const id of ids) {
    const rule = rules.find((candidate) => candidate.id === id) as Rule; // the schema has seen to it
    const now = effectOf(
      active.find((candidate) => candidate.rule === rule),
      settings,
    );
    const shipped = effectOf(activate(rule, settings), settings);
    if (JSON.stringify(now) !== JSON.stringify(shipped)) changes[id] = now;
  }
  return changes;
}

function effectOf(active: ActiveRule | undefined, settings: Settings): unknown {
  if (active === undefined) return 'off';
  const { mode, window, quietMs, constantLevel, levelOverride } = active;
  // JSON leaves undefined out; null keeps "a function decides" apart from nothing.
  return {
    mode,
    window: window ?? null,
    quietMs,
    level: constantLevel ?? levelOverride ?? null,
    settings: settingsThatDiffer(active.settings, settings),
  };
}

function settingsThatDiffer(settings: Settings, from: Settings): { [name: string]: unknown } {
  const names = (Object.keys(SETTINGS) as SettingName[]).filter((name) => settings[name] !== from[name]);
  const pairs = names.map((name) => [name, inOneOrder(settings[name]), inOneOrder(from[name])] as const);
  return Object.fromEntries(
    pairs
      .filter(([, value, other]) => JSON.stringify(value) !== JSON.stringify(other))
      .map(([name, value]) => [name, value]),
  );
}

function inOneOrder(value: unknown): unknown {
  return Array.isArray(value) ? [...new Set(value)].sort() : value;
}

function msOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}

function listOf<T>(value: T | readonly T[] | null | undefined): readonly T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
