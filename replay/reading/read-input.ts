import { createReadStream, readFileSync, statSync } from 'node:fs';
import { contentOf, HEAD_BYTES, inChunks, inUtf8, readAhead } from './byte-source';
import { gunzipStream } from './gunzip';
import type { Input } from './inputs';
import { CHUNK_BYTES, type ParsedInput, Parsing, parseParts } from './parse-records';

/** Larger files are read piece by piece. CloudTrail's own are far below. */
const MAX_WHOLE_FILE_BYTES = 16 * 1024 * 1024;
const MAX_WHOLE_TEXT_BYTES = 64 * 1024 * 1024;

export interface ReadOptions {
  /** Stands in for the process's standard input. */
  readonly stdin?: AsyncIterable<Buffer>;
}

/**
 * Reads one input to its end, part by part: an ordinary file is in memory, and standard input, pipes and large files come
 * in pieces of about 8 MB, so that memory does not grow with them. Any shape of text can be of any length, as long as a
 * single record (or page of an export) stays below 64 MB.
 *
 * Never throws for what the input holds or for an input that cannot be read: both are problems.
 */
export async function* readInput(
  input: Pick<Input, 'name' | 'path'>,
  options: ReadOptions = {},
): AsyncGenerator<ParsedInput> {
  if (input.path === '-') {
    yield* readStream(input.name, options.stdin ?? process.stdin);
    return;
  }
  try {
    const stats = statSync(input.path);
    if (stats.isFile() && stats.size <= MAX_WHOLE_FILE_BYTES) {
      const end = yield* parseParts(readFileSync(input.path), input.name, MAX_WHOLE_TEXT_BYTES);
      if (end === 'read') return;
    }
  } catch (error) {
    const parsing = new Parsing(input.name);
    parsing.fail(error);
    yield parsing.take(0, 0);
    return;
  }
  const file = createReadStream(input.path, { highWaterMark: 1024 * 1024 });
  try {
    yield* readStream(input.name, file);
  } finally {
    file.destroy();
  }
}

async function* readStream(name: string, source: AsyncIterable<Buffer>): AsyncGenerator<ParsedInput> {
  const parsing = new Parsing(name);
  let readBytes = 0;
  const counted = untilFailure(source, parsing, (bytes) => {
    readBytes += bytes;
  });
  try {
    for await (const chunk of inChunks(textOf(counted, parsing), CHUNK_BYTES)) {
      parsing.reader.push(chunk);
      yield parsing.take(readBytes, chunk.length);
      readBytes = 0;
    }
  } finally {
    await counted.return(undefined); // what is refused is left unread: let go of it
  }
  parsing.endText();
  parsing.finish();
  yield parsing.take(readBytes, 0);
}

/** The stream, which ends where reading fails: what came before is good. */
async function* untilFailure(
  source: AsyncIterable<Buffer>,
  parsing: Parsing,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) {
      onRead(chunk.length);
      yield chunk;
    }
  } catch (error) {
    parsing.fail(error);
  }
}

async function* textOf(source: AsyncIterable<Buffer>, parsing: Parsing): AsyncGenerator<Buffer> {
  let [head, text] = await readAhead(source, HEAD_BYTES);
  let content = contentOf(head);
  if (content.kind === 'gzip') {
    const gunzipped = gunzipStream(text, (damage) => parsing.cutShort(damage));
    [head, text] = await readAhead(gunzipped, HEAD_BYTES);
    content = contentOf(head);
  }
  if (content.kind === 'text') yield* inUtf8(text, content.encoding);
  else parsing.refuse(content);
}
