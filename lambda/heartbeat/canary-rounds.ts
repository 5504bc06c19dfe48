import { asError } from '../errors';
import type { Log } from '../ports';
import {
  CANARIES_SUBJECT,
  CANARY_KINDS,
  type CanaryKind,
  type CanaryState,
  canarySubject,
  judgeCanary,
  missedOn,
  needsTie,
  nonceOf,
  type Returned,
  type Tie,
  takeSightings,
  wayOf,
} from './canaries';
import type { Sight } from './checks';
import { undeliveredUrl } from './expected-rules';
import { type Coverage, isExcused } from './grace';
import type { HeartbeatStore } from './heartbeat-store';
import type { Check } from './look';
import { fine, type Observation } from './observation';

/** Canaries after what came back was taken in; undefined where nobody knows what did. */
export async function canariesBack(
  canaries: CanaryState,
  {
    store,
    log,
    nowMs,
  }: { readonly store: Pick<HeartbeatStore, 'sightings'>; readonly log: Log; readonly nowMs: number },
): Promise<{ readonly state: CanaryState; readonly returned: readonly Returned[] } | undefined> {
  const [oldest] = canaries.rounds;
  if (oldest === undefined) return { state: canaries, returned: [] };
  try {
    return takeSightings(canaries, await store.sightings(oldest.nonce), nowMs);
  } catch (error) {
    log.warn('The store of sightings did not answer', { error: asError(error) });
    return undefined;
  }
}

/** @param canaries undefined where nobody knows what came back */
export function canaryChecks(sight: Sight, canaries: CanaryState | undefined, coverage: Coverage): Check[] {
  if (canaries === undefined) {
    return [{ subject: CANARIES_SUBJECT, look: () => Promise.reject(new Error('the baselines table did not answer')) }];
  }
  return [
    { subject: CANARIES_SUBJECT, look: async () => [fine(CANARIES_SUBJECT)] },
    ...sight.manifest.regions.map((region) => ({
      subject: `${CANARIES_SUBJECT}, ${region}`,
      look: async () => {
        const found: Observation[] = [];
        // One after the other: CloudTrail's history takes two questions a second.
        for (const kind of CANARY_KINDS) found.push(await lookAtOne(sight, region, kind, canaries, coverage));
        return found;
      },
    })),
  ];
}

async function lookAtOne(
  { surroundings, nowMs }: Sight,
  region: string,
  kind: CanaryKind,
  canaries: CanaryState,
  coverage: Coverage,
): Promise<Observation> {
  const missed = isExcused(coverage, region, nowMs) ? undefined : missedOn(canaries, wayOf(region, kind));
  if (!needsTie(missed, nowMs)) return fine(canarySubject(region, kind));
  let tie: Tie;
  try {
    tie = (await surroundings.isInHistory(region, kind, missed)) ? 'in-history' : 'not-in-history';
  } catch {
    tie = 'unknown';
  }
  return judgeCanary(region, kind, missed, tie);
}

/** A new round, as checks that send one canary each, and the state with what was sent. */
export function newRound({ manifest, surroundings, nowMs }: Sight, canaries: CanaryState, random: string) {
  const nonce = nonceOf(nowMs, random);
  const sent: string[] = [];
  const ways = manifest.regions.flatMap((region) => CANARY_KINDS.map((kind) => ({ region, kind })));
  const checks = ways.map(({ region, kind }): Check => {
    const subject = `sending the ${kind} canary to ${region}`;
    return {
      subject,
      look: async () => {
        await surroundings.sendCanary(region, kind, nonce, undeliveredUrl(manifest, region));
        sent.push(wayOf(region, kind));
        return [fine(subject)];
      },
    };
  });
  const withSent = (): CanaryState =>
    sent.length === 0
      ? canaries
      : { ...canaries, rounds: [...canaries.rounds, { nonce, sentMs: nowMs, sent: sent.sort() }] };
  return { checks, withSent };
}
