/** `2026-11-20T08:15:00Z`, as CloudTrail writes times. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
