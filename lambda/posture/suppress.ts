import { globMatches } from '../rules/glob';
import type { Suppression } from '../rules/suppression';
import type { LocatedFinding } from './result';

/** What a suppression is asked about. */
interface Place {
  readonly check: string;
  readonly account: string;
  readonly nowMs: number;
}

/**
 * The first suppression that covers a finding, or undefined. Findings have no actor and no address, so a suppression that
 * names one covers none: it is about events.
 */
export function suppressionOfFinding(
  suppressions: readonly Suppression[],
  { resource, region }: Pick<LocatedFinding, 'resource' | 'region'>,
  { check, account, nowMs }: Place,
): Suppression | undefined {
  const fits = (globs: readonly string[] | undefined, text: string) =>
    globs === undefined || globs.some((glob) => globMatches(glob, text));
  return suppressions.find(
    ({ rules, actors, accounts, regions, sourceIps, resources, expiresMs }) =>
      actors === undefined &&
      sourceIps === undefined &&
      (expiresMs === undefined || nowMs < expiresMs) &&
      fits(rules, check) &&
      fits(accounts, account) &&
      fits(regions, region) &&
      fits(resources, resource),
  );
}
