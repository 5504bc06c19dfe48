import { DAY, MINUTE } from '../../lambda/rules/rule';
import { MEMBER, mail, World } from './world';

/** What happens in a simulated account, and exactly what people are told of it. */
export interface Scenario {
  readonly name: string;
  readonly days: number;
  /** First moment, UTC; a Tuesday unless the day matters. */
  readonly start?: string;
  readonly config?: object;
  readonly happens: (world: World) => Promise<void>;
  /** `day hour:minute way WHAT says`, in the order in which it is told. Times since the start. */
  readonly told: readonly string[];
}

const START = '2026-03-10T10:00:00Z';
const ALL = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

export function startOf({ start = START }: Scenario): number {
  return Date.parse(start);
}

/** Runs a scenario from its start to its end. */
export async function play(scenario: Scenario): Promise<World> {
  const { days, config, happens } = scenario;
  const world = new World(startOf(scenario), config);
  const endMs = world.clock.timeMs + days * DAY;
  await happens(world);
  const left = Math.round((endMs - world.clock.timeMs) / MINUTE);
  if (left > 0) await world.run(left);
  return world;
}

const WORDS = /^(CRITICAL|WARNING|STILL SO|RECOVERED)\s+(.*)$/;

/** One line for each thing that was told; a message of alerts is one. */
export function linesOf({ told }: World, startMs: number): string[] {
  return told.flatMap(({ atMs, way, notification }) => {
    const when = timeOf(atMs - startMs);
    if (way === 'alerts') return [`${when} alerts ${notification.subject}`];
    const found = notification.text.split('\n').flatMap((line) => {
      const [, word, says] = WORDS.exec(line) ?? [];
      return word === undefined ? [] : [`${when} ops ${word} ${says}`];
    });
    return found.length > 0 ? found : [`${when} ops ${notification.subject}`];
  });
}

function timeOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(minutes / 1_440)}d ${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

export { ALL, MEMBER, MINUTE, mail };
