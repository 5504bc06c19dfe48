import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { awsCloud, queueUrlOf } from '../../bin/cloud';
import { runRedrive } from '../../bin/commands/redrive';
import { runSendTest } from '../../bin/commands/send-test';
import { receive } from '../../lambda/intake/receive';
import { RULES } from '../../lambda/rules';
import { screen as io, NOW, OUTPUTS, PaperCloud } from './paper-cloud';

describe('send-test', () => {
  it('sends the example of a critical rule as events of this moment', async () => {
    const cloud = new PaperCloud();
    const screen = io();
    expect(await runSendTest([], screen, () => cloud)).toBe(0);
    expect(screen.out()).toContain('1 made-up record of cloudtrail-stopped sent');
    expect(cloud.sent.map(({ queueUrl }) => queueUrl)).toEqual([OUTPUTS.TestQueueUrl]);
    const [event] = eventsIn(cloud);
    expect(event).toMatchObject({
      call: 'StopLogging',
      outcome: 'succeeded',
      timeMs: Date.parse('2026-11-20T08:15:30Z'),
    });
  });

  it('keeps the gaps of a timeline, and its repeats', async () => {
    const cloud = new PaperCloud();
    await runSendTest(['--rule', 'denied-reads'], io(), () => cloud);
    const times = eventsIn(cloud).map(({ timeMs }) => timeMs);
    expect(times.length).toBeGreaterThan(1);
    expect(Math.max(...times)).toBe(Date.parse('2026-11-20T08:15:30Z'));
    expect(Math.min(...times)).toBeLessThan(Math.max(...times));
  });

  it('counts anew each time', async () => {
    const [first, second] = [new PaperCloud(), new PaperCloud()];
    await runSendTest([], io(), () => first);
    await runSendTest([], io(), () => second);
    const [one, two] = [first, second].map((cloud) => eventsIn(cloud)[0]?.id);
    expect(one).not.toBe(two);
  });

  it.each(
    RULES.filter(({ baseline, replayOnly }) => baseline === undefined && replayOnly !== true).map(({ id }) => id),
  )('sends %s as the detector reads it, or says why not', async (id) => {
    const cloud = new PaperCloud();
    const done = await runSendTest(['--rule', id], io(), () => cloud).catch((error: Error) => error);
    if (done instanceof Error) expect(done.message).toMatch(/needs settings of its own/);
    else expect(eventsIn(cloud).length).toBeGreaterThan(0);
  });

  it.each([
    [['--rule', 'cloudtrail-stoped'], /did you mean cloudtrail-stopped/],
    [['--rule', RULES.find(({ baseline }) => baseline !== undefined)?.id ?? ''], /not seen before/],
    [['--rule', 'no-events'], /for files alone/],
    [['now'], /takes no arguments/],
    [['--rul', 'x'], /did you mean --rule/],
  ])('refuses %j', async (args, message) => {
    const cloud = new PaperCloud();
    await expect(runSendTest(args, io(), () => cloud)).rejects.toThrow(message);
    expect(cloud.sent).toEqual([]);
  });

  it('says so when the stack is another one', async () => {
    const cloud = new PaperCloud({});
    await expect(runSendTest(['--stack', 'Other'], io(), () => cloud)).rejects.toThrow(
      /Other has no output TestQueueUrl/,
    );
  });

  function eventsIn(cloud: PaperCloud) {
    return cloud.sent
      .flatMap(({ bodies }) => bodies)
      .map((body) => {
        const received = receive({ messageId: 'm', body }, NOW);
        if (!('event' in received)) throw new Error(JSON.stringify(received));
        return received.event;
      });
  }
});

