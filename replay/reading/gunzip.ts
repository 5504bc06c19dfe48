import { constants, createGunzip, gunzipSync } from 'node:zlib';

/** Decompressed text, as far as it goes, and what is wrong with the rest. */
export interface Gunzipped {
  readonly text: Buffer;
  readonly damage?: string;
}

/**
 * Decompresses a gzip file (of one or more members) in memory and, when it is cut or damaged, keeps what comes before.
 *
 * Zero bytes behind the last member are padding, as for `gzip -d`.
 * @returns `'too-big'` when the text is longer than `maxBytes`: a small file can decompress to a thousand times its size.
 */
export function gunzipWhole(bytes: Buffer, maxBytes: number): Gunzipped | 'too-big' {
  const whole = attempt(bytes, maxBytes, constants.Z_FINISH);
  if (Buffer.isBuffer(whole)) return { text: whole };
  if (whole.code === TOO_BIG) return 'too-big';
  if (whole.code === CUT) {
    const text = attempt(bytes, maxBytes, constants.Z_SYNC_FLUSH);
    if (Buffer.isBuffer(text)) return { text, damage: truncatedAfter(bytes.length) };
    if (text.code === TOO_BIG) return 'too-big';
  }
  return undamagedPrefix(bytes, maxBytes, whole.message);
}

const TOO_BIG = 'ERR_BUFFER_TOO_LARGE';
const CUT = 'Z_BUF_ERROR';

// zlib's synchronous calls return all or nothing. Whether the first k bytes decompress is monotone in k, so the last
// good byte is found by halving: some twenty decompressions, on a damaged file only.
function undamagedPrefix(bytes: Buffer, maxBytes: number, reason: string): Gunzipped | 'too-big' {
  let good = 0;
  let bad = bytes.length + 1;
  let text: Buffer = Buffer.alloc(0);
  while (bad - good > 1) {
    const middle = good + Math.floor((bad - good) / 2);
    const part = attempt(bytes.subarray(0, middle), maxBytes, constants.Z_SYNC_FLUSH);
    if (Buffer.isBuffer(part)) {
      good = middle;
      text = part;
    } else {
      if (part.code === TOO_BIG) return 'too-big';
      bad = middle;
    }
  }
  return { text, damage: `corrupt gzip (${reason}) after ${good} bytes` };
}

function attempt(bytes: Buffer, maxOutputLength: number, finishFlush: number): Buffer | NodeJS.ErrnoException {
  try {
    return gunzipSync(bytes, { maxOutputLength, finishFlush, chunkSize: textLength(bytes) });
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/**
 * Length of the text as the file's last four bytes say (RFC 1952, section 2.3.1), within bounds: a buffer of this size
 * takes the whole text at once. Only a hint: wrong for several members, for padding and for damaged or hostile files,
 * which must not make a buffer that a file of their size never fills.
 */
function textLength(bytes: Buffer): number {
  const said = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return Math.max(Math.min(said + 1, bytes.length * RATIO, CHUNK_MAX_BYTES), 1024);
}

/** Times that CloudTrail's files are longer when decompressed: 8 to 15, made of copies 30. */
const RATIO = 32;
const CHUNK_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Decompresses a gzip stream piece by piece and, when it is cut or damaged, yields what comes before.
 *
 * In front of a damaged byte up to 64 KB of text are lost (zlib drops the piece it was working on); at a cut, nothing.
 * @param onDamage is told what is wrong with the stream, behind its last piece.
 */
export async function* gunzipStream(
  source: AsyncIterable<Buffer>,
  onDamage: (damage: string) => void,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  let text: Buffer[] = [];
  let failure: NodeJS.ErrnoException | undefined;
  let readBytes = 0;
  let isSettled = false;
  // Behind the end (zeros follow) and behind an error, zlib never answers a write: whoever waits for one must look here.
  const settled = new Promise<void>((resolve) => {
    for (const happening of ['end', 'error', 'close']) {
      gunzip.on(happening, () => {
        isSettled = true;
        resolve();
      });
    }
  });
  // Not `for await (… of gunzip)`: it throws away what is buffered when the stream fails.
  gunzip.on('data', (piece: Buffer) => text.push(piece));
  gunzip.on('error', (error) => {
    failure = error;
  });
  const takeText = () => {
    const taken = text;
    text = [];
    return taken;
  };
  try {
    for await (const chunk of source) {
      readBytes += chunk.length;
      // Small writes, since one write's text is held at once and may be a thousand times as long.
      for (let at = 0; at < chunk.length && !isSettled; at += WRITE_BYTES) {
        const written = new Promise<void>((resolve) => {
          gunzip.write(chunk.subarray(at, at + WRITE_BYTES), () => resolve());
        });
        await Promise.race([written, settled]);
        yield* takeText();
      }
      if (isSettled) break;
    }
    if (!isSettled) gunzip.end();
    await settled;
    yield* takeText();
  } finally {
    gunzip.destroy();
  }
  if (failure === undefined) return;
  const cut = failure.code === CUT;
  onDamage(cut ? truncatedAfter(readBytes) : `corrupt gzip (${failure.message}) in its first ${readBytes} bytes`);
}

const truncatedAfter = (bytes: number) => `truncated gzip after ${bytes} bytes`;

const WRITE_BYTES = 64 * 1024;
