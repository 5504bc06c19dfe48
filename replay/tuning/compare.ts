import { levelOf } from '../../lambda/rules/severity';
import { hasMessage, type ReplayAlert } from '../replay-alert';

/** An alert that two configurations do not say alike. */
export interface AlertDifference {
  /** `lost`: only the first says it; `gained`: only the second; `changed`: both, differently. */
  readonly kind: 'lost' | 'gained' | 'changed';
  /** As the first configuration says it. */
  readonly before: ReplayAlert | undefined;
  /** As the second one says it. */
  readonly after: ReplayAlert | undefined;
  /** What becomes of the message: `same` where both have one, `none` where neither has. */
  readonly message: 'lost' | 'gained' | 'same' | 'none';
  /** Fields that differ between the two. */
  readonly fields: readonly ('severity' | 'mode' | 'suppressed')[];
}

/**
 * What two configurations make of the same events: only what differs, by time.
 *
 * An alert's id follows from rule, key, track and quiet time. A configuration may change the last two, so what has no
 * partner of its id is matched with an alert of the same rule and key about the same events, else about the same time.
 */
export function differences(before: readonly ReplayAlert[], after: readonly ReplayAlert[]): AlertDifference[] {
  const afterById = new Map(after.map((alert) => [alert.alertId, alert]));
  const beforeIds = new Set(before.map(({ alertId }) => alertId));
  const left = new Partners(after.filter(({ alertId }) => !beforeIds.has(alertId)));
  const found = before.map((alert) => {
    const partner = afterById.get(alert.alertId) ?? left.takeByEvent(alert);
    return { alert, partner };
  });
  const pairs = found.map(({ alert, partner }) => differenceOf(alert, partner ?? left.takeByTime(alert)));
  const gained = left.rest().map((alert) => differenceOf(undefined, alert));
  return [...pairs, ...gained].filter(isDifferent).sort(byTime);
}

/** Alerts that wait for their partner. */
class Partners {
  /** rule and key → alerts, by time */
  private readonly waiting = new Map<string, Set<ReplayAlert>>();

  constructor(alerts: readonly ReplayAlert[]) {
    for (const alert of [...alerts].sort((a, b) => timeOrder(a, b))) {
      const name = nameOf(alert);
      const same = this.waiting.get(name);
      if (same === undefined) this.waiting.set(name, new Set([alert]));
      else same.add(alert);
    }
  }

  takeByEvent(alert: ReplayAlert): ReplayAlert | undefined {
    const ids = new Set(alert.eventIds);
    return this.take(alert, ({ eventIds }) => eventIds.some((id) => ids.has(id)));
  }

  takeByTime({ firstEventMs, lastFiringMs, ...alert }: ReplayAlert): ReplayAlert | undefined {
    return this.take(alert, (other) => other.firstEventMs <= lastFiringMs && firstEventMs <= other.lastFiringMs);
  }

  rest(): ReplayAlert[] {
    return [...this.waiting.values()].flatMap((same) => [...same]);
  }

  private take(
    alert: Pick<ReplayAlert, 'rule' | 'key'>,
    fits: (other: ReplayAlert) => boolean,
  ): ReplayAlert | undefined {
    const same = this.waiting.get(nameOf(alert));
    for (const other of same ?? []) {
      if (!fits(other)) continue;
      same?.delete(other);
      return other;
    }
    return undefined;
  }
}

function nameOf({ rule, key }: Pick<ReplayAlert, 'rule' | 'key'>): string {
  return `${rule}|${key}`;
}

function differenceOf(before: ReplayAlert | undefined, after: ReplayAlert | undefined): AlertDifference {
  const told = before !== undefined && hasMessage(before);
  const tells = after !== undefined && hasMessage(after);
  const fields = (['severity', 'mode', 'suppressed'] as const).filter(
    (field) => before !== undefined && after !== undefined && before[field] !== after[field],
  );
  return {
    kind: before === undefined ? 'gained' : after === undefined ? 'lost' : 'changed',
    before,
    after,
    message: told ? (tells ? 'same' : 'lost') : tells ? 'gained' : 'none',
    fields,
  };
}

function isDifferent({ kind, message, fields }: AlertDifference): boolean {
  return kind !== 'changed' || fields.length > 0 || message === 'lost' || message === 'gained';
}

function byTime(a: AlertDifference, b: AlertDifference): number {
  return timeOrder(theAlert(a), theAlert(b));
}

/** The alert as it was, or as it came. */
export function theAlert({ before, after }: AlertDifference): ReplayAlert {
  return (before ?? after) as ReplayAlert; // a difference has at least one of the two
}

function timeOrder(a: ReplayAlert, b: ReplayAlert): number {
  return a.firstFiringMs - b.firstFiringMs || (a.alertId < b.alertId ? -1 : 1);
}

/** Messages of at least this level that the second configuration no longer sends, or sends with less than it. */
export function lostMessages(of: readonly AlertDifference[], level: number): AlertDifference[] {
  return of.filter(({ before, after }) => {
    const reaches = (alert: ReplayAlert | undefined) =>
      alert !== undefined && hasMessage(alert) && levelOf(alert.severity) >= level;
    return reaches(before) && !reaches(after);
  });
}
