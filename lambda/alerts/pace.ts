/**
 * The pace of everything that publishes: one shared bucket of tokens. SNS suspends an e-mail subscription that gets
 * more than 10 messages a second, and an attacker can cause a storm of alerts.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
export interface PaceStore {
  /** The bucket as stored, strongly consistent; undefined before its first use. */
  readPace(): Promise<Pace | undefined>;
  /** Replaces the bucket if it still is `known`. False if it is another by now. */
  replacePace(known: Pace | undefined, next: Pace): Promise<boolean>;
}

export interface Pace {
  readonly tokens: number;
  /** When `tokens` was right; never goes back, whatever the clocks of the workers say. */
  readonly refilledMs: number;
}
