import { createHash } from 'node:crypto';
import { writeUuid } from './packed-uuid';
import type { Entry } from './verdict';

/**
 * A segment's entries as bytes, about 17 each, so that some fifty fit DynamoDB's write unit of 1 KB:
 *
 *     flags (1 byte), then for each entry
 *     id (16 bytes), time since the entry before (varint), [level and steps (varint)], [weight (varint or 0 + float64)]
 *
 * Equal entries give equal bytes, whoever writes them: the segment's name is a hash of its content.
 */
export interface SegmentContent {
  readonly bytes: Uint8Array;
  /** Ids that are no UUIDs; in `bytes` their hash stands for them. */
  readonly oddIds: readonly string[];
}

const WEIGHTS = 1;
const LEVELS = 2;
const SECONDS = 4;

/** Longer ids that are no UUIDs are read back as their hash. AWS's own are UUIDs. */
const ODD_ID_MAX = 128;

/** @param entries as `unionOfEntries` returns them, all at or after `slotStartMs` */
export function packEntries(slotStartMs: number, entries: readonly Entry[]): SegmentContent {
  let flags = SECONDS;
  for (const { weight, level, steps, timeMs } of entries) {
    if (weight !== 1) flags |= WEIGHTS;
    if (level !== 0 || steps !== 0) flags |= LEVELS;
    if ((timeMs - slotStartMs) % 1_000 !== 0) flags &= ~SECONDS;
  }
  const unitMs = (flags & SECONDS) === 0 ? 1 : 1_000;
  const out = new Writer(1 + entries.length * 40);
  const oddIds: string[] = [];
  out.byte(flags);
  let lastMs = slotStartMs;
  for (const entry of entries) {
    out.id(entry.id, oddIds);
    out.varint((entry.timeMs - lastMs) / unitMs);
    lastMs = entry.timeMs;
    if ((flags & LEVELS) !== 0) out.varint(entry.steps * 8 + entry.level);
    if ((flags & WEIGHTS) !== 0) out.weight(entry.weight);
  }
  return { bytes: out.done(), oddIds };
}

export function unpackEntries(slotStartMs: number, { bytes, oddIds }: SegmentContent): Entry[] {
  const input = new Reader(bytes);
  const odd = new Map(oddIds.map((id) => [uuidForm(hashOf(id), 0), id]));
  const flags = input.byte();
  const unitMs = (flags & SECONDS) === 0 ? 1 : 1_000;
  const entries: Entry[] = [];
  let timeMs = slotStartMs;
  while (!input.atEnd()) {
    const packed = input.id();
    timeMs += input.varint() * unitMs;
    const bits = (flags & LEVELS) === 0 ? 0 : input.varint();
    entries.push({
      id: odd.size === 0 ? packed : (odd.get(packed) ?? packed),
      timeMs,
      weight: (flags & WEIGHTS) === 0 ? 1 : input.weight(),
      level: bits % 8,
      steps: Math.floor(bits / 8),
    });
  }
  return entries;
}

/** Name of a segment: 128 bits of a hash of all that its entries say. */
export function segmentName({ bytes, oddIds }: SegmentContent): string {
  const hash = createHash('sha256').update(bytes);
  if (oddIds.length > 0) hash.update(JSON.stringify(oddIds));
  return hash.digest('base64url').slice(0, 22);
}

const words = new Uint32Array(4);

class Writer {
  private readonly bytes: Buffer;
  private size = 0;

  constructor(sizeMax: number) {
    this.bytes = Buffer.allocUnsafe(sizeMax);
  }

  byte(value: number): void {
    this.bytes[this.size++] = value;
  }

  id(id: string, oddIds: string[]): void {
    if (writeUuid(id, words, 0)) {
      for (let word = 0; word < 4; word++) this.bytes.writeUInt32BE(words[word] as number, this.size + word * 4);
    } else {
      hashOf(id).copy(this.bytes, this.size, 0, 16);
      if (id.length <= ODD_ID_MAX && oddIds.at(-1) !== id) oddIds.push(id);
    }
    this.size += 16;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.size++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.size++] = rest;
  }

  weight(weight: number): void {
    const whole = Number.isInteger(weight) && weight <= 0xffff_ffff;
    this.varint(whole ? weight : 0); // no stored weight is 0
    if (!whole) this.size = this.bytes.writeDoubleBE(weight, this.size);
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }
}

class Reader {
  private readonly bytes: Buffer;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.position++] ?? 0;
  }

  id(): string {
    const id = uuidForm(this.bytes, this.position);
    this.position += 16;
    return id;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  weight(): number {
    const whole = this.varint();
    if (whole !== 0) return whole;
    const weight = this.bytes.readDoubleBE(this.position);
    this.position += 8;
    return weight;
  }
}

function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}

function uuidForm(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
