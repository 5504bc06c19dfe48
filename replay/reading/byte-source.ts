export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** What the first bytes say about a file, whatever its name says. */
export type Content =
  | { readonly kind: 'gzip' }
  | { readonly kind: 'text'; readonly encoding: TextEncoding }
  | { readonly kind: 'foreign'; readonly what: string; readonly fix: string };

/** As many first bytes as {@link contentOf} looks at. */
export const HEAD_BYTES = 262;

const UTF8: Content = { kind: 'text', encoding: 'utf-8' };

const FOREIGN: readonly { magic: string; at?: number; what: string; fix: string }[] = [
  { magic: 'PK\x03\x04', what: 'a zip archive', fix: 'Unpack it, and give the folder.' },
  { magic: 'ustar', at: 257, what: 'a tar archive', fix: 'Unpack it, and give the folder.' },
  { magic: '(\xb5/\xfd', what: 'compressed with zstd', fix: 'Decompress it: zstd -dc FILE | trailhound replay -' },
  { magic: 'BZh', what: 'compressed with bzip2', fix: 'Decompress it: bzip2 -dc FILE | trailhound replay -' },
  { magic: '\xfd7zXZ\0', what: 'compressed with xz', fix: 'Decompress it: xz -dc FILE | trailhound replay -' },
  { magic: 'PAR1', what: 'an Apache Parquet file', fix: 'Export it as JSON Lines.' },
];

/**
 * What a file is, from its first {@link HEAD_BYTES} bytes.
 *
 * UTF-16 is what redirecting a command's output writes in Windows PowerShell 5.
 */
export function contentOf(head: Buffer): Content {
  if (head[0] === 0x1f && head[1] === 0x8b) return { kind: 'gzip' }; // RFC 1952
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: 'text', encoding: 'utf-16le' };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: 'text', encoding: 'utf-16be' };
  if (head[0] === 0x7b || head[0] === 0x5b) return UTF8; // the hot path: { or [
  const bytes = head.toString('latin1', 0, HEAD_BYTES);
  const found = FOREIGN.find(({ magic, at = 0 }) => bytes.startsWith(magic, at));
  return found === undefined ? UTF8 : { kind: 'foreign', what: found.what, fix: found.fix };
}

/** The stream with its first `bytes` bytes (fewer only if it is shorter) read ahead. */
export async function readAhead(
  source: AsyncIterable<Buffer>,
  bytes: number,
): Promise<[Buffer, AsyncGenerator<Buffer>]> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return [head, rejoined(head, chunks)];
}

async function* rejoined(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (;;) {
      const { value, done } = await chunks.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** The stream in UTF-8. */
export async function* inUtf8(source: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* source;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** The stream in pieces of at least `bytes` bytes, the last one excepted. */
export async function* inChunks(source: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    pieces.push(piece);
    length += piece.length;
    if (length < bytes) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(pieces);
}
