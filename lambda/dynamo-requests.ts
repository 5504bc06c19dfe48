import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from './errors';

/** An item as the client takes and gives it. */
export type Item = Record<string, AttributeValue>;

/**
 * Errors that a repetition will not cure: the request itself is wrong. Whatever else a request fails with (throttling,
 * a timeout, a closed connection, a key or a permission that is missing for the moment) may be gone the next time.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const OURS = new Set(['ValidationException', 'SerializationException', 'TypeError', 'RangeError', 'ReferenceError']);

/** The result of a request, or StoreUnavailableError. A refused condition and our own mistakes pass unchanged. */
export async function ask<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || (error instanceof Error && OURS.has(error.name)))
      throw error;
    const reason = error instanceof Error ? error.name : String(error);
    throw new StoreUnavailableError(`${what}: ${reason}`, { cause: error });
  }
}

/** True if the conditional write took place, false if its condition was refused. */
export async function accepted(what: string, request: Promise<unknown>): Promise<boolean> {
  try {
    await ask(what, request);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Text and numbers as an item; what is undefined is left out. */
export function itemOf(fields: { readonly [name: string]: string | number | undefined }): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') item[name] = { S: value };
    else if (value !== undefined) item[name] = { N: String(value) };
  }
  return item;
}

/** Text attribute of an item that we wrote; empty if it is not there. */
export function textIn(item: Item, name: string): string {
  return item[name]?.S ?? '';
}

/** Number attribute of an item that we wrote; 0 if it is not there. */
export function numberIn(item: Item, name: string): number {
  return Number(item[name]?.N ?? 0);
}

/** A time as text that sorts as the time does. Not negative; good until the year 5138. */
export function sortableMs(timeMs: number): string {
  return String(timeMs).padStart(14, '0');
}

/** What joins the parts of a sort key, and what sorts after it: the end of a range of prefixes. */
export const JOINT = '#';
export const AFTER_JOINT = '$';

/** Time to live, in the seconds that DynamoDB wants. */
export function ttlSeconds(expiresMs: number): number {
  return Math.ceil(expiresMs / 1_000);
}
