import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { withOwnRules } from '../lambda/config/own-rules';
import { resolveConfig } from '../lambda/config/resolve';
import { RULES } from '../lambda/rules';
import { forwardingPatterns } from '../lambda/rules/forwarding';
import { version } from '../package.json';
import { DeploymentError } from './deployment-error';
import { ForwarderStack } from './forwarder-stack';
import { HubStack } from './hub-stack';
import { memberTemplate } from './members';
import type { Deployment } from './props';
import { defaultRegions, regionProblems, regionWarnings } from './regions';

export interface TrailhoundProps {
  /** What `trailhound.yaml` holds, as an object: the same keys, checks and defaults. */
  readonly config?: unknown;
  /** Account to deploy to; absent: whichever account the credentials are for. */
  readonly account?: string | undefined;
  /** Region to deploy to, unless the configuration names a home region. */
  readonly region?: string | undefined;
  /** Milliseconds since the epoch, for warnings about suppressions that end. Default: now. */
  readonly nowMs?: number;
}

/**
 * Everything: the hub in its region, and a forwarder in every region that is watched.
 * @throws {ConfigError} with every problem of the configuration, and what to do about each
 * @throws {DeploymentError} with every problem of account and regions
 */
export class Trailhound extends Construct {
  readonly deployment: Deployment;
  readonly hub: HubStack;
  readonly forwarders: readonly ForwarderStack[];
  /** For member accounts, if there are any and the hub's account is known. */
  readonly memberTemplate: object | undefined;

  constructor(scope: Construct, id: string, { config: written = {}, account, region, nowMs }: TrailhoundProps) {
    super(scope, id);
    const config = resolveConfig(withOwnRules(written, process.cwd()), RULES, nowMs ?? Date.now());
    const homeRegion = config.deploy.homeRegion ?? region;
    if (homeRegion === undefined) {
      throw new DeploymentError(
        'no region to deploy to: give deploy.homeRegion in the configuration, or set AWS_REGION',
      );
    }
    const regions = config.regions ?? defaultRegions(homeRegion);
    const problems = regionProblems(homeRegion, regions);
    if (problems.length > 0) throw new DeploymentError(problems.join('\n'));
    this.deployment = { account, homeRegion, regions, config, version };

    const { deploy } = config;
    const patterns = forwardingPatterns(RULES, {
      allReads: deploy.allReads,
      data: deploy.dataEvents ? { buckets: deploy.dataEventBuckets } : undefined,
    });
    const hasMembers = deploy.organizationId !== undefined || deploy.memberAccounts.length > 0;
    if (hasMembers && account === undefined) {
      throw new DeploymentError(
        'member accounts must know the account of the hub: synthesize with its credentials, or give account',
      );
    }
    this.memberTemplate =
      hasMembers && account !== undefined ? memberTemplate(patterns, homeRegion, account) : undefined;

    const env = (of: string) => ({ region: of, ...(account === undefined ? {} : { account }) });
    this.hub = new HubStack(this, 'Hub', {
      stackName: `${id}-Hub`,
      env: env(homeRegion),
      description: `Trailhound ${version}: detects threats in CloudTrail events`,
      deployment: this.deployment,
      memberTemplate: this.memberTemplate,
    });
    this.forwarders = regions.map((of) => {
      const forwarder = new ForwarderStack(this, `Forwarder-${of}`, {
        stackName: `${id}-Forwarder-${of}`,
        env: env(of),
        description: `Trailhound ${version}: forwards CloudTrail events to ${homeRegion}`,
        terminationProtection: true,
        patterns,
        hubRegion: homeRegion,
      });
      // The bus must be there first, or the first events go to the queue of what could not be delivered.
      forwarder.addStackDependency(this.hub);
      return forwarder;
    });
    const warnings = [...config.warnings, ...regionWarnings(homeRegion, regions)];
    warnings.forEach((text, index) => {
      Annotations.of(this).addWarningV2(`trailhound:${index}`, text);
    });
  }
}
