import type { AlertStore } from '../../lambda/alerts/alert-store';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { createDetector } from '../../lambda/detect';
import { DynamoLineageStore } from '../../lambda/lineage/dynamo-lineage-store';
import type { LineageStore, WaitingAlert } from '../../lambda/lineage/lineage-store';
import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';
import type { Taker } from '../../lambda/lineage/taker';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { call, later, repeat, role, START_MS, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { frame } from '../alerts/told-alerts';
import { type LocalTables, startTables } from '../dynalite';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { runs } from '../property';
import { type Choose, everyWay, someWays, Turns } from './turns';

/**
 * The message of an alert, and the calls that began the session behind it, in every order of their requests: none may
 * miss the other, and what was "unknown yet" is told once, by the real detector and the real notifier.
 */

interface Stores {
  readonly alerts: AlertStore;
  readonly lineage: LineageStore;
}

/** alice takes one role after the other; what is refused is asked for in the last one's session. */
interface Story {
  /** Roles taken. */
  readonly hops: 1 | 2;
  readonly killsMax: 0 | 1;
  /** Sets this story apart from others in the same tables. */
  readonly serial: number;
}

const rules = RULES.filter(({ id }) => id === 'denied-reads').flatMap((rule) => activate(rule, DEFAULT_SETTINGS) ?? []);
const FRAME = frame();
const LATER_MS = 80_000; // than any lease
const UNKNOWN = 'unknown yet';

const sessionKey = (serial: number, hop: number) => `ASIAEXAMPLE${String(serial).padStart(8, '0')}${hop}`;
const roleName = (serial: number, hop: number) => `Role${serial}x${hop}`;

function records({ serial, hops }: Story) {
  const inSession = (hop: number) => ({ ...role(roleName(serial, hop), 'work'), accessKeyId: sessionKey(serial, hop) });
  const assumptions = Array.from({ length: hops }, (_, index) =>
    call('sts.amazonaws.com', 'AssumeRole', {
      readOnly: true,
      eventID: `${serial}-${index}`,
      userIdentity: index === 0 ? user('alice') : inSession(index),
      responseElements: { credentials: { accessKeyId: sessionKey(serial, index + 1) } },
    }),
  );
  const refused = call('ec2.amazonaws.com', 'DescribeInstances', {
    userIdentity: inSession(hops),
    errorCode: 'Client.UnauthorizedOperation',
  });
  return { assumptions, refusals: repeat(later(refused, MINUTE), 10, 1_000) };
}

/** Tells a story in one way, and says what was told, in order. */
async function tell(stores: Stores, story: Story, choose: Choose) {
  const turns = new Turns(choose, story.killsMax);
  const ports = { ...memoryPorts(START_MS + 10 * MINUTE), ...stores };
  const topic = new TestPublisher();
  const pace = new MemoryPaceStore();
  const composer = messageComposer(FRAME, () => ports.clock.nowMs());
  const { assumptions, refusals } = records(story);
  const handle = (worker: string | undefined, records: readonly SampleRecord[]) =>
    createDetector({
      ...ports,
      rules,
      suppressions: [],
      ...(worker === undefined ? {} : watched(turns, worker, stores)),
    }).handle({ records: records.map((record) => delivered(record)) });
  const notify = (worker: string | undefined) => {
    const publish = (notification: Parameters<TestPublisher['publish']>[0]) => topic.publish(notification);
    const watching = {
      ...watched(turns, worker ?? '', stores),
      topic: {
        publish: (told: (typeof topic.published)[number]) => turns.pass(worker ?? '', 'publish', () => publish(told)),
      },
    };
    const own = worker === undefined ? { topic } : watching;
    return drain({ ...ports, pace, composer, ...own }, ports.clock.nowMs() + 5_000);
  };
  await handle(undefined, refusals);
  await turns.run({
    notify: () => notify('notify'),
    ...Object.fromEntries(assumptions.map((record, hop) => [`hop ${hop}`, () => handle(`hop ${hop}`, [record])])),
  });
  for (const [hop, record] of assumptions.entries()) {
    if (turns.killed.includes(`hop ${hop}`)) await handle(undefined, [record]);
  }
  for (let minutes = 0; minutes < 5; minutes++) {
    ports.clock.timeMs += LATER_MS;
    await notify(undefined);
  }
  return {
    turns,
    told: topic.published.map(({ subject, text }) => ({ subject, text })),
    pending: await stores.alerts.listPending(9),
  };
}

/** The stores as one worker sees them: it waits for its turn before each request that matters here. */
function watched(turns: Turns, worker: string, { alerts, lineage }: Stores): Stores {
  const watch = <T extends object>(store: T, methods: readonly (keyof T & string)[]): T =>
    new Proxy(store, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        const request = (...parameters: unknown[]) => Reflect.apply(method, target, parameters) as Promise<unknown>;
        if (!(methods as readonly (string | symbol)[]).includes(name)) return request;
        return (...parameters: unknown[]) => turns.pass(worker, String(name), () => request(...parameters));
      },
    });
  return {
    alerts: watch(alerts, ['insertMessage', 'markSent']),
    lineage: watch(lineage, ['note', 'find', 'wait']),
  };
}

