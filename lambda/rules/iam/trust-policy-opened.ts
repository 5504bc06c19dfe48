import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { trustedOutsiders } from './trust';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'trust-policy-opened',
  title: 'Role made to trust somebody outside',
  severity: (event, settings) =>
    lessIfAutomated(trustedOutsiders(event, settings)[0]?.severity ?? 'high', event, settings),
  rows: ['1-20', '2-3'],
  attack: ['TA0003/T1098.003', 'TA0003/T1078.004'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['CreateRole', 'UpdateAssumeRolePolicy'] }],
  settings: ['organizationAccounts', 'infrastructureAsCodeAgents'],
  when: (event, settings) => trustedOutsiders(event, settings).length > 0,
  per: (event) => `${event.account}|${roleName(event)}|${event.actor}`,
  quietMs: HOUR,
  headline: (event, settings) => {
    const who = trustedOutsiders(event, settings).map((trusted) => trusted.who);
    const shown = who.slice(0, 3).join(', ') + (who.length > 3 ? ` and ${who.length - 3} more` : '');
    return `${event.actor} let ${shown} assume role ${roleName(event)} of ${event.account} (${event.call})`;
  },
  resources: (event) => [roleName(event)],
  why: 'A role that trusts a stranger is a door that stays open after all keys have been changed.',
  runbook: [
    'Whose account or provider is it? Ask the actor, and look for a contract with a vendor.',
    'If nobody knows, close it: aws iam update-assume-role-policy --role-name <role> with principals of your own; revoke the sessions of the role.',
    'See whether somebody came through it: AssumeRole events that name the role, from the other account.',
    'List accounts of your own in organizationAccounts. For shared identity providers add a condition on the subject (…:sub).',
  ],
  falsePositives: ['A new vendor. Accounts of your own that organizationAccounts does not name.'],
  blindSpots: [
    'Deny statements and conditions other than an external ID are not weighed.',
    'SAML providers. Users and roles of other accounts that are named in the policies of resources.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html',
    'https://attack.mitre.org/techniques/T1098/003/',
  ],
});

function roleName({ record }: TrailEvent): string {
  return text(pick(record['requestParameters'], 'roleName')) ?? '(not named)';
}

export const examples = (): Examples => {
  const trusting = (statement: object) =>
    call(IAM, 'UpdateAssumeRolePolicy', {
      requestParameters: {
        roleName: 'Vendor',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
        }),
      },
    });
  const GITHUB = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const EKS = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE0123456789';
  const web = (Federated: string, StringLike: object) =>
    trusting({ Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringLike } });
  const settings = { organizationAccounts: ['444455556666'] };
  const stranger = trusting({ Principal: { AWS: 'arn:aws:iam::999988887777:root' } });
  const externalId = { Condition: { StringEquals: { 'sts:ExternalId': 'example' } } };
  const created = but(stranger, {
    eventName: 'CreateRole',
    requestParameters: {
      roleName: 'Vendor',
      assumeRolePolicyDocument: JSON.stringify({
        Statement: { Effect: 'Allow', Principal: { AWS: ['999988887777'] }, Action: 'sts:AssumeRole' },
      }),
    },
  });
  return {
    fires: [
      { why: 'an account outside the organization', timeline: [stranger], settings, severity: 'high' },
      { why: 'as a bare account number, in a new role', timeline: [created], settings, severity: 'high' },
      { why: 'no own accounts are listed', timeline: [stranger], severity: 'medium' },
      {
        why: 'with an external ID, as vendors ask for it',
        timeline: [trusting({ Principal: { AWS: '999988887777' }, ...externalId })],
        settings,
        severity: 'medium',
      },
      { why: 'everybody', timeline: [trusting({ Principal: { AWS: '*' } })], severity: 'critical' },
      { why: 'everybody, in short', timeline: [trusting({ Principal: '*' })], severity: 'critical' },
      {
        why: 'every repository of GitHub',
        timeline: [web(GITHUB, { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' })],
        severity: 'high',
      },
      {
        why: 'every repository of GitHub, by a wildcard',
        timeline: [web(GITHUB, { 'token.actions.githubusercontent.com:sub': 'repo:*' })],
        severity: 'high',
      },
      { why: 'every workload of a cluster', timeline: [web(EKS, {})], severity: 'medium' },
      { why: 'any Cognito application', timeline: [web('cognito-identity.amazonaws.com', {})], severity: 'high' },
      {
        why: 'by CloudFormation',
        timeline: [but(stranger, { userAgent: 'cloudformation.amazonaws.com' })],
        settings,
        severity: 'medium',
      },
      {
        why: 'too large to see',
        timeline: [but(stranger, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stranger)] },
      { why: 'the own account', timeline: [trusting({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })] },
      { why: 'an account of the organization', timeline: [trusting({ Principal: { AWS: '444455556666' } })], settings },
      { why: 'a service', timeline: [trusting({ Principal: { Service: 'ec2.amazonaws.com' } })] },
      { why: 'a denial', timeline: [trusting({ Effect: 'Deny', Principal: { AWS: '999988887777' } })], settings },
      {
        why: 'everybody of the organization',
        timeline: [
          trusting({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }),
        ],
      },
      {
        why: 'one repository of GitHub',
        timeline: [web(GITHUB, { 'token.actions.githubusercontent.com:sub': 'repo:example/infra:*' })],
      },
      {
        why: 'one service account of a cluster',
        timeline: [
          web(EKS, {
            'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE0123456789:sub': 'system:serviceaccount:shop:orders',
          }),
        ],
      },
      {
        why: 'one Cognito application',
        timeline: [
          web('cognito-identity.amazonaws.com', { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:0a1b2c3d' }),
        ],
      },
      {
        why: 'over SAML',
        timeline: [trusting({ Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/corp' } })],
      },
    ],
  };
};
