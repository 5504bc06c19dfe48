import { asArray, at, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { type Act, type Acts, act, actRule, isHidden, type Judge } from '../acts';
import { isAutomated } from '../callers';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';

const EC2 = 'ec2.amazonaws.com';
const DOMAINS = 'route53domains.amazonaws.com';

/** Without a list of the own accounts a sister account looks like a stranger: one lower. */
function stranger(account: unknown, did: string, event: TrailEvent, settings: Settings): Act | undefined {
  const id = accountIn(text(account) ?? '');
  if (id === undefined || !isOutside(id, event, settings)) return undefined;
  return act(shifted('high', settings.organizationAccounts.length > 0 ? 0 : -1), `${did} account ${id}:`);
}

/** A network that is made by code has such a route as a matter of course: stored, not told. */
function routed(event: TrailEvent, settings: Settings): Act | undefined {
  const request = requestOf(event);
  if (isHidden(event)) return act('medium', 'set a route that is too large to see in table');
  if (text(pick(request, 'vpcPeeringConnectionId')) !== undefined) {
    return act('medium', 'led traffic into another network by table');
  }
  const wide = ['0.0.0.0/0', '::/0'].includes(
    text(pick(request, 'destinationCidrBlock')) ?? text(pick(request, 'destinationIpv6CidrBlock')) ?? '',
  );
  return wide && text(pick(request, 'gatewayId'))?.startsWith('igw-') === true
    ? act(isAutomated(event, settings) ? 'info' : 'low', 'led traffic to the internet by table')
    : undefined;
}

/** `AddAllowedPrincipals: '*'`, or wrapped and numbered as EC2's newer calls write lists. */
const admitsToEndpoint: Judge = (event, settings) => {
  const added = asArray(pick(requestOf(event), 'addAllowedPrincipals')).map(
    (one) => text(one) ?? text(pick(one, 'content')) ?? text(pick(one, 'item')) ?? '',
  );
  if (isHidden(event) || added.includes('*')) return act('high', 'let everybody connect to endpoint service');
  return added.flatMap((one) => stranger(one, 'let somebody of', event, settings) ?? [])[0];
};

const ACTS: Acts = {
  [EC2]: {
    CreateTrafficMirrorSession: act('medium', 'had traffic copied from network interface'),
    CreateTrafficMirrorTarget: act('medium', 'made a place that traffic can be copied to:'),
    CreateRoute: routed,
    ReplaceRoute: routed,
    CreateVpcPeeringConnection: (event, settings) =>
      stranger(pick(requestOf(event), 'peerOwnerId'), 'asked to join networks with', event, settings),
    AcceptVpcPeeringConnection: (event, settings) =>
      stranger(
        at(event.record, 'responseElements', 'vpcPeeringConnection', 'requesterVpcInfo', 'ownerId'),
        'joined networks with',
        event,
        settings,
      ),
    CreateClientVpnEndpoint: act('medium', 'made a way in by VPN,'),
    CreateVpnConnection: act('medium', 'joined the network with another place by VPN,'),
    ModifyVpcEndpointServicePermissions: admitsToEndpoint,
  },
  [DOMAINS]: {
    DisableDomainTransferLock: act('high', 'unlocked the transfer of domain'),
    TransferDomainToAnotherAwsAccount: act('high', 'gave another account domain'),
    RetrieveDomainAuthCode: act('high', 'fetched the code that transfers domain'),
    UpdateDomainNameservers: act('high', 'changed who answers for domain'),
    DeleteDomain: act('high', 'deleted domain'),
  },
};

export default defineRule({
  id: 'network-opened-out',
  title: 'Traffic led out, networks joined, or a domain unlocked',
  ...actRule(ACTS, {
    names: [
      'networkInterfaceId',
      'routeTableId',
      'vpcPeeringConnectionId',
      'vpcId',
      'serviceId',
      'customerGatewayId',
      'domainName',
    ],
    settings: ['organizationAccounts'],
  }),
  rows: ['2-39'],
  attack: ['TA0010/T1020.001', 'TA0005/T1599', 'TA0042/T1584.001'],
  why: 'Mirrors, peerings and VPNs carry data away without an API call for any of it. A domain in other hands carries your mail and your customers away.',
  runbook: [
    'Ask the actor, and the owner of the network or the domain.',
    'Cut it: aws ec2 delete-traffic-mirror-session, delete-vpc-peering-connection, delete-route, modify-vpc-endpoint-service-permissions --remove-allowed-principals.',
    'Domains: aws route53domains enable-domain-transfer-lock (us-east-1), put the name servers back, and call AWS Support at once if a transfer runs.',
    'See in flow logs what went through since.',
  ],
  falsePositives: ['Work of network people. Infrastructure as code is told one lower.'],
  blindSpots: ['Transit gateways and shared subnets. Traffic that leaves by ways that are open anyhow.'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/mirroring/what-is-traffic-mirroring.html',
    'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-lock.html',
    'https://attack.mitre.org/techniques/T1020/001/',
  ],
});

export const examples = (): Examples => {
  const mirrored = call(EC2, 'CreateTrafficMirrorSession', {
    requestParameters: { CreateTrafficMirrorSessionRequest: { NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718' } },
  });
  const route = (fields: object) =>
    but(mirrored, {
      eventName: 'CreateRoute',
      requestParameters: { routeTableId: 'rtb-0a1b2c3d4e5f60718', destinationCidrBlock: '0.0.0.0/0', ...fields },
    });
  const peering = (peerOwnerId: string) =>
    but(mirrored, {
      eventName: 'CreateVpcPeeringConnection',
      requestParameters: { vpcId: 'vpc-0a1b2c3d', peerVpcId: 'vpc-4e5f6071', peerOwnerId },
    });
  const admitted = (principal: string) =>
    but(mirrored, {
      eventName: 'ModifyVpcEndpointServicePermissions',
      requestParameters: {
        ModifyVpcEndpointServicePermissionsRequest: {
          ServiceId: 'vpce-svc-0a1b2c3d4e5f60718',
          AddAllowedPrincipals: { content: principal, tag: 1 },
        },
      },
    });
  const unlocked = call(DOMAINS, 'DisableDomainTransferLock', { requestParameters: { domainName: 'example.com' } });
  const settings = { organizationAccounts: ['444455556666'] };
  return {
    fires: [
      { why: 'traffic mirrored', timeline: [mirrored], severity: 'medium' },
      { why: 'joined with a stranger', timeline: [peering('999988887777')], settings, severity: 'high' },
      { why: 'own accounts are not listed', timeline: [peering('999988887777')], severity: 'medium' },
      {
        why: 'a request of a stranger accepted',
        timeline: [
          but(mirrored, {
            eventName: 'AcceptVpcPeeringConnection',
            requestParameters: { vpcPeeringConnectionId: 'pcx-0a1b2c3d' },
            responseElements: { vpcPeeringConnection: { requesterVpcInfo: { ownerId: '999988887777' } } },
          }),
        ],
        severity: 'medium',
      },
      { why: 'an endpoint for everybody', timeline: [admitted('*')], severity: 'high' },
      { why: 'a route into another network', timeline: [route({ vpcPeeringConnectionId: 'pcx-0a1b2c3d' })] },
      { why: 'a route to the internet', timeline: [route({ gatewayId: 'igw-0a1b2c3d' })], severity: 'low' },
      { why: 'a domain unlocked', timeline: [unlocked], severity: 'high' },
      { why: 'by Terraform', timeline: [but(mirrored, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [mirrored, later(mirrored, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(mirrored)] },
      { why: 'joined with the own account', timeline: [peering('111122223333')] },
      { why: 'joined with a sister account', timeline: [peering('444455556666')], settings },
      { why: 'an endpoint for the own account', timeline: [admitted('arn:aws:iam::111122223333:root')] },
      {
        why: 'a route to the internet, by Terraform',
        timeline: [but(route({ gatewayId: 'igw-0a1b2c3d' }), { userAgent: 'Terraform/1.9' })],
      },
      { why: 'a route by address translation', timeline: [route({ natGatewayId: 'nat-0a1b2c3d' })] },
      { why: 'a domain locked', timeline: [but(unlocked, { eventName: 'EnableDomainTransferLock' })] },
    ],
  };
};
