import { asArray, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

export const SSM = 'ssm.amazonaws.com';

export const REMOTE_REFERENCES = [
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
  'https://attack.mitre.org/techniques/T1651/',
] as const;

const MACHINES_MAX = 50;

/**
 * Machines that a call reaches: named one by one, or by a target such as a tag, which stands for several. Parameters of
 * commands are hidden in the record.
 */
export function machinesOf({ record }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  const targets = asArray(pick(parameters, 'targets')).flatMap((target) => {
    const key = text(pick(target, 'key')) ?? '';
    const values = asArray(pick(target, 'values')).flatMap((value) => text(value) ?? []);
    return key.toLowerCase() === 'instanceids' ? values : values.map((value) => `${key}=${value}`);
  });
  const named = asArray(pick(parameters, 'instanceIds')).flatMap((instance) => text(instance) ?? []);
  const one = [text(pick(parameters, 'target')), text(pick(parameters, 'instanceId'))].flatMap(
    (machine) => machine ?? [],
  );
  return [...new Set([...named, ...targets, ...one])].slice(0, MACHINES_MAX);
}

function machinesInWords(event: TrailEvent): string {
  const machines = machinesOf(event);
  const more = machines.length > 3 ? ` and ${machines.length - 3} more` : '';
  return machines.length === 0 ? 'machines that the record does not name' : `${machines.slice(0, 3).join(', ')}${more}`;
}

/** `… called SendCommand (AWS-RunShellScript) on i-… in 111122223333 eu-west-1` */
export function remoteInWords(event: TrailEvent): string {
  const document = text(pick(event.record['requestParameters'], 'documentName'));
  return `${event.actor} called ${event.call}${document === undefined ? '' : ` (${document})`} on ${machinesInWords(event)} in ${event.account} ${event.region}`;
}
