import type { AlertStore } from '../alerts/alert-store';
import type { Notification, Publisher } from '../alerts/publisher';
import { asError } from '../errors';
import type { Log, Metrics } from '../ports';
import { HEARTBEAT_RULES } from '../rules/heartbeat/heartbeat-rules';
import { severityAt } from '../rules/severity';
import type { Place } from './dispatch';
import type { Dispatch } from './state';

/** Every key of the heartbeat's own alerts begins so: its role may write no others. */
const GROUP = 'heartbeat';
const KEPT_MS = 400 * 24 * 60 * 60_000;

/** After an outage of the topic, so many are told in one run: SNS suspends an address that gets ten a second. */
const TOLD_AT_ONCE = 5;

export interface TellPorts {
  readonly ops: Publisher;
  readonly alerts: Outbox;
  readonly log: Log;
  readonly metrics: Metrics;
}

type Outbox = Pick<AlertStore, 'insertAlert' | 'insertMessage'>;

/**
 * Tells what waits, the oldest first, both ways: each may be broken while the other is not. A way that refused something
 * is left alone for this run, and what it refused goes to the end: it may be refused for ever.
 * @returns what is still to be told
 */
export async function tellAll(outbox: readonly Dispatch[], place: Place, ports: TellPorts): Promise<Dispatch[]> {
  const down = new Set<string>();
  const waiting: Dispatch[] = [];
  const refused: Dispatch[] = [];
  const attempt = async (way: string, tell: () => Promise<void>): Promise<boolean> => {
    if (down.has(way)) return false;
    try {
      await tell();
      return true;
    } catch (error) {
      down.add(way);
      ports.metrics.count('PublishFailures', 1);
      ports.log.error('A notice was not taken; it is tried again in five minutes', { way, error: asError(error) });
      return false;
    }
  };
  let told = 0;
  for (const dispatch of outbox) {
    if (told === TOLD_AT_ONCE || down.size === 2) {
      waiting.push(dispatch);
      continue;
    }
    const { opsTold, alertsTold } = dispatch;
    const downBefore = down.size;
    const after = {
      ...dispatch,
      opsTold:
        opsTold || (await attempt('operations topic', () => ports.ops.publish(opsNotification(dispatch, place)))),
      alertsTold: alertsTold || (await attempt('outbox of alerts', () => putIntoOutbox(ports.alerts, dispatch, place))),
    };
    if (after.opsTold !== opsTold || after.alertsTold !== alertsTold) told += 1;
    if (!after.opsTold || !after.alertsTold) (down.size > downBefore ? refused : waiting).push(after);
  }
  return [...waiting, ...refused];
}

/** What the operations topic gets. */
function opsNotification({ id, subject, text, level, kind }: Dispatch, { account, region }: Place): Notification {
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
async function putIntoOutbox(
  alerts: Outbox,
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
