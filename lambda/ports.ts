/** What the pipeline needs of the world beside its stores. Handlers pass the real ones, tests and simulations others. */

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** Structured log. What records say goes only into `fields`, made harmless before (see alerts/neutral.ts). */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = { readonly [name: string]: string | number | boolean | readonly string[] | Error };

/** Counters. Each name is a fact that an alarm or the dashboard shows. */
export interface Metrics {
  count(name: MetricName, value: number, dimensions?: { readonly rule?: string; readonly reason?: string }): void;
}

export type MetricName =
  /** Records read from the queue. */
  | 'Records'
  /** Records that will never parse: set aside and acknowledged. */
  | 'MalformedEvents'
  /** Events that are not evaluated live; `reason`: foreign-account, replay, future, own-check. */
  | 'IgnoredEvents'
  /** Exceptions in a rule's own code, at most one per rule and invocation. */
  | 'RuleErrors'
  /** Records returned to the queue because a store did not answer. */
  | 'ReturnedRecords'
  /** Failures that are neither the store's nor a rule's: bugs. Their records are returned too. */
  | 'UnexpectedErrors'
  /** Alerts raised or continued, once per alert and batch; `reason`: the kind of track. */
  | 'Raises'
  /** Messages inserted into the outbox. */
  | 'Messages'
  /** Windows that hold more than a verdict may read. */
  | 'TooMuchToCount'
  /** Critical alerts told past the alerts table because it did not answer. */
  | 'DegradedPublishes'
  /** Messages accepted by the topic, those in digests included. */
  | 'Published'
  /** Publishes that the topic refused or did not answer. */
  | 'PublishFailures'
  /** Messages that a drain saw waiting when it began. */
  | 'PendingMessages'
  /** Times that the heartbeat went through all its checks: an alarm rings when it does not. */
  | 'HeartbeatRuns'
  /** Checks of the heartbeat that AWS did not answer. */
  | 'UnknownChecks';
