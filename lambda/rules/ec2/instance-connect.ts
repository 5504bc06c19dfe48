import { pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';

export const CONNECT = 'ec2-instance-connect.amazonaws.com';

/** Calls that put a login key on a machine for a minute. */
export const KEYS_SENT: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: CONNECT,
  calls: ['SendSSHPublicKey', 'SendSerialConsoleSSHPublicKey'],
};

export const CONNECT_REFERENCES = [
  'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/log-ec2-instance-connect-using-cloudtrail.html',
  'https://attack.mitre.org/techniques/T1021/004/',
] as const;

export function connectedTo({ record }: TrailEvent): readonly string[] {
  const machine = text(pick(record['requestParameters'], 'instanceId'));
  return machine === undefined ? [] : [machine];
}

export function keySentInWords(event: TrailEvent): string {
  const user = text(pick(event.record['requestParameters'], 'instanceOSUser'));
  const where = event.call === 'SendSerialConsoleSSHPublicKey' ? ' to its serial console' : '';
  return `${event.actor} put a login key${user === undefined ? '' : ` of user ${user}`} on ${connectedTo(event)[0] ?? 'a machine'}${where} in ${event.account} ${event.region} from ${event.sourceIp ?? 'an unknown address'}`;
}
