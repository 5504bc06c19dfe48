import type { AlertStore } from '../alerts/alert-store';
import type { HeartbeatData } from '../config/heartbeat-data';
import type { Manifest } from '../config/manifest';
import { canarySubject } from './canaries';
import { type PlacedRule, placedRules, rulesSubject, undeliveredUrl } from './expected-rules';
import type { HeartbeatStore } from './heartbeat-store';
import {
  judgeAlarm,
  judgeFailed,
  judgeFunction,
  judgeMapping,
  judgeQueueAge,
  judgeRule,
  judgeSubscriptions,
  judgeTable,
} from './integrity';
import type { Check } from './look';
import { broken, fine, type Observation, PATIENCE } from './observation';
import { judgeSilence, SILENCE_SUBJECT } from './silence';
import type { HeartbeatState } from './state';
import type { Surroundings } from './surroundings';
import { isOfOrganization, judgeTrails } from './trails';

/** Where checks look. */
export interface Sight {
  readonly manifest: Manifest;
  readonly config: HeartbeatData;
  readonly surroundings: Surroundings;
  readonly store: Pick<HeartbeatStore, 'lastSeen'>;
  readonly alerts: Pick<AlertStore, 'listPending'>;
  readonly nowMs: number;
}

/** What checks find besides what is wrong. */
export interface Notes extends Pick<HeartbeatState, 'habits' | 'subscriptions'> {
  /** Whether some trail is the organization's; undefined where nobody could look. */
  readonly organizationTrail?: boolean;
}

/** Lets a check change what it has found; checks run side by side. */
export type Note = (change: (notes: Notes) => Notes) => void;

/** Waiting messages that are looked at; the oldest of so many is old enough. */
const PENDING_MAX = 1_000;

/** Everything that is looked at but canaries. */
export function checksOf(sight: Sight, known: Notes, note: Note): Check[] {
  return [
    configurationCheck(sight),
    ...trailChecks(sight, note),
    ...ruleChecks(sight),
    ...functionChecks(sight),
    ...storeChecks(sight),
    alarmCheck(sight),
    ...subscriptionChecks(sight, known, note),
    silenceCheck(sight, known, note),
  ];
}

function one(subject: string, look: () => Promise<Observation>): Check {
  return { subject, look: async () => [await look()] };
}

/** A function of one deployment with the schedule of another: the deployment failed half-way, or one was changed. */
function configurationCheck({ manifest, config }: Sight): Check {
  const subject = 'configuration';
  return one(subject, async () => {
    if (manifest.configHash === config.configHash) return fine(subject);
    return broken(subject, 'the heartbeat’s configuration is not the one that was deployed', PATIENCE.confirmed, {
      advice: 'Deploy again; if nobody deployed lately, find out who changed the function or its schedule.',
    });
  });
}

function trailChecks({ manifest, surroundings, nowMs }: Sight, note: Note): Check[] {
  return manifest.regions.map((region) => ({
    subject: `trail of ${region}`,
    look: async () => {
      const trails = await surroundings.trails(region);
      const isOrganization = isOfOrganization(trails);
      note((notes) => ({ ...notes, organizationTrail: (notes.organizationTrail ?? false) || isOrganization }));
      return judgeTrails(region, trails, nowMs);
    },
  }));
}

function ruleChecks({ manifest, config, surroundings }: Sight): Check[] {
  const byBus = new Map<string, PlacedRule[]>();
  for (const rule of placedRules(config.patterns, manifest)) {
    const subject = rulesSubject(rule.region, rule.bus);
    byBus.set(subject, [...(byBus.get(subject) ?? []), rule]);
  }
  return [...byBus].map(([subject, rules]) => ({
    subject,
    look: async () => {
      const [{ region, bus }] = rules as [PlacedRule];
      const targets = [...new Set(rules.map(({ expected }) => expected.target))];
      const found = await surroundings.rules(region, bus, targets);
      const judged = rules.map((rule) => judgeRule(rule.subject, rule.what, rule.expected, found.get(rule.name ?? '')));
      return [fine(subject), ...judged];
    },
  }));
}

