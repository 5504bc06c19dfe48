import type { TrailEvent } from '../../intake/trail-event';

/**
 * Services whose calls are recorded in one region wherever the caller is: there the region says nothing.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(
  [
    'account',
    'artifact',
    'aws-portal',
    'billing',
    'billingconsole',
    'budgets',
    'ce',
    'chatbot',
    'cloudfront',
    'consolidatedbilling',
    'cur',
    'freetier',
    'globalaccelerator',
    'health',
    'iam',
    'importexport',
    'invoicing',
    'marketplace',
    'networkmanager',
    'organizations',
    'payments',
    'pricing',
    'route53',
    'route53-recovery-control-config',
    'route53domains',
    'savingsplans',
    'shield',
    'signin',
    'sso-directory',
    'sso',
    'sts',
    'support',
    'supportapp',
    'sustainability',
    'tax',
    'trustedadvisor',
    'waf',
    'wellarchitected',
  ].map((name) => `${name}.amazonaws.com`),
);

/** True for a call whose region is where something happened, not where AWS keeps the books. */
export function isRegional({ service, region }: TrailEvent): boolean {
  return region !== 'unknown' && !GLOBAL_SERVICES.has(service);
}

/** What to do first; what to do for the next time depends on the rule. */
export const REGION_STEPS = [
  'Ask the actor. A new region is decided on, not stumbled into.',
  'Look at what runs there: aws ec2 describe-instances --region <region>; also containers, functions and notebooks.',
  "If nobody vouches for it, deactivate the actor's keys, revoke its sessions, and remove what was made.",
] as const;

export const REGION_REFERENCES = [
  'https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html',
  'https://attack.mitre.org/techniques/T1535/',
] as const;
