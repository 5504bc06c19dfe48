import { alertDocument } from '../../lambda/alerts/alert-document';
import { chatMessage } from '../../lambda/alerts/chat';
import { emailSubject, emailText } from '../../lambda/alerts/email';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { createDetector } from '../../lambda/detect';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { EXAMPLES } from '../../lambda/rules/examples';
import { isDeployed } from '../../lambda/rules/feeds';
import { type Example, MINUTE, type Rule, type SampleRecord } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { csv, json, jsonLines } from '../../replay/formats/data';
import { email, viewOfReplay } from '../../replay/formats/email';
import { html } from '../../replay/formats/html';
import { table } from '../../replay/formats/table';
import type { ReplayAlert } from '../../replay/replay-alert';
import { shownRecord } from '../../replay/shown-record';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { alertsOf, engineFor } from '../rules/timeline';
import { frame } from './told-alerts';

/** Each is recognised wherever it turns up, by itself and in parts. */
const CANARIES = {
  secretKey: 'cAn4rYwJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMP',
  sessionToken: `IQoJb3JpZ2luX2cAn4rY2V${'q7Zk9Xw3'.repeat(30)}==`,
  password: 'cAn4rY-hunter2!',
  signature: 'cAn4rYfe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024',
  webToken: 'eyJcAn4rYGciOiJIUzI1NiJ9.eyJjQW40clkiOjF9.c2lnbmF0dXJl',
  userData: 'IyEvYmluL2Jhc2gKY0FuNHJZ',
};
const KEY_ID = 'AKIACANARYCANARY4KEY';
const SESSION_KEY_ID = 'ASIACANARYCANARY5KEY';

/** What must be nowhere: whole keys, and the words in every canary. */
const LEAK = /cAn4rY|c?AAn4rY|jQW40clki|Y0FuNHJZ|q7Zk9Xw3q7Zk9Xw3|(?:AKIA|ASIA)CANARY/;

const english = frame();
const rulesById = new Map(RULES.map((rule) => [rule.id, rule]));

/** Fields in which AWS and its customers keep secrets, or in which people leave them by mistake. */
const PLANTED: readonly (readonly [field: string, plant: (record: SampleRecord) => SampleRecord])[] = [
  ['the access key', (record) => withIdentity(record, { accessKeyId: KEY_ID })],
  ['the access key of a session', (record) => withIdentity(record, { accessKeyId: SESSION_KEY_ID })],
  [
    'a key in the name of a session',
    (record) => withIdentity(record, { arn: `arn:aws:sts::111122223333:assumed-role/x/${KEY_ID}` }),
  ],
  [
    'a password in a request',
    (record) =>
      inRequest(record, {
        password: CANARIES.password,
        newPassword: CANARIES.password,
        oldPassword: CANARIES.password,
        masterUserPassword: CANARIES.password,
      }),
  ],
  [
    'a secret in a request',
    (record) =>
      inRequest(record, {
        secretString: CANARIES.password,
        secretBinary: CANARIES.secretKey,
        plaintext: CANARIES.password,
      }),
  ],
  ['user data', (record) => inRequest(record, { userData: CANARIES.userData })],
  [
    'environment variables',
    (record) =>
      inRequest(record, { environment: { variables: { DB_PASSWORD: CANARIES.password, API: CANARIES.secretKey } } }),
  ],
  [
    'a token in a request',
    (record) => inRequest(record, { authToken: CANARIES.webToken, clientSecret: CANARIES.password }),
  ],
  [
    'new keys in a response',
    (record) => inResponse(record, { accessKey: { accessKeyId: KEY_ID, secretAccessKey: CANARIES.secretKey } }),
  ],
  [
    'credentials in a response',
    (record) =>
      inResponse(record, {
        credentials: {
          accessKeyId: SESSION_KEY_ID,
          secretAccessKey: CANARIES.secretKey,
          sessionToken: CANARIES.sessionToken,
        },
      }),
  ],
  [
    'a private key in a response',
    (record) =>
      inResponse(record, {
        keyMaterial: `-----BEGIN RSA PRIVATE KEY-----\n${CANARIES.secretKey}\n-----END RSA PRIVATE KEY-----`,
      }),
  ],
  [
    'headers',
    (record) => ({
      ...record,
      additionalEventData: {
        ...asObject(record['additionalEventData']),
        'x-amz-security-token': CANARIES.sessionToken,
        Authorization: `AWS4-HMAC-SHA256 Credential=${KEY_ID}/20260310/us-east-1/s3/aws4_request, Signature=${CANARIES.signature}`,
      },
    }),
  ],
  [
    'a password in an agent',
    (record) => ({
      ...record,
      userAgent: `tool/1 --password=${CANARIES.password} aws_secret_access_key=${CANARIES.secretKey}`,
    }),
  ],
  ['a token in an agent', (record) => ({ ...record, userAgent: `tool/1 Authorization: Bearer ${CANARIES.webToken}` })],
  [
    'a secret in an agent without a name',
    (record) => ({ ...record, userAgent: `tool ${CANARIES.secretKey} ${CANARIES.sessionToken} ${KEY_ID}` }),
  ],
  [
    'a signed URL in an error',
    (record) =>
      withError(
        record,
        `GET https://b.s3.amazonaws.com/k?X-Amz-Credential=${KEY_ID}%2F2026&X-Amz-Security-Token=${encodeURIComponent(CANARIES.sessionToken)}&X-Amz-Signature=${CANARIES.signature} failed`,
      ),
  ],
  [
    'JSON in an error',
    (record) =>
      withError(
        record,
        `bad request: {"password":"${CANARIES.password}, and more","secretAccessKey":"${CANARIES.secretKey}"}`,
      ),
  ],
];

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function withIdentity(record: SampleRecord, fields: SampleRecord): SampleRecord {
  return { ...record, userIdentity: { ...asObject(record['userIdentity']), ...fields } };
}

