import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface TrailhoundFunctionProps {
  readonly description: string;
  readonly code: Code;
  readonly timeout: Duration;
  readonly memorySizeMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  /** For logs, and for whatever else the function reads and writes. */
  readonly key: IKey | undefined;
}

/**
 * A function with its log group, and a role whose one policy is all that it may do. Nothing is granted in passing, so
 * the policy reads as the list of what somebody gains who takes the function over.
 */
export class TrailhoundFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly role: Role;
  /** To wait for: AWS checks the role when an event source mapping is made. */
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: TrailhoundFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays as RetentionDays,
      ...(props.key === undefined ? {} : { encryptionKey: props.key }),
      removalPolicy: RemovalPolicy.DESTROY, // alerts are in a table; logs only say how they were made
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.policy = new ManagedPolicy(this, 'Policy', { roles: [this.role] });
    this.may(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    if (props.key !== undefined) this.may(['kms:Decrypt', 'kms:GenerateDataKey'], [props.key.keyArn]);
    this.fn = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySizeMb,
      role: this.role,
      logGroup,
      environment: { ...props.environment },
    });
    this.fn.node.addDependency(this.policy);

    acknowledge(this, {
      'NIST.800.53.R5-LambdaInsideVPC':
        'It reaches AWS APIs only, over TLS and by its role; a VPC would add endpoints or a NAT gateway that can fail and cost.',
      'NIST.800.53.R5-LambdaConcurrency':
        'New accounts have a concurrency of 10 and cannot reserve any. What starts it bounds it: event source mappings have an upper limit.',
      'Serverless-LambdaTracing':
        'Times and counts are in metrics and structured logs; tracing would need a permission on every resource.',
      ...(props.key === undefined
        ? {
            'NIST.800.53.R5-CloudWatchLogGroupEncrypted':
              'Logs are encrypted with a key of the service and hold no secrets; set deploy.customerManagedKey for a key of your own.',
          }
        : {}),
    });
  }

  /** Adds to what the function may do; of a table, to items whose partition keys begin so. */
  may(actions: readonly string[], resources: readonly string[], keyPrefix?: string): void {
    const conditions =
      keyPrefix === undefined
        ? {}
        : { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${keyPrefix}*`] } } };
    this.policy.addStatements(new PolicyStatement({ actions: [...actions], resources: [...resources], ...conditions }));
  }
}
