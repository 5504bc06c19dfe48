import { agentContains, invokedBy } from '../intake/caller';
import { flag } from '../intake/fields';
import { oncePerEvent } from '../intake/once-per-event';
import type { TrailEvent } from '../intake/trail-event';
import type { Pattern } from './pattern';
import type { Settings } from './settings';
import { type Severity, shifted } from './severity';

/** Who called, in the terms that rules of several families share. */

/** Leaves out what AWS services do for themselves. Records without a type come too. */
export const NOT_BY_SERVICE = {
  userIdentity: { type: [{ 'anything-but': 'AWSService' }, { exists: false }] },
} as const satisfies Pattern;

/** From a client of the account: no service, for itself or on behalf of somebody, and no stranger without a name. */
export function fromClient(event: TrailEvent): boolean {
  return event.actor !== 'anonymous' && invokedBy(event) === undefined;
}

/**
 * Made with credentials of a console session: a page places dozens of calls, refused ones too.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function fromConsole({ record }: TrailEvent): boolean {
  return flag(record['sessionCredentialFromConsole']) === true;
}

/** Account and actor: a role is one actor in all its sessions. */
export const actorKey = oncePerEvent(({ account, actor }) => `${account}|${actor}`);

/**
 * The same, infrastructure as code apart: its severity is lower, and all events of a window of distinct values must
 * have the same.
 */
export function actorAndTool(event: TrailEvent, settings: Settings): string {
  return isAutomated(event, settings) ? `${actorKey(event)}|infrastructure as code` : actorKey(event);
}

export function isAutomated(event: TrailEvent, { infrastructureAsCodeAgents }: Settings): boolean {
  return agentContains(event, infrastructureAsCodeAgents);
}

/** One lower for infrastructure as code: the caller writes the agent, so it lowers and never silences. */
export function lessIfAutomated(severity: Severity, event: TrailEvent, settings: Settings): Severity {
  return isAutomated(event, settings) ? shifted(severity, -1) : severity;
}

/** `ec2.amazonaws.com` → `ec2` */
export function shortService(service: string): string {
  return service.replace('.amazonaws.com', '');
}

/** `in 111122223333 eu-west-1 from 198.51.100.7` */
export function whereFrom(event: TrailEvent): string {
  return `in ${event.account} ${event.region} from ${event.sourceIp ?? 'an unknown address'}`;
}
