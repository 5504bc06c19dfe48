import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { ConfigError } from '../lambda/errors';
import { RULES } from '../lambda/rules';
import { Trailhound } from '../lib';
import { configFromContext } from '../lib/context';
import { DeploymentError } from '../lib/deployment-error';
import { summaryOf } from '../lib/summary';

/**
 * The CDK app: `npx cdk deploy --all`, with `trailhound.yaml` in this folder, `-c config=other.yaml`, or without a file
 * `-c email=security@example.com -c regions=us-east-1,eu-west-1`.
 */
function main(): void {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
  const trailhound = new Trailhound(app, 'Trailhound', {
    config: configFromContext((name) => app.node.tryGetContext(name), process.cwd()),
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

try {
  main();
} catch (error) {
  // A mistake in the configuration is for the person who wrote it: no stack trace.
  if (!(error instanceof ConfigError || error instanceof DeploymentError)) throw error;
  console.error(`Trailhound cannot be deployed like this:\n${error.message}`);
  process.exitCode = 1;
}
