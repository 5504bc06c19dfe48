import type { Message } from '../../lambda/alerts/alert-store';
import { DynamoAlertStore, messageIn } from '../../lambda/alerts/dynamo-alert-store';
import { DynamoPaceStore } from '../../lambda/alerts/dynamo-pace-store';
import { plainNotification } from '../../lambda/alerts/plain-notification';
import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { drain } from '../../lambda/notify';
import { DynamoWindowStore } from '../../lambda/windows/dynamo-window-store';
import { type Outcome, outcomeOf } from './claims';
import type { Schedule } from './schedule';
import { type Parts, World } from './world';

/** What is told is told by id here; wording has tests of its own. */
const COMPOSER = {
  single: (message: Message) => plainNotification([message]),
  digest: (messages: readonly Message[]) => plainNotification(messages),
};

/** The parts that are deployed. */
export const REAL_PARTS: Parts = {
  windows: (client, table) => new DynamoWindowStore(client, table),
  baselines: (client, table) => new DynamoBaselineStore(client, table),
  alerts: (client, table) => new DynamoAlertStore(client, table),
  pace: (client, table) => new DynamoPaceStore(client, table),
  notifier: (ports) => ({
    drain: (deadlineMs, rung) => drain({ ...ports, composer: COMPOSER }, deadlineMs, rung.map(messageIn)),
  }),
  command: (command) => command,
};

/** Lets a schedule happen and compares what came of it with what was promised. */
export async function runSchedule(
  schedule: Schedule,
  parts: Parts = REAL_PARTS,
  trace?: (line: string) => void,
): Promise<Outcome> {
  const world = new World(schedule, parts, trace);
  try {
    await world.run();
  } catch (error) {
    world.broken.push(`${error instanceof Error ? error.message : String(error)}: ${world.state()}`);
  }
  return outcomeOf(world);
}

/** True if every promise was kept. */
export function isKept({ lost, false: untrue, broken }: Outcome): boolean {
  return lost.length + untrue.length + broken.length === 0;
}
