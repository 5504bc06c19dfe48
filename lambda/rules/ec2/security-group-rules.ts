import { agentContains } from '../../intake/caller';
import { asArray, at, fieldsOf, flag, isOmitted, numeric, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { coverWorld, isPrivateNetwork, networkInside } from '../networks';
import type { Settings } from '../settings';
import { levelOf, type Severity, shifted } from '../severity';

export const EC2 = 'ec2.amazonaws.com';

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const OPENING_SETTINGS = [
  'worldPrefixMaxV4',
  'worldPrefixMaxV6',
  'sensitivePorts',
  'publicPorts',
  'securityGroupsAllowed',
  'infrastructureAsCodeAgents',
] as const;

const LAST_PORT = 65_535;
/** Opening this many ports at once is opening them all: no service needs it. */
const MANY_PORTS = 1_000;

/** One rule of a security group, whatever form the call had. Ports that the record does not limit are all ports. */
export interface GroupRule {
  readonly protocol: 'all' | 'tcp' | 'udp' | 'icmp' | `protocol ${string}`;
  readonly fromPort: number;
  readonly toPort: number;
  /** Who may connect: a network, a managed prefix list (`pl-…`), or a security group. */
  readonly network: string | undefined;
  readonly prefixList: string | undefined;
}

/**
 * The rules that a call added or changed. Calls write them in four forms; the response's list is what EC2 made of the
 * request, so it goes first:
 * 1. `responseElements.securityGroupRuleSet.items[]` (not on records before 2021, nor on ModifySecurityGroupRules)
 * 2. `requestParameters.ipPermissions.items[]` with lists of ranges inside; an empty list is `{}`
 * 3. `requestParameters.{ipProtocol, fromPort, toPort, cidrIp}`, flat
 * 4. `requestParameters.ModifySecurityGroupRulesRequest.SecurityGroupRule`, one object or several
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export function groupRules({ record, call }: TrailEvent): readonly GroupRule[] {
  const wantsEgress = call === 'AuthorizeSecurityGroupEgress';
  const made = asArray(at(record, 'responseElements', 'securityGroupRuleSet'))
    .filter((item) => fieldsOf(item) !== undefined && (flag(pick(item, 'isEgress')) ?? wantsEgress) === wantsEgress)
    .map((item) => groupRule(item, item))
    .filter(namesSource);
  if (made.length > 0) return made;

  const request = record['requestParameters'];
  const permissions = asArray(pick(request, 'ipPermissions')).flatMap((permission) => [
    ...asArray(pick(permission, 'ipRanges')).map((range) => groupRule(permission, range)),
    ...asArray(pick(permission, 'ipv6Ranges')).map((range) => groupRule(permission, range)),
    ...asArray(pick(permission, 'prefixListIds')).map((list) => groupRule(permission, list)),
  ]);
  const modified = asArray(pick(pick(request, 'ModifySecurityGroupRulesRequest'), 'SecurityGroupRule')).map((item) => {
    const rule = pick(item, 'SecurityGroupRule') ?? item;
    return groupRule(rule, rule);
  });
  return [...permissions, groupRule(request, request), ...modified].filter(namesSource);
}

/** Ports from one object, source from another: in `ipPermissions` the sources are lists inside. */
function groupRule(ports: unknown, source: unknown): GroupRule {
  const protocol = protocolOf(text(pick(ports, 'ipProtocol')));
  const [fromPort, toPort] = portsOf(protocol, numeric(pick(ports, 'fromPort')), numeric(pick(ports, 'toPort')));
  return {
    protocol,
    fromPort,
    toPort,
    network: text(pick(source, 'cidrIp') ?? pick(source, 'cidrIpv4') ?? pick(source, 'cidrIpv6')),
    prefixList: text(pick(source, 'prefixListId')),
  };
}

function namesSource(rule: GroupRule): boolean {
  return rule.network !== undefined || rule.prefixList !== undefined;
}

/** Protocols come as names or IANA numbers; `-1` and none mean all. */
function protocolOf(written: string | undefined): GroupRule['protocol'] {
  switch (written?.toLowerCase()) {
    case undefined:
    case '':
    case '-1':
    case 'all':
      return 'all';
    case 'tcp':
    case '6':
      return 'tcp';
    case 'udp':
    case '17':
      return 'udp';
    case 'icmp':
    case 'icmpv6':
    case '1':
    case '58':
      return 'icmp';
    default:
      return `protocol ${written?.slice(0, 20)}`;
  }
}

/** -1 and absent mean no limit. Only TCP and UDP have ports: in other protocols the numbers are ICMP types, or noise. */
function portsOf(protocol: string, from: number | undefined, to: number | undefined): [number, number] {
  if (protocol !== 'tcp' && protocol !== 'udp') return [0, LAST_PORT];
  const low = from === undefined || from < 0 ? 0 : from;
  const high = to === undefined || to < 0 ? (from === undefined || from < 0 ? LAST_PORT : low) : to;
  return [Math.min(low, high), Math.max(low, high)];
}

/** Ports of one protocol that a call opened, and to whom. */
export interface Opening {
  /** `all traffic`, `tcp 22`, `udp 0-65535`, `icmp`. */
  readonly ports: string;
  readonly severity: Severity;
  readonly sources: readonly string[];
}

type PortRange = Pick<GroupRule, 'protocol' | 'fromPort' | 'toPort'>;

/**
 * What the rules open to the whole world, the worst first. Sources of the same ports are judged together: two halves of
 * the address space are the world.
 */
export function worldOpenings(rules: readonly GroupRule[], settings: Settings): readonly Opening[] {
  return openings(rules, settings, (networks) =>
    coverWorld(networks, settings.worldPrefixMaxV4, settings.worldPrefixMaxV6) ? networks.filter(isNotPrivate) : [],
  );
}

/**
 * Sensitive ports that the rules open to public networks outside the trusted ones, the worst first. What is open to the
 * whole world is left to the rules for that.
 */
export function untrustedOpenings(rules: readonly GroupRule[], settings: Settings): readonly Opening[] {
  return openings(
    rules.filter((rule) => rule.protocol === 'all' || opensSensitivePort(rule, settings)),
    settings,
    (networks) =>
      coverWorld(networks, settings.worldPrefixMaxV4, settings.worldPrefixMaxV6)
        ? []
        : networks.filter((network) => isNotPrivate(network) && !networkInside(network, settings.trustedNetworks)),
  );
}

/** Ports that the rules open to managed prefix lists which are not allowed; who is on a list can't be told offline. */
export function prefixListOpenings(rules: readonly GroupRule[], settings: Settings): readonly Opening[] {
  const unknown = rules.filter(
    ({ prefixList }) => prefixList !== undefined && !anyGlobMatches(settings.prefixListsAllowed, prefixList),
  );
  return grouped(unknown).map(([range, members]) => ({
    ports: portsInWords(range),
    severity: portSeverity(range, settings) === 'info' ? 'info' : 'medium',
    sources: members.map(({ prefixList }) => prefixList ?? ''),
  }));
}

function openings(
  rules: readonly GroupRule[],
  settings: Settings,
  outsiders: (networks: readonly string[]) => readonly string[],
): readonly Opening[] {
  return grouped(rules)
    .map(([range, members]) => ({
      ports: portsInWords(range),
      severity: portSeverity(range, settings),
      sources: outsiders(members.flatMap(({ network }) => network ?? [])),
    }))
    .filter(({ sources }) => sources.length > 0)
    .sort((a, b) => levelOf(b.severity) - levelOf(a.severity));
}

function grouped(rules: readonly GroupRule[]): [PortRange, GroupRule[]][] {
  const byPorts = new Map<string, [PortRange, GroupRule[]]>();
  for (const rule of rules) {
    const key = portsInWords(rule);
    const group = byPorts.get(key);
    if (group === undefined) byPorts.set(key, [rule, [rule]]);
    else group[1].push(rule);
  }
  return [...byPorts.values()];
}

function isNotPrivate(network: string): boolean {
  return !isPrivateNetwork(network);
}

/** How grave it is that the world reaches these ports. */
function portSeverity(range: PortRange, settings: Settings): Severity {
  if (range.protocol === 'all') return 'critical';
  if (range.protocol === 'icmp') return 'low';
  if (range.protocol !== 'tcp' && range.protocol !== 'udp') return 'medium'; // GRE, ESP…: no ports to judge by
  const span = range.toPort - range.fromPort + 1;
  if (new Set(settings.publicPorts.filter((port) => isBetween(port, range))).size === span) return 'info';
  if (span >= MANY_PORTS) return 'critical';
  return opensSensitivePort(range, settings) ? 'high' : 'medium';
}

function opensSensitivePort(range: PortRange, settings: Settings): boolean {
  const hasPorts = range.protocol === 'tcp' || range.protocol === 'udp';
  return hasPorts && settings.sensitivePorts.some((port) => isBetween(port, range));
}

function isBetween(port: number, { fromPort, toPort }: PortRange): boolean {
  return fromPort <= port && port <= toPort;
}

function portsInWords({ protocol, fromPort, toPort }: PortRange): string {
  if (protocol === 'all') return 'all traffic';
  if (protocol !== 'tcp' && protocol !== 'udp') return protocol;
  return fromPort === toPort ? `${protocol} ${fromPort}` : `${protocol} ${fromPort}-${toPort}`;
}

/** Id or name of the group that the call changed; undefined where the record names none. */
export function groupOf({ record }: TrailEvent): string | undefined {
  const request = record['requestParameters'];
  const made = asArray(at(record, 'responseElements', 'securityGroupRuleSet'))[0];
  return (
    nonEmpty(pick(request, 'groupId')) ??
    nonEmpty(pick(request, 'groupName')) ??
    nonEmpty(contentOf(pick(pick(request, 'ModifySecurityGroupRulesRequest'), 'GroupId'))) ??
    nonEmpty(pick(made, 'groupId'))
  );
}

/** EC2's newer calls sometimes wrap a value as `{tag: 1, content: …}`. */
function contentOf(value: unknown): unknown {
  return pick(value, 'content') ?? value;
}

function nonEmpty(value: unknown): string | undefined {
  const written = text(value);
  return written === '' ? undefined : written;
}

export function groupInWords(event: TrailEvent): string {
  return `security group ${groupOf(event) ?? '(not named)'}`;
}

export function groupResources(event: TrailEvent): readonly string[] {
  const group = groupOf(event);
  return group === undefined ? [] : [group];
}

export function isAllowedGroup(event: TrailEvent, settings: Settings): boolean {
  const group = groupOf(event);
  return group !== undefined && anyGlobMatches(settings.securityGroupsAllowed, group);
}

/** True when the call's content was too large for the record and no response tells what came of it. */
export function isUnseen(event: TrailEvent): boolean {
  return isOmitted(event.record['requestParameters']) && groupRules(event).length === 0;
}

/**
 * The gravest opening's severity; what can't be seen is high. ModifySecurityGroupRules does not say whether the rule
 * lets in or out, and every group's default outbound rule is "all traffic to everywhere": there high is the most.
 */
export function openingSeverity(event: TrailEvent, found: readonly Opening[], settings: Settings): Severity {
  const gravest = found[0]?.severity ?? 'high';
  const capped = event.call === 'ModifySecurityGroupRules' && gravest === 'critical' ? 'high' : gravest;
  return shifted(capped, agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0);
}

/** `tcp 22 to 0.0.0.0/0 and 1 more; udp 53 to ::/0`, of bounded length. */
export function openingsInWords(found: readonly Opening[]): string {
  if (found.length === 0) return 'ports unknown: the parameters were too large to see';
  const words = found.slice(0, 3).map(({ ports, sources }) => `${ports} to ${someOf(sources, 2)}`);
  return found.length > 3 ? `${words.join('; ')}; and ${found.length - 3} more` : words.join('; ');
}

function someOf(names: readonly string[], most: number): string {
  const distinct = [...new Set(names)];
  const shown = distinct
    .slice(0, most)
    .map((name) => (name.length > 50 ? `${name.slice(0, 50)}…` : name))
    .join(', ');
  return distinct.length > most ? `${shown} and ${distinct.length - most} more` : shown;
}

/** Separates alerts by group, by what was opened, by call and by actor. */
export function openingKey(event: TrailEvent, found: readonly Opening[]): string {
  const opened = found.map(({ ports, sources }) => `${ports}:${[...sources].sort().join(',')}`).sort();
  return `${event.account}|${event.region}|${groupOf(event) ?? ''}|${opened.join(';')}|${event.call}|${event.actor}`;
}