function inRequest(record: SampleRecord, fields: SampleRecord): SampleRecord {
  return { ...record, requestParameters: { ...asObject(record['requestParameters']), ...fields } };
}

function inResponse(record: SampleRecord, fields: SampleRecord): SampleRecord {
  return { ...record, responseElements: { ...asObject(record['responseElements']), ...fields } };
}

/** Only where there is a message: an error makes another event of a call that succeeded. */
function withError(record: SampleRecord, text: string): SampleRecord {
  return typeof record['errorMessage'] === 'string'
    ? { ...record, errorMessage: `${record['errorMessage']} ${text}` }
    : record;
}

/** The example of a rule with the fewest records. */
function exampleOf(rule: Rule): Example | undefined {
  return [...(EXAMPLES[rule.id]?.().fires ?? [])].sort((a, b) => a.timeline.length - b.timeline.length)[0];
}

function outputsOf(alerts: readonly ReplayAlert[], records: readonly SampleRecord[]): string[] {
  const texts = new Map(records.map((record) => [String(record['eventID']), shownRecord(record)]));
  const views = alerts.map(viewOfReplay);
  const result = {
    alerts,
    inputs: 1,
    events: 1,
    unreadable: 0,
    late: 0,
    problems: [],
    ruleErrors: [],
    interrupted: false,
  };
  return [
    json(alerts),
    jsonLines(alerts),
    csv(alerts),
    email(alerts, english),
    html(alerts, { ...result, firstEventMs: undefined, lastEventMs: undefined }, english, {
      texts,
      leftOut: new Set(),
    }),
    ...texts.values(),
    table(alerts, { ...result, firstEventMs: undefined, lastEventMs: undefined }, { colours: false, rules: rulesById }),
    ...views.flatMap((view) => [
      emailSubject(view, english),
      emailText(view, english),
      JSON.stringify([alertDocument(view, english), chatMessage(view, english)]),
    ]),
  ];
}

describe.each(PLANTED)('%s', (_field, plant) => {
  it('reaches no output over files', () => {
    const leaks: string[] = [];
    let alerts = 0;
    for (const rule of RULES) {
      const example = exampleOf(rule);
      if (example === undefined || example.timeline.length > 100) continue;
      const records = example.timeline.map(plant);
      const found = alertsOf(engineFor(rule, example), records);
      alerts += found.length;
      for (const output of outputsOf(found, records)) {
        const leak = LEAK.exec(output);
        if (leak !== null) leaks.push(`${rule.id}: ${output.slice(Math.max(0, leak.index - 60), leak.index + 60)}`);
      }
    }
    expect(leaks).toEqual([]);
    expect(alerts).toBeGreaterThan(RULES.length / 2);
  });
});

it.each([
  ['StopLogging', 'cloudtrail-stopped'],
  ['a refused call', 'denied-sensitive'],
  ['sign-ins', 'sign-in-failures-user'],
])(
  'no secret of %s reaches a message, a stored item or the log, live',
  async (_what, id) => {
    const rule = RULES.find((one) => one.id === id) as Rule;
    const example = exampleOf(rule) as Example;
    const active = activate(rule, DEFAULT_SETTINGS, { mode: 'live' });
    if (active === undefined || !isDeployed(rule)) throw new Error(`${id} is off`);
    for (const [field, plant] of PLANTED) {
      const lastMs = Math.max(...example.timeline.map((record) => Date.parse(String(record['eventTime']))));
      const ports = memoryPorts(lastMs + MINUTE);
      const records = example.timeline.map(plant);
      const [first] = records;
      const unreadable = [
        delivered({ ...first, eventTime: 'never' }, 'no time'),
        { messageId: 'no JSON', body: JSON.stringify(first).slice(0, -1) },
        { messageId: 'in JSON', body: JSON.stringify(JSON.stringify(first)) },
      ];
      const detector = createDetector({ ...ports, rules: [active], suppressions: [] });
      await detector.handle({ records: [...records.map((record) => delivered(record)), ...unreadable] });
      const topic = new TestPublisher();
      const composer = messageComposer(english, () => ports.clock.nowMs());
      await drain({ ...ports, topic, pace: new MemoryPaceStore(), composer }, ports.clock.nowMs() + MINUTE);
      expect(topic.published).toHaveLength(1);
      expect(ports.metrics.total('MalformedEvents')).toBe(3);
      const alerts = ports.alerts.everything().map(({ alert }) => alert);
      const evidence = await Promise.all(alerts.map((alert) => ports.alerts.readEvidence(alert)));
      // Groups and windows are found by what the record says, whole; nobody is shown them.
      const stored = alerts.map(({ group: _, ...alert }) => alert);
      const outputs = { published: topic.published, log: ports.log.lines, stored, evidence };
      for (const [output, value] of Object.entries(outputs)) {
        const text = JSON.stringify(value);
        expect([field, output, LEAK.exec(text)?.[0], text.length > 2]).toEqual([field, output, undefined, true]);
      }
    }
  },
  60_000,
);

it('shows a key by its last four characters, so that its owner finds it', () => {
  const rule = RULES.find(({ id }) => id === 'cloudtrail-stopped') as Rule;
  const planted = (exampleOf(rule) as Example).timeline.map((record) => withIdentity(record, { accessKeyId: KEY_ID }));
  const [alert] = alertsOf(engineFor(rule), planted);
  expect(email(alert === undefined ? [] : [alert], english)).toContain('key AKIA…4KEY');
});
