import type { Notification } from './publisher';

/** Of SNS's 256 KiB, with room for attributes, and for what a protocol adds. */
export const MESSAGE_MAX_BYTES = 200_000;

/**
 * The body of a publish. With `MessageStructure: json` each protocol gets its own text: e-mail what people read, phones a
 * line, and everything else (queues, functions, web hooks) the JSON alert.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
export function snsMessage({ text, sms, data }: Notification): { Message: string; MessageStructure?: 'json' } {
  if (data === undefined && sms === undefined) return { Message: text };
  const body = { default: data ?? text, email: text, ...(sms === undefined ? {} : { sms }) };
  return { Message: JSON.stringify(body), MessageStructure: 'json' };
}

/** True when every topic takes it. */
export function fits(notification: Notification): boolean {
  const { chat = '' } = notification;
  return Math.max(Buffer.byteLength(snsMessage(notification).Message), Buffer.byteLength(chat)) <= MESSAGE_MAX_BYTES;
}
