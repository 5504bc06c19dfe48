import type { Message, StoredAlert } from './alert-store';
import type { Evidence } from './evidence';
import type { Notification } from './publisher';

/** Turns messages into what people read. */
export interface Composer {
  /** One message, with all that is stored of its alert. `alert` is undefined if it is gone. */
  single(message: Message, alert: StoredAlert | undefined, evidence: readonly Evidence[]): Notification;
  /** Many messages in one notification; every one is listed. */
  digest(messages: readonly Message[]): Notification;
}
