import { alertDocument } from '../../lambda/alerts/alert-document';
import { chatMessage } from '../../lambda/alerts/chat';
import { emailSubject, emailText } from '../../lambda/alerts/email';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { safeJson } from '../../lambda/alerts/neutral';
import { snsMessage } from '../../lambda/alerts/sns-message';
import { suppressionStanza } from '../../lambda/alerts/suppression-stanza';
import { parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { createDetector } from '../../lambda/detect';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { EXAMPLES } from '../../lambda/rules/examples';
import { MINUTE, type Rule, type SampleRecord } from '../../lambda/rules/rule';
import { but, call, consoleLogin, denied, repeat, role, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { csv, jsonLines } from '../../replay/formats/data';
import { viewOfReplay } from '../../replay/formats/email';
import { html } from '../../replay/formats/html';
import { table } from '../../replay/formats/table';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { alertsOf, engineFor } from '../rules/timeline';
import { dangersInCsv, dangersInJson, dangersInSubject, LYING, leavesOf } from './dangers';
import { PAYLOADS } from './hostile-payloads';
import { frame, NOW_MS } from './told-alerts';

const english = frame();
const ruleOf = (id: string): Rule => RULES.find((rule) => rule.id === id) as Rule;
const rulesById = new Map(RULES.map((rule) => [rule.id, rule]));

/** Where attackers write, and a timeline that shows it. */
interface Field {
  readonly name: string;
  readonly rule: string;
  readonly timeline: (text: string) => readonly SampleRecord[];
}

const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } });
const inIdentity = (of: (text: string) => SampleRecord) => (text: string) => [but(stopped, { userIdentity: of(text) })];
const group = (fields: SampleRecord) =>
  call('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {
    requestParameters: {
      groupId: 'sg-0123456789abcdef0',
      ipPermissions: {
        items: [
          { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0', ...fields }] } },
        ],
      },
    },
    responseElements: { _return: true },
  });

const FIELDS: readonly Field[] = [
  { name: 'userAgent', rule: 'cloudtrail-stopped', timeline: (text) => [but(stopped, { userAgent: text })] },
  {
    name: 'sourceIPAddress',
    rule: 'cloudtrail-stopped',
    timeline: (text) => [but(stopped, { sourceIPAddress: text })],
  },
  {
    name: 'name of a trail',
    rule: 'cloudtrail-stopped',
    timeline: (text) => [but(stopped, { requestParameters: { name: text } })],
  },
  { name: 'awsRegion', rule: 'cloudtrail-stopped', timeline: (text) => [but(stopped, { awsRegion: text })] },
  {
    name: 'account',
    rule: 'cloudtrail-stopped',
    timeline: (text) => [but(stopped, { recipientAccountId: text, userIdentity: { type: 'IAMUser', userName: 'x' } })],
  },
  {
    name: 'role session name',
    rule: 'cloudtrail-stopped',
    timeline: inIdentity((text) => role('Admin', text)),
  },
  {
    name: 'single sign-on session name',
    rule: 'cloudtrail-stopped',
    timeline: inIdentity((text) => role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', text)),
  },
  { name: 'role name', rule: 'cloudtrail-stopped', timeline: inIdentity((text) => role(text, 'session')) },
  { name: 'user name', rule: 'cloudtrail-stopped', timeline: inIdentity((text) => user(text)) },
  { name: 'type', rule: 'cloudtrail-stopped', timeline: inIdentity((text) => ({ ...user('bob'), type: text })) },
  {
    name: 'access key',
    rule: 'cloudtrail-stopped',
    timeline: inIdentity((text) => ({ ...user('bob'), accessKeyId: text })),
  },
  {
    name: 'source identity',
    rule: 'cloudtrail-stopped',
    timeline: inIdentity((text) => {
      const identity = role('Admin', 'session');
      return { ...identity, sessionContext: { ...(identity['sessionContext'] as object), sourceIdentity: text } };
    }),
  },
  {
    name: 'Identity Center user',
    rule: 'cloudtrail-stopped',
    timeline: inIdentity((text) => ({
      type: 'IdentityCenterUser',
      accountId: '111122223333',
      onBehalfOf: { userId: text },
    })),
  },
  {
    name: 'bucket',
    rule: 's3-bucket-website',
    timeline: (text) => [
      call('s3.amazonaws.com', 'PutBucketWebsite', {
        requestParameters: { bucketName: text, WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } } },
      }),
    ],
  },
  { name: 'rule description', rule: 'security-group-world-open', timeline: (text) => [group({ description: text })] },
  {
    name: 'tag',
    rule: 'ec2-expensive-instance',
    timeline: (text) => [
      call('ec2.amazonaws.com', 'RunInstances', {
        requestParameters: {
          instanceType: 'p5.48xlarge',
          tagSpecificationSet: { items: [{ resourceType: 'instance', tags: [{ key: text, value: text }] }] },
        },
        responseElements: {
          instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0', instanceType: 'p5.48xlarge' }] },
        },
      }),
    ],
  },
  {
    name: 'errorMessage',
    rule: 'denied-sensitive',
    timeline: (text) => [but(denied(call('secretsmanager.amazonaws.com', 'GetSecretValue')), { errorMessage: text })],
  },
  {
    name: 'user that somebody signs in as',
    rule: 'sign-in-failures-user',
    timeline: (text) => repeat(consoleLogin(text, 'Failure'), 12, 1_000),
  },
  {
    name: 'user whose second factor is removed',
    rule: 'mfa-removed',
    timeline: (text) => [
      call('iam.amazonaws.com', 'DeactivateMFADevice', {
        requestParameters: { userName: text, serialNumber: 'arn:aws:iam::111122223333:mfa/bob' },
      }),
    ],
  },
];

