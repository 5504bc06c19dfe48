import { join } from 'node:path';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import type { Examples, Rule } from '../../lambda/rules/rule';
import { scaffold } from '../../scripts/new-rule';
import { whySilent } from '../rules/diagnose';
import { alertsOf, engineFor } from '../rules/timeline';

const ROOT = join(__dirname, '../..');

describe('a scaffolded rule', () => {
  const { file, text } = scaffold('s3/bucket-tagged', ['cloudtrail-stopped']);
  const path = join(ROOT, file);

  it('stands in its service', () => {
    expect(file).toBe('lambda/rules/s3/bucket-tagged.ts');
    expect(text).toContain("'s3.amazonaws.com'");
  });

  it('type-checks where it is written', () => {
    const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (name) => name === path || fileExists(name);
    host.readFile = (name) => (name === path ? text : readFile(name));
    host.getSourceFile = (name, ...rest) =>
      name === path ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
    const program = ts.createProgram([path], { ...options, noEmit: true }, host);
    const source = program.getSourceFile(path);
    const errors = [...program.getSemanticDiagnostics(source), ...program.getSyntacticDiagnostics(source)];
    expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 60_000);

  it('says nothing yet, and its failing example tells that `when` is why', () => {
    const { rule, examples } = load(text, path);
    expect(rule.id).toBe('bucket-tagged');
    const [first] = examples.fires;
    expect(alertsOf(engineFor(rule, first), first.timeline)).toEqual([]);
    expect(whySilent(rule, first)).toMatch(/record 1: \(s3\.amazonaws\.com NameOfTheCall, succeeded\) `when` says no/);
  });

  it('fires when what it asks for is written', () => {
    const written = text.replace("=== 'to be written'", "!== 'harmless'");
    expect(written).not.toBe(text);
    const { rule, examples } = load(written, path);
    for (const example of examples.fires) {
      const alerts = alertsOf(engineFor(rule, example), example.timeline);
      expect(alerts.map(({ severity }) => severity)).toEqual([example.severity ?? 'medium']);
    }
    for (const example of examples.quiet) expect(alertsOf(engineFor(rule, example), example.timeline)).toEqual([]);
  });
});

describe('a name that can not be', () => {
  it.each([
    ['', '<service>/<id>'],
    ['bucket-tagged', '<service>/<id>'],
    ['s3/Bucket', '<service>/<id>'],
    ['s3/../../x', '<service>/<id>'],
    ['s3/deep/x', '<service>/<id>'],
    ['s3/cloudtrail-stopped', 'already'],
  ])('%p is refused', (name, message) => {
    expect(() => scaffold(name, ['cloudtrail-stopped'])).toThrow(message);
  });
});

describe('what an author is told of a silent example', () => {
  const { text } = scaffold('s3/bucket-tagged', []);
  const { rule, examples } = load(text, join(ROOT, 'lambda/rules/s3/bucket-tagged.ts'));
  const [example] = examples.fires;
  const told = (change: object) =>
    whySilent(rule, { ...example, timeline: example.timeline.map((record) => ({ ...record, ...change })) });

  it.each<[string, object, RegExp]>([
    ['another service', { eventSource: 'ec2.amazonaws.com' }, /match 1 wants s3\.amazonaws\.com/],
    ['another call', { eventName: 'Other' }, /match 1 wants NameOfTheCall/],
    ['another outcome', { errorCode: 'AccessDenied' }, /denied\) no match admits it; match 1 wants succeeded/],
    ['another feed', { managementEvent: false, eventCategory: 'Data' }, /wants the feed api-writes/],
    ['another account', { userIdentity: { type: 'AWSAccount', accountId: '999988887777' } }, /side: 'resource'/],
    ['no identity', { eventID: undefined }, /can't be read/],
  ])('%s', (_what, change, message) => {
    expect(told(change)).toMatch(message);
  });

  it('how many counted, and how many were needed', () => {
    const { when: _when, ...every } = rule;
    const counting: Rule = {
      ...every,
      window: { kind: 'count', per: () => 'x', threshold: 3, withinMs: 60_000, unit: 'tags' },
    };
    expect(whySilent(counting, example)).toContain('1 counted; needed are 3 tags within 1 min');
  });
});

/** The module's exports, without a file: other tests read the folders of rules at the same time. */
function load(contents: string, path: string): { rule: Rule; examples: Examples } {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: join(path, '..'), sourcefile: path, loader: 'ts' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  });
  const module = { exports: {} as { default: Rule; examples: () => Examples } };
  new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(module, module.exports, require);
  return { rule: module.exports.default, examples: module.exports.examples() };
}