describe('redrive', () => {
  const counts = { [OUTPUTS.PriorityFailedQueueArn]: 7_000, [OUTPUTS.BulkFailedQueueArn]: 1 };

  it('moves what waits back to its own queue', async () => {
    const cloud = new PaperCloud(OUTPUTS, counts);
    const screen = io();
    expect(await runRedrive([], screen, () => cloud)).toBe(0);
    expect(cloud.moved).toEqual([
      [OUTPUTS.PriorityFailedQueueArn, OUTPUTS.PriorityQueueArn, 50],
      [OUTPUTS.BulkFailedQueueArn, OUTPUTS.BulkQueueArn, 50],
    ]);
    expect(screen.out()).toBe(
      'priority: moving about 7000 events, done in about 3 minutes.\nbulk: moving about 1 event, done in about 1 minute.\n',
    );
  });

  it('moves one queue alone, at another rate', async () => {
    const cloud = new PaperCloud(OUTPUTS, counts);
    await runRedrive(['--queue', 'bulk', '--rate', '500'], io(), () => cloud);
    expect(cloud.moved).toEqual([[OUTPUTS.BulkFailedQueueArn, OUTPUTS.BulkQueueArn, 500]]);
  });

  it('only counts on a dry run, and starts nothing where nothing waits', async () => {
    const cloud = new PaperCloud(OUTPUTS, { [OUTPUTS.PriorityFailedQueueArn]: 3 });
    const screen = io();
    await runRedrive(['--dry-run'], screen, () => cloud);
    await runRedrive(['--queue', 'bulk'], screen, () => cloud);
    expect(cloud.moved).toEqual([]);
    expect(screen.out()).toBe(
      'priority: about 3 events wait.\nbulk: nothing was given up.\nbulk: nothing was given up.\n',
    );
  });

  it.each([
    [['--rate', '0'], /--rate/],
    [['--rate', '501'], /--rate/],
    [['--rate', '5e2'], /--rate/],
    [['--queue', 'test'], /--queue/],
  ])('refuses %j', async (args, message) => {
    await expect(runRedrive(args, io(), () => new PaperCloud(OUTPUTS, counts))).rejects.toThrow(message);
  });
});

describe('AWS, as the commands see it', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  const sqs = mockClient(SQSClient);
  const cloud = awsCloud({ region: 'eu-west-1' });
  beforeEach(() => {
    cloudFormation.reset();
    sqs.reset();
  });

  it('gives the outputs of a stack', async () => {
    const Outputs = [{ OutputKey: 'Version', OutputValue: '1.2.3' }];
    cloudFormation
      .on(DescribeStacksCommand, { StackName: 'Trailhound-Hub' })
      .resolves({ Stacks: [{ StackName: 'x', CreationTime: new Date(0), StackStatus: 'CREATE_COMPLETE', Outputs }] });
    expect(await cloud.stackOutputs('Trailhound-Hub')).toEqual({ Version: '1.2.3' });
  });

  it('sends ten messages at a time', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    await cloud.sendMessages(
      OUTPUTS.TestQueueUrl,
      Array.from({ length: 23 }, (_, index) => `body ${index}`),
    );
    const batches = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);
    expect(batches.map((entries) => entries.length)).toEqual([10, 10, 3]);
    expect(new Set(batches.flat().map(({ MessageBody }) => MessageBody)).size).toBe(23);
  });

  it('tells of a message that was refused', async () => {
    const Failed = [{ Id: '0', SenderFault: true, Code: 'InvalidMessageContents', Message: 'odd characters' }];
    sqs.on(SendMessageBatchCommand).resolves({ Failed });
    await expect(cloud.sendMessages(OUTPUTS.TestQueueUrl, ['x'])).rejects.toThrow(
      'the test queue refused a record: odd characters',
    );
  });

  it('counts and moves by ARN', async () => {
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '12' } });
    sqs.on(StartMessageMoveTaskCommand).resolves({});
    expect(await cloud.waiting(OUTPUTS.BulkFailedQueueArn)).toBe(12);
    expect(sqs.commandCalls(GetQueueAttributesCommand)[0]?.args[0].input.QueueUrl).toBe(
      'https://sqs.eu-west-1.amazonaws.com/111122223333/bulk-failed',
    );
    await cloud.move(OUTPUTS.BulkFailedQueueArn, OUTPUTS.BulkQueueArn, 50);
    // Always with its destination: what EventBridge put there has no queue to go back to.
    expect(sqs.commandCalls(StartMessageMoveTaskCommand)[0]?.args[0].input).toEqual({
      SourceArn: OUTPUTS.BulkFailedQueueArn,
      DestinationArn: OUTPUTS.BulkQueueArn,
      MaxNumberOfMessagesPerSecond: 50,
    });
  });

  it('knows where the queues of China are', () => {
    expect(queueUrlOf('arn:aws-cn:sqs:cn-north-1:111122223333:q')).toBe(
      'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q',
    );
  });

  it.each([
    ['AccessDeniedException', 'no', /Take the operator role first/],
    ['ValidationError', 'Stack with id x does not exist', /Is it deployed in this region \(--region\)/],
    ['CredentialsProviderError', 'Could not load credentials', /Log in to the account of the hub/],
    ['Error', 'Region is missing', /Give --region/],
    ['ThrottlingException', 'Rate exceeded', /^the stack x: Rate exceeded$/],
  ])('says what to do about %s', async (name, message, advice) => {
    cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error(message), { name }));
    const failed = cloud.stackOutputs('x');
    await expect(failed).rejects.toThrow(advice);
    await expect(failed).rejects.toMatchObject({ name: 'UsageError' });
  });
});
