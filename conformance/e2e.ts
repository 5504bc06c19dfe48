import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { stringify } from 'yaml';
import { POSTURE_ITEMS } from '../lambda/config/environment';
import { RULES } from '../lambda/rules';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { isDeployed } from '../lambda/rules/feeds';
import { engineFrom } from '../replay/engine';
import { hasCorpus } from '../scripts/quality/corpus';
import { deploy, type Emulator, startEmulator } from './e2e/emulator';
import { startFaults } from './e2e/faults';
import { Hub, Router } from './e2e/hub';
import { compare, type Found, Inbox, repeats, replayed, stored, timesTold, untold } from './e2e/outcome';
import { deliver, overTheBus, redirect, testPatterns } from './e2e/stages';
import {
  type Envelope,
  exampleWorlds,
  incidentWorld,
  ownWorld,
  realWorlds,
  type World,
  withinPace,
} from './e2e/worlds';
import { type Lane, runLane } from './lane';
import { eventually, scratch } from './tools';

/**
 * `npm run conformance:e2e`: the app as people deploy it, on an AWS that other people wrote. What comes out of the topic
 * is what replay says of the same events, also when messages come twice, cannot be read, or requests fail. Needs Python
 * 3.10 with pip. `EXAMPLES=all` sends every firing example instead of each rule's shortest, `LONGEST` leaves out examples
 * with more events, `MINUTES` gives a busy machine more time.
 */

const ALL = process.env['EXAMPLES'] === 'all';
const LONGEST = Number(process.env['LONGEST'] ?? 1_000);
const MINUTES = Number(process.env['MINUTES'] ?? 8);
/** For anything that is waited for. */
const PATIENCE_MS = (MINUTES * 60_000) / 2;
/** So that what failed comes again while somebody waits. The queues' own six minutes are for whole functions that hang. */
const VISIBILITY_SECONDS = 10;
/** Stories that are sent while requests fail: each request of theirs may. */
const STORIES_UNDER_FAULTS = 40;

/** All that the stages share. */
interface Setting {
  readonly lane: Lane;
  readonly config: string;
  readonly nowMs: number;
  readonly rules: ReadonlyMap<string, ActiveRule>;
  readonly emulator: Emulator;
  readonly hub: Hub;
  readonly router: Router;
  readonly inbox: Inbox;
}

