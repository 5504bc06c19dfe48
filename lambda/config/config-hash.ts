import { createHash } from 'node:crypto';

/**
 * Hash of what a configuration means: 32 hexadecimal digits (128 bits of SHA-256). The order of keys does not count,
 * that of lists does: whoever calls sorts those whose order has no meaning.
 */
export function hashOf(meaning: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(meaning)))
    .digest('hex')
    .slice(0, 32);
}

/** The same value with the keys of every map in one order; undefined ones left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
