import { styleText } from 'node:util';
import { nearest } from '../../lambda/config/nearest';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { EXAMPLES } from '../../lambda/rules/examples';
import { needs } from '../../lambda/rules/feeds';
import type { Rule } from '../../lambda/rules/rule';
import { levelOf, SEVERITIES, type Severity } from '../../lambda/rules/severity';
import { duration } from '../../replay/replay-alert';
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
  const listings = RULES.map((rule) => listing(rule, modes.get(rule.id) ?? 'off'));
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
  const own = listing(rule, modes.get(rule.id) ?? 'off');
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
  readonly rows: readonly string[];
  readonly attack: readonly string[];
  readonly needs: readonly string[];
}

function listing(rule: Rule, mode: string): Listing {
  const severities = severitiesOf(rule);
  return {
    id: rule.id,
    title: rule.title,
    severity: severities.at(-1) ?? 'info',
    severities,
    mode,
    rows: rule.rows,
    attack: rule.attack,
    needs: needs(rule),
  };
}

/** What a rule can say, least severe first: of a function, what its firing examples show. */
function severitiesOf(rule: Rule): Severity[] {
  const declared =
    typeof rule.severity === 'string'
      ? [rule.severity]
      : (EXAMPLES[rule.id]?.().fires ?? []).flatMap(({ severity }) => (severity === undefined ? [] : [severity]));
  const tiers = rule.window !== undefined && 'tiers' in rule.window ? (rule.window.tiers ?? []) : [];
  const all = new Set<Severity>([...declared, ...tiers.map((tier) => tier.severity)]);
  return SEVERITIES.filter((severity) => all.has(severity));
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
  const heading = `${'RULE'.padEnd(width)}  SEVERITY  MODE    ROWS       TITLE`;
  const rows = [...listings]
    .sort((a, b) => levelOf(b.severity) - levelOf(a.severity) || (a.id < b.id ? -1 : 1))
    .map(({ id, severity, mode, rows: covered, title }) =>
      `${id.padEnd(width)}  ${severity.padEnd(8)}  ${mode.padEnd(6)}  ${covered.join(' ').padEnd(9)}  ${title}`.trimEnd(),
    );
  return [
    colours ? styleText('bold', heading) : heading,
    ...rows,
    '',
    `${listings.length} rules. trailhound rules <id> explains one.`,
    '',
  ].join('\n');
}

/** When the rule fires, in one sentence made from its window. */
function firesWhen(rule: Rule): string {
  const { window, baseline } = rule;
  if (baseline !== undefined) {
    return `on a ${baseline.kind} not seen in the last ${baseline.expiryDays} days, after ${baseline.learnDays} days of learning`;
  }
  if (window === undefined) return 'on every matching event';
  if (window.kind === 'silence') return `when nothing came for longer than ${duration(window.withinMs)}`;
  if (window.kind === 'sequence') {
    const steps = window.steps.map(({ name, count }) =>
      count === undefined || count === 1 ? name : `${count} × ${name}`,
    );
    return `when these follow each other within ${duration(window.withinMs)}: ${steps.join(', then ')}`;
  }
  const tiers = (window.tiers ?? []).map((tier) => `${tier.severity} from ${tier.threshold}`);
  return `from ${window.threshold} ${window.unit} within ${duration(window.withinMs)}${tiers.length > 0 ? ` (${tiers.join(', ')})` : ''}`;
}

function explanation(rule: Rule, own: Listing): string {
  const { fires, why, runbook, falsePositives, blindSpots, references, settings, examples } = details(rule);
  const bullets = (items: readonly string[]) => items.map((item) => `  - ${item}`);
  return [
    `${rule.title} (${rule.id})`,
    '',
    `Severity   ${own.severities.join(', ')}`,
    `Mode       ${own.mode}`,
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
