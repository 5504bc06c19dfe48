import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { functionInWords, functionOf, functionResources, LAMBDA } from './functions';

export default defineRule({
  id: 'lambda-opened',
  title: 'Function given a public URL or to another account',
  severity: (event, settings) => lessIfAutomated(severity(event, settings), event, settings),
  rows: ['1-20', '2-29'],
  attack: ['TA0003/T1546', 'TA0003/T1133'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: LAMBDA,
      calls: ['AddPermission', 'CreateFunctionUrlConfig', 'UpdateFunctionUrlConfig'],
    },
  ],
  settings: ['organizationAccounts', 'infrastructureAsCodeAgents'],
  // Permissions for everybody are the matter of resource-policy-public-lambda.
  when: (event, settings) => isOpenUrl(event) || outsider(event, settings) !== undefined,
  per: (event) => `${event.account}|${event.region}|${functionOf(event) ?? ''}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event, settings) =>
    event.call === 'AddPermission'
      ? `${event.actor} let account ${outsider(event, settings) ?? '(not named)'} call ${functionInWords(event)}`
      : `${event.actor} gave ${functionInWords(event)} a URL that asks for no sign-in`,
  resources: functionResources,
  why: 'Whoever can call the function uses the rights of its role. Together with changed code it is a back door that needs no key.',
  runbook: [
    'Ask the actor whether it is meant to be reached from outside.',
    'Close it: aws lambda delete-function-url-config --function-name <function>; remove-permission --function-name <function> --statement-id <sid>.',
    'See what the role of the function may do, and whether its code was changed: UpdateFunctionCode.',
  ],
  falsePositives: ['Webhooks with a check of their own, and functions shared with a vendor.'],
  blindSpots: ['Functions behind a public API or load balancer.'],
  references: [
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    'https://attack.mitre.org/techniques/T1546/',
  ],
});

/** Without a list of the own accounts a sister account looks like a stranger: one lower. */
function severity(event: TrailEvent, { organizationAccounts }: Settings): Severity {
  return event.call !== 'AddPermission' ? 'medium' : shifted('high', organizationAccounts.length > 0 ? 0 : -1);
}

function isOpenUrl({ call: name, record }: TrailEvent): boolean {
  return name !== 'AddPermission' && text(pick(record['requestParameters'], 'authType'))?.toUpperCase() === 'NONE';
}

/** The account outside that a permission names. */
function outsider(event: TrailEvent, settings: Settings): string | undefined {
  if (event.call !== 'AddPermission') return undefined;
  const account = accountIn(text(pick(event.record['requestParameters'], 'principal')) ?? '');
  return account !== undefined && isOutside(account, event, settings) ? account : undefined;
}

export const examples = (): Examples => {
  const permission = (principal: string) =>
    call(LAMBDA, 'AddPermission20150331v2', {
      requestParameters: { functionName: 'orders', statementId: 'x', action: 'lambda:InvokeFunction', principal },
    });
  const url = (authType: string, name = 'CreateFunctionUrlConfig') =>
    call(LAMBDA, name, { requestParameters: { functionName: 'orders', authType } });
  const stranger = permission('arn:aws:iam::999988887777:root');
  const settings = { organizationAccounts: ['444455556666'] };
  return {
    fires: [
      { why: 'for another account', timeline: [stranger], settings, severity: 'high' },
      { why: 'for another account, own ones not listed', timeline: [permission('999988887777')], severity: 'medium' },
      { why: 'a URL for everybody', timeline: [url('NONE')], severity: 'medium' },
      { why: 'a URL made open', timeline: [url('NONE', 'UpdateFunctionUrlConfig')], severity: 'medium' },
      { why: 'by CDK', timeline: [but(url('NONE'), { userAgent: 'aws-cdk/2.276.0' })], severity: 'low' },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stranger)] },
      { why: 'for an own account', timeline: [permission('444455556666')], settings },
      { why: 'for a service', timeline: [permission('s3.amazonaws.com')] },
      { why: 'for everybody: another rule', timeline: [permission('*')] },
      { why: 'a URL with sign-in', timeline: [url('AWS_IAM')] },
    ],
  };
};