function functionChecks({ manifest, surroundings }: Sight): Check[] {
  /** Canaries that pass a detector, by its name. */
  const stopped = (name: string) => {
    const kind = name === 'priority' ? 'write' : name === 'bulk' ? 'read' : undefined;
    return kind === undefined ? [] : manifest.regions.map((region) => canarySubject(region, kind));
  };
  return [
    ...Object.entries(manifest.mappings).map(([name, id]) =>
      one(`mapping ${name}`, async () =>
        judgeMapping(`mapping ${name}`, await surroundings.mapping(id), name === 'bell', stopped(name)),
      ),
    ),
    ...Object.entries(manifest.functions).map(([name, fn]) =>
      one(`function ${name}`, async () =>
        judgeFunction(`function ${name}`, await surroundings.lambda(fn), stopped(name)),
      ),
    ),
  ];
}

/** Tables, queues of what was given up, and alerts that wait. */
function storeChecks({ manifest, surroundings, alerts, nowMs }: Sight): Check[] {
  const { queues, tables, regions } = manifest;
  const failed = (name: string, region: string, url: string, advice: string) =>
    one(name, async () => judgeFailed(name, await surroundings.waiting(region, url), advice));
  return [
    ...Object.entries(tables).map(([name, table]) => ({
      subject: `table ${name}`,
      look: async () => judgeTable(`table ${name}`, await surroundings.table(table), name === 'alerts'),
    })),
    failed('failed queue priority', manifest.region, queues.priorityFailed.url, REDRIVE),
    failed('failed queue bulk', manifest.region, queues.bulkFailed.url, REDRIVE),
    ...regions.map((region) =>
      failed(`undelivered queue of ${region}`, region, undeliveredUrl(manifest, region), UNDELIVERED),
    ),
    one('pending messages', async () => {
      const pending = await alerts.listPending(PENDING_MAX);
      const oldestMs = Math.min(...pending.map(({ createdMs }) => createdMs));
      if (pending.length === 0 || nowMs - oldestMs < PATIENCE.unsent.warnMs) return fine('pending messages');
      return broken('pending messages', 'alerts wait and nobody sends them', PATIENCE.unsent, {
        sinceMs: oldestMs,
        advice: 'List them: trailhound alerts. Then look at the notify function, its schedule and the alerts topic.',
      });
    }),
  ];
}

const REDRIVE = 'The log of the detector says why. When the cause is gone: trailhound redrive.';
const UNDELIVERED =
  'Each message’s attributes say why the hub’s bus did not take it (ERROR_CODE); the events are in CloudTrail’s history.';

/** Whether the alarms would ring, and what those that ring say of the queues. */
function alarmCheck({ manifest, surroundings, nowMs }: Sight): Check {
  return {
    subject: 'alarms',
    look: async () => {
      const found = await surroundings.alarms(Object.values(manifest.alarms), manifest.topics.ops);
      const of = (name: string) => found.get(manifest.alarms[name] ?? '');
      return [
        fine('alarms'),
        ...Object.keys(manifest.alarms).map((name) => judgeAlarm(`alarms, ${name}`, name, of(name))),
        judgeQueueAge('alarms, age of the priority queue', 'priority', of('PriorityWaiting'), nowMs),
        judgeQueueAge('alarms, age of the bulk queue', 'bulk', of('BulkWaiting'), nowMs),
      ];
    },
  };
}

function subscriptionChecks({ manifest, config, surroundings, nowMs }: Sight, known: Notes, note: Note): Check[] {
  const emails = { alerts: config.email, ops: config.opsEmail };
  return (['alerts', 'ops'] as const).map((topic) => ({
    subject: `subscriptions of the ${topic} topic`,
    look: async () => {
      const found = await surroundings.subscriptions(manifest.topics[topic]);
      const judged = judgeSubscriptions(topic, found, emails[topic], known.subscriptions[topic], nowMs);
      note((notes) => ({ ...notes, subscriptions: { ...notes.subscriptions, [topic]: judged.known } }));
      return judged.observations;
    },
  }));
}

function silenceCheck({ manifest, store, nowMs }: Sight, known: Notes, note: Note): Check {
  return {
    subject: SILENCE_SUBJECT,
    look: async () => {
      const { observations, habits } = judgeSilence(await store.lastSeen(), known.habits, manifest.account, nowMs);
      note((notes) => ({ ...notes, habits }));
      return [fine(SILENCE_SUBJECT), ...observations];
    },
  };
}
