import type { AlertStore } from './alerts/alert-store';
import type { Publisher } from './alerts/publisher';
import { forEachLimited } from './concurrency';
import type { HeartbeatData } from './config/heartbeat-data';
import type { Manifest } from './config/manifest';
import { asError, StoreUnavailableError } from './errors';
import {
  CANARIES_SUBJECT,
  CANARY_KINDS,
  type CanaryKind,
  type CanaryState,
  canarySubject,
  judgeCanary,
  missedOn,
  needsTie,
  nonceOf,
  type Returned,
  type Tie,
  takeSightings,
  wayOf,
  withoutExplained,
} from './heartbeat/canaries';
import { troubleDispatch } from './heartbeat/dispatch';
import { type PlacedRule, placedRules, rulesSubject, undeliveredUrl } from './heartbeat/expected-rules';
import { type Coverage, coverageOf, isExcused } from './heartbeat/grace';
import type { HeartbeatStore } from './heartbeat/heartbeat-store';
import {
  judgeAlarm,
  judgeFailed,
  judgeFunction,
  judgeMapping,
  judgeQueueAge,
  judgeRule,
  judgeSubscriptions,
  judgeTable,
  type KnownSubscriptions,
} from './heartbeat/integrity';
import { answerOf, type Check } from './heartbeat/look';
import { broken, fine, type Observation, PATIENCE, unknown } from './heartbeat/observation';
import { weeklyReport } from './heartbeat/report';
import { type Habits, judgeSilence, SILENCE_SUBJECT } from './heartbeat/silence';
import { type Dispatch, FIRST_STATE, type HeartbeatState } from './heartbeat/state';
import { explainedBy, judge } from './heartbeat/states';
import type { Counts, Surroundings } from './heartbeat/surroundings';
import { opsNotification, putIntoOutbox } from './heartbeat/tell';
import { isOfOrganization, judgeTrails } from './heartbeat/trails';
import { type Latencies, NO_LATENCIES, weekOf, withLatency } from './heartbeat/week';
import type { Clock, Log, Metrics } from './ports';

export interface HeartbeatPorts {
  readonly config: HeartbeatData;
  readonly store: HeartbeatStore;
  readonly alerts: Pick<AlertStore, 'insertAlert' | 'insertMessage' | 'listPending'>;
  readonly ops: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 16 hexadecimal digits. */
  readonly random: () => string;
  /** A canary came back. */
  readonly measured: (returned: Returned) => void;
}

/** Questions to AWS at a time. */
const CHECKS_AT_ONCE = 24;
/** Waiting messages that are looked at; the oldest of so many is old enough. */
const PENDING_MAX = 1_000;
/** After an outage of the topic, so many are told in one run: SNS suspends an address that gets ten a second. */
const TOLD_AT_ONCE = 5;
/** Beyond it what is oldest is forgotten: by then people know that something is very wrong. */
const OUTBOX_MAX = 200;

const WEEK_MS = 7 * 24 * 60 * 60_000;

/**
 * One beat: looks at everything that must be right, sends canaries, and tells what changed.
 *
 *     state ─▶ look at trails, own parts, canaries, silences ─▶ judge ─▶ store state and what to tell ─▶ tell ─▶ told
 *
 * Every question to AWS may fail: then nobody knows, which is told as well when it lasts. What is to be told is stored
 * before it is told, so that it is told at least once, and once unless a run dies in between. It is told to the
 * operations topic directly and to the alerts topic through the outbox: each works while the other is broken.
 */
export function createHeartbeat(ports: HeartbeatPorts) {
  /** What the last run of this process knew: the store may not answer. */
  let last: HeartbeatState | undefined;

  return {
    /** Rejects only with what is a mistake of ours; the alarm on the function's errors tells of it. */
    async beat(manifest: Manifest, surroundings: Surroundings): Promise<void> {
      const run = new Beat(ports, manifest, surroundings);
      const { state, revision, observations } = await run.load(last);
      const judged = await run.look(state, observations);
      const saved = await run.save(judged, revision);
      if (saved === 'overtaken') {
        ports.log.info('Another heartbeat was faster; it tells');
        return;
      }
      last = await run.tell(judged, saved);
      ports.metrics.count('HeartbeatRuns', 1);
    },
  };
}

/** What one run does; `nowMs` is the same throughout. */
class Beat {
  private readonly nowMs: number;

  constructor(
    private readonly ports: HeartbeatPorts,
    private readonly manifest: Manifest,
    private readonly surroundings: Surroundings,
  ) {
    this.nowMs = ports.clock.nowMs();
  }

