import { type ActiveRule, activate, type RuleOverride } from '../rules/active-rule';
import { duration as inWords } from '../rules/describe';
import { RETIRED, type RetiredRule } from '../rules/retired';
import { DAY, type Rule } from '../rules/rule';
import { DEFAULT_SETTINGS, SETTINGS, type SettingName, type Settings } from '../rules/settings';
import type { Suppression } from '../rules/suppression';
import { checkedConfig } from './check';
import { hashOf } from './config-hash';
import { durationMs } from './durations';
import { readNetwork } from './network-text';
import { type ConfigFile, LANGUAGES, type WrittenOverride } from './schema';
import { toSuppression } from './suppressions';
import { guardsDetection, settingWarnings, suppressionWarnings } from './warnings';
import { type Keys, pathText, quoted } from './wording';

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
  /** None: every bucket whose data events arrive. */
  readonly dataEventBuckets: readonly string[];
  readonly createTrail: boolean;
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
  /** What the file changes about rules, by id. */
  readonly overrides: ReadonlyMap<string, RuleOverride>;
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

/**
 * Checks a configuration and fills in the defaults. The same at synth and on the command line.
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
  const file = checkedConfig(value ?? {}, rules, retired);
  const warnings: string[] = [];
  const warn = (keys: Keys, text: string) => warnings.push(`${pathText(keys)}: ${text}`);

  const deploy = deployOf(file.deploy ?? {});
  const settings: Settings = {
    ...DEFAULT_SETTINGS,
    ownDeployRoles: deploy.deployRoles, // said once: whose changes to the detector are its deployment
    ...settingsOf(file.settings, ['settings'], warn),
  };
  for (const text of settingWarnings(settings)) warn(['settings', 'people'], text);
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
    deploy,
  };
  return {
    ...base,
    rules: active,
    overrides,
    configHash: hashOf({ ...meaningOf(base), rules: changesOf(overrides.keys(), rules, active, settings) }),
    warnings,
  };
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
    dataEventBuckets: unique(written.dataEventBuckets ?? []),
    createTrail: written.createTrail ?? false,
    customerManagedKey: written.customerManagedKey ?? false,
    chatTopic: written.chatTopic ?? false,
    concurrency: { priority: written.concurrency?.priority ?? 5, bulk: written.concurrency?.bulk ?? 4 },
  };
}

/** What the hash is made of, besides the rules: lists sorted where their order says nothing. */
function meaningOf(config: Omit<ResolvedConfig, 'rules' | 'overrides' | 'configHash' | 'warnings'>) {
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
