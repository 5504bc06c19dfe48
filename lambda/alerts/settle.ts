/**
 * Whether an alert needs a message of its own: the one rule that opens, continues and escalates.
 * Pure; used by the Lambda on what it read and by replay on what it knows.
 */

/** A message: an alert told once at a severity level and a multiple of the threshold. */
export interface Told {
  readonly level: number;
  readonly multiple: number;
}

interface FiringRange {
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
}

/** What the rule needs of an alert or a neighbouring bucket's: the range of its firing times, and what was told. */
export interface Settling extends FiringRange {
  readonly alertId: string;
  readonly messages: readonly Told[];
}

/**
 * True when the two ranges of firing times are less than `quietMs` apart: then one message speaks for both. A gap of
 * exactly quietMs parts two clusters, and each needs its own.
 */
export function isClose(a: FiringRange, b: FiringRange, quietMs: number): boolean {
  return Math.max(a.firstFiringMs, b.firstFiringMs) - Math.min(a.lastFiringMs, b.lastFiringMs) < quietMs;
}

/** What messages of the alert itself and of close neighbours tell. */
export function toldOf(own: Settling, neighbours: readonly Settling[], quietMs: number): Told[] {
  return [own, ...neighbours.filter((neighbour) => isClose(own, neighbour, quietMs))].flatMap(
    (speaker) => speaker.messages,
  );
}

/**
 * The alert that already speaks for `own` at its level and multiple (itself or a close neighbour), or undefined when a
 * message must be inserted. Levels and multiples may be reached by different messages.
 * @param neighbours alerts of the buckets directly before and after, in that order, as far as they exist
 */
export function spokenForBy(
  own: Settling & Told,
  neighbours: readonly Settling[],
  quietMs: number,
): string | undefined {
  const speakers = [own, ...neighbours.filter((neighbour) => isClose(own, neighbour, quietMs))];
  const told = toldOf(own, neighbours, quietMs);
  if (
    !told.some((message) => message.level >= own.level) ||
    !told.some((message) => message.multiple >= own.multiple)
  ) {
    return undefined;
  }
  return (
    speakers.find((speaker) => speaker.messages.some((message) => message.level >= own.level)) ??
    (speakers[0] as Settling)
  ).alertId;
}
