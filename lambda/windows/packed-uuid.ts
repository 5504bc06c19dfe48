/** Ids in sixteen bytes instead of 36 letters: nearly all are UUIDs. */

const HEX = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) HEX[digit.toString(16).charCodeAt(0)] = digit;

/** Writes a UUID in its canonical lower-case form as four words; false if the id is no such UUID. */
export function writeUuid(id: string, words: Uint32Array, offset: number): boolean {
  if (id.length !== 36) return false;
  let position = 0;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++, position++) {
      if (position === 8 || position === 13 || position === 18 || position === 23) {
        if (id.charCodeAt(position) !== 45) return false;
        position++;
      }
      const code = id.charCodeAt(position);
      const nibble = code < 128 ? (HEX[code] as number) : -1;
      if (nibble < 0) return false;
      value = (value << 4) | nibble;
    }
    words[offset + word] = value;
  }
  return true;
}

export function readUuid(words: Uint32Array, offset: number): string {
  let position = 0;
  for (let word = 0; word < 4; word++) {
    const value = words[offset + word] as number;
    for (let shift = 28; shift >= 0; shift -= 4) {
      if (position === 8 || position === 13 || position === 18 || position === 23) UUID[position++] = 45;
      UUID[position++] = DIGITS[(value >>> shift) & 15] as number;
    }
  }
  return UUID.toString('latin1');
}

const DIGITS = Buffer.from('0123456789abcdef');
const UUID = Buffer.alloc(36);
