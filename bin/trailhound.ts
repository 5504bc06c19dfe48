import { visible } from '../lambda/alerts/neutral';
import { nearest } from '../lambda/config/nearest';
import { ConfigError } from '../lambda/errors';
import { version } from '../package.json';
import { runAlerts } from './commands/alerts';
import { runConfig } from './commands/config';
import { runExplain } from './commands/explain';
import { runLearn } from './commands/learn';
import { runPosture } from './commands/posture';
import { runRedrive } from './commands/redrive';
import { runReplay } from './commands/replay';
import { runRules } from './commands/rules';
import { runSendTest } from './commands/send-test';
import { EXIT, type Io, UsageError } from './io';

type Command = (args: readonly string[], io: Io) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  replay: runReplay,
  explain: runExplain,
  rules: runRules,
  config: runConfig,
  posture: runPosture,
  alerts: inCloud(runAlerts),
  'send-test': inCloud(runSendTest),
  redrive: inCloud(runRedrive),
  learn: inCloud(runLearn),
};

/** A command that asks AWS. Its libraries are read only then: they would double the time until the first line. */
function inCloud(command: typeof runAlerts): Command {
  return (args, io) => command(args, io, (where) => (require('./cloud') as typeof import('./cloud')).awsCloud(where));
}

const HELP = `trailhound ${version}: threat detection on AWS CloudTrail

  trailhound replay <files, s3://…, or ->    what happened, by the detector's own rules; needs no deployment
  trailhound explain <alert id> <files>      why an alert of a replay fired: its events, in order
  trailhound rules [id]                      the rules; one of them explained
  trailhound config check [file]             check trailhound.yaml
  trailhound posture                         what is not as it should be in an AWS account; changes nothing

  trailhound alerts [id]                     what the deployed detector found; acknowledge it
  trailhound send-test                       a test alert, through all that is deployed
  trailhound redrive                         give the detector again what it gave up
  trailhound learn <files> --out <file>      what is usual, for a new deployment to begin with (learn --import)

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
  // The libraries of AWS are in the bundle: that their next versions need a newer Node.js is no user's business.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
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
    stderrColumns: () => process.stderr.columns,
    cwd: process.cwd(),
    nowMs: Date.now,
    env: process.env,
    onInterrupt: (callback) => process.once('SIGINT', callback),
  };
  void run(process.argv.slice(2), io).then((code) => {
    process.exitCode = code;
  });
}
