import fc from 'fast-check';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import {
  groupRules,
  prefixListOpenings,
  untrustedOpenings,
  worldOpenings,
} from '../../lambda/rules/ec2/security-group-rules';
import { call } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

function event(name: string, requestParameters: unknown, responseElements: unknown = { _return: true }): TrailEvent {
  const made = toTrailEvent(call('ec2.amazonaws.com', name, { requestParameters, responseElements }));
  if (isUnreadable(made)) throw new Error(made.unreadable);
  return made;
}

interface Simple {
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly source: { readonly v4: string } | { readonly v6: string } | { readonly list: string };
}

const ports = fc.integer({ min: 0, max: 65535 });
const source = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => ({ v4: `${ip}/${prefix}` })),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, prefix]) => ({ v6: `${ip}/${prefix}` })),
  fc.constant({ list: 'pl-0123456789abcdef0' }),
);
const simple: fc.Arbitrary<Simple> = fc.oneof(
  fc.record({ ipProtocol: fc.constantFrom('tcp', 'udp', '6', '17'), fromPort: ports, toPort: ports, source }),
  fc.record({ ipProtocol: fc.constantFrom('-1', '47'), source }),
  fc.record({ ipProtocol: fc.constant('icmp'), fromPort: fc.constant(-1), toPort: fc.constant(-1), source }),
);

/** The same rule in each form that holds it. The flat form has no IPv6 and no prefix lists. */
function forms({ source: from, ...rule }: Simple): TrailEvent[] {
  const [key, name] = Object.entries(from)[0] as ['v4' | 'v6' | 'list', string];
  const inList = {
    v4: { ipRanges: { items: [{ cidrIp: name }] } },
    v6: { ipv6Ranges: { items: [{ cidrIpv6: name }] } },
    list: { prefixListIds: { items: [{ prefixListId: name }] } },
  }[key];
  const inRule = { v4: { cidrIpv4: name }, v6: { cidrIpv6: name }, list: { prefixListId: name } }[key];
  const pascal = Object.fromEntries(
    Object.entries({ ...rule, ...inRule }).map(([field, value]) => [field[0]?.toUpperCase() + field.slice(1), value]),
  );
  const modify = (inner: unknown) => ({
    ModifySecurityGroupRulesRequest: { GroupId: 'sg-1', SecurityGroupRule: inner },
  });
  const ingress = 'AuthorizeSecurityGroupIngress';
  return [
    event(ingress, {}, { securityGroupRuleSet: { items: [{ ...rule, ...inRule, isEgress: false }] } }),
    event(ingress, { ipPermissions: { items: [{ ...rule, groups: {}, ipRanges: {}, ipv6Ranges: {}, ...inList }] } }),
    event('ModifySecurityGroupRules', modify({ SecurityGroupRuleId: 'sgr-1', SecurityGroupRule: pascal })),
    event('ModifySecurityGroupRules', modify([{ SecurityGroupRuleId: 'sgr-1', SecurityGroupRule: pascal }])),
    ...(key === 'v4' ? [event(ingress, { ...rule, cidrIp: name, ipPermissions: {} })] : []),
  ];
}

describe('rules of a security group', () => {
  it('are the same in every form of the call', () => {
    fc.assert(
      fc.property(simple, (rule) => {
        const [first, ...others] = forms(rule).map(groupRules);
        expect(first).toHaveLength(1);
        for (const other of others) expect(other).toEqual(first);
      }),
    );
  });

  it('come from the response where it has any, from the request otherwise', () => {
    const request = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' };
    const item = { ipProtocol: 'tcp', fromPort: 23, toPort: 23, cidrIpv4: '0.0.0.0/0', isEgress: false };
    const ingress = (response: unknown) => groupRules(event('AuthorizeSecurityGroupIngress', request, response));
    expect(ingress({ securityGroupRuleSet: { items: [item] } })[0]?.fromPort).toBe(23);
    expect(ingress({ securityGroupRuleSet: {} })[0]?.fromPort).toBe(22);
    expect(ingress({ omitted: true })[0]?.fromPort).toBe(22);
  });

  it('admit all ports where no port is named, and one where only the first is', () => {
    const only = (fields: object) =>
      groupRules(event('AuthorizeSecurityGroupIngress', { cidrIp: '0.0.0.0/0', ...fields }))[0];
    expect(only({ ipProtocol: 'tcp' })).toMatchObject({ fromPort: 0, toPort: 65535 });
    expect(only({ ipProtocol: 'tcp', fromPort: -1, toPort: -1 })).toMatchObject({ fromPort: 0, toPort: 65535 });
    expect(only({ ipProtocol: 'tcp', fromPort: '22' })).toMatchObject({ fromPort: 22, toPort: 22 });
    expect(only({ ipProtocol: '-1', fromPort: 0, toPort: 0 })).toMatchObject({ fromPort: 0, toPort: 65535 });
    expect(only({ ipProtocol: 'tcp', fromPort: 443, toPort: 80 })).toMatchObject({ fromPort: 80, toPort: 443 });
  });

  it('are judged without throwing, whatever the record holds', () => {
    const names = [
      'ipPermissions',
      'items',
      'ipRanges',
      'cidrIp',
      'fromPort',
      'SecurityGroupRule',
      'ModifySecurityGroupRulesRequest',
    ];
    const hostile = fc.object({
      key: fc.constantFrom(...names),
      maxDepth: 5,
      values: [fc.anything(), fc.constant('0.0.0.0/0')],
    });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.anything()), fc.anything(), (request, response) => {
        const rules = groupRules(event('ModifySecurityGroupRules', request, response));
        for (const judge of [worldOpenings, untrustedOpenings, prefixListOpenings]) {
          expect(Array.isArray(judge(rules, DEFAULT_SETTINGS))).toBe(true);
        }
      }),
    );
  });
});

describe('openings to the world', () => {
  it('only grow when a rule is added', () => {
    const all = (rules: readonly Simple[]) =>
      worldOpenings(
        rules.flatMap((rule) => groupRules(forms(rule)[0] as TrailEvent)),
        DEFAULT_SETTINGS,
      );
    fc.assert(
      fc.property(fc.array(simple, { maxLength: 6 }), simple, (rules, added) => {
        const before = all(rules).map(({ ports: opened }) => opened);
        const after = all([...rules, added]).map(({ ports: opened }) => opened);
        expect(after).toEqual(expect.arrayContaining(before));
      }),
    );
  });
});
