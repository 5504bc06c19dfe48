import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-jest';
import type { Notification } from '../../lambda/alerts/publisher';
import { AlertTopics, SnsPublisher } from '../../lambda/alerts/sns-publisher';
import { TestLog, TestMetrics } from '../memory-ports';

const sns = mockClient(SNSClient);
beforeEach(() => sns.reset());

const notification: Notification = {
  ...{
    subject: '[HIGH] Something',
    text: 'For people',
    sms: 'Short',
    data: '{"for":"programs"}',
    chat: '{"for":"chat"}',
  },
  alertIds: ['a1'],
  attributes: { severity: 'high', kind: 'digest', rule: ['r1', 'r2'], account: '', region: [] },
};
const publisher = (topic: string) => new SnsPublisher(new SNSClient({ region: 'us-east-1' }), topic);

describe('a publish', () => {
  it('has a text for each protocol, and attributes that filters understand', async () => {
    sns.on(PublishCommand).resolves({ MessageId: 'm' });
    await publisher('arn:alerts').publish(notification);
    const { Message, ...others } = sns.commandCalls(PublishCommand)[0]?.args[0].input ?? {};
    expect(others).toEqual({
      TopicArn: 'arn:alerts',
      Subject: '[HIGH] Something',
      MessageStructure: 'json',
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: 'high' },
        kind: { DataType: 'String', StringValue: 'digest' },
        rule: { DataType: 'String.Array', StringValue: '["r1","r2"]' },
      },
    });
    expect(JSON.parse(Message ?? '')).toEqual({ default: '{"for":"programs"}', email: 'For people', sms: 'Short' });
  });

  it('is the text alone where there is nothing else', async () => {
    sns.on(PublishCommand).resolves({});
    await publisher('arn:ops').publish({ subject: 's', text: 'For everybody', alertIds: [], attributes: {} });
    const { input } = sns.commandCalls(PublishCommand)[0]?.args[0] ?? {};
    expect(input).toMatchObject({ Message: 'For everybody' });
    expect(input).not.toHaveProperty('MessageStructure');
  });

  it('rejects when the topic refuses', async () => {
    sns.on(PublishCommand).rejects(new Error('throttled'));
    await expect(publisher('arn:alerts').publish(notification)).rejects.toThrow('throttled');
  });
});

describe('alerts and chat', () => {
  const log = new TestLog();
  const metrics = new TestMetrics();
  const topics = new AlertTopics(publisher('arn:alerts'), publisher('arn:chat'), { log, metrics });

  it('are told one after the other, chat in its own form', async () => {
    sns.on(PublishCommand).resolves({});
    await topics.publish(notification);
    expect(
      sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => [input.TopicArn, input.MessageStructure]),
    ).toEqual([
      ['arn:alerts', 'json'],
      ['arn:chat', undefined],
    ]);
    expect(sns.commandCalls(PublishCommand)[1]?.args[0].input.Message).toBe('{"for":"chat"}');
  });

  it('do not depend on chat: its failure is counted, and the alert is told', async () => {
    sns
      .on(PublishCommand, { TopicArn: 'arn:chat' })
      .rejects(new Error('no such topic'))
      .on(PublishCommand, { TopicArn: 'arn:alerts' })
      .resolves({});
    await topics.publish(notification);
    expect(metrics.total('PublishFailures')).toBe(1);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { alertIds: ['a1'] } }]);
  });

  it('tell chat nothing that people were not told', async () => {
    sns.on(PublishCommand).rejects(new Error('down'));
    await expect(topics.publish(notification)).rejects.toThrow('down');
    expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
  });
});
