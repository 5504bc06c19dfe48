/** What a command may touch of the outside, so that a test can stand in for it. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** True when stderr is a terminal: only then progress is shown. */
  readonly stderrIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  /** Width of the terminal that stderr is, in characters. */
  readonly stderrColumns?: () => number | undefined;
  readonly cwd: string;
  readonly nowMs: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on the first interrupt (Ctrl-C). */
  readonly onInterrupt: (callback: () => void) => void;
}

/** Exit codes of all commands. */
export const EXIT = { ok: 0, alerts: 1, usage: 2, unreadable: 3 } as const;

/** The command line is wrong: said in one or more lines, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
