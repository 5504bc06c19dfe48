import { at, document, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { publicGrants } from './public-policy';
import { parameterOf, publicPolicyRule } from './resource-policy';

const LAMBDA = 'lambda.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-lambda',
  title: 'Lambda function or layer opened to anybody',
  ...publicPolicyRule({
    kind: 'Lambda function or layer',
    resource: (event) => parameterOf(event, 'functionName', 'layerName'),
    grants: (event) => publicGrants({ Statement: statementOf(event) }),
    unseen: ({ record }) => isOmitted(record['requestParameters']) && responseStatement(record) === undefined,
  }),
  rows: ['0-6', '2-29'],
  attack: ['TA0003/T1546', 'TA0009/T1213'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: LAMBDA,
      calls: ['AddPermission', 'AddLayerVersionPermission'],
    },
  ],
  why: "Anybody with an AWS account can run this function with its role's rights (for a function URL without sign-in: anybody at all), or read the layer's code.",
  runbook: [
    'Take the permission away: aws lambda remove-permission --function-name <function> --statement-id <sid> (remove-layer-version-permission for a layer).',
    'See what the role of the function may do: aws lambda get-function-configuration --function-name <function>.',
    'Check the code: when was it last changed (UpdateFunctionCode), and by whom? A public trigger on changed code is a backdoor.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: [
    'A webhook with a function URL that is public on purpose.',
    'A layer that is published for everybody.',
  ],
  blindSpots: [
    'Permissions for an AWS service without the source account or ARN: others can reach it through that service.',
    'Functions behind a public API or load balancer, which need no such permission.',
  ],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html',
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    'https://attack.mitre.org/techniques/T1546/',
  ],
});

/** The statement as Lambda wrote it, in the response; else as the request asks for it. */
function statementOf({ record }: TrailEvent): unknown {
  const request = record['requestParameters'];
  return (
    responseStatement(record) ?? {
      Effect: 'Allow',
      Principal: text(pick(request, 'principal')),
      Action: text(pick(request, 'action')),
      Condition: {
        StringEquals: {
          ...given('aws:SourceAccount', pick(request, 'sourceAccount')),
          ...given('aws:PrincipalOrgID', pick(request, 'principalOrgID') ?? pick(request, 'organizationId')),
        },
        ArnLike: given('aws:SourceArn', pick(request, 'sourceArn')),
      },
    }
  );
}

function responseStatement(record: TrailEvent['record']): unknown {
  return document(at(record, 'responseElements', 'statement'));
}

function given(key: string, value: unknown): object {
  return value === undefined || value === null ? {} : { [key]: value };
}

export const examples = (): Examples => {
  const add = (fields: object, condition?: object) =>
    call(LAMBDA, 'AddPermission20150331v2', {
      requestParameters: {
        functionName: 'orders',
        statementId: 'open',
        action: 'lambda:InvokeFunction',
        principal: '*',
        ...fields,
      },
      responseElements:
        condition === undefined
          ? null
          : {
              statement: JSON.stringify({
                Sid: 'open',
                Effect: 'Allow',
                Principal: '*',
                Action: 'lambda:InvokeFunction',
                Resource: 'arn:aws:lambda:us-east-1:111122223333:function:orders',
                ...condition,
              }),
            },
    });
  const open = add({}, {});
  const layer = (fields: object) =>
    call(LAMBDA, 'AddLayerVersionPermission20181031', {
      requestParameters: {
        layerName: 'tools',
        versionNumber: 3,
        statementId: 'all',
        action: 'lambda:GetLayerVersion',
        principal: '*',
        ...fields,
      },
    });
  return {
    fires: [
      { why: 'anybody may run it', timeline: [open], severity: 'high' },
      { why: 'anybody may run it: only the request tells', timeline: [add({})], severity: 'high' },
      { why: 'anybody may do everything with it', timeline: [add({ action: 'lambda:*' })], severity: 'critical' },
      {
        why: 'a function URL without sign-in',
        timeline: [
          add(
            { action: 'lambda:InvokeFunctionUrl', functionUrlAuthType: 'NONE' },
            { Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } } },
          ),
        ],
        severity: 'high',
      },
      { why: 'a layer for everybody', timeline: [layer({})], severity: 'high' },
      { why: 'by CDK: one lower', timeline: [but(open, { userAgent: 'aws-cdk/2.276.0' })], severity: 'medium' },
      {
        why: 'neither request nor response to see',
        timeline: [
          but(open, {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
            responseElements: null,
          }),
        ],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'a service', timeline: [add({ principal: 'sns.amazonaws.com' })] },
      { why: 'one account', timeline: [add({ principal: '444455556666' })] },
      {
        why: 'the organization',
        timeline: [add({}, { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })],
      },
      { why: 'the organization: only the request tells', timeline: [add({ principalOrgID: 'o-a1b2c3d4e5' })] },
      { why: 'one bucket of one account', timeline: [add({ sourceArn: 'arn:aws:s3:::example-data' })] },
      { why: 'a layer for the organization', timeline: [layer({ organizationId: 'o-a1b2c3d4e5' })] },
    ],
  };
};
