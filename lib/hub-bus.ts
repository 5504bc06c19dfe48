import { Stack } from 'aws-cdk-lib';
import { CfnEventBus, CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { FORWARDER_PATH, FORWARDER_ROLE } from './names';

export interface HubBusProps {
  readonly name: string;
  readonly description: string;
  readonly organizationId: string | undefined;
  readonly memberAccounts: readonly string[];
}

/**
 * Where every region's events arrive. Within its own account the forwarder's role needs no leave; from other accounts
 * only forwarders' roles may put events, of the organization or of the accounts that are named.
 */
export class HubBus extends Construct {
  readonly busName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, description, organizationId, memberAccounts }: HubBusProps) {
    super(scope, id);
    const bus = new CfnEventBus(this, 'Resource', { name, description });
    this.busName = bus.ref;
    this.arn = bus.attrArn;

    const forwarders = (account: string) =>
      `arn:${Stack.of(this).partition}:iam::${account}:role${FORWARDER_PATH}${FORWARDER_ROLE}-*`;
    const admit = (sid: string, conditions: object) => {
      new CfnEventBusPolicy(this, sid, {
        eventBusName: this.busName,
        statementId: sid,
        statement: {
          Sid: sid,
          Effect: 'Allow',
          Principal: '*', // narrowed by the conditions: a role's path cannot be written as a principal
          Action: 'events:PutEvents',
          Resource: this.arn,
          Condition: conditions,
        },
      });
    };
    if (organizationId !== undefined) {
      admit('AdmitOrganization', {
        StringEquals: { 'aws:PrincipalOrgID': organizationId },
        ArnLike: { 'aws:PrincipalArn': forwarders('*') },
      });
    }
    if (memberAccounts.length > 0) {
      admit('AdmitAccounts', { ArnLike: { 'aws:PrincipalArn': memberAccounts.map(forwarders) } });
    }
  }
}
