import fc from 'fast-check';
import { chatText, cut, harmless, mailText, safeJson, visible, withoutSecrets } from '../../lambda/alerts/neutral';
import { runs } from '../property';

const KEY = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TOKEN = `IQoJb3JpZ2luX2VjE${'aB3dE5fG7'.repeat(20)}==`;

describe('secrets', () => {
  it.each([
    ['an access key ID', `key ${KEY} of bob`, 'key AKIA…MPLE of bob'],
    ['one within a word', `key_${KEY}x`, 'key_AKIA…MPLEx'],
    ['a secret access key by its look', `found ${SECRET} there`, 'found [removed] there'],
    ['a session token by its look', `found ${TOKEN} there`, 'found [removed] there'],
    ['a password', 'password=hunter2&x=1', 'password=[removed]&x=1'],
    [
      'a password of JSON, with blanks and commas',
      '{"masterUserPassword":"a, b} c","x":1}',
      '{"masterUserPassword":"[removed]","x":1}',
    ],
    [
      'one of JSON within JSON',
      '{\\"newPassword\\":\\"a, b\\",\\"x\\":1}',
      '{\\"newPassword\\":\\"[removed]\\",\\"x\\":1}',
    ],
    ['one behind a line break', 'Password:\ufffd hunter2', 'Password:\ufffd [removed]'],
    ['an environment variable', "DB_PASSWORD='it is'", "DB_PASSWORD='[removed]'"],
    [
      'a signed URL',
      'https://b.example/k?X-Amz-Credential=A%2F1&X-Amz-Security-Token=t&X-Amz-Signature=abc',
      'https://b.example/k?X-Amz-Credential=[removed]&X-Amz-Security-Token=[removed]&X-Amz-Signature=[removed]',
    ],
    ['an authorization', 'Authorization: Bearer abc.def', 'Authorization: [removed]'],
    ['a bearer token by itself', 'sent Bearer abcdefghijklmnop1234', 'sent Bearer [removed]'],
    ['a web token', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end', 'jwt [removed] end'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\ufffdMIIE\ufffd-----END RSA PRIVATE KEY----- x', '[removed] x'],
    ['half a private key', '-----BEGIN PRIVATE KEY-----\ufffdMIIEow', '[removed]'],
    ['a token of GitHub', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', '[removed]'],
    ['user data', 'userData=IyEvYmluL2Jhc2g', 'userData=[removed]'],
    ['a named secret', '{"secretString": "x", "token": "y"}', '{"secretString": "[removed]", "token": "[removed]"}'],
  ])('%s is removed', (_what, text, expected) => expect(withoutSecrets(text)).toBe(expected));

  it.each([
    'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf',
    'arn:aws:iam::111122223333:role/service/team/application/production/DeployerRole1',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AdministratorAccess_0123456789abcdef',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'The security token included in the request is invalid',
    'iam:ChangePassword on user bob',
    'arn:aws:s3:::AWSLogs/111122223333/CloudTrail/objects',
    'arn:aws:iam::111122223333:role/WebAppDeployPipelineForCustomersInProductionRole01',
    'Password of bob changed',
    'alice@example.com',
  ])('%s is none', (text) => expect(withoutSecrets(text)).toBe(text));

  it('are looked for wherever one may be: the quick look spares no text that the patterns would change', () => {
    const parts = fc.constantFrom(
      ...['A', 'KIA', 'AKIA', 'ASIA', 'ACCA', '0123456789ABCDEF', 'eyJ', 'eyJhbGciOi', 'gh', 'ghp_', 'xoxb-', '-', '_'],
      ...[
        '-----BEGIN PRIVATE KEY-----',
        'Bearer ',
        'password',
        'Passwd',
        'DB_PASSPHRASE',
        'token',
        'TOKEN',
        'secret',
        'pwd',
      ],
      ...[
        'authorization',
        'X-Amz-Signature',
        'x-amz-credential',
        'sessionToken',
        'secretAccessKey',
        'apiKey',
        'userData',
      ],
      ...[
        'secret_string',
        'secretBinary',
        '=',
        ':',
        ' ',
        '"',
        "'",
        '\\',
        '\ufffd',
        '/',
        '+',
        '.',
        '\u00e9',
        'x',
        SECRET,
      ],
      ...['aB3dE5fG7/', 'role', '1'],
    );
    const text = fc.array(parts, { maxLength: 12 }).map((some) => some.join(''));
    fc.assert(
      // What stands before makes the patterns run, and is none of their business.
      fc.property(text, (some) => withoutSecrets(`Bearer . ${some}`) === `Bearer . ${withoutSecrets(some)}`),
      runs(5_000),
    );
  });

  it('are removed before the text is cut: half a secret is not recognised', () => {
    expect(harmless(`${'x'.repeat(190)} ${SECRET}`, 200)).not.toContain('wJalr');
  });

  it('cost no more time than the text is long', () => {
    const long = [
      'a'.repeat(100_000),
      'password'.repeat(12_500),
      `password="${'\\\\'.repeat(50_000)}`,
      'A1b'.repeat(33_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(3_700),
      'eyJ'.repeat(33_000),
      'a-'.repeat(50_000),
      'a.'.repeat(50_000),
      'http:'.repeat(20_000),
    ];
    const before = process.cpuUsage();
    for (const text of long) mailText(withoutSecrets(visible(text)));
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
  });
});

describe('a cut', () => {
  it('says how much is missing, and leaves no half of a letter', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdefg', 3)).toBe('abc… [truncated 4]');
    expect(cut('ab\u{1f600}cd', 3)).toBe('ab… [truncated 4]');
  });
});

describe('for mail', () => {
  it.each([
    ['https://evil.example/x', 'https[:]//evil[.]example/x'],
    ['javascript:alert(1)', 'javascript[:]alert(1)'],
    ['www.example.com', 'www[.]example[.]com'],
    ['evil.s3.amazonaws.com/page', 'evil[.]s3[.]amazonaws[.]com/page'],
    ['s3.amazonaws.com/evil', 's3[.]amazonaws[.]com/evil'],
    ['alice@example.com/x', 'alice@example[.]com/x'],
    ['evil\u3002example', 'evil[.]example'],
    ['<b>x</b>', '\u2039b\u203ax\u2039/b\u203a'],
    ['{{7*7}} #{x}', '{ {7*7}} # {x}'],
  ])('%s becomes %s', (text, expected) => expect(mailText(text)).toBe(expected));

  it.each([
    'arn:aws:iam::111122223333:user/alice@example.com',
    'first.last@example.com',
    'ec2.amazonaws.com',
    'sqs.amazonaws.com.cn',
    '198.51.100.7',
    'aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.1 lang/python#3.13.2',
    'tcp 22 from 0.0.0.0/0',
    'it was refused (AccessDenied: no policy allows it)',
  ])('%s stays as it is', (text) => expect(mailText(text)).toBe(text));
});

it('a domain is taken whole, whatever is written behind it', () => {
  expect(mailText('awswww.evil.example-cli/2.27.1')).toBe('awswww[.]evil[.]example-cli/2.27.1');
  expect(mailText('www.evil.example_x')).toBe('www[.]evil[.]example_x');
  expect(mailText('evil.example2')).toBe('evil[.]example2');
  expect(mailText(`evil.example${'x'.repeat(64)}`)).toBe(`evil[.]example${'x'.repeat(64)}`);
  expect(mailText(`${'x'.repeat(64)}.evil.example`)).toBe(`${'x'.repeat(64)}[.]evil[.]example`);
  expect(mailText('www.evil.example@channel')).toBe('www[.]evil[.]example@channel');
});

it('chat gets no mention, link, or code', () => {
  expect(chatText('<!channel> @here `x` [a](b) &amp;')).toBe(
    '\u2039!channel\u203a \uff20here \u02cbx\u02cb [a] (b) \uff06amp;',
  );
  expect(chatText('alice@example.com')).toBe('alice\uff20example[.]com');
});

it('JSON for pages reads as the same value', () => {
  const value = { a: '</script><b>&', b: [1, null] };
  expect(safeJson(value)).not.toMatch(/[<>&]/);
  expect(JSON.parse(safeJson(value))).toEqual(value);
});
