import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { detectionData } from '../../lambda/config/detection-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { defaultProvider } from '../../lambda/function-credentials';
import { RULES } from '../../lambda/rules';
import { needs } from '../../lambda/rules/feeds';
import { configFromContext } from '../../lib/context';
import { handlerCode } from '../../lib/handler-code';
import type { Deployment } from '../../lib/props';
import { defaultRegions, regionProblems, regionWarnings } from '../../lib/regions';
import { summaryOf } from '../../lib/summary';
import { resourcesOf, synthesized } from './synthesized';

const ROOT = path.join(__dirname, '../..');
const NOW = Date.parse('2026-03-10T10:00:00Z');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'trailhound-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('regions', () => {
  it('are those that every account has, and the home region', () => {
    expect(defaultRegions('eu-west-1')).toHaveLength(17);
    expect(defaultRegions('af-south-1')).toEqual(expect.arrayContaining(['af-south-1', 'us-east-1']));
    expect(defaultRegions('us-gov-west-1')).toEqual(['us-gov-west-1']);
  });

  it.each([
    ['eu-west-1', ['us-east-1', 'eu-west-1'], []],
    [
      'eu-west-1',
      ['us-east-1', 'eu-wst-1', 'eu-west-1'],
      ['eu-wst-1: no region that the installed CDK knows; did you mean eu-west-1?'],
    ],
    [
      'eu-west-1',
      ['us-east-1'],
      ['eu-west-1: the home region is not covered; add it to regions, or set deploy.homeRegion to one of them'],
    ],
    ['us-gov-west-1', ['us-gov-west-1'], []],
    [
      'us-gov-west-1',
      ['us-gov-west-1', 'us-gov-east-1'],
      [
        expect.stringMatching(
          /^us-gov-west-1: EventBridge forwards between regions only in the commercial partition; deploy once/,
        ),
      ],
    ],
  ])('of %s and %j have the problems %j', (home, regions, problems) => {
    expect(regionProblems(home, regions)).toEqual(problems);
  });

  it('are warned of where events may have to wait, or sign-ins are not seen', () => {
    const all = defaultRegions('us-east-1');
    expect(regionWarnings('eu-west-1', all)).toEqual([]);
    expect(regionWarnings('eu-central-1', all)).toEqual([]);
    expect(regionWarnings('eu-north-1', all)).toEqual([
      expect.stringMatching(/^eu-north-1 has a quota of 1100 EventBridge invocations a second/),
    ]);
    expect(regionWarnings('af-south-1', all)).toEqual([expect.stringMatching(/quota of 750/)]);
    expect(regionWarnings('us-east-1', ['us-east-1', 'eu-north-1'])).toEqual([
      'console sign-ins of IAM users may be recorded in us-east-2, ap-southeast-2, which you do not cover',
    ]);
  });
});

describe('the configuration of a cdk command', () => {
  const from = (context: Record<string, unknown>) => configFromContext((name) => context[name], folder);

  it('is empty without a file', () => {
    expect(from({})).toEqual({});
  });

  it('is the file, with the command line over it', () => {
    writeFileSync(path.join(folder, 'other.yaml'), 'email: a@example.com\nlanguage: es\n');
    expect(from({ config: 'other.yaml' })).toEqual({ email: 'a@example.com', language: 'es' });
    expect(
      from({ config: 'other.yaml', email: 'b@example.com, c@example.com', regions: 'us-east-1,eu-west-1' }),
    ).toEqual({
      email: ['b@example.com', 'c@example.com'],
      language: 'es',
      regions: ['us-east-1', 'eu-west-1'],
    });
  });

  it('is refused when the named file is not there', () => {
    expect(() => from({ config: 'missing.yaml' })).toThrow(
      /missing\.yaml: expected a file that can be read, found none there/,
    );
  });
});

