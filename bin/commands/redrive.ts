import { oneOf, parse } from '../args';
import type { Cloud } from '../cloud';
import { EXIT, type Io, UsageError } from '../io';
import { WHERE_HELP, WHERE_OPTIONS, type Where } from '../where';

const HELP = `Usage: trailhound redrive [options]

Moves events that were given up back to the detector. They are evaluated by their own time: what was stored already is
not counted twice, and alerts that were told are not told again. Do it when the cause is gone.

  --queue <name>     priority, bulk, all (default: all)
  --rate <n>         events a second, at most 500 (default: 50)
  --dry-run          only say how many wait
${WHERE_HELP}

Needs the permission to move messages: take the stack's operator role.
`;

/** SQS moves no more. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
const RATE_MAX = 500;

/** Names of the queues, as in the stack's outputs. */
const QUEUES = { priority: 'Priority', bulk: 'Bulk' } as const;

/** @returns the exit code. @throws UsageError */
export async function runRedrive(args: readonly string[], io: Io, cloudIn: (where: Where) => Cloud): Promise<number> {
  const { values, positionals } = parse('redrive', args, {
    queue: { type: 'string', default: 'all' },
    rate: { type: 'string', default: '50' },
    'dry-run': { type: 'boolean', default: false },
    ...WHERE_OPTIONS,
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError('redrive takes no arguments; choose a queue with --queue');
  const wanted = oneOf('queue', values.queue, ['priority', 'bulk', 'all'] as const);
  const perSecond = rateOf(values.rate);

  const cloud = cloudIn(values);
  const outputs = await cloud.stackOutputs(values.stack);
  const names = (['priority', 'bulk'] as const).filter((name) => wanted === 'all' || wanted === name);
  for (const name of names) {
    const toArn = outputs[`${QUEUES[name]}QueueArn`];
    const fromArn = outputs[`${QUEUES[name]}FailedQueueArn`];
    if (toArn === undefined || fromArn === undefined) {
      throw new UsageError(`the stack ${values.stack} has no outputs of queues; is it the hub's stack?`);
    }
    const count = await cloud.waiting(fromArn);
    if (count === 0) {
      io.stdout(`${name}: nothing was given up.\n`);
    } else if (values['dry-run']) {
      io.stdout(`${name}: about ${count} ${count === 1 ? 'event waits' : 'events wait'}.\n`);
    } else {
      await cloud.move(fromArn, toArn, perSecond);
      io.stdout(`${name}: moving about ${count} ${count === 1 ? 'event' : 'events'}, ${minutes(count, perSecond)}.\n`);
    }
  }
  return EXIT.ok;
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^\d{1,4}$/.test(text) || rate < 1 || rate > RATE_MAX) {
    throw new UsageError(
      `--rate: expected a whole number from 1 to ${RATE_MAX}; found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return rate;
}

function minutes(count: number, perSecond: number): string {
  const whole = Math.ceil(count / perSecond / 60);
  return `done in about ${whole} ${whole === 1 ? 'minute' : 'minutes'}`;
}
