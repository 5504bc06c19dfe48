import { flag, pick, text } from '../../intake/fields';
import { type Acts, act, actRule, where } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const EC2 = 'ec2.amazonaws.com';

const unauthenticated = where(
  (request) => flag(pick(request, 'allowUnauthenticatedIdentities')) === true,
  act('medium', 'let anybody without a name take the role of identity pool'),
);

/** Services that run what one gives them, with the rights of a role. */
const ACTS: Acts = {
  'sagemaker.amazonaws.com': {
    CreateNotebookInstanceLifecycleConfig: act('medium', 'made a script that notebooks run when they start:'),
    UpdateNotebookInstanceLifecycleConfig: act('high', 'changed the script that notebooks run when they start:'),
    CreatePresignedNotebookInstanceUrl: act('low', 'made a link into notebook'),
  },
  'glue.amazonaws.com': {
    CreateDevEndpoint: act('medium', 'made a machine to log in to, with a role of Glue:'),
    UpdateDevEndpoint: act('medium', 'changed who may log in to the machine of Glue'),
  },
  'codebuild.amazonaws.com': {
    UpdateProjectVisibility: where(
      (request) => text(pick(request, 'projectVisibility')) === 'PUBLIC_READ',
      act('high', 'showed to everybody builds and logs of project'),
    ),
  },
  'cognito-identity.amazonaws.com': {
    CreateIdentityPool: unauthenticated,
    UpdateIdentityPool: unauthenticated,
  },
  'pipes.amazonaws.com': { CreatePipe: act('low', 'had events led elsewhere by pipe') },
  [EC2]: {
    ReplaceIamInstanceProfileAssociation: act('medium', 'gave another role to a running machine, by association'),
    AssociateIamInstanceProfile: act('low', 'gave a role to machine'),
    ImportKeyPair: act('low', 'brought along an SSH key,'),
  },
};

export default defineRule({
  id: 'code-planted',
  title: 'Code or a role put where it runs with other rights',
  ...actRule(ACTS, {
    names: [
      'notebookInstanceLifecycleConfigName',
      'notebookInstanceName',
      'endpointName',
      'projectArn',
      'identityPoolName',
      'identityPoolId',
      'name',
      'instanceId',
      'associationId',
      'keyName',
    ],
    attempts: true,
  }),
  rows: ['2-41'],
  attack: ['TA0004/T1548', 'TA0003/T1546', 'TA0002/T1059.009'],
  why: 'What runs there has the rights of a role that the actor need not have. It is a step up, and it stays when keys are changed.',
  runbook: [
    'Ask the actor.',
    'Read what runs: aws sagemaker describe-notebook-instance-lifecycle-config, aws glue get-dev-endpoint, aws ec2 describe-iam-instance-profile-associations.',
    'If nobody vouches for it, take it away, and revoke the sessions of the role that it ran with.',
    "Deactivate the actor's keys; see what the role did since.",
  ],
  falsePositives: ['Data people at work, applications with guests. Infrastructure as code is told one lower.'],
  blindSpots: ['What the code does. Other services that run code: lambda-code-changed, startup-script-changed.'],
  references: [
    'https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html',
    'https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html',
    'https://attack.mitre.org/techniques/T1546/',
  ],
});

export const examples = (): Examples => {
  const script = call('sagemaker.amazonaws.com', 'UpdateNotebookInstanceLifecycleConfig', {
    requestParameters: { notebookInstanceLifecycleConfigName: 'start', onStart: [{ content: 'ZWNobw==' }] },
  });
  const project = (projectVisibility: string) =>
    call('codebuild.amazonaws.com', 'UpdateProjectVisibility', {
      requestParameters: { projectArn: 'arn:aws:codebuild:us-east-1:111122223333:project/shop', projectVisibility },
    });
  const pool = (allowUnauthenticatedIdentities: boolean) =>
    call('cognito-identity.amazonaws.com', 'CreateIdentityPool', {
      requestParameters: { identityPoolName: 'guests', allowUnauthenticatedIdentities },
    });
  const replaced = call(EC2, 'ReplaceIamInstanceProfileAssociation', {
    requestParameters: {
      ReplaceIamInstanceProfileAssociationRequest: {
        AssociationId: 'iip-assoc-0a1b2c3d',
        IamInstanceProfile: { Name: 'Ops' },
      },
    },
  });
  return {
    fires: [
      { why: 'the script of a notebook changed', timeline: [script], severity: 'high' },
      {
        why: 'a new script',
        timeline: [but(script, { eventName: 'CreateNotebookInstanceLifecycleConfig' })],
        severity: 'medium',
      },
      { why: 'builds shown to everybody', timeline: [project('PUBLIC_READ')], severity: 'high' },
      { why: 'guests', timeline: [pool(true)], severity: 'medium' },
      { why: 'another role for a machine', timeline: [replaced], severity: 'medium' },
      { why: 'refused', timeline: [denied(script)], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(script, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [script, later(script, 60_000)] },
    ],
    quiet: [
      { why: 'builds for the account only', timeline: [project('PRIVATE')] },
      { why: 'no guests', timeline: [pool(false)] },
      { why: 'the script deleted', timeline: [but(script, { eventName: 'DeleteNotebookInstanceLifecycleConfig' })] },
    ],
  };
};
