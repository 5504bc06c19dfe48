import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { loadConfig } from '../lambda/config/read-config';
import { ConfigError } from '../lambda/errors';
import { RULES } from '../lambda/rules';
import { Trailhound } from '../lib';
import { summaryOf } from '../lib/summary';

/**
 * The CDK app: `npx cdk deploy --all`, with `trailhound.yaml` in this folder, `-c config=other.yaml`, and for the first
 * minute without any file `-c email=security@example.com -c regions=us-east-1,eu-west-1`.
 */
function main(): void {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
  const trailhound = new Trailhound(app, 'Trailhound', {
    config: configFor((name) => app.node.tryGetContext(name)),
    account: process.env['CDK_DEFAULT_ACCOUNT'],
    region: process.env['CDK_DEFAULT_REGION'],
  });
  const { directory } = app.synth();
  console.error(summaryOf(trailhound.deployment, RULES));
  if (trailhound.memberTemplate !== undefined) {
    const file = path.join(directory, 'trailhound-member.template.json');
    writeFileSync(file, `${JSON.stringify(trailhound.memberTemplate, undefined, 1)}\n`);
    console.error(`Forwarder for member accounts: ${file}`);
  }
}

/** The file, and what the command line puts over it. */
function configFor(context: (name: string) => unknown): unknown {
  const text = (name: string) => {
    const value = context(name);
    return value === undefined ? undefined : String(value);
  };
  const configPath = text('config');
  const { value } = loadConfig({ cwd: process.cwd(), ...(configPath === undefined ? {} : { configPath }) });
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map((item) => item.trim());
  const [email, opsEmail, regions] = [list('email'), list('opsEmail'), list('regions')];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value; // the resolver says what is wrong
  return {
    ...value,
    ...(email === undefined ? {} : { email }),
    ...(opsEmail === undefined ? {} : { opsEmail }),
    ...(regions === undefined ? {} : { regions }),
  };
}

try {
  main();
} catch (error) {
  // A mistake in the configuration is for the person who wrote it: no stack trace.
  if (!(error instanceof ConfigError)) throw error;
  console.error(`The configuration cannot be deployed:\n${error.message}`);
  process.exitCode = 1;
}