  /** The stored state, or what this process remembers where that is no older or the store does not answer. */
  async load(last: HeartbeatState | undefined) {
    const subject = 'memory of the heartbeat';
    try {
      const stored = await this.ports.store.readState();
      const isBehind = last !== undefined && last.ranMs >= (stored?.state.ranMs ?? 0);
      const state = isBehind ? last : { ...FIRST_STATE, ...stored?.state };
      return { state, revision: stored?.revision ?? 0, observations: [fine(subject)] };
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const why = unknown(subject, error.message, 'Look at the baselines table. Until it answers, notices may repeat.');
      return { state: last ?? FIRST_STATE, revision: undefined, observations: [why] };
    }
  }

  async look(state: HeartbeatState, before: readonly Observation[]): Promise<HeartbeatState> {
    const { config, metrics } = this.ports;
    const { nowMs, manifest } = this;
    const coverage = coverageOf(state.coverage, manifest.regions, nowMs);
    const observations: Observation[] = [...before, this.configuration()];
    const take = (found: readonly Observation[]) => void observations.push(...found);
    const notes: Notes = { habits: state.habits, subscriptions: state.subscriptions };
    const sighted = await this.sightings(state);
    const checks = [
      ...this.trailChecks(notes),
      ...this.ruleChecks(),
      ...this.partChecks(),
      ...this.subscriptionChecks(state, notes),
      ...this.canaryChecks(sighted.canaries, coverage, sighted.isKnown),
      this.silenceCheck(state, notes),
    ];
    await forEachLimited(checks, CHECKS_AT_ONCE, async (check) => take(await answerOf(check)));
    const waiting = withoutExplained(sighted.canaries, explainedBy(observations));
    const canaries = await this.sendCanaries(waiting, take);
    const unanswered = observations.filter(({ status }) => status === 'unknown').length;
    if (unanswered > 0) metrics.count('UnknownChecks', unanswered);
    const { troubles, notices } = judge(observations, state.troubles, nowMs);
    const dispatch = troubleDispatch(notices, manifest, nowMs);
    const judged: HeartbeatState = {
      ...{ ranMs: nowMs, troubles, canaries, coverage, habits: notes.habits, subscriptions: notes.subscriptions },
      latencies: sighted.latencies,
      reported: state.reported ?? weekOf(nowMs, config.timeZone),
      outbox: [...state.outbox, ...(dispatch === undefined ? [] : [dispatch])].slice(-OUTBOX_MAX),
    };
    return this.withReport(judged, notes.organizationTrail);
  }

  /** Takes in the canaries that came back; where nobody knows, the state stays as it was. */
  private async sightings({ canaries, latencies }: HeartbeatState) {
    const [oldest] = canaries.rounds;
    if (oldest === undefined) return { canaries, latencies, isKnown: true };
    try {
      const sightings = await this.ports.store.sightings(oldest.nonce);
      const { state, returned } = takeSightings(canaries, sightings, this.nowMs);
      let measured: Latencies = latencies;
      for (const one of returned) {
        this.ports.measured(one);
        measured = withLatency(measured, one.kind, one.latencyMs);
      }
      return { canaries: state, latencies: measured, isKnown: true };
    } catch (error) {
      this.ports.log.warn('The store of sightings did not answer', { error: asError(error) });
      return { canaries, latencies, isKnown: false };
    }
  }

  /** A function of one deployment with the schedule of another: the deployment failed half-way, or one was changed. */
  private configuration(): Observation {
    const subject = 'configuration';
    const { configHash } = this.ports.config;
    if (this.manifest.configHash === configHash) return fine(subject);
    return broken(subject, 'the heartbeat’s configuration is not the one that was deployed', PATIENCE.confirmed, {
      advice: 'Deploy again; if nobody deployed lately, find out who changed the function or its schedule.',
    });
  }

  private trailChecks(notes: Notes): Check[] {
    return this.manifest.regions.map((region) => ({
      subject: `trail of ${region}`,
      look: async () => {
        const trails = await this.surroundings.trails(region);
        notes.organizationTrail = (notes.organizationTrail ?? false) || isOfOrganization(trails);
        return judgeTrails(region, trails, this.nowMs);
      },
    }));
  }

  private ruleChecks(): Check[] {
    const { surroundings } = this;
    const byBus = new Map<string, PlacedRule[]>();
    for (const rule of placedRules(this.ports.config.patterns, this.manifest)) {
      const subject = rulesSubject(rule.region, rule.bus);
      byBus.set(subject, [...(byBus.get(subject) ?? []), rule]);
    }
    return [...byBus].map(([subject, rules]) => ({
      subject,
      look: async () => {
        const [{ region, bus }] = rules as [PlacedRule];
        const targets = [...new Set(rules.map(({ expected }) => expected.target))];
        const found = await surroundings.rules(region, bus, targets);
        const judged = rules.map((rule) =>
          judgeRule(rule.subject, rule.what, rule.expected, found.get(rule.name ?? '')),
        );
        return [fine(subject), ...judged];
      },
    }));
  }

