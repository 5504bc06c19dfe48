import type { AlertStore } from './alerts/alert-store';
import type { Publisher } from './alerts/publisher';
import { forEachLimited } from './concurrency';
import type { HeartbeatData } from './config/heartbeat-data';
import type { Manifest } from './config/manifest';
import { asError, StoreUnavailableError } from './errors';
import { type Returned, withoutExplained } from './heartbeat/canaries';
import { canariesBack, canaryChecks, newRound } from './heartbeat/canary-rounds';
import { checksOf, type Note, type Notes, type Sight } from './heartbeat/checks';
import { troubleDispatch } from './heartbeat/dispatch';
import { coverageOf } from './heartbeat/grace';
import type { HeartbeatStore } from './heartbeat/heartbeat-store';
import { answerOf, type Check } from './heartbeat/look';
import { fine, type Observation, unknown } from './heartbeat/observation';
import { weeklyReport } from './heartbeat/report';
import { untoldOf } from './heartbeat/shadow';
import { FIRST_STATE, type HeartbeatState } from './heartbeat/state';
import { explainedBy, judge } from './heartbeat/states';
import type { Counts, Surroundings } from './heartbeat/surroundings';
import { tellAll } from './heartbeat/tell';
import { type Latencies, NO_LATENCIES, weekOf, withLatency } from './heartbeat/week';
import type { Clock, Log, Metrics } from './ports';

export interface HeartbeatPorts {
  readonly config: HeartbeatData;
  readonly store: HeartbeatStore;
  readonly alerts: Pick<AlertStore, 'insertAlert' | 'insertMessage' | 'listPending' | 'listUntold'>;
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
  private readonly sight: Sight;

  constructor(
    private readonly ports: HeartbeatPorts,
    manifest: Manifest,
    surroundings: Surroundings,
  ) {
    this.nowMs = ports.clock.nowMs();
    const { config, store, alerts } = ports;
    this.sight = { manifest, config, surroundings, store, alerts, nowMs: this.nowMs };
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
    const { config, metrics, random } = this.ports;
    const { nowMs, sight } = this;
    const { manifest } = sight;
    const coverage = coverageOf(state.coverage, manifest.regions, nowMs);
    const observations = [...before];
    const look = (checks: readonly Check[]) =>
      forEachLimited(checks, CHECKS_AT_ONCE, async (check) => void observations.push(...(await answerOf(check))));
    let notes: Notes = { habits: state.habits, subscriptions: state.subscriptions };
    const note: Note = (change) => {
      notes = change(notes);
    };
    const back = await canariesBack(state.canaries, { ...this.ports, nowMs });
    await look([...checksOf(sight, notes, note), ...canaryChecks(sight, back?.state, coverage)]);
    const waiting = withoutExplained(back?.state ?? state.canaries, explainedBy(observations));
    const round = newRound(sight, waiting, random());
    await look(round.checks);
    const unanswered = observations.filter(({ status }) => status === 'unknown').length;
    if (unanswered > 0) metrics.count('UnknownChecks', unanswered);
    const { troubles, notices } = judge(observations, state.troubles, nowMs);
    const dispatch = troubleDispatch(notices, manifest, nowMs);
    const { habits, subscriptions, organizationTrail } = notes;
    const judged: HeartbeatState = {
      ...{ ranMs: nowMs, troubles, canaries: round.withSent(), coverage, habits, subscriptions },
      latencies: this.measured(state.latencies, back?.returned ?? []),
      reported: state.reported ?? weekOf(nowMs, config.timeZone),
      outbox: [...state.outbox, ...(dispatch === undefined ? [] : [dispatch])].slice(-OUTBOX_MAX),
    };
    return this.withReport(judged, organizationTrail);
  }

  private measured(latencies: Latencies, returned: readonly Returned[]): Latencies {
    let measured = latencies;
    for (const one of returned) {
      this.ports.measured(one);
      measured = withLatency(measured, one.kind, one.latencyMs);
    }
    return measured;
  }

  private async withReport(state: HeartbeatState, organizationTrail: boolean | undefined): Promise<HeartbeatState> {
    const { surroundings, manifest } = this.sight;
    const { config, log } = this.ports;
    const week = weekOf(this.nowMs, config.timeZone);
    if (state.reported === week) return state;
    let counts: Counts | undefined;
    try {
      counts = await surroundings.counts(this.nowMs - WEEK_MS, this.nowMs);
    } catch (error) {
      log.warn('CloudWatch did not say what was counted', { error: asError(error) });
    }
    const untold = await untoldOf(this.ports.alerts, config, this.nowMs - WEEK_MS, (error) =>
      log.warn('The table of alerts did not say what a rule in shadow mode found', { error: asError(error) }),
    );
    const { latencies, troubles } = state;
    const facts = { week, counts, latencies, untold, troubles, organizationTrail };
    const report = weeklyReport(facts, config, manifest, this.nowMs);
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

  /** Tells what waits, and returns the state with what is left. */
  async tell(state: HeartbeatState, revision: number | undefined): Promise<HeartbeatState> {
    if (state.outbox.length === 0) return state;
    const told = { ...state, outbox: await tellAll(state.outbox, this.sight.manifest, this.ports) };
    await this.save(told, revision);
    return told;
  }
}
