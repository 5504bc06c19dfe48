import { agentContains, invokedBy } from '../../intake/caller';
import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isGuardRailCall } from '../organizations/guard-rails';
import { defineRule, type Example, type Examples, HOUR, type Match } from '../rule';
import { but, byService, call, denied, later, role, root } from '../sample';
import { shifted } from '../severity';
import { ACCOUNT_SERVICES } from './account-services';
import { isRoot, origin } from './root';

/** Calls that give an account away or close it, whoever makes them. */
const GRAVE: ReadonlySet<string> = new Set([
  'CloseAccount',
  'StartPrimaryEmailUpdate',
  'AcceptPrimaryEmailUpdate',
  'LeaveOrganization',
  'DeleteOrganization',
  'RemoveAccountFromOrganization',
]);

/** Everyday writes: cases, forecasts, budgets, tags. */
const EVERYDAY_SERVICES: ReadonlySet<string> = new Set([
  'support.amazonaws.com',
  'budgets.amazonaws.com',
  'ce.amazonaws.com',
]);
const EVERYDAY_CALLS: ReadonlySet<string> = new Set(['TagResource', 'UntagResource']);

/** Consoles of billing leave readOnly out on some of their reads. */
const READS = ['Get', 'List', 'Describe', 'View', 'Search', 'Find', 'Check', 'BatchGet'] as const;

const [first, ...others] = ACCOUNT_SERVICES.map(
  (service): Match => ({ feed: 'api-writes', outcome: 'succeeded', service }),
) as [Match, ...Match[]];

