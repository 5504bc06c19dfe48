import { visible } from '../../lambda/alerts/neutral';
import { nearest } from '../../lambda/config/nearest';
import { EXIT, type Io, UsageError } from '../io';
import { runConfigCheck } from './config-check';

const HELP = `Usage: trailhound config check [file]

Checks a configuration (default: trailhound.yaml in the current folder) and says what it means.
`;

/** @returns the exit code. @throws UsageError */
export async function runConfig(args: readonly string[], io: Io): Promise<number> {
  const [command, ...rest] = args;
  if (command === '--help' || command === '-h') {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (command !== 'check') {
    const close = command === undefined ? undefined : nearest(command, ['check']);
    throw new UsageError(
      command === undefined
        ? 'config: expected "check". Run trailhound config --help'
        : `config: unknown command ${visible(command)}${close === undefined ? '' : ` (did you mean ${close}?)`}`,
    );
  }
  return runConfigCheck(rest, { stdout: io.stdout, stderr: io.stderr, cwd: io.cwd, nowMs: io.nowMs() });
}
