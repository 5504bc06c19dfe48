import type { AlertView } from '../../lambda/alerts/alert-view';
import { emailSubject, emailText } from '../../lambda/alerts/email';
import { inOrder } from '../../lambda/alerts/evidence';
import type { Frame } from '../../lambda/alerts/frame';
import { levelOf } from '../../lambda/rules/severity';
import { SUPPRESSED } from '../../lambda/rules/suppression';
import { hasMessage, type ReplayAlert } from '../replay-alert';

/** Every message as it would arrive, from its subject on, with a line of dashes between two. */
export function email(alerts: readonly ReplayAlert[], frame: Frame): string {
  return alerts
    .filter(hasMessage)
    .map((alert) => {
      const view = viewOfReplay(alert);
      return `Subject: ${emailSubject(view, frame)}\n\n${emailText(view, frame)}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}

/** The alert as messages see one. Over files nothing is detected late, and nobody is told. */
export function viewOfReplay(alert: ReplayAlert): AlertView {
  const { alertId, rule, key, multiple, account, region, actor, count, firstEventMs, lastFiringMs } = alert;
  const samples = inOrder(alert.evidence);
  return {
    ...{ alertId, rule, key, multiple, account, region, actor, count, firstEventMs, lastFiringMs },
    kind: 'window',
    track: alert.suppressed === null ? alert.mode : SUPPRESSED + alert.suppressed,
    level: levelOf(alert.severity),
    stage: { kind: 'opened' },
    // The replay's own headline also counts; a message has a line for that.
    headline: samples[0]?.headline ?? alert.headline,
    ...(alert.behind === undefined ? {} : { behind: alert.behind }),
    detected: undefined,
    toldMs: undefined,
    samples,
    samplesLeftOut: 0,
  };
}
