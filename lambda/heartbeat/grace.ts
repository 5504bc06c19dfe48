/** Since when regions are watched, and until when their canaries are excused. */
export interface Coverage {
  readonly regions: { readonly [region: string]: { readonly excusedUntilMs: number } };
  /** When regions were excused last. */
  readonly excusedMs: number;
}

export const NO_COVERAGE: Coverage = { regions: {}, excusedMs: 0 };

/** So long a deployment of a new region may take, and EventBridge until its rules hold. */
const EXCUSED_FOR_MS = 60 * 60_000;

/** Somebody who could remove and add regions over and over would else be excused for good. */
const ONCE_IN_MS = 24 * 60 * 60_000;

/** Regions that a deployment added have an hour until their canaries must come back; once a day, and nothing else has. */
export function coverageOf(known: Coverage, regions: readonly string[], nowMs: number): Coverage {
  const added = regions.filter((region) => !Object.hasOwn(known.regions, region));
  const mayExcuse = added.length > 0 && (known.excusedMs === 0 || nowMs - known.excusedMs >= ONCE_IN_MS);
  const entries = regions.map((region) => {
    const before = Object.hasOwn(known.regions, region) ? known.regions[region] : undefined;
    return [region, before ?? { excusedUntilMs: mayExcuse ? nowMs + EXCUSED_FOR_MS : 0 }] as const;
  });
  return { regions: Object.fromEntries(entries), excusedMs: mayExcuse ? nowMs : known.excusedMs };
}

export function isExcused({ regions }: Coverage, region: string, nowMs: number): boolean {
  return nowMs < (regions[region]?.excusedUntilMs ?? 0);
}
