import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the two lists of rules: `lambda/rules/index.ts`, which everything reads, and `lambda/rules/examples.ts`, which
 * only tests, docs and the command line read, so that no example reaches a Lambda bundle.
 *
 * `npm run rule-index` writes; with `--check` it fails when a list is not what it would write.
 */

const folder = join(__dirname, '../lambda/rules');

interface RuleFile {
  readonly id: string;
  readonly path: string;
  readonly name: string;
}

/** Files of services' folders that export a rule; helpers of a family have no default export. */
export function ruleFiles(): RuleFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((service) => readdirSync(join(folder, service.name)).map((file) => `${service.name}/${file}`))
    .filter((path) => path.endsWith('.ts') && /^export default /m.test(readFileSync(join(folder, path), 'utf8')))
    .map((path) => path.replace(/\.ts$/, ''))
    .sort()
    .map((path) => {
      const id = path.slice(path.indexOf('/') + 1);
      return { id, path, name: id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) };
    });
}

/** Both lists as text, by path. */
export function ruleLists(files: readonly RuleFile[]): Record<string, string> {
  const index = [
    ...files.map(({ name, path }) => `import ${name} from './${path}';`),
    "import type { Rule } from './rule';",
    '',
    '/** Every shipped rule. Written by `npm run rule-index`; a test says when a file is missing from it. */',
    'export const RULES: readonly Rule[] = [',
    ...files.map(({ name }) => `  ${name},`),
    '];',
    '',
  ];
  const examples = [
    ...files.map(({ name, path }) => `import { examples as ${name} } from './${path}';`),
    "import type { Examples } from './rule';",
    '',
    '/** Examples of every shipped rule, by id. Apart from the rules, so that they stay out of the Lambda bundles. */',
    'export const EXAMPLES: Readonly<Record<string, () => Examples>> = {',
    ...files.map(({ id, name }) => (id === name ? `  ${name},` : `  '${id}': ${name},`)),
    '};',
    '',
  ];
  return { [join(folder, 'index.ts')]: index.join('\n'), [join(folder, 'examples.ts')]: examples.join('\n') };
}

if (require.main === module) {
  for (const [path, text] of Object.entries(ruleLists(ruleFiles()))) {
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`${path} is out of date: run npm run rule-index\n`);
      process.exitCode = 1;
    }
  }
}
