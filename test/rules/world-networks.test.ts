import fc from 'fast-check';
import { addressBlock, coverWorld, isPrivateNetwork, networkInside } from '../../lambda/rules/networks';

const isWorld = (...networks: string[]) => coverWorld(networks, 8, 16);

describe('coverWorld', () => {
  it.each([
    ['everything', ['0.0.0.0/0']],
    ['everything of IPv6', ['::/0']],
    ['everything, written with a host part', ['198.51.100.7/0']],
    ['everything, with an address that is none', ['256.300.1.1/0']],
    ['both halves', ['0.0.0.0/1', '128.0.0.0/1']],
    ['one half', ['128.0.0.0/1']],
    ['a network as wide as the limit', ['8.0.0.0/8']],
    ['an IPv6 network as wide as the limit', ['2600::/16']],
    ['two neighbours, each narrower than the limit', ['8.0.0.0/9', '8.128.0.0/9']],
    ['a private network joined with public space', ['10.0.0.0/7']],
    ['everything among single hosts', ['203.0.113.9/32', '0.0.0.0/0']],
  ])('is true for %s', (_what, networks) => {
    expect(isWorld(...networks)).toBe(true);
  });

  it.each([
    ['nothing', []],
    ['a network narrower than the limit', ['8.0.0.0/9']],
    ['an IPv6 network narrower than the limit', ['2600::/17']],
    ['two networks that do not touch', ['8.0.0.0/9', '9.128.0.0/9']],
    ['a company', ['203.0.113.0/24', '198.51.100.0/24']],
    ['the zero network of 256 addresses', ['0.0.0.0/24']],
    ['private networks, wide as they are', ['10.0.0.0/8', 'fc00::/7', '172.16.0.0/12']],
    ['a private network beside a public one', ['10.0.0.0/8', '11.0.0.0/9']],
    ['what is no network', ['', 'pl-0123456789abcdef0', '0.0.0.0/', '/0x0', 'everyone']],
  ])('is false for %s', (_what, networks) => {
    expect(isWorld(...networks)).toBe(false);
  });

  it('counts halves of different families apart', () => {
    expect(coverWorld(['128.0.0.0/1', '::/1'], 0, 0)).toBe(false);
    expect(coverWorld(['8000::/1', '::/1'], 0, 0)).toBe(true);
  });

  it('with the limit at 0, is true for everything only', () => {
    expect(coverWorld(['128.0.0.0/1'], 0, 0)).toBe(false);
    expect(coverWorld(['128.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2'], 0, 0)).toBe(true);
  });

  const wide = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 8 }))
    .map(([octet, prefix]) => ({ octet, prefix, text: `${octet}.1.2.3/${prefix}` }));

  it('agrees with a table of the 256 first octets, in any order', () => {
    fc.assert(
      fc.property(fc.array(wide, { maxLength: 12 }), fc.integer({ min: 0, max: 8 }), (networks, limit) => {
        const covered = new Array<boolean>(256).fill(false);
        for (const { octet, prefix } of networks) {
          const size = 2 ** (8 - prefix);
          const start = Math.floor(octet / size) * size;
          const unrouted = (size === 1 && (start === 10 || start === 127)) || start >= 224;
          if (!unrouted) covered.fill(true, start, start + size);
        }
        let longest = 0;
        let run = 0;
        for (const inside of covered) {
          run = inside ? run + 1 : 0;
          longest = Math.max(longest, run);
        }
        const texts = networks.map(({ text }) => text);
        const expected = longest >= 2 ** (8 - limit);
        expect(coverWorld(texts, limit, 16)).toBe(expected);
        expect(coverWorld([...texts].reverse(), limit, 16)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constant('1.2.3.4/999'))), (texts) => {
        expect(typeof isWorld(...texts)).toBe('boolean');
      }),
    );
  });
});

describe('networkInside', () => {
  it.each([
    ['203.0.113.7/32', ['203.0.113.0/24'], true],
    ['203.0.113.7', ['203.0.113.0/24'], true],
    ['203.0.113.0/24', ['203.0.113.0/24'], true],
    ['203.0.112.0/23', ['203.0.113.0/24'], false],
    ['203.0.113.0/24', ['198.51.100.0/24', '203.0.113.128/25'], false],
    ['2001:db8:1::/48', ['2001:db8::/32'], true],
    ['2001:db8:1::/48', ['0.0.0.0/0'], false],
    ['not a network', ['0.0.0.0/0'], false],
    ['203.0.113.7/32', ['not a network'], false],
  ])('%s in %j: %s', (network, others, expected) => {
    expect(networkInside(network, others)).toBe(expected);
  });
});

describe('isPrivateNetwork', () => {
  it.each(['10.1.0.0/16', '172.31.0.0/16', '192.168.1.1', '127.0.0.1/32', 'fd12::/16', '100.64.0.0/10'])(
    'is true for %s',
    (network) => expect(isPrivateNetwork(network)).toBe(true),
  );
  it.each(['172.32.0.0/16', '172.16.0.0/11', '0.0.0.0/0', '::/0', '203.0.113.0/24', '::ffff:10.0.0.1/128'])(
    'is false for %s',
    (network) => expect(isPrivateNetwork(network)).toBe(false),
  );
});

describe('addressBlock', () => {
  it.each([
    ['198.51.100.7', '198.51.100.0/24'],
    ['198.51.100.255', '198.51.100.0/24'],
    ['198.51.101.7', '198.51.101.0/24'],
    ['::ffff:198.51.100.7', '198.51.100.0/24'],
    ['2001:db8:12:34::1', '2001:db8:12::/48'],
    ['2001:db8:12:ffff::1', '2001:db8:12::/48'],
    ['2001:db8:13::1', '2001:db8:13::/48'],
    ['256.300.1.1', '256.300.1.1'],
  ])('%s counts under %s', (address, block) => expect(addressBlock(address)).toBe(block));
});
