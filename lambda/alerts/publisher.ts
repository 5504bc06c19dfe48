/** Tells people: a topic, or what stands for it. */
export interface Publisher {
  /** Resolves when the topic accepted it. Rejects when it refused or did not answer: it may have been accepted. */
  publish(notification: Notification): Promise<void>;
}

export interface Notification {
  /** One line of at most 99 printable ASCII characters. */
  readonly subject: string;
  readonly text: string;
  /** Alerts that it tells of; the same ids in every repetition. */
  readonly alertIds: readonly string[];
  /** For subscription filters. */
  readonly attributes: { readonly [name: string]: string };
}
