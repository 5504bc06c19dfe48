import ipaddr from 'ipaddr.js';

/** A network as it is stored and compared. */
export interface NetworkText {
  /** Base address and prefix length in one spelling: `198.51.100.0/24`, `2001:db8::/32`. */
  readonly canonical: string;
  /** Bits were set beyond the prefix (`198.51.100.7/24`): perhaps one address was meant. */
  readonly hasHostBits: boolean;
}

/**
 * A network or a single address. Stricter than the library, which reads `10/8` as 0.0.0.10/8 and `010.0.0.0` in octal:
 * four decimal parts, or IPv6 without a zone. IPv4 written as IPv6 (::ffff:198.51.100.0/120) becomes IPv4, as the
 * callers' addresses do.
 */
export function readNetwork(text: string): NetworkText | undefined {
  const [, address = '', prefix] = /^([0-9A-Fa-f.:]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined;
  let base = ipaddr.parse(address);
  let bits = prefix === undefined ? base.toByteArray().length * 8 : Number(prefix);
  if (bits > base.toByteArray().length * 8) return undefined;
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96) {
    base = base.toIPv4Address();
    bits -= 96;
  }
  const first =
    base instanceof ipaddr.IPv4
      ? ipaddr.IPv4.networkAddressFromCIDR(`${base}/${bits}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${base}/${bits}`);
  return { canonical: `${first}/${bits}`, hasHostBits: first.toString() !== base.toString() };
}
