import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { addressBlock, addressOf, inNetworks, isPrivateNetwork, publicBlock } from '../../lambda/rules/networks';

/** Octets as people and attackers write them: mostly plain, some of other notations, some of none. */
const octet = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 255 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '255', '256', '00', '010', '0x1f', '1e1', '-1', '', ' 1', '٣', '999999999'),
  },
);
const ipv4 = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.'));
const ipv6 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((parts) => parts.map((part) => part.toString(16)).join(':'));
const address = fc.oneof(
  { weight: 6, arbitrary: ipv4 },
  { weight: 1, arbitrary: ipv6 },
  { weight: 1, arbitrary: ipv4.map((text) => `::ffff:${text}`) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.:/abf%'), maxLength: 20 }) },
);
const network = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 33 })).map(([base, bits]) => `${base}/${bits}`),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([base, bits]) => `${base}/${bits}`),
  address,
);
const RUNS = { numRuns: 3_000 };

/** What the library says, bit by bit, without any shortcut. */
function isIn(text: string, networkText: string): boolean {
  const ip = addressOf(text);
  if (ip === undefined) return false;
  try {
    const [base, bits] = networkText.includes('/')
      ? ipaddr.parseCIDR(networkText)
      : ([addressOf(networkText), 128] as const);
    if (base === undefined || base.kind() !== ip.kind()) return false;
    return ip.match(base as never, Math.min(bits, base.kind() === 'ipv4' ? 32 : 128));
  } catch {
    return false;
  }
}

describe('networks of addresses', () => {
  it('name the block that the library finds, for every spelling', () => {
    fc.assert(
      fc.property(address, (text) => {
        const ip = addressOf(text);
        const bits = ip?.kind() === 'ipv4' ? 24 : 48;
        const bytes = ip?.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0));
        const expected = bytes === undefined ? text : `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
        expect(addressBlock(text)).toBe(expected);
      }),
      RUNS,
    );
  });

  it('are private where the whole block is', () => {
    const edges = ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0', '100.63.255.255', '100.64.0.0'];
    edges.push('100.127.255.255', '100.128.0.0', '126.255.255.255', '127.0.0.1', '128.0.0.0', '169.253.255.255');
    edges.push('169.254.0.0', '169.255.0.0', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0');
    edges.push('192.167.255.255', '192.168.0.0', '192.169.0.0', '223.255.255.255', '224.0.0.0', '255.255.255.255');
    fc.assert(
      fc.property(fc.oneof(address, fc.constantFrom(...edges)), (text) => {
        expect(publicBlock(text)).toBe(isPrivateNetwork(text) ? undefined : addressBlock(text));
      }),
      RUNS,
    );
  });

  it('hold the addresses that the library puts into them', () => {
    fc.assert(
      fc.property(address, fc.array(network, { maxLength: 4 }), (text, networks) => {
        expect(inNetworks(text, networks)).toBe(networks.some((one) => isIn(text, one)));
      }),
      RUNS,
    );
  });

  it('hold their own first and last address, and not the neighbours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 32 }), (number, bits) => {
        const size = 2 ** (32 - bits);
        const first = Math.floor(number / size) * size;
        const text = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
        const networks = [`${text(number)}/${bits}`];
        expect([first, first + size - 1].map((one) => inNetworks(text(one), networks))).toEqual([true, true]);
        const neighbours = [first - 1, first + size].filter((one) => one >= 0 && one < 2 ** 32);
        expect(neighbours.some((one) => inNetworks(text(one), networks))).toBe(false);
      }),
      RUNS,
    );
  });

  it('are told apart when many share a place in memory', () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `${1 + (index % 223)}.${index >> 8}.${index & 255}.9`);
    for (const text of [...texts, ...texts]) expect(addressBlock(text)).toBe(text.replace(/\.9$/, '.0/24'));
  });
});
