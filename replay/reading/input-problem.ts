import { visible } from '../../lambda/alerts/neutral';

/** One thing that could not be read, said so that a person can act on it. */
export interface InputProblem {
  /** The input's name, safe to print. */
  readonly file: string;
  /** Where in the text: `line 12, column 7` (both from 1, columns in bytes) or `record 5` (from 1). */
  readonly position?: string;
  readonly reason: string;
  /** What to do about it. */
  readonly fix?: string;
  /** Records that are missing from the result because of this; 0 when nothing that belongs to CloudTrail is missing. */
  readonly recordsLost: number | 'unknown';
}

/** Where something stands, worked out only if it is told; empty where there is nothing to say. */
export type Position = () => string;

/** What {@link ProblemLog.add} takes; `undefined` stands for "left out". */
export interface ProblemDetails {
  readonly position?: Position | undefined;
  readonly reason: string | (() => string);
  readonly fix?: string | undefined;
  readonly recordsLost: number | 'unknown';
}

/** Problems of one input that are told one by one; a million broken lines must not become a million messages. */
const MAX_PROBLEMS_TOLD = 20;

/** Collects the problems of one input: the first twenty one by one, the others as one sum. */
export class ProblemLog {
  private fresh: InputProblem[] = [];
  private told = 0;
  private untold = 0;
  private untoldLost: number | 'unknown' = 0;

  constructor(private readonly file: string) {}

  add(details: ProblemDetails): void {
    if (this.told < MAX_PROBLEMS_TOLD) {
      this.told += 1;
      this.fresh.push(problem(this.file, details));
      return;
    }
    this.untold += 1;
    const { recordsLost } = details;
    this.untoldLost =
      this.untoldLost === 'unknown' || recordsLost === 'unknown' ? 'unknown' : this.untoldLost + recordsLost;
  }

  /** The problems since the last call. */
  take(): InputProblem[] {
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }

  /** Adds the sum of the problems that were not told one by one; to be called once, at the end of the input. */
  finish(): void {
    if (this.untold === 0) return;
    const reason = `${this.untold} more ${this.untold === 1 ? 'problem' : 'problems'} in this input`;
    this.fresh.push({ file: this.file, reason, recordsLost: this.untoldLost });
  }
}

function problem(file: string, { position, reason, fix, recordsLost }: ProblemDetails): InputProblem {
  const place = position?.() ?? '';
  return {
    file,
    ...(place === '' ? {} : { position: place }),
    reason: typeof reason === 'string' ? reason : reason(),
    ...(fix === undefined ? {} : { fix }),
    recordsLost,
  };
}

const IO_REASONS: Record<string, Pick<ProblemDetails, 'reason' | 'fix'>> = {
  ENOENT: { reason: 'it does not exist', fix: 'Check the path; a pattern in quotes is not expanded.' },
  EACCES: { reason: 'permission denied', fix: 'Run as a user who may read it.' },
  EPERM: { reason: 'permission denied', fix: 'Run as a user who may read it.' },
  ELOOP: { reason: 'its symbolic links lead in a circle', fix: 'Give the path that they should lead to.' },
};

/** What a failed file operation means for the person who gave the path. */
export function unreadable(error: unknown): ProblemDetails {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const known = IO_REASONS[code] ?? { reason: `it cannot be read: ${visible(message)}` };
  return { ...known, recordsLost: 'unknown' };
}

// A piece of a session token, a signature or a key: long runs, and shorter ones with a digit.
const MAYBE_SECRET = /[\w+/=-]{16,}|(?=[A-Za-z+/=_-]*\d)[\w+/=-]{8,}/g;
const EXCERPT_BYTES = 20;

/**
 * What stands at `at`, up to the end of the line, quoted, short, safe to print, with anything that could be part of a
 * credential masked: a record can be broken in any field, session tokens included.
 */
export function excerpt(bytes: Buffer, at: number): string {
  if (at >= bytes.length) return 'the end';
  if (bytes[at] === 0x0a || bytes[at] === 0x0d) return 'the end of the line';
  const [line = ''] = bytes.toString('utf8', at, at + EXCERPT_BYTES).split(/[\r\n]/, 1);
  const text = line.replace(MAYBE_SECRET, '****');
  return `"${visible(text)}"`;
}
