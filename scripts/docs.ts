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
  '2-1': 'Rights of an administrator granted',
  '2-2': 'Rights granted that lead to more',
  '2-3': 'Trust of a role opened',
  '2-4': 'New identity armed at once',
  '2-5': 'IAM user created',
  '2-6': 'GuardDuty weakened',
  '2-7': 'Encryption keys destroyed',
  '2-8': 'Encryption keys given away',
  '2-9': 'Snapshots and images shared',
  '2-10': 'Secrets read in mass',
  '2-11': 'Parameters decrypted in mass',
  '2-12': 'Console sign-in without a second factor',
  '2-13': 'User data of machines read',
  '2-14': 'Startup script of a machine changed',
  '2-15': 'Passwords of machines read',
  '2-16': 'Commands and sessions by Systems Manager',
  '2-17': 'Keys put onto machines, serial consoles',
  '2-18': 'Keys of machines used elsewhere',
  '2-19': 'Federated sessions, console from keys',
  '2-20': 'Tools for breaking in',
  '2-21': 'First question whose key it is',
  '2-22': 'Key found in public by AWS',
  '2-23': 'Mail and text messages probed and opened',
  '2-24': 'Models used by thieves',
  '2-25': 'Log and guardrails of models removed',
  '2-26': 'Objects encrypted for ransom',
  '2-27': 'Buckets and objects destroyed',
  '2-28': 'Backups destroyed',
  '2-29': 'Functions opened',
  '2-30': 'Code, layers and triggers of functions',
  '2-31': 'Roles Anywhere',
  '2-32': 'Identity providers and Identity Center',
  '2-33': 'Organization changed or left',
  '2-34': 'Other logs removed',
  '2-35': 'Alarms and event rules removed',
  '2-36': 'Second factors and permissions boundaries removed',
  '2-37': 'Databases exposed',
  '2-38': 'Registries, tasks and clusters',
  '2-39': 'Networks and domains led away',
  '2-40': 'Surveys of the account',
  '2-41': 'Code planted where it runs with rights',
  '2-42': "Findings of AWS's own detectors",
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
