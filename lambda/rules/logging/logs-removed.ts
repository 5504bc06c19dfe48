import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { isOfTrail, LOG_ENDING, logLoss } from './logs';

export default defineRule({
  id: 'logs-removed',
  title: 'Logs of network, DNS, firewall or programs ended',
  severity: (event, settings) => lessIfAutomated(logLoss(event)?.severity ?? 'medium', event, settings),
  rows: ['1-20', '2-34'],
  attack: ['TA0005/T1562.008', 'TA0005/T1070'],
  match: LOG_ENDING,
  settings: ['trailLogGroups', 'infrastructureAsCodeAgents'],
  when: (event, settings) => logLoss(event) !== undefined && !isOfTrail(event, settings),
  per: (event) => `${event.account}|${event.region}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => `${event.actor} ${logLoss(event)?.did ?? 'ended a log'} in ${event.account} ${event.region}`,
  resources: (event) => {
    const name = logLoss(event)?.name;
    return name === undefined ? [] : [name];
  },
  why: 'These logs show what CloudTrail does not: who talked to whom, what was looked up, what programs did. Intruders end them first.',
  runbook: [
    'Set it up again, from your templates: aws ec2 create-flow-logs, route53resolver create-resolver-query-log-config, logs create-log-group, wafv2 put-logging-configuration.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Treat the time without the log as unobserved.',
    'Deny these calls to everybody but the owners, by a service control policy.',
  ],
  falsePositives: ['Taking a network, a cluster or a program down, with its logs.'],
  blindSpots: [
    'Logs that stop because their bucket, group or role is gone.',
    'Log groups whose names say nothing: stored, not told.',
  ],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html',
    'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

export const examples = (): Examples => {
  const flow = call('ec2.amazonaws.com', 'DeleteFlowLogs', {
    requestParameters: { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-0a1b2c3d4e5f60718', tag: 1 } } },
  });
  const resolver = call('route53resolver.amazonaws.com', 'DeleteResolverQueryLogConfig', {
    requestParameters: { resolverQueryLogConfigId: 'rqlc-0a1b2c3d4e5f6071' },
  });
  const group = (name: string, logGroupName: string, fields: object = {}) =>
    call('logs.amazonaws.com', name, { requestParameters: { logGroupName, ...fields } });
  const attributes = (value: string) =>
    call('elasticloadbalancing.amazonaws.com', 'ModifyLoadBalancerAttributes', {
      requestParameters: {
        loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d4e5f6071',
        attributes: [{ key: 'access_logs.s3.enabled', value }],
      },
    });
  const cluster = (enabled: boolean) =>
    call('eks.amazonaws.com', 'UpdateClusterConfig', {
      requestParameters: { name: 'shop', logging: { clusterLogging: [{ types: ['audit'], enabled }] } },
    });
  const bucket = (BucketLoggingStatus: object, bucketName = 'example-images') =>
    call('s3.amazonaws.com', 'PutBucketLogging', {
      requestParameters: { bucketName, logging: '', BucketLoggingStatus },
    });
  const deleted = group('DeleteLogGroup', '/vpc/flow-logs');
  const firewall = call('network-firewall.amazonaws.com', 'UpdateLoggingConfiguration', {
    requestParameters: { firewallName: 'edge', loggingConfiguration: { logDestinationConfigs: [] } },
  });
  return {
    fires: [
      { why: 'flow logs', timeline: [flow], severity: 'high' },
      {
        why: 'several flow logs',
        timeline: [
          but(flow, {
            requestParameters: {
              DeleteFlowLogsRequest: {
                FlowLogId: [
                  { content: 'fl-1', tag: 1 },
                  { content: 'fl-2', tag: 2 },
                ],
              },
            },
          }),
        ],
      },
      { why: 'the record does not say which', timeline: [but(flow, { requestParameters: null })], severity: 'high' },
      { why: 'DNS queries', timeline: [resolver], severity: 'high' },
      {
        why: 'DNS queries of one network',
        timeline: [but(resolver, { eventName: 'DisassociateResolverQueryLogConfig' })],
        severity: 'high',
      },
      {
        why: 'queries to a zone',
        timeline: [
          call('route53.amazonaws.com', 'DeleteQueryLoggingConfig', { requestParameters: { id: '0a1b2c3d' } }),
        ],
        severity: 'medium',
      },
      { why: 'a log group for security', timeline: [deleted], severity: 'medium' },
      { why: 'a stream of it', timeline: [group('DeleteLogStream', '/vpc/flow-logs')], severity: 'low' },
      { why: 'the forwarding of it', timeline: [group('DeleteSubscriptionFilter', '/org/audit')], severity: 'medium' },
      {
        why: 'the forwarding of any group',
        timeline: [group('DeleteSubscriptionFilter', '/app/shop')],
        severity: 'low',
      },
      { why: "an alarm's metric", timeline: [group('DeleteMetricFilter', '/app/shop')], severity: 'low' },
      {
        why: 'kept for a day',
        timeline: [group('PutRetentionPolicy', '/org/audit', { retentionInDays: 1 })],
        severity: 'medium',
      },
      {
        why: 'a web firewall',
        timeline: [
          call('wafv2.amazonaws.com', 'DeleteLoggingConfiguration', {
            requestParameters: { resourceArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1' },
          }),
        ],
        severity: 'medium',
      },
      { why: 'a network firewall', timeline: [firewall], severity: 'medium' },
      { why: 'a cluster', timeline: [cluster(false)], severity: 'medium' },
      { why: 'a load balancer', timeline: [attributes('false')], severity: 'medium' },
      {
        why: 'a classic load balancer',
        timeline: [
          but(attributes('false'), {
            requestParameters: { loadBalancerName: 'shop', loadBalancerAttributes: { accessLog: { enabled: false } } },
          }),
        ],
      },
      { why: 'a bucket', timeline: [bucket({ xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' })], severity: 'low' },
      { why: 'by Terraform', timeline: [but(flow, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [flow, later(flow, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(flow)] },
      { why: "a program's log group", timeline: [group('DeleteLogGroup', '/aws/lambda/shop')] },
      { why: "a stream of a program's group", timeline: [group('DeleteLogStream', '/aws/lambda/shop')] },
      { why: 'the log group of a trail: another rule', timeline: [deleted], settings: { trailLogGroups: ['/vpc/*'] } },
      { why: 'kept for a week', timeline: [group('PutRetentionPolicy', '/org/audit', { retentionInDays: 7 })] },
      { why: 'logs of a cluster begun', timeline: [cluster(true)] },
      { why: 'logs of a load balancer begun', timeline: [attributes('true')] },
      {
        why: 'the access log of a bucket begun',
        timeline: [bucket({ LoggingEnabled: { TargetBucket: 'example-logs', TargetPrefix: '' } })],
      },
      {
        why: 'a cluster was made reachable',
        timeline: [
          call('eks.amazonaws.com', 'UpdateClusterConfig', {
            requestParameters: { name: 'shop', resourcesVpcConfig: {} },
          }),
        ],
      },
      {
        why: 'a firewall logs elsewhere',
        timeline: [
          but(firewall, {
            requestParameters: {
              firewallName: 'edge',
              loggingConfiguration: { logDestinationConfigs: [{ logType: 'ALERT' }] },
            },
          }),
        ],
      },
    ],
  };
};
