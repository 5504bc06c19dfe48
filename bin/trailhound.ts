import { visible } from '../lambda/alerts/neutral';
import { nearest } from '../lambda/config/nearest';
import { ConfigError } from '../lambda/errors';
import { version } from '../package.json';
import { runConfig } from './commands/config';
import { runReplay } from './commands/replay';
import { runRules } from './commands/rules';
import { EXIT, type Io, UsageError } from './io';

const COMMANDS: Readonly<Record<string, (args: readonly string[], io: Io) => Promise<number>>> = {
  replay: runReplay,
  rules: runRules,
  config: runConfig,
};

const HELP = `trailhound ${version}: threat detection on AWS CloudTrail

  trailhound replay <files, folders, or ->   what happened, by the detector's own rules, without AWS
  trailhound rules [id]                      the rules; one of them explained
  trailhound config check [file]             check trailhound.yaml

trailhound <command> --help tells more. Documentation: README.md and docs/.
`;

/** Runs a command line and returns its exit code; what people did wrong is told on stderr, never as a stack trace. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [command, ...args] = argv;
  if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
    io.stdout(HELP);
    return command === undefined ? EXIT.usage : EXIT.ok;
  }
  if (command === '--version' || command === '-v') {
    io.stdout(`${version}\n`);
    return EXIT.ok;
  }
  try {
    const found = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (found === undefined) {
      const close = nearest(command, Object.keys(COMMANDS));
      throw new UsageError(
        `unknown command ${visible(command)}${close === undefined ? '' : ` (did you mean ${close}?)`}. Run trailhound --help`,
      );
    }
    return await found(args, io);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ConfigError)) throw error;
    io.stderr(`trailhound: ${error.message}\n`);
    return EXIT.usage;
  }
}

if (require.main === module) {
  // A reader that goes away (| head) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  const io: Io = {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    stderrIsTerminal: process.stderr.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    cwd: process.cwd(),
    nowMs: Date.now,
    env: process.env,
    onInterrupt: (callback) => process.once('SIGINT', callback),
  };
  void run(process.argv.slice(2), io).then((code) => {
    process.exitCode = code;
  });
}
