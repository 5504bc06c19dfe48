import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { eventually, freePort, pythonWith, run, type Service, scratch, startService } from '../tools';

/** An AWS on 127.0.0.1 that other people wrote, and the app deployed to it by the commands that people use. */

/** It has the whole of AWS in Python, and runs functions as processes of this machine's Node. */
const MINISTACK = 'ministack==1.5.33';

const ROOT = join(__dirname, '../..');
const CDK = join(ROOT, 'node_modules/.bin/cdk');
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
const HUB_STACK = 'Trailhound-Hub';

export interface Emulator {
  readonly endpoint: string;
  /** What every program needs to talk to it, and to nobody else. */
  readonly env: NodeJS.ProcessEnv;
  readonly service: Service;
}

/** What clients of the SDK need; the keys are no secrets of anybody. */
export function clientOptions(endpoint: string) {
  return { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

export async function startEmulator(): Promise<Emulator> {
  const bin = pythonWith(MINISTACK);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const home = scratch();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_)/.test(name));
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // Nobody's own profiles.
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  };
  const service = startService(join(bin, 'ministack'), [], {
    cwd: home,
    env: {
      ...env,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      TMPDIR: home,
    },
  });
  await eventually('the emulator answers', 60_000, async () => {
    if (service.process.exitCode !== null) throw new Error(`the emulator ended: ${service.printed()}`);
    return await fetch(`${endpoint}/_ministack/health`).then(
      (response) => (response.ok ? true : undefined),
      () => undefined,
    );
  });
  return { endpoint, env, service };
}

/** A change to a template that only the emulator needs, for people to read. */
export type Transformed = Readonly<Record<string, number>>;

/**
 * Synthesizes, bootstraps and deploys.
 * @returns outputs of the hub's stack, and what was changed in its template before
 */
export async function deploy(
  { env, endpoint }: Emulator,
  config: string,
): Promise<{ outputs: Readonly<Record<string, string>>; transformed: Transformed }> {
  const folder = scratch();
  const file = join(folder, 'trailhound.yaml');
  const out = join(folder, 'cdk.out');
  writeFileSync(file, config);
  const options = { cwd: ROOT, env: { ...env, CDK_DEFAULT_ACCOUNT: ACCOUNT, CDK_DEFAULT_REGION: REGION } };
  const cdk = (...args: string[]) => run(CDK, [...args, '--no-version-reporting'], 240_000, options);
  cdk('synth', '--quiet', '-o', out, '-c', `config=${file}`);
  const hub = readdirSync(out).find((name) => /Hub[^.]*\.template\.json$/.test(name));
  if (hub === undefined) throw new Error(`no template of the hub in ${out}`);
  const transformed = transform(join(out, hub));
  cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', out, '--progress', 'bar');
  cdk('deploy', '--all', '--require-approval', 'never', '--app', out, '--progress', 'bar');
  const client = new CloudFormationClient(clientOptions(endpoint));
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: HUB_STACK }));
  const outputs = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return { outputs: Object.fromEntries(outputs), transformed };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** Once in this time, where people wait for days. */
const SCHEDULES: Readonly<Record<string, string>> = {
  'rate(5 minutes)': 'rate(1 minute)',
  'cron(20 5 * * ? *)': 'rate(2 minutes)',
};

/** Changes what the emulator refuses, and what nobody can wait for. The queues' own 365 s are six times the functions' time. */
function transform(file: string): Transformed {
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Resource> };
  const changes: Record<string, number> = {};
  const changed = (what: string) => {
    changes[what] = (changes[what] ?? 0) + 1;
  };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::CloudWatch::Alarm' && 'Metrics' in Properties) {
      const { Metrics: _, ...rest } = Properties;
      replace(Properties, { ...rest, Namespace: 'Trailhound', MetricName: 'Records', Period: 300, Statistic: 'Sum' });
      changed('AWS::CloudWatch::Alarm over an expression: over a single metric instead');
    }
    if (Type === 'AWS::Scheduler::Schedule') {
      const expression = String(Properties['ScheduleExpression']);
      const faster = SCHEDULES[expression];
      if (faster === undefined) continue;
      Properties['ScheduleExpression'] = faster;
      changed(`AWS::Scheduler::Schedule ${expression}: ${faster}`);
    }
  }
  writeFileSync(file, JSON.stringify(template));
  return changes;
}

function replace(properties: Record<string, unknown>, by: Record<string, unknown>): void {
  for (const name of Object.keys(properties)) delete properties[name];
  Object.assign(properties, by);
}
