import type { Behind } from '../lineage/taker';
import type { AlertWithMessages, Message, StoredAlert } from './alert-store';
import type { Evidence } from './evidence';
import type { Notification } from './publisher';

/** What is stored about the alert that a message tells. Empty if it is gone. */
export interface AlertContext {
  readonly alert: StoredAlert | undefined;
  /** Level and multiple of every message of the alert, the one to be told among them. */
  readonly messages: AlertWithMessages['messages'];
  /** The alert of the bucket before, if one message speaks for both. */
  readonly before: AlertWithMessages | undefined;
  readonly evidence: readonly Evidence[];
  /** Who took the role that the leading event was placed with. */
  readonly behind?: Behind | undefined;
}

/** Turns messages into what people and programs read. */
export interface Composer {
  /** One message, with all that is stored of its alert. */
  single(message: Message, context: AlertContext): Notification;
  /** Many messages in one notification; every one is listed. */
  digest(messages: readonly Message[]): Notification;
}
