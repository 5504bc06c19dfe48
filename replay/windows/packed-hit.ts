/** 32-bit words of a hit: 4 of id, 1 of seconds, 1 of milliseconds, level and steps. */
export const HIT_WORDS = 6;

/** Writes a time, a level (below 8) and steps (19 bits) behind the four words of an id. */
export function writeMoment(words: Uint32Array, offset: number, timeMs: number, level: number, steps: number): void {
  const seconds = Math.floor(timeMs / 1000);
  words[offset + 4] = seconds;
  words[offset + 5] = (timeMs - seconds * 1000) | (level << 10) | (steps << 13);
}

export function readTime(words: Uint32Array, offset: number): number {
  return (words[offset + 4] as number) * 1000 + ((words[offset + 5] as number) & 1023);
}

export function readMoment(words: Uint32Array, offset: number): { timeMs: number; level: number; steps: number } {
  const bits = words[offset + 5] as number;
  return {
    timeMs: (words[offset + 4] as number) * 1000 + (bits & 1023),
    level: (bits >>> 10) & 7,
    steps: bits >>> 13,
  };
}

/** Level and steps as one number. */
export function readKind(words: Uint32Array, offset: number): number {
  return (words[offset + 5] as number) >>> 10;
}
