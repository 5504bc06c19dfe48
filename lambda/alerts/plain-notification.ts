import { severityAt } from '../rules/severity';
import type { Message } from './alert-store';
import { asciiSubject } from './ascii-subject';
import { mailText } from './neutral';
import type { Notification } from './publisher';

/** Messages in the plainest words, made of nothing that could be missing: for when composing fails. */
export function plainNotification(messages: readonly Message[]): Notification {
  const lines = messages.map(
    ({ level, rule, account, region, headline, alertId }) =>
      `[${severityAt(level).toUpperCase()}] ${rule} in account ${account}, ${region}: ${headline} (alert ${alertId})`,
  );
  return {
    subject: asciiSubject(lines[0] ?? 'Alert'),
    text: lines.map(mailText).join('\n\n'),
    alertIds: messages.map(({ alertId }) => alertId),
    attributes: { severity: severityAt(Math.max(...messages.map(({ level }) => level))), kind: 'alert' },
  };
}
