import { agentContains } from '../../intake/caller';
import { field, text } from '../../intake/fields';
import { oncePerEvent } from '../../intake/once-per-event';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, fromConsole, NOT_BY_SERVICE, shortService } from '../callers';
import { inNetworks, publicBlock } from '../networks';
import type { Match } from '../rule';
import type { Settings } from '../settings';

/** Changes, failures, and the question that comes first with found keys: what a deployment always sees of a caller. */
export const TELLING_CALLS: readonly [Match, ...Match[]] = [
  { feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE },
  { feed: 'errors', outcome: ['denied', 'failed'], record: NOT_BY_SERVICE },
  { feed: 'api-reads', outcome: 'any', service: 'sts.amazonaws.com', calls: ['GetCallerIdentity'] },
];

/** Every change. */
export const CHANGES: readonly [Match, ...Match[]] = [{ feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE }];

/**
 * The public network that a client called from, unless it is one of the user's own. Undefined for services, and for
 * private addresses: those come through endpoints inside the account's networks.
 */
export function strangeNetwork(event: TrailEvent, { trustedNetworks }: Settings): string | undefined {
  const { sourceIp } = event;
  if (sourceIp === undefined || !fromClient(event) || inNetworks(sourceIp, trustedNetworks)) return undefined;
  return publicBlock(sourceIp);
}

/**
 * Environments of AWS that run code without an address of its own: their agents say so. The caller writes the agent, so
 * this lowers a severity and never silences.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html AWS_EXECUTION_ENV
 */
export function inManagedEnvironment(event: TrailEvent): boolean {
  return agentContains(event, MANAGED_ENVIRONMENTS);
}

const MANAGED_ENVIRONMENTS = ['exec-env/aws_', 'awslambda'] as const;

/** A person at work: single sign-on, federation, the console. Programs take roles in other ways. */
export function isPerson(event: TrailEvent): boolean {
  const type = field(event.identity, 'type');
  return (
    event.actor.includes(':role/aws-reserved/sso.amazonaws.com/') ||
    type === 'FederatedUser' ||
    type === 'SAMLUser' ||
    type === 'IdentityCenterUser' ||
    event.call === 'ConsoleLogin' ||
    fromConsole(event)
  );
}

/** The instance whose credentials made the call: sessions of instance profiles are named after it. */
export const callingInstance = oncePerEvent(({ identity }): string | undefined => {
  if (field(identity, 'type') !== 'AssumedRole') return undefined;
  const arn = text(field(identity, 'arn')) ?? '';
  // Most roles are no instance's, which a few letters tell: the search for the last part is for those that may be.
  let start = arn.length;
  while (start > arn.length - 18 && isHexDigit(arn.charCodeAt(start - 1))) start--;
  if (start > arn.length - 8 || arn[start - 1] !== '-') return undefined;
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return INSTANCE.test(name) ? name : undefined;
});

/** NaN, which stands before the first letter, is none. */
function isHexDigit(letter: number): boolean {
  const lower = letter | 32;
  return (letter >= 48 && letter <= 57) || (lower >= 97 && lower <= 102);
}

const INSTANCE = /^i-[0-9a-f]{8,17}$/i;

/** Calls of roles, whatever they are; of reads those that are forwarded. */
export const ROLE_CALLS: readonly [Match, ...Match[]] = [
  { feed: 'api-writes', outcome: 'any', record: { userIdentity: { type: ['AssumedRole'] } } },
  { feed: 'api-reads', outcome: 'any', record: { userIdentity: { type: ['AssumedRole'] } } },
];

/** `ec2 RunInstances from 203.0.113.7 (203.0.113.0/24)` */
export function callFrom(event: TrailEvent): string {
  const { sourceIp = 'an unknown address' } = event;
  const block = publicBlock(sourceIp);
  const network = block === undefined || block === sourceIp ? '' : ` (${block})`;
  return `${shortService(event.service)} ${event.call} in ${event.account} ${event.region} from ${sourceIp}${network}`;
}

export function didOrTried(event: TrailEvent): string {
  return event.outcome === 'succeeded' ? 'called' : 'tried';
}

export const ORIGIN_RUNBOOK = [
  'Whose address is it (whois)? A home, a hotel, a VPN of yours, a hosting company?',
  'Ask the actor whether it was them, by another way than the account.',
  'List what came from there: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  'If nobody vouches for it, deactivate the key, or revoke the sessions of the role (IAM console, Revoke active sessions).',
  'Add networks of your own to trustedNetworks.',
] as const;

export const ORIGIN_REFERENCES = [
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
  'https://attack.mitre.org/techniques/T1078/004/',
] as const;

export const SHARED_NETWORKS =
  'A network counts as a whole: an IPv4 /24, an IPv6 /48. Addresses of cloud providers and VPNs are shared.';
