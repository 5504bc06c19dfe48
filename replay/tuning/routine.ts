import { guardsDetection } from '../../lambda/config/warnings';
import { DAY, type Detection, HOUR } from '../../lambda/rules/rule';
import { levelOf } from '../../lambda/rules/severity';
import { grouped } from '../counts';
import { hasMessage, type ReplayAlert } from '../replay-alert';

/**
 * Which alerts look like routine: the same rule about the same actor, again and again through all of the time, by
 * somebody who shows no sign of an attack. Nothing here is proof. A person decides, and gives a reason and a name.
 */

/** Live alerts of one rule about one actor in one account. */
export interface Group {
  readonly rule: string;
  readonly actor: string;
  readonly account: string;
  /** By time; those that another alert speaks for too. At least one has a message. */
  readonly alerts: readonly ReplayAlert[];
  readonly messages: number;
  /** Of the most severe one. */
  readonly level: number;
}

/** From the first event to the last, in milliseconds since 1970. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Fewer are no noise. */
const MESSAGES_LEAST = 3;
/** Nothing is routine in less time. */
export const PERIOD_LEAST_MS = 6 * HOUR;
/** Of so many equal parts of the period … */
const PARTS = 8;
/** … routine is seen in this many, */
const PARTS_LEAST = 3;
/** and from its first to its last alert lies this much of the period. Who broke in yesterday is not seen for a month. */
const SHARE_LEAST = 1 / 3;
/** So many kinds of other things, of medium or more, are no routine but somebody looking around. */
const OTHER_KINDS_MOST = 2;

const HIGH = levelOf('high');
const MEDIUM = levelOf('medium');

/** The groups that send messages, the loudest first. */
export function groupsOf(alerts: readonly ReplayAlert[]): Group[] {
  const groups = new Map<string, ReplayAlert[]>();
  for (const alert of alerts) {
    if (alert.mode !== 'live' || alert.suppressed !== null || levelOf(alert.severity) === 0) continue;
    const name = JSON.stringify([alert.rule, alert.actor, alert.account]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [alert]);
    else group.push(alert);
  }
  return [...groups]
    .map(([name, ofGroup]) => {
      const { rule, actor, account } = ofGroup[0] as ReplayAlert;
      const messages = ofGroup.filter(hasMessage).length;
      const level = Math.max(...ofGroup.map(({ severity }) => levelOf(severity)));
      return { name, group: { rule, actor, account, alerts: ofGroup, messages, level } };
    })
    .filter(({ group }) => group.messages > 0)
    .sort((a, b) => b.group.messages - a.group.messages || (a.name < b.name ? -1 : 1))
    .map(({ group }) => group);
}

/** Whether a group sends more than anybody would call an exception. */
export function isLoud({ messages }: Group): boolean {
  return messages >= MESSAGES_LEAST;
}

/** Why a group comes and goes, or undefined where it is there all the time. */
export function whyNotRoutine({ alerts }: Group, { fromMs, toMs }: Period): string | undefined {
  const times = alerts.map(({ firstFiringMs }) => firstFiringMs);
  const firstMs = Math.min(...times);
  const lastMs = Math.max(...times);
  const lengthMs = Math.max(1, toMs - fromMs);
  const parts = new Set(times.map((timeMs) => Math.min(PARTS - 1, Math.floor(((timeMs - fromMs) * PARTS) / lengthMs))));
  if (parts.size >= PARTS_LEAST && lastMs - firstMs >= lengthMs * SHARE_LEAST) return undefined;
  return `all within ${spanText(lastMs - firstMs)} of ${spanText(lengthMs)}: an incident looks like this too`;
}

/** `40 min`, `7 h` or `12 d`, rounded up. */
function spanText(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.ceil(ms / DAY)} d`;
  return ms >= 2 * HOUR ? `${Math.ceil(ms / HOUR)} h` : `${Math.max(1, Math.ceil(ms / 60_000))} min`;
}

/** What an alert has in common with others: who, from where, and the events. */
interface Traces {
  readonly actors: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
}

function tracesOf(alerts: readonly ReplayAlert[]): Traces {
  const actors = new Set<string>();
  const addresses = new Set<string>();
  const events = new Set<string>();
  for (const { actor, evidence, behind, eventIds } of alerts) {
    actors.add(actor);
    for (const taker of behind?.takers ?? []) actors.add(taker.actor);
    for (const sample of evidence) {
      actors.add(sample.actor);
      const { sourceIp } = sample.caller;
      if (sourceIp !== undefined) addresses.add(sourceIp);
    }
    for (const id of eventIds) events.add(id);
  }
  actors.delete('unknown');
  return { actors, addresses, events };
}

/** Looks for what else is known against those whom a group is about. */
export class Signs {
  private readonly severe: readonly { readonly alert: ReplayAlert; readonly traces: Traces }[];

  /**
   * @param alerts all of the period, also suppressed ones and those of rules on trial: they are no less a sign
   * @param rows the mission rows of each rule
   */
  constructor(
    private readonly alerts: readonly ReplayAlert[],
    private readonly rows: ReadonlyMap<string, readonly string[]>,
  ) {
    this.severe = alerts
      .filter(({ severity }) => levelOf(severity) >= HIGH)
      .map((alert) => ({ alert, traces: tracesOf([alert]) }));
  }

  /** A high or critical alert of another rule, or about somebody else, with the same actor, address or event. */
  against(group: Pick<Group, 'rule' | 'actor' | 'alerts'>): string | undefined {
    const traces = tracesOf(group.alerts);
    for (const { alert, traces: other } of this.severe) {
      if (alert.rule === group.rule && alert.actor === group.actor) continue;
      const inCommon = commonTo(traces, other);
      if (inCommon !== undefined)
        return `${alert.severity} alert ${alert.rule} by the same ${inCommon} (${alert.alertId})`;
    }
    return this.looksAround(group);
  }

  private looksAround({ rule, actor }: Pick<Group, 'rule' | 'actor'>): string | undefined {
    const own = this.rows.get(rule) ?? [];
    const others = this.alerts.filter(
      (alert) =>
        alert.actor === actor &&
        levelOf(alert.severity) >= MEDIUM &&
        !(this.rows.get(alert.rule) ?? []).some((row) => own.includes(row)),
    );
    const kinds = new Set(others.map((alert) => (this.rows.get(alert.rule) ?? []).join()));
    if (kinds.size <= OTHER_KINDS_MOST) return undefined;
    return `alerts of ${grouped(kinds.size)} other kinds by the same actor, of medium or more`;
  }
}

function commonTo(a: Traces, b: Traces): string | undefined {
  if (meet(a.events, b.events)) return 'events';
  if (meet(a.actors, b.actors)) return 'actor';
  return meet(a.addresses, b.addresses) ? 'address' : undefined;
}

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const one of few) if (many.has(one)) return true;
  return false;
}

/** Why alerts of a rule are never silenced, however routine they look; undefined where they may be. */
export function whyNever(rule: Pick<Detection, 'neverSuppressed' | 'settings' | 'attack'>): string | undefined {
  if (rule.neverSuppressed === true) return 'changes to Trailhound itself are always told';
  if (guardsDetection(rule)) return 'it watches the logs that everything else is found in';
  if (rule.settings?.some((name) => name.startsWith('honey')) === true) return 'nobody has business with a bait';
  return undefined;
}
