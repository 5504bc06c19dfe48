import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnStackSet, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ForwardingPattern } from '../lambda/rules/forwarding';
import { ForwarderStack } from './forwarder-stack';

/** CloudFormation takes this many bytes of template in a property. */
const TEMPLATE_LIMIT = 51_200;

/**
 * The forwarder as one template for every region of every member account: by a StackSet, by a pipeline, or by hand in
 * the organization's management account, which StackSets leave out.
 */
export function memberTemplate(patterns: readonly ForwardingPattern[], hubRegion: string, hubAccount: string): object {
  // An app of its own, which must leave nothing in the output of the one that asks for it.
  const outdir = mkdtempSync(join(tmpdir(), 'trailhound-member-'));
  const app = new App({ analyticsReporting: false, treeMetadata: false, outdir });
  const stack = new ForwarderStack(app, 'Member', {
    patterns,
    hubRegion,
    hubAccount,
    description: `Trailhound: forwards CloudTrail events to ${hubAccount} in ${hubRegion}`,
  });
  try {
    return app.synth().getStackArtifact(stack.artifactId).template as object;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export interface MembersProps {
  readonly template: object;
  /** ou-… or r-…. */
  readonly organizationalUnits: readonly string[];
  readonly regions: readonly string[];
}

/** Forwarders in all accounts of organizational units, those to come included; from a delegated administrator's account. */
export class Members extends Construct {
  constructor(scope: Construct, id: string, { template, organizationalUnits, regions }: MembersProps) {
    super(scope, id);
    const templateBody = JSON.stringify(template);
    if (templateBody.length > TEMPLATE_LIMIT) {
      throw new Error(
        `the forwarder's template has ${templateBody.length} characters; a StackSet takes ${TEMPLATE_LIMIT}`,
      );
    }
    new CfnStackSet(this, 'Forwarders', {
      stackSetName: `${Stack.of(this).stackName}-Forwarders`,
      description: 'Trailhound: forwards CloudTrail events of member accounts to the hub',
      permissionModel: 'SERVICE_MANAGED',
      callAs: 'DELEGATED_ADMIN',
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
      capabilities: ['CAPABILITY_NAMED_IAM'], // one role, for EventBridge, under the path /trailhound/
      operationPreferences: {
        failureTolerancePercentage: 100,
        maxConcurrentPercentage: 100,
        regionConcurrencyType: 'PARALLEL',
      },
      stackInstancesGroup: [
        {
          regions: [...regions],
          // The hub's own account has forwarders already.
          deploymentTargets: {
            organizationalUnitIds: [...organizationalUnits],
            accounts: [Stack.of(this).account],
            accountFilterType: 'DIFFERENCE',
          },
        },
      ],
      templateBody,
    });
  }
}
