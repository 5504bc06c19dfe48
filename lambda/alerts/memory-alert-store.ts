import type {
  AlertName,
  AlertStore,
  AlertWithMessages,
  Message,
  MessageName,
  MessageState,
  PendingMessage,
  SessionTold,
  StoredAlert,
} from './alert-store';
import type { Evidence } from './evidence';
import type { Pace, PaceStore } from './pace';

interface StoredMessage extends PendingMessage {
  readonly sentMs: number | undefined;
  readonly said: SessionTold | undefined;
}

/** Alerts and messages in memory, for tests, simulations and benchmarks. Its index does not lag. Never forgets. */
export class MemoryAlertStore implements AlertStore {
  private readonly alerts = new Map<string, Map<number, StoredAlert>>();
  private readonly messages = new Map<string, Map<string, StoredMessage>>();
  private readonly evidence = new Map<string, Map<number, Evidence>>();
  private readonly untold = new Map<string, Message>();

  /** All that is stored, in no particular order. */
  everything(): AlertWithMessages[] {
    return [...this.alerts.values()].flatMap((ofGroup) =>
      [...ofGroup.values()].map((alert) => this.withMessages(alert)),
    );
  }

  async readAlerts(group: string, fromBucketMs: number, toBucketMs: number): Promise<AlertWithMessages[]> {
    return [...(this.alerts.get(group)?.values() ?? [])]
      .filter((alert) => alert.bucketMs >= fromBucketMs && alert.bucketMs <= toBucketMs)
      .sort((a, b) => a.bucketMs - b.bucketMs)
      .map((alert) => this.withMessages(alert));
  }

  async insertAlert(alert: StoredAlert): Promise<boolean> {
    const ofGroup = this.alerts.get(alert.group) ?? new Map<number, StoredAlert>();
    this.alerts.set(alert.group, ofGroup);
    if (ofGroup.has(alert.bucketMs)) return false;
    ofGroup.set(alert.bucketMs, alert);
    return true;
  }

  async replaceAlert(alert: StoredAlert): Promise<boolean> {
    const ofGroup = this.alerts.get(alert.group);
    if (ofGroup?.get(alert.bucketMs)?.revision !== alert.revision - 1) return false;
    ofGroup.set(alert.bucketMs, alert);
    return true;
  }

  async insertEvidence(alert: AlertName, kind: number, evidence: Evidence): Promise<void> {
    const kinds = this.evidence.get(nameOf(alert)) ?? new Map<number, Evidence>();
    this.evidence.set(nameOf(alert), kinds);
    if (!kinds.has(kind)) kinds.set(kind, evidence);
  }

  async readEvidence(alert: AlertName): Promise<Evidence[]> {
    const kinds = [...(this.evidence.get(nameOf(alert)) ?? [])];
    return kinds.sort(([a], [b]) => a - b).map(([, evidence]) => evidence);
  }

  async insertMessage(message: Message): Promise<boolean> {
    const ofAlert = this.messages.get(nameOf(message)) ?? new Map<string, StoredMessage>();
    this.messages.set(nameOf(message), ofAlert);
    const name = messageKey(message);
    if (ofAlert.has(name)) return false;
    ofAlert.set(name, { ...message, leasedUntilMs: 0, sentMs: undefined, said: undefined });
    return true;
  }

  async insertUntold(message: Message): Promise<void> {
    const name = `${nameOf(message)}#${messageKey(message)}`;
    if (!this.untold.has(name)) this.untold.set(name, message);
  }

  async listUntold(rule: string, fromMs: number, limit: number): Promise<Message[]> {
    return [...this.untold.values()]
      .filter((message) => message.rule === rule && message.createdMs >= fromMs)
      .sort((a, b) => a.createdMs - b.createdMs || (a.alertId < b.alertId ? -1 : 1))
      .slice(0, limit);
  }

  async listPending(limit: number): Promise<PendingMessage[]> {
    return [...this.messages.values()]
      .flatMap((ofAlert) => [...ofAlert.values()])
      .filter(({ sentMs }) => sentMs === undefined)
      .sort((a, b) => b.level - a.level || a.createdMs - b.createdMs || (a.alertId < b.alertId ? -1 : 1))
      .slice(0, limit)
      .map(({ sentMs: _, said: __, ...pending }) => pending);
  }

  async claim(name: MessageName, nowMs: number, untilMs: number): Promise<boolean> {
    const message = this.messages.get(nameOf(name))?.get(messageKey(name));
    if (message === undefined || message.sentMs !== undefined || message.leasedUntilMs > nowMs) return false;
    this.change(name, { ...message, leasedUntilMs: untilMs });
    return true;
  }

  async release(name: MessageName, leasedUntilMs: number): Promise<void> {
    const message = this.messages.get(nameOf(name))?.get(messageKey(name));
    if (message?.leasedUntilMs === leasedUntilMs && message.sentMs === undefined) {
      this.change(name, { ...message, leasedUntilMs: 0 });
    }
  }

  async markSent(name: MessageName, sentMs: number, said?: SessionTold): Promise<void> {
    const message = this.messages.get(nameOf(name))?.get(messageKey(name));
    if (message !== undefined) {
      this.change(name, { ...message, sentMs: message.sentMs ?? sentMs, said: message.said ?? said });
    }
  }

  private withMessages(alert: StoredAlert): AlertWithMessages {
    const messages = [...(this.messages.get(nameOf(alert))?.values() ?? [])];
    const untold = [...this.untold.values()].filter((message) => nameOf(message) === nameOf(alert));
    return {
      alert,
      messages: [
        ...messages.filter(({ update }) => update === undefined).map(messageState),
        ...untold.map(
          ({ group, bucketMs, level, multiple }) => ({ group, bucketMs, level, multiple, untold: true }) as const,
        ),
      ],
    };
  }

  private change(name: MessageName, message: StoredMessage): void {
    this.messages.get(nameOf(name))?.set(messageKey(name), message);
  }
}

export class MemoryPaceStore implements PaceStore {
  private pace: Pace | undefined;

  async readPace(): Promise<Pace | undefined> {
    return this.pace;
  }

  async replacePace(known: Pace | undefined, next: Pace): Promise<boolean> {
    if (known?.tokens !== this.pace?.tokens || known?.refilledMs !== this.pace?.refilledMs) return false;
    this.pace = next;
    return true;
  }
}

function nameOf({ group, bucketMs }: AlertName): string {
  return `${bucketMs}#${group}`;
}

function messageKey({ level, multiple, update }: MessageName): string {
  return update === undefined ? `${level}#${multiple}` : `update#${update.session}#${update.takers}`;
}

function messageState({ group, bucketMs, level, multiple, sentMs, said }: StoredMessage): MessageState {
  return {
    ...{ group, bucketMs, level, multiple },
    ...(sentMs === undefined ? {} : { sentMs }),
    ...(said === undefined ? {} : { said }),
  };
}