/** What is wrong with what was told; empty if nothing is. */
function wrongs({ turns, told, pending }: Awaited<ReturnType<typeof tell>>): string[] {
  const whole = told.filter(({ text }) => text.includes('user/alice') && !text.includes(UNKNOWN));
  const isUpdate = ({ subject }: { readonly subject: string }) => subject.includes('Update:');
  const again = turns.killed.includes('notify') ? 1 : 0;
  const facts = {
    'nobody is told who it is': whole.length === 0,
    'it is told again without need': whole.length > 1 + again,
    'an update comes first': told[0] === undefined || isUpdate(told[0]),
    'the last word is not all of it': told.at(-1)?.text.includes(UNKNOWN) ?? true,
    'something waits for ever': pending.length > 0,
  };
  return Object.entries(facts).flatMap(([fact, is]) => (is ? [`${fact}: ${turns.story.join('; ')}`] : []));
}

async function inWays(
  newStores: () => Stores,
  hops: Story['hops'],
  killsMax: Story['killsMax'],
  ways: (run: (choose: Choose) => Promise<Turns>) => Promise<number>,
) {
  const found: string[] = [];
  let updates = 0;
  let serial = 0;
  const count = await ways(async (choose) => {
    const told = await tell(newStores(), { hops, killsMax, serial: serial++ }, choose);
    found.push(...wrongs(told));
    if (told.told.some(({ subject }) => subject.includes('Update:'))) updates += 1;
    return told.turns;
  });
  return { count, updates, found };
}

const some = (ways: number) => (run: (choose: Choose) => Promise<Turns>) => someWays(runs(ways).numRuns ?? ways, run);

const inMemory = (): Stores => ({ alerts: new MemoryAlertStore(), lineage: new MemoryLineageStore() });

describe('an alert and the call that began its session', () => {
  it.each([
    ['one role', 1, 0, everyWay],
    ['one role, and a worker that dies at any request', 1, 1, everyWay],
    ['two roles', 2, 0, some(250)],
    ['two roles, and a worker that dies', 2, 1, some(250)],
  ] as const)(
    'miss each other in no order of their requests: %s',
    async (_what, hops, killsMax, ways) => {
      const { count, updates, found } = await inWays(inMemory, hops, killsMax, ways);
      expect(found).toEqual([]);
      expect(updates).toBeGreaterThan(0);
      expect(updates).toBeLessThan(count); // in some ways the message knows already
    },
    60_000,
  );

  it.each<[string, new () => MemoryLineageStore]>([
    [
      'nobody is left word',
      class extends MemoryLineageStore {
        override wait = (session: string) => this.find(session);
      },
    ],
    [
      'word is left without looking again',
      class extends MemoryLineageStore {
        override async wait(session: string, waiting: WaitingAlert): Promise<Taker | undefined> {
          await super.wait(session, waiting);
          return undefined;
        }
      },
    ],
    [
      'who waits is read before the origin is stored',
      class extends MemoryLineageStore {
        private readonly before = new Map<string, readonly WaitingAlert[]>();
        override async note(origin: Parameters<MemoryLineageStore['note']>[0]) {
          const known = this.before.get(origin.session);
          if (known !== undefined) return super.note(origin);
          this.before.set(origin.session, []);
          await super.note(origin);
          return [];
        }
      },
    ],
  ])('would miss each other where %s', async (_what, Store) => {
    const stores = () => ({ alerts: new MemoryAlertStore(), lineage: new Store() });
    const { found } = await inWays(stores, 1, 0, everyWay);
    expect(found).not.toEqual([]);
  });

  describe('in DynamoDB', () => {
    let tables: LocalTables;
    beforeAll(async () => {
      tables = await startTables();
    });
    afterAll(() => tables.close());

    it('miss each other in no order of their requests either', async () => {
      const alerts = new DynamoAlertStore(tables.client, await tables.create({ name: 'alerts', pending: true }));
      const lineage = new DynamoLineageStore(tables.client, await tables.create({ name: 'lineage' }));
      const { updates, found } = await inWays(() => ({ alerts, lineage }), 1, 1, some(30));
      expect(found).toEqual([]);
      expect(updates).toBeGreaterThan(0);
    }, 60_000);
  });
});
