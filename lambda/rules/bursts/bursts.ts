import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, isAutomated, shortService, whereFrom } from '../callers';
import type { Settings } from '../settings';
import type { Severity } from '../severity';

/** A change that somebody decided on; what agents and controllers write all day long is left out. */
export function isChange(event: TrailEvent, { routineWrites }: Settings): boolean {
  return fromClient(event) && !routineWrites.includes(event.call);
}

const LOOKING = ['Describe', 'List', 'Get', 'Generate', 'Lookup'] as const;

/** A call that shows what there is, by its name. */
export function isDiscovery(event: TrailEvent): boolean {
  return fromClient(event) && LOOKING.some((start) => event.call.startsWith(start));
}

/** Calls of infrastructure as code have a window of their own, whose alerts are stored and not told. */
export function infoIfAutomated(severity: Severity, event: TrailEvent, settings: Settings): Severity {
  return isAutomated(event, settings) ? 'info' : severity;
}

/** `arn:…:user/alice called ec2 RunInstances in 111122223333 eu-west-1 from 198.51.100.7` */
export function callInWords(event: TrailEvent): string {
  const did = event.outcome === 'succeeded' ? 'called' : event.outcome === 'denied' ? 'was refused' : 'failed in';
  return `${event.actor} ${did} ${shortService(event.service)} ${event.call} ${whereFrom(event)}`;
}

export const BURST_RUNBOOK = [
  'Ask the owner of the user or role what ran at that time: a deployment, a migration, a scan?',
  'List what the actor did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  'Is the address or the user agent new for this actor? Then treat the credentials as stolen: deactivate the key, or revoke the sessions of the role (IAM console, Revoke active sessions).',
  'If it is a tool of yours, suppress the rule for its role, or raise the threshold.',
] as const;
