import { asArray, pick, text } from '../../intake/fields';
import { isRequestUnseen } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import { allowsAdministration } from '../iam/admin-grants';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { STS } from './roles';

export default defineRule({
  id: 'federation-token',
  title: 'Session made out of a key that outlives the key',
  severity: (event, settings) => lessIfAutomated(isUnlimited(event, settings) ? 'high' : 'medium', event, settings),
  rows: ['1-20', '2-19'],
  attack: ['TA0003/T1550.001', 'TA0005/T1550.001'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: STS, calls: ['GetFederationToken'] }],
  settings: ['adminPolicies', 'infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: (event, settings) =>
    `${event.actor} made a federated session ${text(pick(event.record['requestParameters'], 'name')) ?? '(not named)'} ${isUnlimited(event, settings) ? 'with all of its rights' : 'with limited rights'} in ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [event.actor],
  why: 'Deactivating the key does not end this session, for up to 36 hours, and it opens the console. Hardly any program needs it; intruders make one in good time.',
  runbook: [
    'Ask the owner of the key.',
    'If nobody vouches for it, deactivating the key is not enough: attach a policy that denies everything to the user until the session has ended.',
    'List what the session did: its name stands behind federated-user/ in the ARN of its calls.',
  ],
  falsePositives: ["Brokers of one's own that hand out sessions: suppress by actor."],
  blindSpots: ["The rights are those that both the policy and the user allow; the user's are not in the record."],
  references: [
    'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html',
    'https://attack.mitre.org/techniques/T1550/001/',
  ],
});

/** The session policy leaves the user all rights, or can't be seen. */
function isUnlimited(event: TrailEvent, { adminPolicies }: Settings): boolean {
  const parameters = event.record['requestParameters'];
  const policies = asArray(pick(parameters, 'policyArns')).map(
    (policy) => text(pick(policy, 'arn')) ?? text(policy) ?? '',
  );
  return (
    isRequestUnseen(event) ||
    allowsAdministration(pick(parameters, 'policy')) ||
    policies.some((policy) => anyGlobMatches(adminPolicies, policy))
  );
}

export const examples = (): Examples => {
  const token = (policy: object) =>
    call(STS, 'GetFederationToken', {
      readOnly: false,
      requestParameters: { name: 'work', policy: JSON.stringify({ Version: '2012-10-17', Statement: [policy] }) },
      responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLEFEDERATED' } },
    });
  const unlimited = token({ Effect: 'Allow', Action: '*', Resource: '*' });
  const limited = token({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-data/*' });
  return {
    fires: [
      { why: 'with all rights', timeline: [unlimited], severity: 'high' },
      {
        why: 'with a managed policy',
        timeline: [
          but(unlimited, {
            requestParameters: { name: 'work', policyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'too large to see',
        timeline: [but(unlimited, { requestParameters: { omitted: true } })],
        severity: 'high',
      },
      { why: 'with limited rights', timeline: [limited], severity: 'medium' },
      { why: 'by infrastructure as code', timeline: [but(limited, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'again and again: one alert', timeline: [limited, later(limited, HOUR), later(limited, 5 * HOUR)] },
    ],
    quiet: [
      { why: 'refused', timeline: [denied(unlimited)] },
      { why: 'an ordinary session', timeline: [but(unlimited, { eventName: 'GetSessionToken' })] },
    ],
  };
};
