import { styleText } from 'node:util';
import { nearest } from '../../lambda/config/nearest';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { isAsleep } from '../../lambda/rules/active-rule';
import { firesWhen, severitiesOf } from '../../lambda/rules/describe';
import { EXAMPLES } from '../../lambda/rules/examples';
import { needs } from '../../lambda/rules/feeds';
import type { Rule } from '../../lambda/rules/rule';
import { levelOf, type Severity } from '../../lambda/rules/severity';
import { oneOf, parse } from '../args';
import { EXIT, type Io, UsageError } from '../io';

const HELP = `Usage: trailhound rules [id] [options]

Lists the rules, or explains one: what it detects, when it fires, what to do, what it misses.

  --config <file>    show modes as this configuration sets them
  --format <format>  table, json (default: table)
`;

/** @returns the exit code. @throws UsageError, ConfigError */
export async function runRules(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parse('rules', args, {
    config: { type: 'string' },
    format: { type: 'string', default: 'table' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  const format = oneOf('format', values.format, ['table', 'json'] as const);
  const config = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const { rules: active } = resolveConfig(config.value, RULES, io.nowMs());
  const modes = new Map(active.map(({ rule, mode }) => [rule.id, mode as string]));
  const asleep = new Set(active.filter(isAsleep).map(({ rule }) => rule.id));
  const listings = RULES.map((rule) => listing(rule, modes.get(rule.id) ?? 'off', asleep.has(rule.id)));
  const [id, ...more] = positionals;
  if (more.length > 0) throw new UsageError('rules explains one rule at a time');
  if (id === undefined) {
    io.stdout(format === 'json' ? `${JSON.stringify(listings, null, 2)}\n` : list(listings, io));
    return EXIT.ok;
  }
  const rule = RULES.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const close = nearest(
      id,
      RULES.map((candidate) => candidate.id),
    );
    throw new UsageError(
      `there is no rule ${JSON.stringify(id.slice(0, 60))}${close === undefined ? '' : `; did you mean ${close}?`}`,
    );
  }
  const own = listing(rule, modes.get(rule.id) ?? 'off', asleep.has(rule.id));
  io.stdout(format === 'json' ? `${JSON.stringify({ ...own, ...details(rule) }, null, 2)}\n` : explanation(rule, own));
  return EXIT.ok;
}

interface Listing {
  readonly id: string;
  readonly title: string;
  /** The most severe that the rule can say. */
  readonly severity: Severity;
  readonly severities: readonly Severity[];
  readonly mode: string;
  /** Not off, but it finds nothing: the settings that it lives on are empty. */
  readonly asleep: boolean;
  readonly rows: readonly string[];
  readonly attack: readonly string[];
  readonly needs: readonly string[];
}

function listing(rule: Rule, mode: string, asleep: boolean): Listing {
  const severities = severitiesOf(rule, EXAMPLES[rule.id]?.());
  return {
    id: rule.id,
    title: rule.title,
    severity: severities.at(-1) ?? 'info',
    severities,
    mode,
    asleep,
    rows: rule.rows,
    attack: rule.attack,
    needs: needs(rule),
  };
}

function details(rule: Rule) {
  const { why, runbook, falsePositives, blindSpots, references } = rule;
  const examples = EXAMPLES[rule.id]?.();
  return {
    fires: firesWhen(rule),
    why,
    runbook,
    falsePositives,
    blindSpots,
    references,
    settings: rule.settings ?? [],
    examples: {
      fires: examples?.fires.map(({ why }) => why) ?? [],
      quiet: examples?.quiet.map(({ why }) => why) ?? [],
    },
  };
}

function list(listings: readonly Listing[], io: Io): string {
  const width = Math.max(...listings.map(({ id }) => id.length));
  const colours = io.stdoutIsTerminal && !io.env['NO_COLOR'];
  const wide = Math.max(...listings.map(({ needs: needed }) => needed.join(' ').length));
  const heading = `${'RULE'.padEnd(width)}  SEVERITY  MODE    ROWS       ${'NEEDS'.padEnd(wide)}  TITLE`;
  const rows = [...listings]
    .sort((a, b) => levelOf(b.severity) - levelOf(a.severity) || (a.id < b.id ? -1 : 1))
    .map(({ id, severity, mode, asleep, rows: covered, needs: needed, title }) =>
      `${id.padEnd(width)}  ${severity.padEnd(8)}  ${(asleep ? 'asleep' : mode).padEnd(6)}  ${covered.join(' ').padEnd(9)}  ${needed.join(' ').padEnd(wide)}  ${title}`.trimEnd(),
    );
  return [
    colours ? styleText('bold', heading) : heading,
    ...rows,
    '',
    `${listings.length} rules. trailhound rules <id> explains one.`,
    ...(listings.some(({ asleep }) => asleep)
      ? ['Rules that are asleep wait for an entry in a setting of theirs, which the explanation names.']
      : []),
    '',
  ].join('\n');
}

function explanation(rule: Rule, own: Listing): string {
  const { fires, why, runbook, falsePositives, blindSpots, references, settings, examples } = details(rule);
  const bullets = (items: readonly string[]) => items.map((item) => `  - ${item}`);
  return [
    `${rule.title} (${rule.id})`,
    '',
    `Severity   ${own.severities.join(', ')}`,
    `Mode       ${own.mode}${own.asleep ? `, asleep until there is an entry in ${rule.sleepsWithout?.join(' or ')}` : ''}`,
    `Fires      ${fires}`,
    `Needs      ${own.needs.join(', ')}`,
    `ATT&CK     ${own.attack.join(', ')}`,
    `Rows       ${own.rows.join(', ')}`,
    ...(settings.length > 0 ? [`Settings   ${settings.join(', ')}`] : []),
    '',
    why,
    '',
    'What to do',
    ...runbook.map((step, index) => `  ${index + 1}. ${step}`),
    'False positives',
    ...bullets(falsePositives),
    'Blind spots',
    ...bullets(blindSpots),
    'It fires when',
    ...bullets(examples.fires),
    'It stays quiet when',
    ...bullets(examples.quiet),
    'References',
    ...bullets(references),
    '',
  ].join('\n');
}
