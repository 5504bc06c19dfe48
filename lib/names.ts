import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The few physical names. Other regions, other accounts and the heartbeat must be able to say them; everything else is
 * named by CloudFormation, so that it can be replaced.
 */
export const HUB_BUS = 'trailhound-hub';
export const DATA_BUS = 'trailhound-data';
/** Path of the forwarders' roles: a service control policy can protect it, and the hub's bus admits no other. */
export const FORWARDER_PATH = '/trailhound/';
/** One role for each region, because roles are global and every region has its own stack. */
export const FORWARDER_ROLE = 'trailhound-forwarder';
export { FORWARDER_QUEUE, FORWARDING_RULE } from '../lambda/config/environment';

/** The trail that is made on request. Named, because its bucket's policy must know it before it is there. */
export const OWN_TRAIL = 'trailhound';

export function busArn(scope: Construct, name: string, region: string, account: string): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: name, region, account });
}
