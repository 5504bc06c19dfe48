import ipaddr from 'ipaddr.js';

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** A list of networks as it is compared with addresses; those of IPv4 as numbers too. */
interface Networks {
  readonly ranges: readonly Range[];
  readonly plain: readonly PlainRun[];
}

const parsed = new WeakMap<readonly string[], Networks>();

/** True when the address is in any of the networks (CIDR or single addresses). False for what is no address. */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return false;
  let known = parsed.get(networks);
  if (known === undefined) {
    const ranges = networks.flatMap((network) => networkOf(network) ?? []);
    known = { ranges, plain: plainRuns(ranges.map(runOfRange)) };
    parsed.set(networks, known);
  }
  const number = plainNumber(address);
  if (number >= 0) return isInRuns(number, known.plain);
  const ip = addressOf(address);
  return (
    ip !== undefined && known.ranges.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base as never, bits))
  );
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

/**
 * The network that an address counts under where habits are learned: a site's IPv4 /24, its IPv6 /48. An address that
 * can't be read stands for itself: records with the addresses made unrecognisable still differ.
 */
export function addressBlock(address: string): string {
  return placeOf(address).block;
}

/** The same, undefined for an address that nobody on the internet calls from. */
export function publicBlock(address: string): string | undefined {
  const { block, isPrivate } = placeOf(address);
  return isPrivate ? undefined : block;
}

interface Place {
  readonly block: string;
  readonly isPrivate: boolean;
}

/** Addresses that were looked at: rules about callers ask for each event, and callers come again. */
const places = new Map<string, Place>();

function placeOf(address: string): Place {
  const number = plainNumber(address);
  if (number >= 0) return plainPlaceOf(Math.floor(number / 256));
  let place = places.get(address);
  if (place === undefined) {
    if (places.size > 5_000) places.clear(); // addresses come from records: bounded
    place = { block: blockOf(address), isPrivate: isPrivateNetwork(address) };
    places.set(address, place);
  }
  return place;
}

/** By the first 24 bits of plain IPv4 addresses, each in the one slot that it may be in: what comes later replaces it. */
const plainPlaces: ({ readonly bits: number; readonly place: Place } | undefined)[] = new Array(4_096).fill(undefined);

/** @param bits the first 24 bits of the address, as a number: no private network is smaller than their block */
function plainPlaceOf(bits: number): Place {
  const slot = Math.imul(bits, 0x9e3779b1) >>> 20;
  let found = plainPlaces[slot];
  if (found?.bits !== bits) {
    const block = `${bits >>> 16}.${(bits >>> 8) & 255}.${bits & 255}.0/24`;
    found = { bits, place: { block, isPrivate: isInRuns(bits * 256, NOT_INTERNET_V4) } };
    plainPlaces[slot] = found;
  }
  return found.place;
}

/**
 * An IPv4 address in its usual spelling as a number; -1 for every other text, which only `addressOf` reads. Nearly every
 * address is such a one, and reading it so takes a twentieth of the time.
 */
function plainNumber(text: string): number {
  if (text.length > 15) return -1;
  let number = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) {
      if (octet === 0) return -1; // 010 is 8 to some readers
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else if (text[index] === '.' && octet >= 0 && dots < 3) {
      number = number * 256 + octet;
      octet = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? number * 256 + octet : -1;
}

function blockOf(address: string): string {
  const ip = addressOf(address);
  if (ip === undefined) return address;
  const bits = ip.kind() === 'ipv4' ? 24 : 48;
  const bytes = ip.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

/**
 * Networks that nobody on the internet calls from: RFC 1918, shared (carrier-grade) space, loopback, link-local,
 * multicast and reserved, and IPv6's unique local, link-local and multicast ranges.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml
 */
const NOT_INTERNET: readonly Run[] = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((network) => runOf(network) ?? []);

const NOT_INTERNET_V4 = plainRuns(NOT_INTERNET);

/** True when every address of the network is in one of the others. False for what is no network. */
export function networkInside(network: string, others: readonly string[]): boolean {
  const run = runOf(network);
  if (run === undefined) return false;
  return others.some((other) => contains(runOf(other), run));
}

/** True for a network of private and other addresses that can't call over the internet. */
export function isPrivateNetwork(network: string): boolean {
  const run = runOf(network);
  return run !== undefined && isPrivate(run);
}

/**
 * True when the networks together hold an unbroken run of addresses as long as a network of that prefix length, private
 * networks aside: 0.0.0.0/0, and also its two halves 0.0.0.0/1 and 128.0.0.0/1. The host part is not looked at
 * (198.51.100.7/0 is everything). A network whose address can't be read is judged by its prefix length alone.
 */
export function coverWorld(networks: readonly string[], maxPrefixV4: number, maxPrefixV6: number): boolean {
  const runs: Run[] = [];
  for (const network of networks) {
    const run = runOf(network);
    if (run !== undefined) {
      if (!isPrivate(run)) runs.push(run);
    } else {
      const prefix = prefixLengthOf(network);
      if (prefix !== undefined && prefix <= (network.includes(':') ? maxPrefixV6 : maxPrefixV4)) return true;
    }
  }
  runs.sort((a, b) => a.bits - b.bits || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  let joined: Run | undefined;
  for (const run of runs) {
    joined =
      joined !== undefined && joined.bits === run.bits && run.first <= joined.last + 1n
        ? { ...joined, last: run.last > joined.last ? run.last : joined.last }
        : run;
    const worldPrefix = joined.bits === 32 ? maxPrefixV4 : maxPrefixV6;
    const hostBits = Math.min(Math.max(joined.bits - Math.trunc(worldPrefix), 0), joined.bits);
    if (joined.last - joined.first + 1n >= 1n << BigInt(hostBits)) return true;
  }
  return false;
}

/** Addresses from first to last, as numbers of `bits` (32 or 128) bits. */
interface Run {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function contains(outer: Run | undefined, inner: Run): boolean {
  return outer !== undefined && outer.bits === inner.bits && outer.first <= inner.first && inner.last <= outer.last;
}

function isPrivate(run: Run): boolean {
  return NOT_INTERNET.some((range) => contains(range, run));
}

/** A run of IPv4 addresses, from first to last. */
interface PlainRun {
  readonly first: number;
  readonly last: number;
}

function plainRuns(runs: readonly Run[]): readonly PlainRun[] {
  return runs
    .filter(({ bits }) => bits === 32)
    .map(({ first, last }) => ({ first: Number(first), last: Number(last) }));
}

function isInRuns(number: number, runs: readonly PlainRun[]): boolean {
  return runs.some(({ first, last }) => first <= number && number <= last);
}

function runOf(network: string): Run | undefined {
  const range = networkOf(network);
  return range && runOfRange(range[0]);
}

function runOfRange([base, prefix]: Range): Run {
  const bits = base.kind() === 'ipv4' ? 32 : 128;
  let address = 0n;
  for (const byte of base.toByteArray()) address = (address << 8n) | BigInt(byte);
  const hostMask = (1n << BigInt(bits - prefix)) - 1n;
  return { bits, first: address & ~hostMask, last: address | hostMask };
}

/** 0 of `256.300.1.1/0`; undefined where no whole number follows a slash. */
function prefixLengthOf(network: string): number | undefined {
  const digits = network.slice(network.lastIndexOf('/') + 1);
  return network.includes('/') && /^\d{1,3}$/.test(digits) ? Number(digits) : undefined;
}
