import { eventLink, lookupCommand } from '../../lambda/alerts/links';

const ID = '90c72977-31e0-4079-9a74-ee25e5d7aadf';

describe('the page of an event', () => {
  it.each([
    ['eu-west-1', `https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/${ID}`],
    [
      'ap-southeast-5',
      `https://ap-southeast-5.console.aws.amazon.com/cloudtrailv2/home?region=ap-southeast-5#/events/${ID}`,
    ],
    [
      'us-gov-west-1',
      `https://us-gov-west-1.console.amazonaws-us-gov.com/cloudtrail/home?region=us-gov-west-1#/events/${ID}`,
    ],
    [
      'cn-northwest-1',
      `https://cn-northwest-1.console.amazonaws.cn/cloudtrail/home?region=cn-northwest-1#/events/${ID}`,
    ],
  ])('is in the console of its own region and partition: %s', (region, url) => expect(eventLink(region, ID)).toBe(url));

  it.each([
    'unknown',
    '',
    'us-iso-east-1',
    'eusc-de-east-1',
    'eu-west-1.evil.example/',
    'eu-west-1#',
    'eu-west-1\n',
    '../eu-west-1',
  ])('is not guessed: %j', (region) => expect(eventLink(region, ID)).toBeUndefined());

  it.each(['', 'unknown', `${ID}?x`, `${ID}\n`, 'javascript:alert(1)', '../../'])(
    'is of AWS’s own ids only: %j',
    (id) => expect(eventLink('eu-west-1', id)).toBeUndefined(),
  );
});

describe('a command', () => {
  it('looks up an event, or a name', () => {
    expect(lookupCommand('us-gov-east-1', 'EventId', ID)).toBe(
      `aws cloudtrail lookup-events --region us-gov-east-1 --lookup-attributes AttributeKey=EventId,AttributeValue=${ID}`,
    );
    expect(lookupCommand('eu-west-1', 'Username', 'alice@example.com')).toMatch(/AttributeValue=alice@example\.com$/);
    expect(lookupCommand('eu-west-1', 'Username', 'a=b,c')).toMatch(/AttributeValue='"a=b,c"'$/);
  });

  it.each(['$(id)', '`id`', 'a b', "a'b", 'a"b', 'a;b', 'a|b', 'a\nb', 'a&b', '', 'x'.repeat(65), 'a>b', '*', '\\'])(
    'holds nothing that a shell would run or widen: %j',
    (name) => expect(lookupCommand('eu-west-1', 'Username', name)).toBeUndefined(),
  );

  it('needs a region and a value', () => {
    expect(lookupCommand('unknown', 'EventId', ID)).toBeUndefined();
    expect(lookupCommand('eu-west-1; id', 'EventId', ID)).toBeUndefined();
    expect(lookupCommand('eu-west-1', 'EventId', undefined)).toBeUndefined();
  });
});
