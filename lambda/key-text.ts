import { createHash } from 'node:crypto';

/** Bytes of a key attribute above which its hash stands for it: keys hold names that anybody may choose. */
const KEY_MAX_BYTES = 256;

/** Text as part of a key: itself, or its hash when long. */
export function keyText(text: string): string {
  if (text.length * 3 <= KEY_MAX_BYTES || Buffer.byteLength(text) <= KEY_MAX_BYTES) return text;
  return `sha256:${createHash('sha256').update(text).digest('base64url')}`;
}
