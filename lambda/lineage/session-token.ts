import { createHash } from 'node:crypto';

/**
 * Stands for the key of a session where the key itself must not: evidence and messages hold no whole keys. Undefined for
 * long-lived keys, which belong to no session.
 */
export function sessionToken(accessKeyId: string | undefined): string | undefined {
  if (accessKeyId === undefined || !accessKeyId.startsWith('ASIA')) return undefined;
  return createHash('sha256').update(accessKeyId).digest('base64url').slice(0, 27);
}
