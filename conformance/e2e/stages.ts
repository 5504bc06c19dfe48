import {
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { forEachLimited } from '../../lambda/concurrency';
import { HUB_BUS } from '../../lib/names';
import { accepts } from '../../test/lib/deployed-pattern';
import type { Lane } from '../lane';
import type { Json } from '../mutate';
import { witnesses } from '../ruler/deployed';
import { ACCOUNT, clientOptions } from './emulator';
import type { DeployedRule, Hub, Router } from './hub';
import type { Envelope, World } from './worlds';

/** What is done to the deployed hub. */

/** Longer than a night, shorter than what baselines learn from. */
const PAUSE_MS = 6 * 60 * 60_000;

/** Times that everything is waited for, so that what is known before is known before. */
const ROUNDS_MAX = 8;

export interface Sent {
  /** Messages in queues: an event that two rules want is in two. */
  readonly deliveries: number;
  /** Calls that no deployed rule wants. */
  readonly unwanted: ReadonlySet<string>;
}

/**
 * Delivers stories by the deployed rules, in rounds: what lies before a long pause of a story is judged before what comes
 * after it, as it would be in life.
 * @param limitMs for each round
 */
export async function deliver(hub: Hub, router: Router, worlds: readonly World[], limitMs: number): Promise<Sent> {
  const parts = worlds.map(({ envelopes }) => splitAtPauses(envelopes));
  const unwanted = new Set<string>();
  let deliveries = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const bodies = new Map<string, string[]>();
    for (const envelope of parts.flatMap((part) => part[round] ?? [])) {
      const queues = router.queuesFor(envelope);
      if (queues.length === 0) unwanted.add(`${String(envelope['source'])} ${String(envelope.detail['eventName'])}`);
      for (const arn of queues) {
        const waiting = bodies.get(arn) ?? [];
        bodies.set(arn, waiting);
        waiting.push(JSON.stringify(envelope));
        deliveries += 1;
      }
    }
    if (bodies.size === 0) continue;
    await Promise.all([...bodies].map(([arn, waiting]) => hub.send(arn, waiting)));
    await hub.untilEmpty(limitMs);
  }
  return { deliveries, unwanted };
}

/** Cut at the longest pauses. */
function splitAtPauses(envelopes: readonly Envelope[]): Envelope[][] {
  const times = envelopes.map(({ detail }) => Date.parse(String(detail['eventTime'])));
  const starts = times
    .map((timeMs, index) => ({ index, pauseMs: index === 0 ? 0 : timeMs - (times[index - 1] ?? 0) }))
    .filter(({ pauseMs }) => pauseMs > PAUSE_MS)
    .sort((a, b) => b.pauseMs - a.pauseMs)
    .slice(0, ROUNDS_MAX - 1)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  return [0, ...starts].map((start, index) => envelopes.slice(start, starts[index]));
}

/** Nobody but AWS puts events whose source begins with `aws.`; rules that differ in that alone take these. */
const OWN_SOURCE = 'e2e.';

/**
 * Sends a story over the hub's own bus: EventBridge matches it, by copies of the deployed rules, and puts it into the
 * queues. Events of other accounts than the bus's own are put by that account: the detector must not believe them.
 */
export async function overTheBus(hub: Hub, rules: readonly DeployedRule[], worlds: readonly World[]): Promise<number> {
  const onBus = rules.filter(
    ({ bus, targetArns }) => bus === HUB_BUS && targetArns.some((arn) => arn.includes(':sqs:')),
  );
  await forEachLimited(onBus, 8, async ({ name, pattern, targetArns }) => {
    const copy = { EventBusName: HUB_BUS, Name: `e2e-${name}`.slice(0, 64) };
    const EventPattern = JSON.stringify({ ...pattern, source: [{ prefix: OWN_SOURCE }] });
    await hub.events.send(new PutRuleCommand({ ...copy, EventPattern }));
    await hub.events.send(
      new PutTargetsCommand({
        EventBusName: HUB_BUS,
        Rule: copy.Name,
        Targets: targetArns.map((Arn, index) => ({ Id: String(index), Arn })),
      }),
    );
  });
  const envelopes = worlds.flatMap((world) => world.envelopes);
  for (let start = 0; start < envelopes.length; start += 10) {
    const { FailedEntryCount: failed, Entries } = await hub.events.send(
      new PutEventsCommand({
        Entries: envelopes.slice(start, start + 10).map((envelope) => ({
          EventBusName: HUB_BUS,
          Source: String(envelope['source']).replace(/^aws\./, OWN_SOURCE),
          DetailType: String(envelope['detail-type']),
          Time: new Date(String(envelope.detail['eventTime'])),
          Detail: JSON.stringify(envelope.detail),
        })),
      }),
    );
    if (failed) throw new Error(`EventBridge refused ${failed} events: ${JSON.stringify(Entries)}`);
  }
  return onBus.length;
}

/** Of events made to a pattern's measure, and of events that are not. */
const OF_EACH = 3;

/** Asks EventBridge's own question of every deployed pattern, and compares with what our evaluator says. */
export async function testPatterns(
  lane: Lane,
  hub: Hub,
  rules: readonly DeployedRule[],
  envelopes: readonly Envelope[],
): Promise<void> {
  const differences: object[] = [];
  const never: string[] = [];
  let asked = 0;
  let taken = 0;
  await forEachLimited([...rules.entries()], 8, async ([index, { name, pattern }]) => {
    const others = [0, 1, 2].map((step) => envelopes[(index * 97 + step * 31) % envelopes.length]);
    const made = witnesses(pattern as Json).slice(0, OF_EACH);
    let accepted = 0;
    for (const event of [...made, ...others]) {
      const whole = {
        id: 'e',
        account: ACCOUNT,
        time: '2026-03-10T10:00:00Z',
        region: 'us-east-1',
        resources: [],
        ...(event as object),
      };
      const withAll = { source: 'aws.none', 'detail-type': 'none', detail: {}, ...whole };
      const { Result: theirs } = await hub.events.send(
        new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(withAll) }),
      );
      asked += 1;
      if (theirs) accepted += 1;
      if (theirs !== accepts(pattern, withAll))
        differences.push({ name, theirs, event: JSON.stringify(withAll).slice(0, 600) });
    }
    taken += accepted;
    if (accepted === 0) never.push(name);
  });
  lane.check(
    `TestEventPattern answers as our evaluator: ${rules.length} deployed patterns, ${asked} questions, ${taken} accepted`,
    differences.length === 0 && taken > 0 && taken < asked,
    { differences: differences.length, first: differences.slice(0, 5) },
  );
  lane.check('every deployed pattern accepts some event', never.length === 0, never);
}

/** Lets the functions that store and tell talk to another endpoint from now on. */
export async function redirect(endpoint: string, to: string): Promise<number> {
  const client = new LambdaClient(clientOptions(endpoint));
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  const names = Functions.map(({ FunctionName = '' }) => FunctionName).filter((name) => /Detect|Notify/.test(name));
  for (const FunctionName of names) {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: to };
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
  client.destroy();
  return names.length;
}
