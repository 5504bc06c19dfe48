import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RETIRED } from '../lambda/rules/retired';
import { ruleFiles } from './rule-index';

/**
 * `npm run new-rule -- <service>/<id>`: writes a rule that compiles, says nothing yet, and whose failing tests tell what
 * to write. See CONTRIBUTING.md.
 */

const root = join(__dirname, '..');

export interface Scaffold {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/**
 * The file of a new rule.
 * @throws {Error} when the name can't be a rule's; the message says what to choose instead
 */
export function scaffold(named: string, taken: readonly string[]): Scaffold {
  const [folder = '', id = '', ...more] = named.replace(/\.ts$/, '').split('/');
  const word = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
  if (!word.test(folder) || !word.test(id) || more.length > 0) {
    throw new Error('name the rule as <service>/<id>, in lower case with hyphens: s3/bucket-logging-off');
  }
  if (taken.includes(id)) throw new Error(`there is a rule ${id} already: choose another id`);
  const retired = RETIRED.find((rule) => rule.id === id);
  if (retired !== undefined) throw new Error(`${id} was a rule once (${retired.reason}): ids are not used again`);
  return { file: `lambda/rules/${folder}/${id}.ts`, text: template(folder, id) };
}

function template(folder: string, id: string): string {
  return `import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';

// eventSource as CloudTrail writes it; test/rules/known-events.json lists them, with their calls.
const SERVICE = '${folder}.amazonaws.com';

export default defineRule({
  id: '${id}',
  title: 'To write: what happened, in 60 characters',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['To write: a row of docs/coverage.md, or a new one'],
  attack: ['TA0003/T1098'], // To write: tactic/technique of ATT&CK v18, https://attack.mitre.org/
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: SERVICE, calls: ['NameOfTheCall'] }],
  settings: ['infrastructureAsCodeAgents'],
  // What \`match\` can't say. Leave it out if every such call counts.
  when: (event) => resourceOf(event) === 'to be written',
  // What makes two events the same matter: repeats within quietMs belong to one alert.
  per: (event) => \`\${event.account}|\${event.region}|\${resourceOf(event)}|\${event.actor}\`,
  quietMs: HOUR,
  headline: (event) => \`\${event.actor} called \${event.call} on \${resourceOf(event) ?? '(not named)'} \${whereFrom(event)}\`,
  resources: (event) => {
    const resource = resourceOf(event);
    return resource === undefined ? [] : [resource];
  },
  why: 'To write: why it matters, in one or two sentences for a tired person.',
  runbook: ['To write: the first thing to do, with its command.'],
  falsePositives: ['To write: who does this for good reasons.'],
  blindSpots: ['To write: what this rule does not see.'],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html'],
});

function resourceOf({ record }: TrailEvent): string | undefined {
  return text(pick(record['requestParameters'], 'name'));
}

export const examples = (): Examples => {
  const happened = call(SERVICE, 'NameOfTheCall', { requestParameters: { name: 'example' } });
  return {
    fires: [
      { why: 'To write: what happened', timeline: [happened], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(happened, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [happened, later(happened, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(happened)] },
      {
        why: 'To write: one change that makes it harmless',
        timeline: [but(happened, { requestParameters: { name: 'harmless' } })],
      },
    ],
  };
};
`;
}

/** @throws {Error} with what the script wrote */
function npm(script: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    shell: process.platform === 'win32', // there npm is a batch file
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the rule is written, but npm run ${script} failed:\n${stderr}`);
}

if (require.main === module) {
  try {
    const { file, text } = scaffold(
      process.argv[2] ?? '',
      ruleFiles().map(({ id }) => id),
    );
    const path = join(root, file);
    if (existsSync(path)) throw new Error(`${file} exists already`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    npm('rule-index');
    npm('format', file);
    const id = file.slice(file.lastIndexOf('/') + 1, -'.ts'.length);
    process.stdout.write(
      [
        `wrote ${file}, and named it in the lists of rules`,
        '',
        'It says nothing yet. Run its tests, and write what they ask for, until they pass:',
        `  npx jest test/rules -t ${id}`,
        'Calls of a service that test/rules/known-events.json does not list are added there, with their source.',
        'Then read it as its user would, and finish:',
        `  npm run -s trailhound -- rules ${id}`,
        '  its title in Spanish, in lambda/alerts/spanish.ts',
        '  npm run format && npm run docs && npm run check',
        '',
      ].join('\n'),
    );
  } catch (error) {
    process.stderr.write(`new-rule: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