const LINKS = /[a-z][a-z0-9+.-]*:\/\/[^\s"]+|\b(?:javascript|data|mailto):\S+/gi;
const DOMAINS =
  /(?<![\p{L}\p{N}@._-])(?:[\p{L}\p{N}-]+[.\u3002\uff0e\uff61])+\p{L}{2,63}(?![\p{L}\p{N}_-])(?:\/\S*)?/gu;
const MARKUP = /<[a-z!/@#?][^<>\n]*>?/gi;
const TEMPLATES = /\{\{|\$\{|\{%|#\{/g;

/** Links of our own: to the page of an event, whose id differs from alert to alert. */
const PAGES =
  /https:\/\/[a-z0-9-]+\.console\.aws\.amazon\.com\/cloudtrailv2\/home\?region=[a-z0-9-]+#\/events\/[0-9a-f-]{36}(?![^\s"])/g;

/** What is in a text now, and was not in the one made of a harmless word. AWS's names and our own page are no danger. */
function news(pattern: RegExp, text: string, harmless: string): string[] {
  const found = (of: string) => of.replace(PAGES, '').match(pattern) ?? [];
  const known = new Set(found(harmless));
  return found(text).filter(
    (part) => !known.has(part) && !/^[a-z0-9-]+\.amazonaws\.com$|^configuration\.md$/.test(part),
  );
}

/** Every way in which the text could do what its writer wants; empty when it can't. */
function dangersInMail(text: string, harmless: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [
    ...(LYING.test(text) ? ['lying letters'] : []),
    ...lines.filter((line) => /^(?:Subject:|\.$|INJECTED)/.test(line)).map((line) => `line ${line}`),
    ...['WHAT', 'WHO', 'DO', 'LINKS'].filter(
      (label) => lines.filter((line) => line === label || line.startsWith(`${label}  `)).length !== 1,
    ),
    ...news(LINKS, text, harmless).map((link) => `link ${link}`),
    ...news(DOMAINS, text, harmless).map((domain) => `domain ${domain}`),
    ...news(MARKUP, text, harmless).map((tag) => `markup ${tag}`),
    ...news(TEMPLATES, text, harmless).map((opening) => `template ${opening}`),
    ...(text.length > 12_000 ? [`${text.length} letters`] : []),
  ];
}

function dangersInChat(json: string, harmless: string): string[] {
  const texts = (of: string) => leavesOf(JSON.parse(of)).join('\n');
  const text = texts(json);
  const ticks = (of: string) => of.match(/`/g)?.length ?? 0;
  return [
    ...(LYING.test(text) ? ['lying letters'] : []),
    ...news(LINKS, text, texts(harmless)).map((link) => `link ${link}`),
    ...news(DOMAINS, text, texts(harmless)).map((domain) => `domain ${domain}`),
    ...news(MARKUP, text, texts(harmless)).map((tag) => `markup ${tag}`),
    ...news(/@(?:channel|here|everyone|U\w+)|\]\(/gi, text, '').map((mention) => `mention ${mention}`),
    ...news(TEMPLATES, text, texts(harmless)).map((opening) => `template ${opening}`),
    ...(ticks(text) % 2 !== 0 || ticks(text) > ticks(texts(harmless)) + 4 ? ['code left open'] : []),
    ...(text.split('\n').some((line) => /^\W{0,3}INJECTED/.test(line)) ? ['a line of its own'] : []),
    ...(/[<>&]/.test(json) ? ['markup in JSON'] : []),
  ];
}

function dangersInTerminal(text: string, harmless: string): string[] {
  return [
    ...(LYING.test(text) ? ['lying letters'] : []),
    ...(text.split('\n').length === harmless.split('\n').length ? [] : ['another number of lines']),
  ];
}

const DATA_OF_PAGE = /(<script type="application\/json" id="\w+">)([\s\S]*?)(<\/script>)/g;

/** A report without its data, and without how many alerts of each severity there are. */
const pageOf = (text: string) =>
  text.replace(DATA_OF_PAGE, '$1$3').replace(/<b class="\w*">\d+<\/b>/g, '<b class="">0</b>');

/** Of a report only its data may differ, and that can end neither itself nor a line of what it says. */
function dangersInPage(text: string, harmless: string): string[] {
  const blocks = [...text.matchAll(DATA_OF_PAGE)].map(([, , block = '']) => block);
  const values = blocks.flatMap((block) => block.split('\n').filter((line) => line !== ''));
  return [
    ...(pageOf(text) === pageOf(harmless) ? [] : ['another page']),
    ...(values.length === 2 ? [] : [`${values.length} lines of data`]),
    ...(values.some((value) => /[<>&]/.test(value)) ? ['markup'] : []),
    ...(values.flatMap((value) => leavesOf(JSON.parse(value))).some((leaf) => LYING.test(leaf))
      ? ['lying letters']
      : []),
  ];
}

/** The suppression that a mail offers: what it would cover must be what the alert is about. */
function dangersInStanza(lines: readonly string[] | undefined, rule: string): string[] {
  if (lines === undefined) return [];
  const { value } = parseConfig(`suppressions:\n${lines.join('\n')}\n`, 'trailhound.yaml');
  const { suppressions } = resolveConfig(value, RULES, NOW_MS);
  const [suppression] = suppressions;
  const globs = [...(suppression?.actors ?? []), ...(suppression?.resources ?? [])];
  return suppressions.length === 1 && suppression?.rules.join() === rule && !globs.some((glob) => glob.includes('*'))
    ? []
    : lines.slice();
}

/** All that people and programs are shown of an alert over files. */
function outputsOf(alert: ReplayAlert) {
  const view = viewOfReplay(alert);
  const result = {
    alerts: [alert],
    inputs: 1,
    events: 1,
    unreadable: 0,
    late: 0,
    problems: [],
    ruleErrors: [],
    interrupted: false,
  };
  return {
    subject: emailSubject(view, english),
    mail: emailText(view, english),
    stanza: suppressionStanza(view, english),
    chat: safeJson(chatMessage(view, english)),
    json: safeJson(alertDocument(view, english)),
    jsonl: jsonLines([alert]).trimEnd(),
    csv: csv([alert]),
    terminal: table(
      [alert],
      { ...result, firstEventMs: undefined, lastEventMs: undefined },
      { colours: false, rules: rulesById },
    ),
    page: html([alert], { ...result, firstEventMs: undefined, lastEventMs: undefined }, english),
  };
}

type Outputs = ReturnType<typeof outputsOf>;

function dangersIn(outputs: Outputs, harmless: Outputs, rule: string): string[] {
  return Object.entries({
    mail: dangersInMail(outputs.mail, harmless.mail),
    stanza: dangersInStanza(outputs.stanza, rule),
    subject: dangersInSubject(outputs.subject),
    chat: dangersInChat(outputs.chat, harmless.chat),
    json: [...dangersInJson(outputs.json), ...(/[<>&]/.test(outputs.json) ? ['markup'] : [])],
    jsonl: dangersInJson(outputs.jsonl),
    csv: dangersInCsv(outputs.csv, 1),
    terminal: dangersInTerminal(outputs.terminal, harmless.terminal),
    page: dangersInPage(outputs.page, harmless.page),
  }).flatMap(([output, dangers]) => dangers.map((danger) => `${output}: ${danger}`));
}

function alertOf(rule: string, timeline: readonly SampleRecord[]): ReplayAlert | undefined {
  return alertsOf(engineFor(ruleOf(rule)), timeline).filter(hasMessage)[0];
}

it('is a table of at least 60 payloads, each another', () => {
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(PAYLOADS.map(([, text]) => text)).size).toBe(PAYLOADS.length);
});

describe.each(FIELDS.map((field) => [field.name, field] as const))('%s', (_name, { rule, timeline }) => {
  const harmless = alertOf(rule, timeline('harmless'));
  if (harmless === undefined) throw new Error(`${rule} does not fire on a harmless text`);
  const expected = outputsOf(harmless);

  it(`gets none of ${PAYLOADS.length} payloads through over files`, () => {
    const dangers = PAYLOADS.flatMap(([payload, text]) => {
      const alert = alertOf(rule, timeline(text));
      if (alert === undefined) return [`${payload}: ${rule} does not fire`];
      return dangersIn(outputsOf(alert), expected, rule).map((danger) => `${payload}: ${danger}`);
    });
    expect(dangers).toEqual([]);
  });

  it(`gets none of ${PAYLOADS.length} payloads through live, into messages and logs`, async () => {
    const [reference] = (await live(rule, timeline('harmless'))).published;
    const dangers: string[] = [];
    for (const [payload, text] of PAYLOADS) {
      const { published, lines } = await live(rule, timeline(text));
      const [told] = published;
      if (told === undefined || reference === undefined) throw new Error(`${payload}: nothing was told`);
      const found = [
        ...dangersInMail(told.text, reference.text),
        ...dangersInSubject(told.subject),
        ...dangersInSubject(told.sms?.slice(0, 99) ?? ''),
        ...dangersInChat(told.chat ?? '', reference.chat ?? ''),
        ...dangersInJson(told.data ?? ''),
        ...Object.values(told.attributes)
          .flat()
          .filter((value) => LYING.test(value)),
        ...lines.filter((line) => LYING.test(line)),
        ...(leavesOf(JSON.parse(snsMessage(told).Message)).length === 3 ? [] : ['another number of texts']),
      ];
      dangers.push(...found.map((danger) => `${payload}: ${danger}`));
    }
    expect(dangers).toEqual([]);
  }, 60_000);
});

/** Deployed: the record through detect and notify. */
async function live(rule: string, timeline: readonly SampleRecord[]) {
  const active = activate(ruleOf(rule), DEFAULT_SETTINGS, { mode: 'live' });
  if (active === undefined) throw new Error(`${rule} is off`);
  const ports = memoryPorts(NOW_MS);
  const topic = new TestPublisher();
  const account = timeline[0]?.['recipientAccountId'];
  const records = [
    ...timeline.map((record) => delivered(record, undefined, { account })),
    // The same without a time: it will never parse, and is logged.
    ...timeline
      .slice(0, 1)
      .map((record) => delivered(but(record, { eventTime: record['userAgent'] }), 'late', { account })),
  ];
  await createDetector({ ...ports, rules: [active], suppressions: [] }).handle({ records });
  const composer = messageComposer(english, () => NOW_MS);
  await drain({ ...ports, topic, pace: new MemoryPaceStore(), composer }, NOW_MS + MINUTE);
  expect(ports.metrics.total('MalformedEvents')).toBe(1);
  return { published: topic.published, lines: ports.log.lines.map((line) => JSON.stringify(line)) };
}

describe('any text of any example of any rule', () => {
  it('gets nothing through, whichever payload it ends with', () => {
    const dangers: string[] = [];
    let checked = 0;
    let turn = 0;
    for (const rule of RULES) {
      const [example] = [...(EXAMPLES[rule.id]?.().fires ?? [])].sort((a, b) => a.timeline.length - b.timeline.length);
      if (example === undefined || example.timeline.length > 100) continue;
      const [known] = alertsOf(engineFor(rule, example), example.timeline).filter(hasMessage);
      if (known === undefined) continue;
      const expected = outputsOf(known);
      for (const path of textsIn(example.timeline[0])) {
        const [name, payload] = PAYLOADS[turn++ % PAYLOADS.length] as [string, string];
        const timeline = example.timeline.map(
          (record) => withText(record, path, (text) => text + payload) as SampleRecord,
        );
        for (const alert of alertsOf(engineFor(rule, example), timeline).filter(hasMessage)) {
          checked += 1;
          const found = dangersIn(outputsOf(alert), expected, rule.id);
          dangers.push(...found.map((danger) => `${rule.id} ${path.join('.')} (${name}): ${danger}`));
        }
      }
    }
    expect(dangers).toEqual([]);
    expect(checked).toBeGreaterThan(1_000);
  });
});

/** Paths of all texts in a record but its own id and time, which name it. */
function textsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return ['eventID', 'eventTime'].includes(path.join('.')) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
}

function withText(value: unknown, [name, ...path]: readonly string[], change: (text: string) => string): unknown {
  if (name === undefined) return typeof value === 'string' ? change(value) : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  const inner = withText((value as Record<string, unknown>)[name], path, change);
  return Array.isArray(value) ? Object.assign([...value], { [name]: inner }) : { ...value, [name]: inner };
}
