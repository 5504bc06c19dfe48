import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the lists of posture checks: `lambda/posture/checks.ts`; `lambda/posture/examples.ts`, which no handler reads;
 * and `lambda/config/posture-checks.ts` and `lambda/posture/check-titles.ts`, by which the configuration and messages
 * know them without their code.
 *
 * `npm run posture-index` writes; with `--check` it fails when a list is not what it would write.
 */

const root = join(__dirname, '..');

interface CheckFile {
  readonly id: string;
  readonly title: string;
  readonly name: string;
}

export function checkFiles(): CheckFile[] {
  return readdirSync(join(root, 'lambda/posture/checks'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort()
    .map((id) => ({ id, title: titleOf(id), name: id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) }));
}

/** The check's own title, without loading the list that is about to be written. */
function titleOf(id: string): string {
  const text = readFileSync(join(root, `lambda/posture/checks/${id}.ts`), 'utf8');
  return /^ {2}title: '(.*)',$/m.exec(text)?.[1] ?? id;
}

/** All lists as text, by path. */
export function checkLists(files: readonly CheckFile[]): Record<string, string> {
  const checks = [
    "import type { Check } from './check';",
    ...files.map(({ id, name }) => `import ${name} from './checks/${id}';`),
    '',
    '/** Every check. Written by `npm run posture-index`; a test says when a file is missing from it. */',
    'export const CHECKS: readonly Check[] = [',
    ...files.map(({ name }) => `  ${name},`),
    '];',
    '',
  ];
  const examples = [
    "import type { CheckExamples } from './check';",
    ...files.map(({ id, name }) => `import { examples as ${name} } from './checks/${id}';`),
    '',
    '/** Examples of every check, by id. Apart from the checks, so that they stay out of the Lambda bundles. */',
    'export const CHECK_EXAMPLES: Readonly<Record<string, () => CheckExamples<never>>> = {',
    ...files.map(({ id, name }) => (id === name ? `  ${name},` : `  '${id}': ${name},`)),
    '};',
    '',
  ];
  const ids = [
    '/** Ids of the posture checks, which suppressions may name as their `rule`. Written by `npm run posture-index`. */',
    'export const POSTURE_CHECKS: readonly string[] = [',
    ...files.map(({ id }) => `  '${id}',`),
    '];',
    '',
  ];
  const titles = [
    '/** Titles of the checks, for whoever tells of them without judging. Written by `npm run posture-index`. */',
    'export const CHECK_TITLES: Readonly<Record<string, string>> = {',
    ...files.map(({ id, title }) => `  '${id}': '${title}',`),
    '};',
    '',
  ];
  return {
    [join(root, 'lambda/posture/check-titles.ts')]: titles.join('\n'),
    [join(root, 'lambda/posture/checks.ts')]: checks.join('\n'),
    [join(root, 'lambda/posture/examples.ts')]: examples.join('\n'),
    [join(root, 'lambda/config/posture-checks.ts')]: ids.join('\n'),
  };
}

if (require.main === module) {
  for (const [path, text] of Object.entries(checkLists(checkFiles()))) {
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`${path} is out of date: run npm run posture-index\n`);
      process.exitCode = 1;
    }
  }
}