describe('the summary of a synthesis', () => {
  const summary = (config: object, account: string | undefined = '111122223333') => {
    const deployment: Deployment = {
      account,
      homeRegion: 'eu-west-1',
      regions: ['us-east-1', 'eu-west-1'],
      config: resolveConfig(config, RULES, NOW),
      version: '1.2.3',
    };
    return summaryOf(deployment, RULES);
  };
  const line = (text: string, name: string) => {
    const [, rest = ''] = text.split(new RegExp(`^${name} +`, 'm'));
    return rest.split(/\n(?! )/)[0]?.replace(/\s+/g, ' ') ?? '';
  };

  it('names what is on, in shadow and off, where, and for whom', () => {
    const text = summary({
      email: 'security@example.com',
      rules: { 'cloudtrail-stopped': { mode: 'shadow' }, 'root-api-read': { mode: 'off' } },
    });
    expect(text).toMatch(/^Trailhound 1\.2\.3, configuration [0-9a-f]+\n/);
    expect(line(text, 'Rules live')).not.toContain('cloudtrail-stopped');
    expect(line(text, 'Rules live')).toContain('root-console-login');
    expect(line(text, 'Shadow')).toBe('1: cloudtrail-stopped');
    expect(line(text, 'Off')).toContain('root-api-read');
    expect(line(text, 'Off')).not.toContain('no-events'); // for files alone
    expect(line(text, 'Hub')).toMatch(/^eu-west-1, account 111122223333, \d+ EventBridge rules$/);
    expect(line(text, 'Regions')).toBe('2: us-east-1, eu-west-1');
    expect(line(text, 'Alerts to')).toBe('security@example.com');
    expect(line(text, 'Operations to')).toMatch(/^nobody/);
    expect(line(text, 'Members')).toBe('this account only');
    for (const one of text.split('\n')) expect(one.length).toBeLessThanOrEqual(120);
  });

  it('says what a million events cost', () => {
    expect(line(summary({}), 'Costs')).toMatch(/writes and sign-ins 2\.42 USD, reads 1\.86 USD; /);
    expect(line(summary({ deploy: { dataEvents: true } }), 'Costs')).toContain('data events 1.86 USD');
  });

  it('names the rules that do not get all that they need', () => {
    const hungry = RULES.filter((rule) => rule.mode !== 'off' && needs(rule).includes('data-events')).map(
      ({ id }) => id,
    );
    expect(hungry.length).toBeGreaterThan(0);
    for (const id of hungry) expect(line(summary({}), 'Not fully fed')).toContain(id);
    expect(summary({ deploy: { dataEvents: true, allReads: true } })).not.toContain('Not fully fed');
  });

  it('names where members get their forwarders', () => {
    expect(line(summary({ deploy: { memberAccounts: ['444455556666'] } }), 'Members')).toBe('444455556666');
    expect(
      line(
        summary({ deploy: { organizationId: 'o-abcdefghij', organizationalUnits: ['ou-abcd-11112222'] } }),
        'Members',
      ),
    ).toBe('organization o-abcdefghij, forwarders in ou-abcd-11112222');
    expect(line(summary({ deploy: { organizationId: 'o-abcdefghij' } }), 'Members')).toContain(
      'trailhound-member.template.json',
    );
  });

  it('does without an account', () => {
    expect(line(summary({}, undefined), 'Hub')).toContain('account');
  });
});

