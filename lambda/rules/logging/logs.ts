import { asArray, at, fieldsOf, flag, numeric, pick, text } from '../../intake/fields';
import { isRequestUnseen, requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { logGroupName } from '../cloudtrail/trail-storage';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import type { Severity } from '../severity';

/** Logs other than CloudTrail's, and the calls that end them. */

export interface LogLoss {
  /** As the end of a sentence after its author's name: `deleted flow logs fl-…`. */
  readonly did: string;
  /** Name of the log, for suppressions. */
  readonly name: string | undefined;
  readonly severity: Severity;
}

const write = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'api-writes',
  outcome: 'succeeded',
  service,
  calls,
});

const LOGS = 'logs.amazonaws.com';

export const LOG_ENDING: readonly [Match, ...Match[]] = [
  write('ec2.amazonaws.com', 'DeleteFlowLogs'),
  write('route53resolver.amazonaws.com', 'DeleteResolverQueryLogConfig', 'DisassociateResolverQueryLogConfig'),
  write('route53.amazonaws.com', 'DeleteQueryLoggingConfig'),
  write(
    LOGS,
    'DeleteLogGroup',
    'DeleteLogStream',
    'DeleteMetricFilter',
    'DeleteSubscriptionFilter',
    'PutRetentionPolicy',
  ),
  write('wafv2.amazonaws.com', 'DeleteLoggingConfiguration'),
  write('waf.amazonaws.com', 'DeleteLoggingConfiguration'),
  write('waf-regional.amazonaws.com', 'DeleteLoggingConfiguration'),
  write('network-firewall.amazonaws.com', 'UpdateLoggingConfiguration'),
  write('s3.amazonaws.com', 'PutBucketLogging'),
  write('eks.amazonaws.com', 'UpdateClusterConfig'),
  write('elasticloadbalancing.amazonaws.com', 'ModifyLoadBalancerAttributes'),
];

/** Words in names of log groups that are kept for security. */
const SECURITY_WORDS = [
  'audit',
  'cloudtrail',
  'dns',
  'firewall',
  'flow',
  'guardduty',
  'resolver',
  'security',
  'trail',
  'waf',
];

function isForSecurity(group: string): boolean {
  const lower = group.toLowerCase();
  return SECURITY_WORDS.some((word) => lower.includes(word));
}

/** Days below which keeping logs is as good as deleting them. */
const RETENTION_DAYS = 1;

/** True for a log group that the settings name as a trail's: its loss is the matter of cloudtrail-storage-damaged. */
export function isOfTrail(event: TrailEvent, { trailLogGroups }: Settings): boolean {
  const name = event.service === LOGS ? logLoss(event)?.name : undefined;
  return name !== undefined && anyGlobMatches(trailLogGroups, name);
}

/** What the call takes from the logs; undefined when it takes nothing. */
export function logLoss(event: TrailEvent): LogLoss | undefined {
  const request = requestOf(event);
  const named = (...names: readonly string[]) => names.flatMap((name) => text(contentOf(pick(request, name))) ?? [])[0];
  const unseen = isRequestUnseen(event);
  switch (event.call) {
    case 'DeleteFlowLogs': {
      const logs = asArray(pick(request, 'flowLogId')).flatMap((one) => text(contentOf(one)) ?? []);
      return {
        did: `deleted flow logs ${logs.slice(0, 3).join(', ') || '(not named)'}`,
        name: logs[0],
        severity: 'high',
      };
    }
    case 'DeleteResolverQueryLogConfig':
    case 'DisassociateResolverQueryLogConfig': {
      const name = named('resolverQueryLogConfigId', 'resourceId');
      return { did: `ended the log of DNS queries ${name ?? ''}`.trim(), name, severity: 'high' };
    }
    case 'DeleteQueryLoggingConfig':
      return { did: 'ended the log of queries to a DNS zone', name: named('id'), severity: 'medium' };
    case 'DeleteLoggingConfiguration': {
      const name = named('resourceArn');
      return { did: `ended the log of web firewall ${name ?? '(not named)'}`, name, severity: 'medium' };
    }
    case 'UpdateLoggingConfiguration': {
      const left = asArray(at(request, 'loggingConfiguration', 'logDestinationConfigs'));
      const name = named('firewallName', 'firewallArn');
      return left.length > 0
        ? undefined
        : { did: `ended the log of firewall ${name ?? '(not named)'}`, name, severity: 'medium' };
    }
    case 'PutBucketLogging': {
      const on = pick(pick(request, 'BucketLoggingStatus'), 'LoggingEnabled') !== undefined;
      const name = named('bucketName');
      return on ? undefined : { did: `ended the access log of bucket ${name ?? '(not named)'}`, name, severity: 'low' };
    }
    case 'UpdateClusterConfig': {
      const off = asArray(at(request, 'logging', 'clusterLogging')).some((one) => flag(pick(one, 'enabled')) === false);
      const name = named('name');
      return off ? { did: `ended logs of cluster ${name ?? '(not named)'}`, name, severity: 'medium' } : undefined;
    }
    case 'ModifyLoadBalancerAttributes': {
      const name = named('loadBalancerArn', 'loadBalancerName');
      return endsAccessLog(request)
        ? { did: `ended the access log of load balancer ${name ?? '(not named)'}`, name, severity: 'medium' }
        : undefined;
    }
    default: {
      const name = logGroupName(named('logGroupName', 'logGroupIdentifier') ?? '');
      const loss = groupLoss(event.call, numeric(pick(request, 'retentionInDays')), isForSecurity(name) || unseen);
      return loss && { ...loss, did: `${loss.did} ${name || '(not named)'}`, name: name || undefined };
    }
  }
}

/**
 * Groups of programs come and go with them: stored, not told. Those whose name speaks of security are told, and what
 * feeds alarms and other systems from any group.
 */
function groupLoss(call: string, days: number | undefined, forSecurity: boolean): Omit<LogLoss, 'name'> | undefined {
  switch (call) {
    case 'DeleteLogGroup':
      return { did: 'deleted log group', severity: forSecurity ? 'medium' : 'info' };
    case 'DeleteLogStream':
      return { did: 'deleted a stream of log group', severity: forSecurity ? 'low' : 'info' };
    case 'DeleteSubscriptionFilter':
      return { did: 'stopped the forwarding of log group', severity: forSecurity ? 'medium' : 'low' };
    case 'DeleteMetricFilter':
      return { did: 'deleted a metric of log group', severity: 'low' };
    case 'PutRetentionPolicy':
      if (days === undefined || days > RETENTION_DAYS) return undefined;
      return { did: `has only ${days} day kept of log group`, severity: forSecurity ? 'medium' : 'low' };
    default:
      return undefined;
  }
}

/** `attributes: [{key: 'access_logs.s3.enabled', value: 'false'}]`, or the classic `accessLog: {enabled: false}`. */
function endsAccessLog(request: unknown): boolean {
  const attributes = asArray(pick(request, 'attributes')).some(
    (one) => text(pick(one, 'key'))?.startsWith('access_logs.') === true && flag(pick(one, 'value')) === false,
  );
  return attributes || flag(at(request, 'loadBalancerAttributes', 'accessLog', 'enabled')) === false;
}

/** EC2's newer calls write a value as `{tag: 1, content: …}`. */
function contentOf(value: unknown): unknown {
  return fieldsOf(value) === undefined ? value : pick(value, 'content');
}
