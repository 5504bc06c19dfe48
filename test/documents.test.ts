import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Io } from '../bin/io';
import { run } from '../bin/trailhound';
import { resolveConfig } from '../lambda/config/resolve';
import { RULES } from '../lambda/rules';

const root = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(path.join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [path.join(folder, name)] : []));
const readme = read('README.md');

/** Contents of the fenced blocks of a language. */
function blocks(text: string, language: string): string[] {
  return text
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split('```')[0] ?? '');
}

/** As GitHub makes them of headings: lower case, words joined by hyphens, other signs left out. */
function anchors(text: string): string[] {
  const headings = text.split('\n').filter((line) => /^#{1,6} /.test(line));
  return headings.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

describe.each([...markdownIn('.'), ...markdownIn('docs'), 'docs/rules/cloudtrail-stopped.md'])('%s', (file) => {
  const text = read(file);

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, to = '', anchor]) => {
      const target = to === '' ? file : path.join(path.dirname(file), to);
      if (!existsSync(path.join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchors(read(target)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*[a-z])/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('README.md', () => {
  it('shows the e-mail as it comes', async () => {
    const [mail = ''] = blocks(readme, 'text');
    const out: string[] = [];
    const io: Io = {
      stdout: (text) => out.push(text),
      stderr: (text) => out.push(text),
      stderrIsTerminal: false,
      stdoutIsTerminal: false,
      cwd: root,
      nowMs: () => Date.parse('2026-11-20T00:00:00Z'),
      env: {},
      onInterrupt: () => undefined,
    };
    const [, command = ''] = /`npm run -s trailhound -- (replay [^`]*--format email)`/.exec(readme) ?? [];
    await run([...command.split(' '), '--workers', '1'], io);
    expect(mail.trim()).not.toBe('');
    expect(out.join('')).toContain(mail.trimEnd());
  }, 60_000);

  it('shows a configuration that is one', () => {
    const written = blocks(readme, 'yaml').map((yaml) => parse(yaml) as unknown);
    expect(written).not.toEqual([]);
    for (const config of written) expect(resolveConfig(config, RULES, 0).rules.length).toBeGreaterThan(50);
  });
});