describe('the code of a function', () => {
  let asset = '';
  beforeAll(() => {
    const app = new App({ outdir: path.join(folder, 'out') });
    const stack = new Stack(app, 'Stack');
    const code = handlerCode('detect.handler', { 'detection.json': detectionData(resolveConfig({}, RULES, 0)) });
    for (const id of ['One', 'Two']) {
      new LambdaFunction(stack, id, { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
    }
    const { directory } = app.synth();
    const assets = readdirSync(directory).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(1);
    asset = path.join(directory, assets[0] ?? '');
  }, 60_000);

  it('is bundled by esbuild, which is installed, with the configuration beside it', () => {
    expect(require.resolve('esbuild')).toContain('node_modules');
    expect(readdirSync(asset).sort()).toEqual(['detection.json', 'index.mjs']);
    expect(JSON.parse(readFileSync(path.join(asset, 'detection.json'), 'utf8'))).toMatchObject({ suppressions: [] });
  });

  it('is its own: another handler, or the same with other files beside it, is another asset', () => {
    const app = new App({ outdir: path.join(folder, 'several') });
    const stack = new Stack(app, 'Stack');
    const codes = {
      Notify: handlerCode('notify.handler', { 'frame.json': 'one' }),
      NotifyElse: handlerCode('notify.handler', { 'frame.json': 'another' }),
      Heartbeat: handlerCode('heartbeat.handler', { 'heartbeat.json': 'one' }),
    };
    for (const [id, code] of Object.entries(codes)) {
      new LambdaFunction(stack, id, { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
    }
    const { directory } = app.synth();
    const beside = readdirSync(directory)
      .filter((name) => name.startsWith('asset.'))
      .flatMap((name) => readdirSync(path.join(directory, name)));
    expect(beside.filter((name) => name.endsWith('.json')).sort()).toEqual([
      'frame.json',
      'frame.json',
      'heartbeat.json',
    ]);
  }, 60_000);

  it('starts with what the stack gives it, and answers', () => {
    const script = `
      const { handler } = await import(${JSON.stringify(path.join(asset, 'index.mjs'))});
      const answer = await handler({ Records: [] }, { getRemainingTimeInMillis: () => 60_000 });
      console.log(JSON.stringify(answer));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...environmentOf(), LAMBDA_TASK_ROOT: asset, AWS_REGION: 'eu-west-1' },
    });
    expect({ answer: stdout.trim().split('\n').at(-1), stderr }).toEqual({
      answer: '{"batchItemFailures":[]}',
      stderr: expect.not.stringContaining('Error'),
    });
  });

  it('carries every rule, without the guides for people but where rules share them', () => {
    const bundle = readFileSync(path.join(asset, 'index.mjs'), 'utf8');
    expect(RULES.filter(({ id }) => !bundle.includes(id))).toEqual([]);
    const guides = RULES.flatMap(({ why, runbook, references }) => [why, ...runbook, ...references]);
    const carried = guides.filter((text) => bundle.includes(text));
    expect(carried.join('').length).toBeLessThan(guides.join('').length / 8);
  });

  it("signs with the credentials of the function's role, and looks for no others", async () => {
    jest.replaceProperty(process, 'env', {
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
    });
    expect(await defaultProvider()()).toEqual({
      accessKeyId: 'AKIAEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    });
    jest.replaceProperty(process, 'env', {});
    await expect(defaultProvider()()).rejects.toThrow(/no credentials/);
    jest.restoreAllMocks();
    const bundle = readFileSync(path.join(asset, 'index.mjs'), 'utf8');
    expect(['sso_start_url', 'web_identity_token_file'].filter((way) => bundle.includes(way))).toEqual([]);
  });
});

/** The environment that the stack gives the detector, with places made up. */
function environmentOf(): Record<string, string> {
  const detector = resourcesOf(synthesized().hub, 'AWS::Lambda::Function').find(([id]) =>
    id.startsWith('DetectPriority'),
  );
  const [, { Properties }] = detector ?? ['', { Properties: {} }];
  const { Variables } = (Properties as Record<string, unknown>)['Environment'] as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(Object.keys(Variables).map((name) => [name, `the-${name.toLowerCase()}`]));
}

describe('the app', () => {
  const run = (context: object) =>
    spawnSync(process.execPath, [path.join(ROOT, 'node_modules/tsx/dist/cli.mjs'), path.join(ROOT, 'bin/app.ts')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        CDK_DEFAULT_REGION: 'eu-west-1',
        CDK_DEFAULT_ACCOUNT: '111122223333',
        CDK_OUTDIR: path.join(folder, 'app'),
        CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
      },
    });

  it('tells every mistake of a configuration at once, and nothing of its own inside', () => {
    const { status, stderr } = run({ email: 'security.example.com', regions: 'eu-west-1' });
    expect(status).toBe(1);
    expect(stderr).toContain('Trailhound cannot be deployed like this:\n');
    expect(stderr).toMatch(/^email/m);
    expect(stderr).toMatch(/^regions: expected us-east-1 among them/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  }, 60_000);

  it('synthesizes without a finding, says what it is about to deploy, and writes the template for members', () => {
    writeFileSync(path.join(folder, 'members.yaml'), 'email: a@example.com\ndeploy: {organizationId: o-abcdefghij}\n');
    const regions = 'us-east-1,us-east-2,eu-north-1,ap-southeast-2,eu-west-1';
    const { status, stderr } = run({ config: 'members.yaml', regions });
    expect(stderr).toMatch(/^Alerts to +a@example\.com$/m);
    expect(status).toBe(0);
    expect(existsSync(path.join(folder, 'app', 'trailhound-member.template.json'))).toBe(true);
  }, 120_000);
});