  private partChecks(): Check[] {
    const { alerts } = this.ports;
    const { nowMs, manifest, surroundings } = this;
    const { queues, tables, topics } = manifest;
    const one = (subject: string, look: () => Promise<Observation>): Check => ({
      subject,
      look: async () => [await look()],
    });
    const failed = (name: string, region: string, url: string, advice: string) =>
      one(name, async () => judgeFailed(name, await surroundings.waiting(region, url), advice));
    return [
      ...Object.entries(manifest.mappings).map(([name, id]) =>
        one(`mapping ${name}`, async () =>
          judgeMapping(`mapping ${name}`, await surroundings.mapping(id), name === 'bell', this.stopped(name)),
        ),
      ),
      ...Object.entries(manifest.functions).map(([name, fn]) =>
        one(`function ${name}`, async () =>
          judgeFunction(`function ${name}`, await surroundings.lambda(fn), this.stopped(name)),
        ),
      ),
      ...Object.entries(tables).map(([name, table]) => ({
        subject: `table ${name}`,
        look: async () => judgeTable(`table ${name}`, await surroundings.table(table), name === 'alerts'),
      })),
      failed('failed queue priority', manifest.region, queues.priorityFailed.url, REDRIVE),
      failed('failed queue bulk', manifest.region, queues.bulkFailed.url, REDRIVE),
      ...manifest.regions.map((region) =>
        failed(`undelivered queue of ${region}`, region, undeliveredUrl(manifest, region), UNDELIVERED),
      ),
      {
        subject: 'alarms',
        look: async () => {
          const found = await surroundings.alarms(Object.values(manifest.alarms), topics.ops);
          const of = (name: string) => found.get(manifest.alarms[name] ?? '');
          return [
            fine('alarms'),
            ...Object.keys(manifest.alarms).map((name) => judgeAlarm(`alarms, ${name}`, name, of(name))),
            judgeQueueAge('alarms, age of the priority queue', 'priority', of('PriorityWaiting'), nowMs),
            judgeQueueAge('alarms, age of the bulk queue', 'bulk', of('BulkWaiting'), nowMs),
          ];
        },
      },
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

  /** Canaries that pass a detector, by its name. */
  private stopped(name: string): string[] {
    const kind = name === 'priority' ? 'write' : name === 'bulk' ? 'read' : undefined;
    return kind === undefined ? [] : this.manifest.regions.map((region) => canarySubject(region, kind));
  }

  private subscriptionChecks({ subscriptions }: HeartbeatState, notes: Notes): Check[] {
    const { surroundings } = this;
    const { config } = this.ports;
    const emails = { alerts: config.email, ops: config.opsEmail };
    return (['alerts', 'ops'] as const).map((topic) => ({
      subject: `subscriptions of the ${topic} topic`,
      look: async () => {
        const found = await surroundings.subscriptions(this.manifest.topics[topic]);
        const judged = judgeSubscriptions(topic, found, emails[topic], subscriptions[topic], this.nowMs);
        notes.subscriptions = { ...notes.subscriptions, [topic]: judged.known };
        return judged.observations;
      },
    }));
  }

  private canaryChecks(canaries: CanaryState, coverage: Coverage, isKnown: boolean): Check[] {
    if (!isKnown) {
      return [
        { subject: CANARIES_SUBJECT, look: () => Promise.reject(new Error('the baselines table did not answer')) },
      ];
    }
    return [
      { subject: CANARIES_SUBJECT, look: async () => [fine(CANARIES_SUBJECT)] },
      ...this.manifest.regions.map((region) => ({
        subject: `${CANARIES_SUBJECT}, ${region}`,
        look: async () => {
          const found: Observation[] = [];
          // One after the other: CloudTrail's history takes two questions a second.
          for (const kind of CANARY_KINDS) found.push(await this.canary(region, kind, canaries, coverage));
          return found;
        },
      })),
    ];
  }

  private async canary(region: string, kind: CanaryKind, canaries: CanaryState, coverage: Coverage) {
    if (isExcused(coverage, region, this.nowMs)) return fine(canarySubject(region, kind));
    const missed = missedOn(canaries, wayOf(region, kind));
    if (!needsTie(missed, this.nowMs)) return fine(canarySubject(region, kind));
    let tie: Tie;
    try {
      tie = (await this.surroundings.isInHistory(region, kind, missed)) ? 'in-history' : 'not-in-history';
    } catch {
      tie = 'unknown';
    }
    return judgeCanary(region, kind, missed, tie);
  }

  private silenceCheck({ habits }: HeartbeatState, notes: Notes): Check {
    return {
      subject: SILENCE_SUBJECT,
      look: async () => {
        const judged = judgeSilence(await this.ports.store.lastSeen(), habits, this.manifest.account, this.nowMs);
        notes.habits = judged.habits;
        return [fine(SILENCE_SUBJECT), ...judged.observations];
      },
    };
  }

  private async sendCanaries(
    canaries: CanaryState,
    take: (found: readonly Observation[]) => void,
  ): Promise<CanaryState> {
    const { surroundings, manifest } = this;
    const nonce = nonceOf(this.nowMs, this.ports.random());
    const sent: string[] = [];
    const ways = manifest.regions.flatMap((region) => CANARY_KINDS.map((kind) => ({ region, kind })));
    await forEachLimited(ways, CHECKS_AT_ONCE, async ({ region, kind }) => {
      const subject = `sending the ${kind} canary to ${region}`;
      const check = {
        subject,
        look: async () => {
          await surroundings.sendCanary(region, kind, nonce, undeliveredUrl(manifest, region));
          sent.push(wayOf(region, kind));
          return [fine(subject)];
        },
      };
      take(await answerOf(check));
    });
    if (sent.length === 0) return canaries;
    return { ...canaries, rounds: [...canaries.rounds, { nonce, sentMs: this.nowMs, sent: sent.sort() }] };
  }

  private async withReport(state: HeartbeatState, organizationTrail: boolean | undefined): Promise<HeartbeatState> {
    const { surroundings } = this;
    const { config, log } = this.ports;
    const week = weekOf(this.nowMs, config.timeZone);
    if (state.reported === week) return state;
    let counts: Counts | undefined;
    try {
      counts = await surroundings.counts(this.nowMs - WEEK_MS, this.nowMs);
    } catch (error) {
      log.warn('CloudWatch did not say what was counted', { error: asError(error) });
    }
    const { latencies, troubles } = state;
    const facts = { week, counts, latencies, troubles, organizationTrail };
    const report = weeklyReport(facts, config, this.manifest, this.nowMs);
    return { ...state, reported: week, latencies: NO_LATENCIES, outbox: [...state.outbox, report] };
  }

  /** The revision that is stored now; undefined where the store does not answer: what is to be told is told anyway. */
  async save(state: HeartbeatState, revision: number | undefined): Promise<number | undefined | 'overtaken'> {
    if (revision === undefined) return undefined;
    try {
      return (await this.ports.store.replaceState(state, revision)) ? revision + 1 : 'overtaken';
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.ports.log.warn('The state of the heartbeat could not be stored', { reason: error.message });
      return undefined;
    }
  }

  /** Tells what waits, the oldest first, and returns the state with what is left. */
  async tell(state: HeartbeatState, revision: number | undefined): Promise<HeartbeatState> {
    const left: Dispatch[] = [];
    let turns = 0;
    for (const dispatch of state.outbox) {
      const after = turns < TOLD_AT_ONCE ? await this.tellOne(dispatch) : dispatch;
      if (after !== dispatch) turns += 1;
      if (!after.opsTold || !after.alertsTold) left.push(after);
    }
    const told = { ...state, outbox: left };
    if (state.outbox.length > 0) await this.save(told, revision);
    return told;
  }

  private async tellOne(dispatch: Dispatch): Promise<Dispatch> {
    const { ops, alerts } = this.ports;
    const opsTold =
      dispatch.opsTold ||
      (await this.attempt('the operations topic', () => ops.publish(opsNotification(dispatch, this.manifest))));
    const alertsTold =
      dispatch.alertsTold ||
      (await this.attempt('the outbox of alerts', () => putIntoOutbox(alerts, dispatch, this.manifest)));
    const isSame = opsTold === dispatch.opsTold && alertsTold === dispatch.alertsTold;
    return isSame ? dispatch : { ...dispatch, opsTold, alertsTold };
  }

  /** One way may be broken; the other is tried all the same. */
  private async attempt(what: string, tell: () => Promise<void>): Promise<boolean> {
    try {
      await tell();
      return true;
    } catch (error) {
      this.ports.metrics.count('PublishFailures', 1);
      this.ports.log.error('A notice was not taken; it is tried again in five minutes', {
        what,
        error: asError(error),
      });
      return false;
    }
  }
}

/** What checks find besides what is wrong. */
interface Notes {
  habits: Habits;
  subscriptions: { readonly alerts: KnownSubscriptions; readonly ops: KnownSubscriptions };
  organizationTrail?: boolean;
}

const REDRIVE = 'The log of the detector says why. When the cause is gone: trailhound redrive.';
const UNDELIVERED =
  'Each message’s attributes say why the hub’s bus did not take it (ERROR_CODE); the events are in CloudTrail’s history.';
