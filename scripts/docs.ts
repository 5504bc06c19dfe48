import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../lambda/rules';
import { ATTACK_NAMES } from '../lambda/rules/attack';
import { firesWhen, severitiesOf } from '../lambda/rules/describe';
import { EXAMPLES } from '../lambda/rules/examples';
import { needs } from '../lambda/rules/feeds';
import { ROWS } from '../lambda/rules/rows';
import type { Match, Rule } from '../lambda/rules/rule';
import { SETTINGS } from '../lambda/rules/settings';
import { configJsonSchema } from './config-schema';
import { navigatorLayer } from './navigator';
import { permissionsMarkdown } from './permissions-docs';
import { postureMarkdown } from './posture-docs';
import { settingsMarkdown } from './settings-docs';
import { STRATUS } from './stratus';

/**
 * Pages made from the rules: docs/rules/<id>.md, docs/coverage.md, a layer for the ATT&CK Navigator, and
 * what a configuration may say about them; and one from the reviewed policies.
 * `npm run docs` writes them, `-- --check` fails when one is not what it would write.
 */

const docs = join(__dirname, '../docs');

/** All pages by path below docs/. */
export function pages(rules: readonly Rule[] = RULES): Record<string, string> {
  return {
    'coverage.md': coverage(rules),
    'settings.md': settingsMarkdown(rules),
    'posture.md': postureMarkdown(),
    'permissions.md': permissionsMarkdown(),
    'config.schema.json': configJsonSchema(rules),
    'attack-navigator.json': navigatorLayer(rules),
    ...Object.fromEntries(rules.map((rule) => [`rules/${rule.id}.md`, page(rule)])),
  };
}

function page(rule: Rule): string {
  const examples = EXAMPLES[rule.id]?.();
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`);
  return [
    `# ${rule.title}`,
    '',
    `\`${rule.id}\``,
    '',
    rule.why,
    '',
    '| | |',
    '|---|---|',
    `| Severity | ${severityText(rule)} |`,
    `| Mode | ${rule.mode ?? 'live'}${rule.replayOnly ? ', over files only' : ''} |`,
    `| Fires | ${firesWhen(rule)} |`,
    `| Needs | ${needs(rule).join(', ')} |`,
    `| ATT&CK | ${rule.attack.map(attackText).join('<br>')} |`,
    `| Rows | ${rule.rows.join(', ')} |`,
    '',
    '## Events',
    '',
    ...list(rule.match.map(matchText)),
    '',
    ...(rule.settings === undefined
      ? []
      : ['## Settings', '', ...list(rule.settings.map((name) => `\`${name}\`: ${SETTINGS[name].about}`)), '']),
    '## What to do',
    '',
    ...rule.runbook.map((step, index) => `${index + 1}. ${step}`),
    '',
    '## False positives',
    '',
    ...list(rule.falsePositives),
    '',
    '## Blind spots',
    '',
    ...list(rule.blindSpots),
    '',
    '## It fires when',
    '',
    ...list(examples?.fires.map(({ why, severity }) => (severity === undefined ? why : `${why} (${severity})`)) ?? []),
    '',
    '## It stays quiet when',
    '',
    ...list(examples?.quiet.map(({ why }) => why) ?? []),
    '',
    '## References',
    '',
    ...list(rule.references.map((reference) => `<${reference}>`)),
    '',
  ].join('\n');
}

function severityText(rule: Rule): string {
  const severities = severitiesOf(rule, EXAMPLES[rule.id]?.()).join(', ');
  const tiers = rule.window !== undefined && 'tiers' in rule.window ? (rule.window.tiers ?? []) : [];
  const from = tiers.map((tier) => `${tier.severity} from ${tier.threshold}`);
  if (typeof rule.severity === 'function') return `by event: ${severities}`;
  return [rule.severity, ...from].join(', ');
}

function matchText({ feed, outcome, service, calls, record }: Match): string {
  const outcomes = typeof outcome === 'string' ? outcome : outcome.join(' or ');
  return [
    `${calls === undefined ? 'every call' : calls.map((call) => `\`${call}\``).join(', ')}${service === undefined ? '' : ` of \`${service}\``}`,
    outcomes === 'any' ? 'whatever the outcome' : outcomes,
    `feed ${feed}`,
    ...(record === undefined ? [] : [`with \`${JSON.stringify(record)}\``]),
  ].join('; ');
}

function attackText(id: string): string {
  const technique = id.slice(id.indexOf('/') + 1);
  const name = ATTACK_NAMES[technique];
  return `[${id}](https://attack.mitre.org/techniques/${technique.replace('.', '/')}/)${name === undefined ? '' : ` ${name}`}`;
}

function coverage(rules: readonly Rule[]): string {
  const link = (rule: Rule) => `[${rule.id}](rules/${rule.id}.md)`;
  const extra = [...new Set(rules.flatMap((rule) => rule.rows))].filter((row) => !(row in ROWS)).sort();
  const techniques = new Map<string, Rule[]>();
  for (const rule of rules) for (const id of rule.attack) techniques.set(id, [...(techniques.get(id) ?? []), rule]);
  return [
    '# Coverage',
    '',
    'Made from the rules by `npm run docs`.',
    '',
    '## What is to be detected, and the rules that do',
    '',
    '| row | what | rules |',
    '|---|---|---|',
    ...[...Object.keys(ROWS), ...extra].map((row) => {
      const covering = rules.filter((rule) => rule.rows.includes(row));
      return `| ${row} | ${ROWS[row] ?? ''} | ${covering.map(link).join(', ') || 'not yet'} |`;
    }),
    '',
    '## ATT&CK (v18)',
    '',
    '| technique | rules |',
    '|---|---|',
    ...[...techniques]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, of]) => `| ${attackText(id)} | ${of.map(link).join(', ')} |`),
    '',
    'The same as a layer for the [ATT&CK Navigator](https://mitre-attack.github.io/attack-navigator/): [attack-navigator.json](attack-navigator.json).',
    '',
    '## Stratus Red Team techniques',
    '',
    '| technique | shown by | rules | needs |',
    '|---|---|---|---|',
    ...Object.entries(STRATUS).map(
      ([id, { calls, rules: ids, needs: more }]) =>
        `| [${id}](https://stratus-red-team.cloud/attack-techniques/AWS/${id}/) | ${calls.map((call) => `\`${call}\``).join(', ') || 'any call'} | ${ids.map((rule) => `[${rule}](rules/${rule}.md)`).join(', ')} | ${more ?? ''} |`,
    ),
    '',
  ].join('\n');
}

if (require.main === module) {
  const made = pages();
  const check = process.argv.includes('--check');
  mkdirSync(join(docs, 'rules'), { recursive: true });
  const stale = readdirSync(join(docs, 'rules'))
    .map((file) => `rules/${file}`)
    .filter((path) => !(path in made));
  for (const path of stale) {
    if (!check) rmSync(join(docs, path));
  }
  const outdated = Object.entries(made).filter(
    ([path, text]) => !existsSync(join(docs, path)) || readFileSync(join(docs, path), 'utf8') !== text,
  );
  if (!check) for (const [path, text] of outdated) writeFileSync(join(docs, path), text);
  else if (stale.length + outdated.length > 0) {
    process.stderr.write(
      `out of date: ${[...stale, ...outdated.map(([path]) => path)].map((path) => `docs/${path}`).join(', ')}; run npm run docs\n`,
    );
    process.exitCode = 1;
  }
}
