import type { AlertStore } from '../alerts/alert-store';
import type { Notification } from '../alerts/publisher';
import { HEARTBEAT_RULES } from '../rules/heartbeat/heartbeat-rules';
import { severityAt } from '../rules/severity';
import type { Place } from './dispatch';
import type { Dispatch } from './state';

/** Every key of the heartbeat's own alerts begins so: its role may write no others. */
const GROUP = 'heartbeat';
const KEPT_MS = 400 * 24 * 60 * 60_000;

/** What the operations topic gets. */
export function opsNotification(
  { id, subject, text, level, kind }: Dispatch,
  { account, region }: Place,
): Notification {
  return {
    subject,
    text,
    alertIds: [id],
    attributes: {
      severity: severityAt(level),
      kind: kind === 'report' ? 'heartbeat-report' : 'heartbeat',
      ...{ account, region },
    },
  };
}

/**
 * Puts it into the outbox of alerts, from where it is sent like any other. Safe to repeat: the same dispatch is the same
 * alert and the same message.
 * @throws {StoreUnavailableError}
 */
export async function putIntoOutbox(
  alerts: Pick<AlertStore, 'insertAlert' | 'insertMessage'>,
  { id, atMs, level, kind, headline }: Dispatch,
  { account, region }: Place,
): Promise<void> {
  const [trouble, recovered] = HEARTBEAT_RULES;
  const rule = kind === 'recovered' ? recovered.id : trouble.id;
  const name = { group: `${GROUP}#${id}`, bucketMs: atMs };
  const times = { firstFiringMs: atMs, lastFiringMs: atMs, createdMs: atMs, expiresMs: atMs + KEPT_MS };
  const common = { ...name, ...times, alertId: id, kind: 'window', rule, track: 'live', count: 1, level } as const;
  await alerts.insertAlert({
    ...{ ...common, key: headline, quietMs: 0, firstEventMs: atMs, multiple: 1, evidenceKinds: [], revision: 1 },
  });
  await alerts.insertMessage({ ...common, multiple: 1, account, region, actor: 'Trailhound heartbeat', headline });
}
