import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { asError } from '../errors';
import type { Log, Metrics } from '../ports';
import type { Notification, Publisher } from './publisher';
import { snsMessage } from './sns-message';

/** Publishes to one topic. */
export class SnsPublisher implements Publisher {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  async publish(notification: Notification): Promise<void> {
    const { subject, attributes } = notification;
    await this.client.send(
      new PublishCommand({
        TopicArn: this.topicArn,
        Subject: subject,
        ...snsMessage(notification),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes)
            .filter(([, value]) => value.length > 0) // SNS refuses a message with an empty one
            .map(([name, value]) => [name, attributeOf(value)]),
        ),
      }),
    );
  }
}

/**
 * Publishes to the topic of alerts, and then to the one for chat. Once people were told by the first, a failure of the
 * second is counted and logged, and nothing is sent again: a broken chat must not repeat every e-mail.
 */
export class AlertTopics implements Publisher {
  constructor(
    private readonly alerts: Publisher,
    private readonly chat: Publisher,
    private readonly ports: { readonly log: Log; readonly metrics: Metrics },
  ) {}

  async publish(notification: Notification): Promise<void> {
    await this.alerts.publish(notification);
    const { chat, subject, alertIds, attributes } = notification;
    if (chat === undefined) return;
    try {
      await this.chat.publish({ subject, text: chat, alertIds, attributes });
    } catch (error) {
      this.ports.metrics.count('PublishFailures', 1);
      this.ports.log.error('The topic for chat did not accept a message; it was told by the other', {
        alertIds,
        error: asError(error),
      });
    }
  }
}

/**
 * A list matches a subscription's filter when one of its values does.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
function attributeOf(value: string | readonly string[]): MessageAttributeValue {
  return typeof value === 'string'
    ? { DataType: 'String', StringValue: value }
    : { DataType: 'String.Array', StringValue: JSON.stringify(value) };
}
