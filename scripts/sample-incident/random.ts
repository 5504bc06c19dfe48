/**
 * Random numbers that are the same on every machine and every run.
 *
 * Each part of the incident draws from a generator of its own, named by a label, so that a change in one scene does
 * not reshuffle the others and the committed files change only where the story did.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(label: string) {
    // FNV-1a of the label, stirred into three words, seeds a small-fast-counting generator (sfc32).
    let hash = 0x811c9dc5;
    for (const character of label) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    const word = (): number => {
      hash = (hash + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return (mixed ^ (mixed >>> 16)) >>> 0;
    };
    this.#a = word();
    this.#b = word();
    this.#c = word();
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** A number from 0 (included) to 1 (excluded). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.whole(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('pick() needs at least one choice');
    return choice;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.whole(0, alphabet.length - 1)]).join('');
  }

  hex(length: number): string {
    return this.text('0123456789abcdef', length);
  }

  base64(length: number): string {
    return this.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', length);
  }

  /** A version 4 UUID, lower case. */
  uuid(): string {
    const variant = this.pick(['8', '9', 'a', 'b']);
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }
}

/**
 * An identifier in AWS's form for keys and principals (`AKIA`, `ASIA`: 20 characters; `AIDA`, `AROA`: 21), which ends
 * in `EXAMPLE` as those of the AWS documentation do, so that nobody and no secret scanner takes it for a real one.
 */
export function exampleId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA', label: string): string {
  const random = new Random(`${prefix} of ${label}`);
  const length = prefix === 'AKIA' || prefix === 'ASIA' ? 20 : 21;
  return `${prefix}${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length - 4 - 7)}EXAMPLE`;
}

/** A resource identifier such as `sg-0f3…` (17 hexadecimal digits), always the same for a label. */
export function resourceId(prefix: string, label: string): string {
  return `${prefix}-0${new Random(`${prefix} of ${label}`).hex(16)}`;
}
