/** A CloudTrail record as AWS delivered it. Every field may be missing or of another type than documented. */
export type CloudTrailRecord = { readonly [field: string]: unknown };

/** How a call ended. `denied` is a failure for want of permission. */
export type Outcome = 'succeeded' | 'denied' | 'failed';

/** The one event type beyond this folder: what rules, windows and alerts read. */
export interface TrailEvent {
  /** Identity: `addendum.originalEventID ?? eventID`. The same event delivered twice has the same id. */
  readonly id: string;
  /** eventTime, milliseconds since the epoch. CloudTrail's resolution is one second. */
  readonly timeMs: number;
  /** Account that the record was delivered to (recipientAccountId). */
  readonly account: string;
  readonly region: string;
  /** eventSource, for example `ec2.amazonaws.com`. */
  readonly service: string;
  /** eventName without an API version: `UpdateFunctionCode20150331v2` is `UpdateFunctionCode`. */
  readonly call: string;
  /** Normalised principal, see actor.ts: stable across sessions of one role. */
  readonly actor: string;
  readonly outcome: Outcome;
  /** The record's own flag; undefined where AWS left it out. */
  readonly readOnly: boolean | undefined;
  /** Caller's address, if the record names an address. */
  readonly sourceIp: string | undefined;
  /** Caller's AWS service (`cloudformation.amazonaws.com`, `AWS Internal`), if the record names one instead. */
  readonly sourceService: string | undefined;
  /** True when the caller's account is known and is not the account that got this record. */
  readonly crossAccount: boolean;
  /** The record's userIdentity, which most questions about the caller begin with. */
  readonly identity: unknown;
  readonly record: CloudTrailRecord;
}

/** Why a record can't become an event. It will never parse: set it aside and count it. */
export interface UnreadableRecord {
  readonly unreadable: string;
}
