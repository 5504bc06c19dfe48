import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { STACK_LIMITS, USABLE } from '../test/lib/stack-limits';
import { type Lane, runLane } from './lane';
import { EXCEPTIONS } from './templates/exceptions';
import { pythonWith, runBeside, scratch } from './tools';

/**
 * `npm run conformance:templates`: what `cdk synth` makes, as shipped and with everything switched on, before the linters
 * of other people. cdk-nag has its say at each synth. Needs Python with pip.
 */

const CONFIGS: Readonly<Record<string, string>> = {
  shipped: 'email: security@example.com\nregions: [us-east-1, eu-west-1]\n',
  everything: `email: security@example.com
opsEmail: ops@example.com
regions: [us-east-1, eu-west-1]
deploy:
  homeRegion: eu-west-1
  allReads: true
  dataEvents: true
  dataEventBuckets: [example-data]
  customerManagedKey: true
  createTrail: true
  chatTopic: true
  organizationId: o-exampleorgid
  organizationalUnits: [ou-abcd-12345678]
  operatorRoles: ["arn:aws:iam::111122223333:role/SecurityOperator"]
`,
};

const EACH_MS = 240_000;

interface Finding {
  readonly tool: 'cfn-lint' | 'checkov';
  readonly rule: string;
  readonly of: string;
  readonly says: string;
}

runLane('templates', 10, async (lane) => {
  const linter = pythonWith('cfn-lint==1.58.0');
  const checkov = pythonWith('checkov==3.3.30');
  const outputs = await Promise.all(Object.values(CONFIGS).map(synthesized));
  Object.keys(CONFIGS).forEach((name, index) => {
    const templates = outputs[index] ?? [];
    lane.check(`${name}: ${templates.length} templates`, templates.length >= 3);
    for (const template of templates) {
      const { size } = statSync(template);
      const most = STACK_LIMITS.bytes * USABLE;
      lane.check(`${name}: ${basename(template)} has ${size} of ${most} bytes`, size <= most);
    }
  });
  // Each loads for seconds before its first template: all templates at once, and the two beside each other.
  const [linted, checked] = await Promise.all([lint(linter, outputs.flat()), check(checkov, outputs.flat())]);
  lane.check(`checkov passes ${checked.passed} checks`, checked.passed > 200);
  judge(lane, [...linted, ...checked.findings]);
});

/** The templates of a configuration, by the command that people use. */
async function synthesized(config: string): Promise<string[]> {
  const folder = scratch();
  const file = join(folder, 'trailhound.yaml');
  const out = join(folder, 'cdk.out');
  writeFileSync(file, config);
  const env = { ...process.env, CDK_DEFAULT_ACCOUNT: '111122223333', CDK_DEFAULT_REGION: 'eu-west-1' };
  const cdk = join(__dirname, '../node_modules/.bin/cdk');
  await runBeside(cdk, ['synth', '--quiet', '--no-version-reporting', '-o', out, '-c', `config=${file}`], EACH_MS, {
    cwd: join(__dirname, '..'),
    env,
  });
  return readdirSync(out)
    .filter((entry) => entry.endsWith('.template.json'))
    .map((entry) => join(out, entry));
}

async function lint(bin: string, templates: readonly string[]): Promise<Finding[]> {
  const args = ['--non-zero-exit-code', 'none', '--format', 'json', '--', ...templates];
  const printed = await runBeside(join(bin, 'cfn-lint'), args, EACH_MS);
  const found = JSON.parse(printed || '[]') as {
    Rule: { Id: string };
    Message: string;
    Location: { Path?: unknown[] };
  }[];
  return found.map(({ Rule: { Id: rule }, Message: says, Location: { Path: path = [] } }) => {
    return { tool: 'cfn-lint', rule, of: `${path.join('/')} ${says}`, says };
  });
}

async function check(bin: string, templates: readonly string[]): Promise<{ findings: Finding[]; passed: number }> {
  const args = [
    // Without its maker's service, which is not asked: no links, no severities.
    ...['--framework', 'cloudformation', '--skip-download', '--compact', '--quiet', '--output', 'json'],
    ...templates.flatMap((template) => ['--file', template]),
  ];
  // It ends with 1 where it finds anything.
  const printed = await runBeside(join(bin, 'checkov'), args, EACH_MS, { fine: [0, 1] });
  const parsed = JSON.parse(printed) as Report | Report[];
  const reports = Array.isArray(parsed) ? parsed : [parsed];
  return {
    passed: reports.reduce((sum, { summary }) => sum + summary.passed, 0),
    findings: reports.flatMap(({ results }) =>
      results.failed_checks.map(
        ({ check_id: rule, check_name: says, resource: of }): Finding => ({ tool: 'checkov', rule, of, says }),
      ),
    ),
  };
}

interface Report {
  readonly summary: { readonly passed: number };
  readonly results: {
    readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[];
  };
}

function judge(lane: Lane, findings: readonly Finding[]): void {
  const excepting = (finding: Finding) =>
    EXCEPTIONS.find(({ tool, rule, of }) => tool === finding.tool && rule === finding.rule && of.test(finding.of));
  const open = findings.filter((finding) => excepting(finding) === undefined);
  lane.check(`${findings.length} findings, each with a reason in templates/exceptions.ts`, open.length === 0, open);
  for (const exception of EXCEPTIONS) {
    const covered = findings.filter((finding) => excepting(finding) === exception).length;
    lane.check(
      `${exception.tool} ${exception.rule}, ${covered} times: ${exception.reason}`,
      covered > 0,
      'not said any more',
    );
  }
}
