import { document, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import { type Act, type Acts, act, actRule, type Judge } from '../acts';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later, role } from '../sample';
import { allowsAdministration } from './admin-grants';

const IAM = 'iam.amazonaws.com';
const SSO = 'sso.amazonaws.com';

/** Identity Center makes a provider and roles in each account by itself. */
const SSO_ROLE = '/AWSServiceRoleForSSO';

const byPerson =
  (found: Act): Judge =>
  (event) =>
    event.actor.includes(SSO_ROLE) ? undefined : found;

const ACTS: Acts = {
  [IAM]: {
    CreateSAMLProvider: byPerson(act('high', 'made the account trust identity provider')),
    UpdateSAMLProvider: byPerson(act('high', 'changed what is trusted of identity provider')),
    DeleteSAMLProvider: byPerson(act('medium', 'removed identity provider')),
    CreateOpenIDConnectProvider: act('medium', 'made the account trust identity provider'),
    UpdateOpenIDConnectProviderThumbprint: act('medium', 'changed the certificates of identity provider'),
    AddClientIDToOpenIDConnectProvider: act('medium', 'let another application in by identity provider'),
    DeleteOpenIDConnectProvider: act('low', 'removed identity provider'),
  },
  [SSO]: {
    CreatePermissionSet: act('low', 'made permission set'),
    AttachManagedPolicyToPermissionSet: (event, settings) =>
      anyGlobMatches(settings.adminPolicies, text(pick(requestOf(event), 'managedPolicyArn')) ?? '')
        ? act('high', 'gave the rights of an administrator to permission set')
        : act('low', 'added rights to permission set'),
    AttachCustomerManagedPolicyReferenceToPermissionSet: act('low', 'added rights to permission set'),
    PutInlinePolicyToPermissionSet: (event) =>
      allowsAdministration(document(pick(requestOf(event), 'inlinePolicy')))
        ? act('high', 'gave the rights of an administrator to permission set')
        : act('low', 'changed the rights of permission set'),
    DeletePermissionsBoundaryFromPermissionSet: act('high', 'took the bounds off permission set'),
    CreateAccountAssignment: act('low', 'gave somebody an account by permission set'),
    CreateTrustedTokenIssuer: act('high', 'made Identity Center trust a new issuer,'),
    UpdateTrustedTokenIssuer: act('high', 'changed an issuer that Identity Center trusts,'),
  },
  'sso-directory.amazonaws.com': {
    CreateUser: act('low', 'made a user of Identity Center,'),
    AddMemberToGroup: act('low', 'put a user of Identity Center into group'),
    UpdatePassword: act('medium', 'changed the password of a user of Identity Center,'),
    DeleteMfaDeviceForUser: act('medium', 'removed the second factor of a user of Identity Center,'),
    EnableExternalIdPConfigurationForDirectory: act('high', 'handed sign-in to another identity provider,'),
    DisableExternalIdPConfigurationForDirectory: act('high', 'took sign-in from the identity provider,'),
    CreateBearerToken: act('medium', 'made a token that writes users and groups,'),
  },
};

export default defineRule({
  id: 'identity-provider-changed',
  title: 'Who may sign in changed: provider or Identity Center',
  ...actRule(ACTS, {
    names: [
      'name',
      'sAMLProviderArn',
      'openIDConnectProviderArn',
      'url',
      'permissionSetArn',
      'trustedTokenIssuerArn',
      'userName',
      'userId',
      'groupId',
      'directoryId',
    ],
    settings: ['adminPolicies'],
  }),
  rows: ['2-32'],
  attack: ['TA0003/T1484.002', 'TA0004/T1484.002'],
  why: 'Whoever says who signs in can sign in as anybody, in all accounts at once, and no password or key of yours needs to be known for it.',
  runbook: [
    'Ask the actor, by another way than single sign-on.',
    'Compare with what should be: aws iam list-saml-providers, list-open-id-connect-providers; aws sso-admin list-permission-sets, list-account-assignments.',
    'If nobody vouches for it, delete the provider or put its metadata back: aws iam update-saml-provider; detach the policy of the permission set.',
    'Look for sessions that came by it: AssumeRoleWithSAML, AssumeRoleWithWebIdentity and sign-ins since; revoke those of the roles.',
  ],
  falsePositives: [
    'Rolling over the certificate of the identity provider. Setting up a pipeline that takes roles. People who join (low).',
  ],
  blindSpots: [
    'What is changed in the identity provider itself.',
    'The policies of roles that trust a provider: trust-policy-opened.',
  ],
  references: [
    'https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html',
    'https://attack.mitre.org/techniques/T1484/002/',
  ],
});

export const examples = (): Examples => {
  const saml = call(IAM, 'CreateSAMLProvider', { requestParameters: { name: 'corp', sAMLMetadataDocument: '<xml/>' } });
  const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-0a1b2c3d4e5f6071/ps-0a1b2c3d4e5f6071';
  const attached = (policy: string) =>
    call(SSO, 'AttachManagedPolicyToPermissionSet', {
      requestParameters: { permissionSetArn, managedPolicyArn: `arn:aws:iam::aws:policy/${policy}` },
    });
  const inline = (Action: string) =>
    call(SSO, 'PutInlinePolicyToPermissionSet', {
      requestParameters: {
        permissionSetArn,
        inlinePolicy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
      },
    });
  const provider = but(saml, {
    eventName: 'CreateOpenIDConnectProvider',
    requestParameters: { url: 'https://token.example.com', clientIDList: ['sts.amazonaws.com'] },
  });
  return {
    fires: [
      { why: 'a SAML provider', timeline: [saml], severity: 'high' },
      { why: 'its metadata replaced', timeline: [but(saml, { eventName: 'UpdateSAMLProvider' })], severity: 'high' },
      { why: 'an OpenID provider', timeline: [provider], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(provider, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'administration for a permission set', timeline: [attached('AdministratorAccess')], severity: 'high' },
      { why: 'the same, inline', timeline: [inline('*')], severity: 'high' },
      { why: 'other rights', timeline: [attached('ReadOnlyAccess')], severity: 'low' },
      {
        why: 'another provider for Identity Center',
        timeline: [
          but(saml, {
            eventSource: 'sso-directory.amazonaws.com',
            eventName: 'EnableExternalIdPConfigurationForDirectory',
            requestParameters: { directoryId: 'd-0a1b2c3d4e' },
          }),
        ],
        severity: 'high',
      },
      { why: 'twice: one alert', timeline: [saml, later(saml, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(saml)] },
      {
        why: 'by Identity Center itself',
        timeline: [but(saml, { userIdentity: role('aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO', 'x') })],
      },
      { why: 'tags', timeline: [but(saml, { eventName: 'TagSAMLProvider' })] },
    ],
  };
};