export default defineRule({
  id: 'account-change',
  title: 'Account, billing or organization settings changed',
  severity: (event, settings) => {
    if (isRoot(event)) return 'high';
    const everyday = EVERYDAY_SERVICES.has(event.service) || EVERYDAY_CALLS.has(event.call);
    const severity = GRAVE.has(event.call) ? 'high' : everyday ? 'low' : 'medium';
    const automated = invokedBy(event) !== undefined || agentContains(event, settings.infrastructureAsCodeAgents);
    return shifted(severity, automated ? -1 : 0);
  },
  rows: ['0-3', '1-4', '1-20', '2-33'],
  attack: ['TA0003/T1098', 'TA0040/T1531'],
  match: [
    first,
    ...others,
    // By name, whatever the record says of readOnly: these are told in any case.
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: 'organizations.amazonaws.com',
      calls: ['LeaveOrganization', 'RemoveAccountFromOrganization', 'CloseAccount', 'DeleteOrganization'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  // Guard rails of the organization have a rule of their own.
  when: (event) =>
    !isGuardRailCall(event.service, event.call) &&
    (event.readOnly === false || !READS.some((prefix) => event.call.startsWith(prefix))),
  per: (event) => `${event.account}|${event.service}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} called ${event.call} (${event.service}) in ${event.account} from ${origin(event)}${about(event)}`,
  resources: (event) => [targetOf(event) ?? event.account],
  why: "Contacts, the root e-mail address, payment, regions and membership in the organization decide who controls the account and who hears about it. Thieves of accounts change the contacts so that AWS's warnings reach nobody.",
  runbook: [
    'Ask the actor, by another way than the contacts of the account.',
    'Compare with what should be: aws account get-contact-information; aws account get-alternate-contact --alternate-contact-type SECURITY; aws account list-regions.',
    'Set wrong contacts back, disable regions that nobody asked for, and look there for resources.',
    'If root or the e-mail address is involved, treat the account as taken over and open a case with AWS Support.',
  ],
  falsePositives: [
    'Finance or platform people doing their work, a landing zone that makes accounts: suppress by actor.',
    'A support case (low).',
  ],
  blindSpots: [
    'Some billing pages write no CloudTrail record at all.',
    'Refused attempts: rules denied-writes and denied-sensitive.',
  ],
  references: [
    'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/logging-using-cloudtrail.html',
    'https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html',
    'https://attack.mitre.org/techniques/T1098/',
  ],
});

/** The region, account or kind of contact that the call names. */
function targetOf({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  return (
    text(at(parameters, 'regionName')) ??
    text(at(parameters, 'accountId')) ??
    text(at(parameters, 'alternateContactType'))
  );
}

function about(event: TrailEvent): string {
  const target = targetOf(event);
  return target === undefined ? '' : `: ${target}`;
}

export const examples = (): Examples => {
  const contact = call('account.amazonaws.com', 'PutAlternateContact', {
    requestParameters: { alternateContactType: 'SECURITY', emailAddress: 'new@example.com' },
  });
  const region = call('account.amazonaws.com', 'EnableRegion', { requestParameters: { regionName: 'af-south-1' } });
  const payment = call('billingconsole.amazonaws.com', 'SetDefaultPaymentMethod', { eventType: 'AwsConsoleAction' });
  const budget = call('budgets.amazonaws.com', 'CreateBudget', { requestParameters: { accountId: '111122223333' } });
  const closed = call('organizations.amazonaws.com', 'CloseAccount', {
    requestParameters: { accountId: '444455556666' },
  });
  return {
    fires: [
      { why: 'the security contact was changed', timeline: [contact], severity: 'medium' },
      { why: 'root changed it', timeline: [but(contact, { userIdentity: root() })], severity: 'high' },
      { why: 'a region was switched on', timeline: [region], severity: 'medium' },
      {
        why: 'by infrastructure as code',
        timeline: [but(region, { userAgent: 'APN/1.0 Terraform/1.9' })],
        severity: 'low',
      },
      { why: 'a payment method was set in the console', timeline: [payment] },
      { why: 'the console left readOnly out', timeline: [but(payment, { readOnly: undefined })] },
      ...[
        'CloseAccount',
        'LeaveOrganization',
        'DeleteOrganization',
        'RemoveAccountFromOrganization',
        'AcceptPrimaryEmailUpdate',
      ].map(
        (eventName): Example => ({
          why: `an account changes hands or ends: ${eventName}`,
          timeline: [but(closed, { eventName })],
          severity: 'high',
        }),
      ),
      { why: 'tags of an account', timeline: [but(closed, { eventName: 'TagResource' })], severity: 'low' },
      { why: 'tags no more', timeline: [but(closed, { eventName: 'UntagResource' })], severity: 'low' },
      {
        why: 'a forecast was made',
        timeline: [but(budget, { eventSource: 'ce.amazonaws.com', eventName: 'CreateAnomalyMonitor' })],
        severity: 'low',
      },
      {
        why: 'a support case',
        timeline: [but(budget, { eventSource: 'support.amazonaws.com', eventName: 'CreateCase' })],
        severity: 'low',
      },
      {
        why: 'a member starts to change its e-mail address',
        timeline: [
          but(region, { eventName: 'StartPrimaryEmailUpdate', requestParameters: { accountId: '444455556666' } }),
        ],
        severity: 'high',
      },
      {
        why: 'Control Tower made an account',
        timeline: [
          but(closed, {
            eventName: 'CreateAccount',
            ...byService('controltower.amazonaws.com'),
            userIdentity: { ...role('AWSControlTowerExecution', 'x'), invokedBy: 'controltower.amazonaws.com' },
          }),
        ],
        severity: 'low',
      },
      { why: 'a budget was made: everyday', timeline: [budget], severity: 'low' },
      { why: 'the same call twice within the hour: one alert', timeline: [contact, later(contact, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(contact)] },
      {
        why: 'the contact was read',
        timeline: [but(contact, { eventName: 'GetAlternateContact', readOnly: true })],
      },
      ...READS.map((verb) => ({
        why: `a page of the billing console was read, without readOnly: ${verb}`,
        timeline: [but(payment, { eventName: `${verb}BillingAddress`, readOnly: undefined })],
      })),
      {
        why: 'a guard rail of the organization: another rule',
        timeline: [but(closed, { eventName: 'DetachPolicy' })],
      },
      { why: 'another service', timeline: [but(contact, { eventSource: 'sns.amazonaws.com', eventName: 'Publish' })] },
    ],
  };
};
