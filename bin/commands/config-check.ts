import { visible } from '../../lambda/alerts/neutral';
import { type LoadedConfig, loadConfig } from '../../lambda/config/read-config';
import { type ResolvedConfig, resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { RULES } from '../../lambda/rules';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { duration } from '../../lambda/rules/describe';
import { DAY, type Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS, SETTINGS, type SettingName, type Settings } from '../../lambda/rules/settings';
import { severityAt } from '../../lambda/rules/severity';
import type { Suppression } from '../../lambda/rules/suppression';
import { parse } from '../args';
import { EXIT, type Io, UsageError } from '../io';

const HELP = `Usage: trailhound config check [file]

Checks the configuration (default: trailhound.yaml in the current folder, if there is one) as deployment and replay do,
and says what it means: rules by mode, what differs from the defaults, suppressions and when they end.

  --config <file>    the same as [file]

Exit codes: 0 valid, warnings or not; 2 problems, or wrong usage.
`;

/** @returns the exit code: 0 for a valid configuration, 2 for problems, told on stderr. @throws UsageError */
export async function runConfigCheck(
  args: readonly string[],
  io: Pick<Io, 'stdout' | 'stderr' | 'cwd'> & { readonly nowMs: number },
): Promise<number> {
  const { values, positionals } = parse('config check', args, {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  const [configPath = values.config, ...more] = positionals;
  if (more.length > 0 || (positionals.length > 0 && values.config !== undefined)) {
    throw new UsageError('config check reads one file');
  }
  let loaded: LoadedConfig | undefined;
  try {
    loaded = loadConfig({ cwd: io.cwd, ...(configPath === undefined ? {} : { configPath }) });
    io.stdout(summaryOf(resolveConfig(loaded.value, RULES, io.nowMs), loaded.file, RULES, io.nowMs));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr(complaintsOf(error, loaded));
    return EXIT.usage;
  }
}

/** Every problem on a line, behind the file and line on which it stands. */
function complaintsOf({ problems }: ConfigError, loaded: LoadedConfig | undefined): string {
  const lines = problems.map(({ path, problem, keys }) => {
    const line = keys === undefined ? undefined : loaded?.lineOf(keys);
    const where = loaded?.file === undefined || line === undefined ? '' : `${visible(loaded.file)}:${line}: `;
    return `${where}${path}: ${problem}`;
  });
  return `${lines.join('\n')}\n${count(problems.length, 'problem')}\n`;
}

function summaryOf(config: ResolvedConfig, file: string | undefined, rules: readonly Rule[], nowMs: number): string {
  const { rules: active, settings, suppressions, warnings, accountNames } = config;
  const inMode = (mode: string) => active.filter((rule) => rule.mode === mode).length;
  const facts: [string, string][] = [
    ['Rules', `${inMode('live')} live, ${inMode('shadow')} shadow, ${rules.length - active.length} off`],
    ['Accounts', `${Object.keys(accountNames).length} named`],
    ['Regions', config.regions === undefined ? 'every region that is enabled by default' : config.regions.join(', ')],
    ['Alerts to', config.email.join(', ') || 'nobody yet (email)'],
    ['Notices to', config.opsEmail.join(', ') || 'nobody yet (opsEmail)'],
    [
      'Messages',
      `${config.language === 'es' ? 'Spanish' : 'English'}, times in UTC${config.timeZone === 'UTC' ? '' : ` and ${config.timeZone}`}`,
    ],
    ['Hash', config.configHash],
  ];
  const source = file === undefined ? 'No trailhound.yaml here: the defaults.' : `${visible(file)} is valid.`;
  return [
    source,
    '',
    ...facts.map(([name, text]) => `${name.padEnd(11)} ${visible(text)}`),
    ...section(
      'Changed rules',
      rules.flatMap((rule) => changeOf(rule, active, settings) ?? []),
    ),
    ...section('Changed settings', changedSettings(settings, DEFAULT_SETTINGS)),
    ...section(
      'Suppressions',
      suppressions.map((suppression) => suppressionLine(suppression, nowMs)),
    ),
    ...section('Warnings', warnings),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title} (${lines.length})`, ...lines.map((line) => `  ${visible(line)}`)];
}

/** What differs from the shipped rule: `threshold 25 (shipped: 10)`. */
function changeOf(rule: Rule, active: readonly ActiveRule[], settings: Settings): string | undefined {
  const now = active.find((candidate) => candidate.rule === rule);
  const shipped = activate(rule, settings, { mode: rule.mode === 'shadow' ? 'shadow' : 'live' }) as ActiveRule;
  const changes: string[] = [];
  const note = (what: string, is: string, was: string) => {
    if (is !== was) changes.push(`${what} ${is} (shipped: ${was})`);
  };
  note('mode', now?.mode ?? 'off', rule.mode ?? 'live');
  if (now !== undefined) {
    note('severity', levelText(now), levelText(shipped));
    note('threshold', thresholdText(now), thresholdText(shipped));
    note('within', msText(now.window?.withinMs), msText(shipped.window?.withinMs));
    note('quiet', msText(now.quietMs), msText(shipped.quietMs));
    const own = changedSettings(now.settings, settings);
    if (own.length > 0) changes.push(`own settings: ${own.join('; ')}`);
  }
  return changes.length === 0 ? undefined : `${rule.id}: ${changes.join(', ')}`;
}

function levelText({ constantLevel, levelOverride }: ActiveRule): string {
  const level = constantLevel ?? levelOverride;
  return level === undefined ? 'by event' : severityAt(level);
}

function thresholdText({ window }: ActiveRule): string {
  return window === undefined ? 'none' : String(window.tiers[0].threshold);
}

function msText(ms: number | undefined): string {
  return ms === undefined ? 'none' : duration(ms);
}

function changedSettings(settings: Settings, from: Settings): string[] {
  return (Object.keys(SETTINGS) as SettingName[])
    .filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(from[name]))
    .map((name) => {
      const value = settings[name];
      return `${name}: ${typeof value === 'number' ? value : value.length === 0 ? 'none' : value.join(', ')}`;
    });
}

function suppressionLine(suppression: Suppression, nowMs: number): string {
  const { id, rules, actors, accounts, regions, sourceIps, resources, reason, owner, expiresMs } = suppression;
  const fields = {
    rule: rules,
    actor: actors,
    account: accounts,
    region: regions,
    sourceIp: sourceIps,
    resource: resources,
  };
  const matches = Object.entries(fields).flatMap(([name, texts]) =>
    texts === undefined ? [] : `${name} ${texts.join(' or ')}`,
  );
  return `${id}: ${matches.join(', ')}. ${endText(expiresMs, nowMs)}. ${oneLine(reason)} (${oneLine(owner)})`;
}

function endText(expiresMs: number | undefined, nowMs: number): string {
  if (expiresMs === undefined) return 'Never expires';
  const day = new Date(expiresMs).toISOString().slice(0, 10);
  return expiresMs <= nowMs ? `Expired ${day}` : `${count(Math.floor((expiresMs - nowMs) / DAY), 'day')} left (${day})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
