import ipaddr from 'ipaddr.js';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const parsed = new WeakMap<readonly string[], readonly Range[]>();

/** True when the address is in any of the networks (CIDR or single addresses). False for what is no address. */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return false;
  const ip = addressOf(address);
  if (ip === undefined) return false;
  let ranges = parsed.get(networks);
  if (ranges === undefined) {
    ranges = networks.flatMap((network) => networkOf(network) ?? []);
    parsed.set(networks, ranges);
  }
  return ranges.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base as never, bits));
}

/** `198.51.100.0/24`, `2001:db8::/32` or a single address as [base, prefix length]; undefined if it is neither. */
export function networkOf(text: string): [Range] | undefined {
  try {
    if (text.includes('/')) {
      const [base, bits] = ipaddr.parseCIDR(text);
      return [[base, bits]];
    }
    const address = addressOf(text);
    return address && [[address, address.kind() === 'ipv4' ? 32 : 128]];
  } catch {
    return undefined;
  }
}

/** IPv4-mapped IPv6 addresses are read as the IPv4 address that they carry. */
export function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  try {
    return ipaddr.process(text);
  } catch {
    return undefined;
  }
}

/** Private, loopback, link-local, carrier-grade NAT and other addresses that are no public unicast address. */
export function isPublicAddress(text: string): boolean {
  return addressOf(text)?.range() === 'unicast';
}
