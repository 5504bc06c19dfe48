import { closeSync, openSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { visible } from '../lambda/alerts/neutral';
import { UsageError } from './io';

/** Where to write what is to stand at a path. */
export interface OutputFile {
  readonly path: string;
  /** All of it is written: it stands where it was asked for. */
  readonly finish: () => void;
}

/**
 * A file beside the one that is asked for, which takes its place when whole: an interrupted write leaves no half file.
 * What is there and no file (a pipe, a terminal, `/dev/null`) is written to as it is, since a rename would put a file in
 * its place; what a link names is replaced, not the link.
 */
export function outputFile(path: string): OutputFile {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return { path, finish: () => {} };
  const file = there === undefined ? path : realpathSync(path);
  const part = `${file}.part`;
  return { path: part, finish: () => renameSync(part, file) };
}

/** Writes all of a text, whole or in pieces, to where `--out` says. @throws UsageError */
export function writeOutput(path: string, text: string | Iterable<string>): void {
  try {
    const output = outputFile(path);
    const file = openSync(output.path, 'w');
    try {
      for (const piece of typeof text === 'string' ? [text] : text) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    output.finish();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

export function cannotWrite(path: string, error: unknown): UsageError {
  return new UsageError(
    `--out: can't write ${visible(path)}: ${error instanceof Error ? error.message : String(error)}`,
  );
}
