import { asArray, flag, isOmitted, numeric, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { coverWorld } from '../networks';
import type { Settings } from '../settings';
import type { Severity } from '../severity';

/** Calls that write an entry of a network ACL. */
export const ACL_CALLS = ['CreateNetworkAclEntry', 'ReplaceNetworkAclEntry'] as const;

/** Ephemeral ports begin here at the earliest; public subnets must admit them, as ACLs keep no state. */
const FIRST_EPHEMERAL_PORT = 1_024;
const LAST_PORT = 65_535;

/** What an entry admits from the whole world. */
export interface AclOpening {
  readonly acl: string | undefined;
  readonly ports: string;
  readonly source: string;
  readonly severity: Severity;
}

/**
 * The entry that the call wrote, if it admits inbound traffic from the whole world.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
 */
export function aclOpening({ record }: TrailEvent, settings: Settings): AclOpening | undefined {
  const request = record['requestParameters'];
  if (text(pick(request, 'ruleAction'))?.toLowerCase() !== 'allow' || flag(pick(request, 'egress')) === true) {
    return undefined;
  }
  const networks = ['cidrBlock', 'ipv6CidrBlock'].flatMap((name) => text(pick(request, name)) ?? []);
  if (!coverWorld(networks, settings.worldPrefixMaxV4, settings.worldPrefixMaxV6)) return undefined;
  const protocol = text(pick(request, 'aclProtocol')) ?? text(pick(request, 'protocol')) ?? '-1';
  const range = asArray(pick(request, 'portRange'))[0];
  const from = numeric(pick(range, 'from')) ?? 0;
  const to = numeric(pick(range, 'to')) ?? LAST_PORT;
  return {
    acl: aclOf(request),
    ports: portsInWords(protocol, from, to),
    source: networks.join(', '),
    severity: severityOf(protocol, from, to, settings),
  };
}

export function aclOf(request: unknown): string | undefined {
  const acl = text(pick(request, 'networkAclId'));
  return acl === '' ? undefined : acl;
}

/** True when the entry was too large for the record; no honest one is. */
export function isAclUnseen({ record }: TrailEvent): boolean {
  return isOmitted(record['requestParameters']);
}

function severityOf(protocol: string, from: number, to: number, { publicPorts }: Settings): Severity {
  if (protocol !== '6' && protocol !== '17') return 'medium';
  if (new Set(publicPorts.filter((port) => from <= port && port <= to)).size === to - from + 1) return 'info';
  return from >= FIRST_EPHEMERAL_PORT && to === LAST_PORT ? 'low' : 'medium';
}

function portsInWords(protocol: string, from: number, to: number): string {
  if (protocol === '-1') return 'all traffic';
  const name = protocol === '6' ? 'tcp' : protocol === '17' ? 'udp' : `protocol ${protocol}`;
  return from === to ? `${name} ${from}` : `${name} ${from}-${to}`;
}