runLane('e2e', MINUTES + 4, async (lane) => {
  const nowMs = Date.now();
  if (!hasCorpus) lane.note('no corpus of real events beside the checkout: the sample incident instead');
  const examples = exampleWorlds(nowMs, 1, { all: ALL, longest: LONGEST });
  const config = configFor(examples.settings);
  const engine = engineFrom({ config, nowMs });
  const worlds = [...realWorlds(nowMs), ...withinPace(examples.worlds, engine)];

  const emulator = await startEmulator();
  const { outputs, transformed } = await timed(lane, 'cdk synth, bootstrap and deploy', () =>
    deploy(emulator, stringify(config)),
  );
  lane.check('cdk deploys the hub and a forwarder', 'AlertsTopicArn' in outputs, outputs);
  for (const [what, times] of Object.entries(transformed))
    lane.note(`changed for the emulator, ${times} times: ${what}`);
  const hub = new Hub(emulator.endpoint, outputs);
  const deployed = await hub.rules();
  const setting: Setting = {
    ...{ lane, nowMs, emulator, hub },
    config: stringify(config),
    rules: new Map(engine.rules.map((active) => [active.rule.id, active])),
    router: new Router(deployed),
    inbox: await Inbox.on(hub, hub.output('AlertsTopicArn'), 'told'),
  };
  const ops = await Inbox.on(hub, hub.output('OpsTopicArn'), 'ops');
  for (const name of ['PriorityQueueArn', 'BulkQueueArn']) {
    const QueueUrl = await hub.urlOf(hub.output(name));
    const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
    await hub.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
  lane.note(`changed for the emulator: what was not acknowledged comes again after ${VISIBILITY_SECONDS} s`);

  try {
    await timed(lane, 'patterns', () =>
      testPatterns(
        lane,
        hub,
        deployed,
        worlds.flatMap(({ envelopes }) => envelopes),
      ),
    );
    const overBus = await theBus(setting, deployed);
    const expected = await everything(setting, [...worlds, overBus], [...worlds], examples.worlds);
    await twice(setting, worlds, expected.length);
    await unreadable(setting);
    await schedules(setting, ops);
    await faults(setting, [...worlds, overBus], expected);
  } finally {
    await Promise.all([setting.inbox.stop(), ops.stop()]);
    hub.close();
    emulator.service.stop();
  }
});

async function timed<T>(lane: Lane, what: string, work: () => Promise<T>): Promise<T> {
  const startMs = Date.now();
  const result = await work();
  lane.note(`${what}: ${Math.round((Date.now() - startMs) / 1_000)} s`);
  return result;
}

/** An ordinary file, with what the examples say of their accounts. */
function configFor(settings: Readonly<Record<string, object>>): object {
  const off = RULES.filter((rule) => rule.mode === 'off' && isDeployed(rule)).map(({ id }) => id);
  const ids = [...new Set([...Object.keys(settings), ...off])];
  const rules = ids.map((id) => [
    id,
    { ...(id in settings ? { settings: settings[id] } : {}), ...(off.includes(id) ? { mode: 'live' } : {}) },
  ]);
  return {
    email: 'security@example.com',
    opsEmail: 'ops@example.com',
    regions: ['us-east-1'],
    rules: Object.fromEntries(rules),
    // The fewest detectors at once that AWS allows: what was sent first is mostly judged first, as replay reads it.
    deploy: { homeRegion: 'us-east-1', allReads: true, dataEvents: true, concurrency: { priority: 2, bulk: 2 } },
  };
}

/** Events that EventBridge itself takes from the hub's bus to the queues. */
async function theBus({ lane, hub, nowMs }: Setting, deployed: Parameters<typeof overTheBus>[1]): Promise<World> {
  const own = ownWorld('over the bus', nowMs);
  const whole = incidentWorld('of another account', nowMs, 90);
  const foreign: World = { ...whole, envelopes: whole.envelopes.slice(0, 20) };
  const copies = await overTheBus(hub, deployed, [own, foreign]);
  const sent = own.envelopes.length + foreign.envelopes.length;
  lane.note(
    `${sent} events by PutEvents, over the hub's bus and copies of its ${copies} rules: AWS takes no events in its name`,
  );
  return own;
}

/** Every story through everything: the table holds replay's alerts, and each was told once, at its highest level. */
async function everything(
  setting: Setting,
  worlds: readonly World[],
  toSend: readonly World[],
  examples: readonly World[],
): Promise<readonly Found[]> {
  const { lane, hub, router, inbox, rules } = setting;
  const expected = replayed(worlds, setting.config, scratch());
  const events = worlds.reduce((sum, { envelopes }) => sum + envelopes.length, 0);
  const startMs = Date.now();
  const { deliveries, unwanted } = await hub.withoutStreams(async () => {
    await hub.untilEmpty(PATIENCE_MS); // what came over the bus
    return deliver(hub, router, toSend, PATIENCE_MS);
  });
  const seconds = (Date.now() - startMs) / 1_000;
  lane.note(
    `${worlds.length} stories, ${events} events, ${deliveries} deliveries in ${Math.round(seconds)} s: ${Math.round(deliveries / seconds)} a second; ${unwanted.size} kinds of calls are wanted by no rule`,
  );
  const found = await stored(hub);
  const { differences, byOrder } = compare(expected, found, rules);
  lane.check(
    `the table holds the ${expected.length} alerts that replay finds, at their levels (${byOrder} by another event)`,
    expected.length > 0 && differences.length === 0,
    { differences: differences.length, first: differences.slice(0, 20) },
  );
  const alerted = new Set(found.map(({ alert }) => alert.rule));
  const silent = [...new Set(examples.map(({ rule = '' }) => rule))].filter((rule) => !alerted.has(rule));
  lane.check(`${alerted.size} rules raised alerts, all whose examples were sent`, silent.length === 0, silent);
  await told(setting, 'every alert was told, at its highest level');
  const known = new Set(found.map(({ alert }) => alert.alertId));
  const invented = inbox.told.filter(({ alertId }) => !known.has(alertId));
  lane.check('nothing was told that is not in the table', invented.length === 0, invented.slice(0, 5));
  lane.check('nothing was told twice', repeats(inbox.told).length === 0, repeats(inbox.told));
  lane.note(`${inbox.messages} messages for ${inbox.told.length} alerts`);
  return expected;
}

async function told({ lane, hub, inbox }: Setting, what: string): Promise<void> {
  let left: string[] = [];
  const isTold = await eventually(
    what,
    PATIENCE_MS,
    async () => {
      left = untold(await stored(hub), inbox.told);
      return left.length === 0 ? true : undefined;
    },
    2_000,
  ).catch((error: Error) => error.message);
  lane.check(what, isTold === true, { isTold, untold: left.length, first: left.slice(0, 10) });
}

/** The same messages once more: SQS and EventBridge deliver at least once. */
async function twice(setting: Setting, worlds: readonly World[], alerts: number): Promise<void> {
  const { lane, hub, router, inbox } = setting;
  const before = { told: inbox.told.length, stored: (await stored(hub)).length };
  const some = worlds.filter((_, index) => index % 4 === 0);
  const { deliveries } = await hub.withoutStreams(() => deliver(hub, router, some, PATIENCE_MS));
  await new Promise((resolve) => setTimeout(resolve, 5_000)); // longer than a message takes that is sent at all
  const after = { told: inbox.told.length, stored: (await stored(hub)).length };
  lane.check(
    `${deliveries} deliveries come again and add nothing to ${before.stored} alerts (${alerts} of replay)`,
    after.told === before.told && after.stored === before.stored,
    { before, after },
  );
}

/** Of a batch, what cannot be read is set aside with its reason, and the rest is judged. */
async function unreadable(setting: Setting): Promise<void> {
  const { lane, hub, emulator, nowMs, router } = setting;
  const world = incidentWorld('beside unreadable records', nowMs, 91);
  const priority = hub.output('PriorityQueueArn');
  const written = world.envelopes.filter((envelope) => router.queuesFor(envelope).includes(priority)).slice(0, 7);
  const [first] = written as [Envelope];
  const bad = {
    'the body is not JSON': 'no JSON {"',
    'it has no detail': JSON.stringify({ ...first, detail: undefined }),
    'is not a time': JSON.stringify({ ...first, detail: { ...first.detail, eventTime: 'yesterday' } }),
  };
  const [one = '', ...others] = written.map((envelope) => JSON.stringify(envelope));
  await hub.send(priority, [one, ...Object.values(bad), ...others]);
  await hub.untilEmpty(PATIENCE_MS);
  const lines = emulator.service
    .printed()
    .split('\n')
    .filter((line) => line.includes('A record was set aside'));
  for (const reason of Object.keys(bad)) {
    lane.check(
      `set aside, and logged: ${reason}`,
      lines.some((line) => line.includes(reason)),
      lines.slice(-5),
    );
  }
  const failed = await hub.depth(hub.output('PriorityFailedQueueArn'));
  lane.check('the queue for what failed stays empty', failed === 0, failed);
  const beside: World = { name: 'beside', envelopes: written };
  const expected = replayed([beside], setting.config, scratch());
  const ids = new Set((await stored(hub)).map(({ alert }) => alert.alertId));
  const missing = expected.filter(({ alertId }) => !ids.has(alertId));
  lane.check(
    `the ${written.length} records beside them raise their ${expected.length} alerts`,
    expected.length > 0 && missing.length === 0,
    missing,
  );
}

/** What nobody but the schedules starts has left something behind. */
async function schedules({ lane, hub, emulator }: Setting, ops: Inbox): Promise<void> {
  const keys = async (table: string, prefix: string) => {
    const { Items = [] } = await hub.dynamo.send(
      new ScanCommand({
        TableName: hub.output(table),
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: prefix } },
      }),
    );
    return Items.length;
  };
  const waitFor = async (what: string, ask: () => Promise<number>) => {
    const found = await eventually(what, PATIENCE_MS, async () => (await ask()) || undefined, 2_000).catch(() => 0);
    lane.check(`${what} (${found})`, found > 0, emulator.service.printed().slice(-3_000));
  };
  await waitFor('the heartbeat ran on its schedule, and keeps what it saw', () =>
    keys('BaselinesTableName', 'heartbeat'),
  );
  await waitFor('it says that no trail records this account', async () => {
    return ops.others.filter(({ text }) => String(text).includes('no trail')).length;
  });
  await waitFor('the daily audit ran on its schedule, and keeps what it found', () =>
    keys('AlertsTableName', POSTURE_ITEMS),
  );
  const dispatched = emulator.service.printed().match(/→ Lambda \S*Notify\S*: dispatched/g) ?? [];
  lane.check('notify runs every minute, whether anything rings or not', dispatched.length > 0);
}

