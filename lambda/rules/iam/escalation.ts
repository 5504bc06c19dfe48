import { asArray, document, field, text } from '../../intake/fields';
import { globMatches } from '../glob';

/** Rights with which one gives oneself more. */

/**
 * Rights that suffice by themselves, on every resource: each changes what somebody may do, or lets the holder act as
 * somebody else.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
const SUFFICIENT = [
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:AttachUserPolicy',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:PutUserPolicy',
  'iam:PutGroupPolicy',
  'iam:PutRolePolicy',
  'iam:AddUserToGroup',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'sts:AssumeRole',
  'lambda:UpdateFunctionCode',
  'ssm:SendCommand',
];

/** Handing any role to something, together with one of these, which makes or changes what gets it. */
const PASS_ROLE = 'iam:PassRole';
const RUNNING = [
  'lambda:CreateFunction',
  'ec2:RunInstances',
  'cloudformation:CreateStack',
  'ecs:RegisterTaskDefinition',
  'glue:CreateJob',
  'glue:CreateDevEndpoint',
  'sagemaker:CreateNotebookInstance',
  'sagemaker:CreateTrainingJob',
  'codebuild:CreateProject',
  'datapipeline:CreatePipeline',
  'states:CreateStateMachine',
  'apprunner:CreateService',
];

/**
 * The rights in a policy document with which its holder can get others: `iam:PutUserPolicy`, `iam:PassRole with
 * lambda:CreateFunction`. Only what is allowed on every resource and without a condition; denials are not weighed.
 */
export function escalationsIn(policy: unknown): readonly string[] {
  const globs = asArray(document(policy)?.['Statement'])
    .filter((statement) => text(field(statement, 'Effect')) === 'Allow')
    .filter((statement) => field(statement, 'Condition') === undefined)
    .filter((statement) => asArray(field(statement, 'Resource')).some((resource) => text(resource) === '*'))
    .flatMap((statement) => asArray(field(statement, 'Action')))
    .map((action) => text(action)?.toLowerCase() ?? '');
  const allowed = (action: string) => globs.some((glob) => globMatches(glob, action.toLowerCase()));
  return [
    ...SUFFICIENT.filter(allowed),
    ...(allowed(PASS_ROLE) ? RUNNING.filter(allowed).map((action) => `${PASS_ROLE} with ${action}`) : []),
  ];
}
