const FIVE_MINUTES = 5 * 60_000;
const HOUR = 60 * 60_000;

/**
 * Length of a rule's slots, from the window that the rule ships with, never from an override: stored items must stay
 * readable when the configuration changes. 5 minutes for windows of 5 minutes to 1 hour, 1 hour above, the window
 * itself below.
 */
export function slotLengthMs(defaultWithinMs: number): number {
  if (defaultWithinMs > HOUR) return HOUR;
  return Math.min(defaultWithinMs, FIVE_MINUTES);
}

/** Start of the slot that a time falls in. */
export function slotOf(timeMs: number, slotMs: number): number {
  return Math.floor(timeMs / slotMs) * slotMs;
}
