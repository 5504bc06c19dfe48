import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../lambda/rules';
import { ATTACK_NAMES } from '../lambda/rules/attack';
import { firesWhen, severitiesOf } from '../lambda/rules/describe';
import { EXAMPLES } from '../lambda/rules/examples';
import { needs } from '../lambda/rules/feeds';
import type { Match, Rule } from '../lambda/rules/rule';
import { SETTINGS } from '../lambda/rules/settings';
import { configJsonSchema } from './config-schema';
import { permissionsMarkdown } from './permissions-docs';
import { settingsMarkdown } from './settings-docs';

/**
 * Pages made from the rules: docs/rules/<id>.md, docs/coverage.md, and what a configuration may say about them; and one from
 * the reviewed policies.
 * `npm run docs` writes them, `-- --check` fails when one is not what it would write.
 */

const docs = join(__dirname, '../docs');

/** All pages by path below docs/. */
export function pages(rules: readonly Rule[] = RULES): Record<string, string> {
  return {
    'coverage.md': coverage(rules),
    'settings.md': settingsMarkdown(rules),
    'permissions.md': permissionsMarkdown(),
    'config.schema.json': configJsonSchema(rules),
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

/** Rows of the catalogue that the rules cover, and what they are. */
const ROWS: Readonly<Record<string, string>> = {
  '0-1': 'CloudTrail stopped, deleted, narrowed, damaged',
  '0-2': 'Security group opened to the world',
  '0-3': 'Root account activity',
  '0-4': 'Expensive instance types',
  '0-5': 'No events arriving',
  '0-6': 'S3 bucket made public',
  '0-7': 'Many instances created at once',
  '0-8': 'Multiple failed authentications',
  '0-9': 'Denied reads in mass',
  '0-10': 'Password changes of administrators',
  '0-11': 'Instance from an unknown image',
  '1-1': 'API-call bursts',
  '1-2': 'Calls from unusual addresses or regions',
  '1-3': 'Many services not normally used',
  '1-4': 'Root with API keys; account and billing changes',
  '1-5': 'Access keys for users who did not need them',
  '1-6': 'Immediate use of new keys',
  '1-7': 'Access keys created, listed, changed',
  '1-8': 'Unusual or frequent AssumeRole; privileged roles',
  '1-9': 'AssumeRole from unusual addresses or regions',
  '1-10': 'Assumption followed by inconsistent actions',
  '1-11': 'Unusual S3 bucket access',
  '1-12': 'Large transfers, out of hours',
  '1-13': 'Sensitive buckets',
  '1-14': 'Large transfers from S3, RDS, DynamoDB',
  '1-15': 'DataSync, Transfer Acceleration',
  '1-16': 'Replication configuration',
  '1-17': 'Ingress outside trusted networks',
  '1-18': 'Security group changes out of the ordinary',
  '1-19': 'New permissive security groups',
  '1-20': 'Posture weakened',
};

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
