import { DAY } from '../../lambda/rules/rule';
import { grouped } from '../counts';
import { hasMessage, type ReplayAlert } from '../replay-alert';

/** A day with more alerts than wanted. */
export interface LoudDay {
  /** `2026-11-20`: a day of UTC, by the time of the event with which the alert first fired. */
  readonly day: string;
  /** Alerts with a message. */
  readonly alerts: number;
  /** The rules with the most of them, at most three, the loudest first. */
  readonly loudest: readonly { readonly rule: string; readonly alerts: number }[];
}

/** Days with more than so many alerts with a message, in their order. */
export function loudDays(alerts: readonly ReplayAlert[], mostPerDay: number): LoudDay[] {
  const days = new Map<number, Map<string, number>>();
  for (const alert of alerts) {
    if (!hasMessage(alert)) continue;
    const day = Math.floor(alert.firstFiringMs / DAY);
    const rules = days.get(day) ?? new Map<string, number>();
    days.set(day, rules.set(alert.rule, (rules.get(alert.rule) ?? 0) + 1));
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, rules]): LoudDay => {
      const byRule = [...rules].map(([rule, count]) => ({ rule, alerts: count }));
      byRule.sort((a, b) => b.alerts - a.alerts || (a.rule < b.rule ? -1 : 1));
      return {
        day: new Date(day * DAY).toISOString().slice(0, 10),
        alerts: byRule.reduce((sum, rule) => sum + rule.alerts, 0),
        loudest: byRule.slice(0, 3),
      };
    })
    .filter((day) => day.alerts > mostPerDay);
}

/** `2026-11-20 (UTC): 14 alerts with a message, more than 10; loudest: denied-reads 9, …` */
export function loudDayText({ day, alerts, loudest }: LoudDay, mostPerDay: number): string {
  const rules = loudest.map(({ rule, alerts: count }) => `${rule} ${grouped(count)}`).join(', ');
  return `${day} (UTC): ${grouped(alerts)} alert${alerts === 1 ? '' : 's'} with a message, more than ${grouped(mostPerDay)}; loudest: ${rules}`;
}
