/** Tells people: a topic, or what stands for it. */
export interface Publisher {
  /** Resolves when the topic accepted it. Rejects when it refused or did not answer: it may have been accepted. */
  publish(notification: Notification): Promise<void>;
}

export interface Notification {
  /** One line of at most 99 printable ASCII characters. */
  readonly subject: string;
  /** For e-mail. */
  readonly text: string;
  /** For phones: printable ASCII that fits one message. */
  readonly sms?: string;
  /** For programs: JSON by docs/alert.schema.json. Without it the text is for everybody. */
  readonly data?: string;
  /** For chat: JSON by the schema of Amazon Q Developer in chat applications. */
  readonly chat?: string;
  /** Alerts that it tells of; the same ids in every repetition. */
  readonly alertIds: readonly string[];
  /** For subscription filters. A list matches a filter when one of its values does. */
  readonly attributes: { readonly [name: string]: string | readonly string[] };
}
