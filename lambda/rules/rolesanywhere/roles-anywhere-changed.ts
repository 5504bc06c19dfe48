import { pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { type Act, type Acts, act, actRule } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const ROLES_ANYWHERE = 'rolesanywhere.amazonaws.com';

/**
 * An authority in AWS Private CA is at least in an account; anything else is a certificate that somebody brought along.
 * @see https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Source.html
 */
function anchor(event: TrailEvent): Act {
  return text(pick(pick(requestOf(event), 'source'), 'sourceType')) === 'AWS_ACM_PCA'
    ? act('medium', 'let certificates of an AWS authority take roles: trust anchor')
    : act('high', 'let certificates of an authority from outside take roles: trust anchor');
}

const ACTS: Acts = {
  [ROLES_ANYWHERE]: {
    CreateTrustAnchor: anchor,
    UpdateTrustAnchor: anchor,
    EnableTrustAnchor: act('medium', 'switched on trust anchor'),
    CreateProfile: act('medium', 'said which roles certificates may take: profile'),
    UpdateProfile: act('medium', 'changed which roles certificates may take: profile'),
    DisableCrl: act('medium', 'stopped the revocation of certificates by list'),
    DeleteCrl: act('medium', 'deleted the list of revoked certificates'),
  },
};

export default defineRule({
  id: 'roles-anywhere-changed',
  title: 'Roles opened to holders of certificates',
  ...actRule(ACTS, { names: ['name', 'trustAnchorId', 'profileId', 'crlId'], attempts: true }),
  rows: ['2-31'],
  attack: ['TA0003/T1098.003', 'TA0003/T1556'],
  why: 'With a certificate of that authority one takes roles from anywhere, for as long as the authority lives. No key of yours is in it, so changing keys does not end it.',
  runbook: [
    'Ask the actor whose authority it is.',
    'If nobody knows: aws rolesanywhere disable-trust-anchor --trust-anchor-id <id>, in the region of the event; disable-profile too.',
    'See who came by it: CreateSession events of rolesanywhere, and what the roles of the profile did; revoke their sessions.',
    "Deactivate the actor's keys.",
  ],
  falsePositives: ['Machines outside of AWS that are being moved off long-lived keys.'],
  blindSpots: ['Certificates that a trusted authority signs for somebody it should not.'],
  references: [
    'https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html',
    'https://attack.mitre.org/techniques/T1098/003/',
  ],
});

export const examples = (): Examples => {
  const made = (sourceType: string) =>
    call(ROLES_ANYWHERE, 'CreateTrustAnchor', {
      requestParameters: { name: 'machines', enabled: true, source: { sourceType, sourceData: {} } },
    });
  const bundle = made('CERTIFICATE_BUNDLE');
  return {
    fires: [
      { why: 'a certificate from outside', timeline: [bundle], severity: 'high' },
      { why: 'an authority in AWS', timeline: [made('AWS_ACM_PCA')], severity: 'medium' },
      { why: 'another certificate', timeline: [but(bundle, { eventName: 'UpdateTrustAnchor' })], severity: 'high' },
      {
        why: 'roles to take',
        timeline: [
          but(bundle, {
            eventName: 'CreateProfile',
            requestParameters: { name: 'machines', roleArns: ['arn:aws:iam::111122223333:role/Ops'] },
          }),
        ],
        severity: 'medium',
      },
      { why: 'refused', timeline: [denied(bundle)], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(bundle, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [bundle, later(bundle, 60_000)] },
    ],
    quiet: [
      { why: 'it failed otherwise', timeline: [but(bundle, { errorCode: 'ValidationException' })] },
      { why: 'switched off', timeline: [but(bundle, { eventName: 'DisableTrustAnchor' })] },
    ],
  };
};
