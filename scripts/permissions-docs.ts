import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The reviewed file of every policy that the default configuration deploys; a test holds the stacks equal to it. */
const REVIEWED = join(__dirname, '../test/lib/golden/iam.json');

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

interface Resource {
  readonly statements: readonly Statement[];
}

const POLICY = 'AWS::IAM::ManagedPolicy ';

/** docs/permissions.md: what each role of the stacks may do, by the reviewed file. */
export function permissionsMarkdown(): string {
  const stacks = JSON.parse(readFileSync(REVIEWED, 'utf8')) as Record<string, Record<string, Resource>>;
  return [
    '# Permissions',
    '',
    'What each role may do, made by `npm run docs` from the policies that a test compares with the synthesized stacks.',
    'Names are those of the template; the resources are the deployment’s own. Roles that are made only when configured',
    '(a trail, a topic for chat, StackSets) are not among them.',
    '',
    ...Object.entries(stacks).flatMap(([stack, resources]) => [`## ${capital(stack)} stack`, '', ...table(resources)]),
  ].join('\n');
}

function table(resources: Readonly<Record<string, Resource>>): string[] {
  const rows = Object.entries(resources).flatMap(([name, { statements }]) =>
    name.startsWith(POLICY) ? statements.map((statement) => row(nameOf(name.slice(POLICY.length)), statement)) : [],
  );
  return ['| policy | may | on |', '|---|---|---|', ...rows, ''];
}

function row(policy: string, { Effect, Action, Resource = [] }: Statement): string {
  if (Effect !== 'Allow') throw new Error(`${policy}: a statement that denies has no place in this table`);
  const actions = list(Action).map((action) => `\`${action}\``);
  const on = list(Resource).map((resource) => `\`${nameOf(resource)}\``);
  return `| ${policy} | ${actions.join(', ')} | ${on.join(', ')} |`;
}

/** `TablesAlertsF4292B9D.Arn/index/pending` → `TablesAlerts/index/pending`. */
function nameOf(resource: string): string {
  return resource
    .replace(/^\$\{(.*)\}$/, '$1')
    .replace(/^([A-Za-z]+?)[0-9A-F]{8}(?=\.|$)/, '$1')
    .replace(/\.Arn/, '');
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