/** The same again while requests are throttled, fail, or are carried out and not answered. */
async function faults(setting: Setting, earlier: readonly World[], judged: readonly Found[]): Promise<void> {
  const { lane, hub, emulator, router, nowMs, inbox, rules } = setting;
  const proxy = await startFaults(emulator.endpoint);
  const functions = await redirect(emulator.endpoint, proxy.endpoint);
  lane.note(`${functions} functions reach DynamoDB and SNS through a proxy that fails`);
  const examples = exampleWorlds(nowMs, 5_000, { all: false, longest: 12 }).worlds.filter(
    // No order of arrival chooses their alerts.
    ({ rule = '' }, index) => index % 5 === 0 && rules.get(rule)?.rule.baseline === undefined,
  );
  const worlds = [incidentWorld('under faults', nowMs, 92), ...examples.slice(0, STORIES_UNDER_FAULTS)];
  const before = new Set((await stored(hub)).map(({ alert }) => alert.alertId));
  const known = new Set([...before, ...judged.map(({ alertId }) => alertId)]);
  // Some alerts are not about one account: what came before counts with them.
  const expected = replayed([...earlier, ...worlds], setting.config, scratch()).filter(
    ({ alertId }) => !known.has(alertId),
  );
  await deliver(hub, router, worlds, PATIENCE_MS);
  const found = (await stored(hub)).filter(({ alert }) => !before.has(alert.alertId));
  const { differences } = compare(expected, found, rules);
  lane.check(
    `under faults the ${expected.length} alerts of ${worlds.length} stories are those of replay`,
    expected.length > 0 && differences.length === 0,
    { differences: differences.length, first: differences.slice(0, 20) },
  );
  await told(setting, 'under faults every alert is told, at its highest level');
  const fired = await proxy.fired();
  for (const { what, times } of fired) lane.note(`${times} times ${what}`);
  lane.check(
    'every kind of fault came about',
    fired.every(({ times }) => times > 0),
    fired,
  );
  const lost = fired
    .filter(({ what }) => what === 'sns Publish: response lost')
    .reduce((sum, { times }) => sum + times, 0);
  const most = timesTold(inbox.told);
  lane.check(
    `no message is told more often than once and once for each of ${lost} acceptances that were lost (${most} times)`,
    most <= 1 + lost,
  );
  proxy.service.stop();
}
