import { agentContains } from '../../intake/caller';
import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';
import type { SettingName, Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { expensiveIn } from './expensive';
import { EC2, images, isScaling } from './launches';

/** Calls that start an image, or name the image to start later. Tries count: the image is in the request. */
export const STARTING: readonly [Match, Match] = [
  {
    feed: 'api-writes',
    outcome: 'any',
    service: EC2,
    calls: [
      'RunInstances',
      'RequestSpotInstances',
      'RequestSpotFleet',
      'CreateFleet',
      'CreateLaunchTemplate',
      'CreateLaunchTemplateVersion',
    ],
  },
  { feed: 'api-writes', outcome: 'any', service: 'autoscaling.amazonaws.com', calls: ['CreateLaunchConfiguration'] },
];

/** Settings that the severity reads, beside the rule's own. */
export const SEVERITY_SETTINGS = [
  'acceleratedFamilies',
  'largeFamilies',
  'largeSizeMinimum',
  'expensiveInstanceTypes',
  'instanceTypesAllowed',
  'infrastructureAsCodeAgents',
] as const satisfies readonly SettingName[];

/**
 * Medium; high on an expensive instance type. One less each for a failed call, a caller that only restores a desired
 * state (Auto Scaling), and infrastructure as code.
 */
export function imageSeverity(event: TrailEvent, settings: Settings): Severity {
  const base = expensiveIn(event, settings) === undefined ? 'medium' : 'high';
  const mild = [
    event.outcome !== 'succeeded',
    isScaling(event),
    agentContains(event, settings.infrastructureAsCodeAgents),
  ].filter(Boolean).length;
  return shifted(base, -mild);
}

/** `alice called RunInstances with image ami-0123456789abcdef0 in eu-west-1` */
export function imageInWords(event: TrailEvent, named: readonly string[] = images(event)): string {
  const did = event.outcome === 'succeeded' ? 'called' : 'failed to call';
  const which = named.length === 0 ? 'an image too far down a large request to see' : named.slice(0, 3).join(', ');
  return `${event.actor} ${did} ${event.call} with image ${which} in ${event.region}`;
}
