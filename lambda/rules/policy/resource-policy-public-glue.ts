import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { parameterOf, publicPolicyRule } from './resource-policy';

const GLUE = 'glue.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-glue',
  title: 'Glue data catalog policy lets anybody in',
  ...publicPolicyRule({
    kind: 'Glue catalog',
    resource: (event) => parameterOf(event, 'resourceArn') ?? `of ${event.account} in ${event.region}`,
  }),
  attack: ['TA0009/T1213', 'TA0007/T1619'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: GLUE, calls: ['PutResourcePolicy'] }],
  why: 'The catalog tells what data there is and where it lies. Anybody with an AWS account may now read it, or point your queries elsewhere.',
  runbook: [
    'Read the policy: aws glue get-resource-policy.',
    'Take it away, or name the accounts that need it: aws glue delete-resource-policy; aws glue put-resource-policy.',
    'Look for foreign readers and for changed table locations since then: GetTables, UpdateTable.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A policy whose Deny statements take back what it gives.'],
  blindSpots: ['Named foreign accounts, and shares through Lake Formation: that is sharing, not public.'],
  references: [
    'https://docs.aws.amazon.com/glue/latest/dg/security_iam_service-with-iam.html',
    'https://docs.aws.amazon.com/glue/latest/dg/cross-account-access.html',
  ],
});

export const examples = (): Examples => {
  const put = (fields: object) =>
    call(GLUE, 'PutResourcePolicy', {
      requestParameters: {
        policyExistsCondition: 'NONE',
        policyInJson: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: '*',
              Action: 'glue:*',
              Resource: 'arn:aws:glue:us-east-1:111122223333:catalog',
              ...fields,
            },
          ],
        }),
      },
      responseElements: { policyHash: 'ZXhhbXBsZQ==' },
    });
  const open = put({});
  return {
    fires: [
      { why: 'anybody may do everything', timeline: [open], severity: 'critical' },
      {
        why: 'anybody may read',
        timeline: [put({ Action: ['glue:GetTables', 'glue:GetDatabases'] })],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'high',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      {
        why: 'the organization',
        timeline: [put({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })],
      },
      { why: 'one account', timeline: [put({ Principal: { AWS: '444455556666' } })] },
    ],
  };
};
