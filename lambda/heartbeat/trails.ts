import { harmless } from '../alerts/neutral';
import { type Narrowing, narrowings } from '../rules/cloudtrail/selectors';
import { levelOf } from '../rules/severity';
import { canariesOf } from './canaries';
import { broken, fine, type Observation, PATIENCE } from './observation';

/** A trail as it is seen from one region; what AWS left out is undefined. */
export interface Trail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string | undefined;
  readonly isMultiRegion: boolean;
  readonly isOrganization: boolean;
  readonly isLogging: boolean;
  /** `EventSelectors` and `AdvancedEventSelectors` as GetEventSelectors gives them. */
  readonly selectors: unknown;
  readonly latestDeliveryMs: number | undefined;
  readonly latestDeliveryError: string | undefined;
}

/**
 * Log files come every five minutes or so, and the canaries see to it that there is always something to log.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
const DELIVERY_MAX_MS = 60 * 60_000;

const START = 'aws cloudtrail start-logging --name';

/**
 * Whether a region's management events are recorded: at least one trail that covers all regions, logs, and leaves
 * nothing out but what AWS itself offers to leave out (KMS, the RDS Data API). Without such a trail no event arrives.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function judgeTrails(region: string, trails: readonly Trail[], nowMs: number): Observation[] {
  const covering = trails.filter((trail) => trail.isMultiRegion && trail.isLogging && isComplete(trail));
  const subject = `trail of ${region}`;
  if (covering.length === 0) {
    const { says, advice } = failing(region, trails);
    return [broken(subject, says, PATIENCE.none, { advice, explains: canariesOf(region) })];
  }
  return [fine(subject), deliveryOf(region, covering, nowMs)];
}

/** Whether any trail here is one of the organization: recommended, since no member can stop it. */
export function isOfOrganization(trails: readonly Trail[]): boolean {
  return trails.some(({ isOrganization, isLogging }) => isOrganization && isLogging);
}

function isComplete({ selectors }: Trail): boolean {
  return grave(selectors).length === 0;
}

/** KMS and the RDS Data API are left out by many, and told by a rule when that changes. */
function grave(selectors: unknown): readonly Narrowing[] {
  return narrowings(selectors, undefined).filter(({ severity }) => levelOf(severity) >= levelOf('high'));
}

function failing(region: string, trails: readonly Trail[]): { says: string; advice: string } {
  const multi = trails.filter(({ isMultiRegion }) => isMultiRegion);
  const logging = multi.find(({ isLogging }) => isLogging);
  if (logging !== undefined) {
    const what = grave(logging.selectors).map(({ says }) => harmless(says, 200));
    return {
      says: `no trail records everything in ${region}: of trail ${shown(logging)} ${what.join(', ')}`,
      advice: `Record all management events again: aws cloudtrail put-event-selectors --trail-name ${argument(logging)}, and find out who changed it.`,
    };
  }
  const [stopped] = multi;
  if (stopped !== undefined) {
    return {
      says: `trail ${shown(stopped)} does not log in ${region}`,
      advice: `${START} ${argument(stopped)}; then find out who stopped it, and what happened since.`,
    };
  }
  return {
    says: `no trail covers all regions, as ${region} sees it${trails.length > 0 ? `; ${trails.length} cover one region each` : ''}`,
    advice:
      'Make a trail of all regions, or set deploy.createTrail; then find out who deleted or changed the one there was.',
  };
}

/** Of several trails the best counts: evidence is kept if one of them delivers. */
function deliveryOf(region: string, trails: readonly Trail[], nowMs: number): Observation {
  const subject = `trail of ${region}, delivery`;
  const working = trails.filter(({ latestDeliveryError }) => !latestDeliveryError);
  const [refused] = trails;
  if (working.length === 0 && refused !== undefined) {
    return broken(
      subject,
      `trail ${shown(refused)} cannot deliver in ${region}: ${harmless(refused.latestDeliveryError ?? '', 100)}`,
      PATIENCE.late,
      {
        advice: "Events still arrive here, but no evidence is kept: check the trail's bucket, its policy and its key.",
      },
    );
  }
  // A new trail has delivered nothing yet; the canaries watch what arrives meanwhile.
  const latestMs = Math.max(...working.map(({ latestDeliveryMs }) => latestDeliveryMs ?? nowMs));
  if (nowMs - latestMs <= DELIVERY_MAX_MS) return fine(subject);
  const name = shown(working[0] ?? trails[0]);
  return broken(subject, `trail ${name} has delivered no file in ${region} for more than an hour`, PATIENCE.overdue, {
    sinceMs: latestMs + DELIVERY_MAX_MS,
    advice: "Check the trail's bucket, its policy and its key: evidence of this time may be lost.",
  });
}

function shown(trail: Trail | undefined): string {
  return harmless(trail?.name ?? 'unknown', 130);
}

/** CloudTrail allows letters, digits, dots, underscores and dashes; what has others is left for a person to fill in. */
function argument({ name }: Trail): string {
  return /^[\w.-]{1,128}$/.test(name) ? name : '<name>';
}
