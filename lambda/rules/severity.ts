/** From least to most severe. `info` is stored and listed on request; it is no alert. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Position on the scale: 0 for info to 4 for critical. */
export function levelOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The severity at a position of the scale; positions beyond its ends mean the ends. */
export function severityAt(level: number): Severity {
  return SEVERITIES[Math.min(Math.max(level, 0), SEVERITIES.length - 1)] ?? 'info';
}

/** `by` steps more severe (negative: less), within `low` to `critical`; info stays info. */
export function shifted(severity: Severity, by: number): Severity {
  return severity === 'info' ? 'info' : severityAt(Math.max(1, levelOf(severity) + by));
}
