import Ajv from 'ajv';
import schema from '../../docs/alert.schema.json';
import { ALERT_VERSION } from '../../lambda/alerts/alert-document';
import type { AlertWithMessages, Message, StoredAlert } from '../../lambda/alerts/alert-store';
import type { AlertContext } from '../../lambda/alerts/compose';
import type { Evidence } from '../../lambda/alerts/evidence';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import type { Notification } from '../../lambda/alerts/publisher';
import { MESSAGE_MAX_BYTES, snsMessage } from '../../lambda/alerts/sns-message';
import { createDetector } from '../../lambda/detect';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { EXAMPLES } from '../../lambda/rules/examples';
import { isDeployed } from '../../lambda/rules/feeds';
import { HOUR, MINUTE } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { alertJson } from '../../replay/replay-alert';
import { delivered } from '../events';
import { memoryPorts, TestPublisher } from '../memory-ports';
import { alertsOf, engineFor } from '../rules/timeline';
import { frame, NOW_MS } from './told-alerts';

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validate = ajv.compile(schema);

/** Fields of the JSON alert that some output had. */
const seen = new Set<string>();

function checked(document: unknown): Record<string, unknown> {
  if (!validate(document)) throw new Error(ajv.errorsText(validate.errors));
  const alerts = 'alerts' in (document as object) ? (document as { alerts: object[] }).alerts : [document as object];
  for (const alert of alerts) for (const name of Object.keys(alert)) seen.add(name);
  return document as Record<string, unknown>;
}

const QUIET_MS = HOUR;
const BUCKET_MS = NOW_MS - (NOW_MS % QUIET_MS);

const message: Message = {
  ...{ group: 'g', bucketMs: BUCKET_MS, level: 3, multiple: 1, alertId: '0123456789abcdefghjkmnpqrs', kind: 'window' },
  ...{ rule: 'denied-reads', track: 'live', account: '111122223333', region: 'eu-west-1' },
  ...{ actor: 'arn:aws:iam::111122223333:role/web', headline: 'web was refused sts GetCallerIdentity', count: 12 },
  ...{ firstFiringMs: BUCKET_MS + 5_000, lastFiringMs: BUCKET_MS + 9_000, createdMs: BUCKET_MS + 46_000 },
  expiresMs: NOW_MS * 2,
};
const alert: StoredAlert = {
  ...{ group: 'g', bucketMs: BUCKET_MS, alertId: message.alertId, kind: 'window', rule: message.rule, track: 'live' },
  ...{ key: 'the key', quietMs: QUIET_MS, firstFiringMs: BUCKET_MS + 5_000, lastFiringMs: BUCKET_MS + 9_000 },
  ...{ firstEventMs: BUCKET_MS, count: 12, level: 3, multiple: 1, evidenceKinds: [24], revision: 1 },
  ...{ createdMs: BUCKET_MS + 46_000, expiresMs: NOW_MS * 2 },
};
const evidence: Evidence = {
  ...{ eventId: '00000000-0000-4000-8000-000000000001', timeMs: BUCKET_MS + 5_000, account: '111122223333' },
  ...{ region: 'eu-west-1', service: 'sts.amazonaws.com', call: 'GetCallerIdentity', outcome: 'denied' },
  ...{ actor: message.actor, caller: { type: 'AssumedRole', sourceIp: '198.51.100.7' }, resources: [] },
  ...{ headline: message.headline, level: 3, steps: 0 },
};

function context(others: Partial<AlertContext> = {}): AlertContext {
  return { alert, messages: [message], before: undefined, evidence: [evidence], ...others };
}

const composer = (config: object = {}, nowMs = BUCKET_MS + 50_000) => messageComposer(frame(config), () => nowMs);
const single = (others: Partial<Message> = {}, around: Partial<AlertContext> = {}, config: object = {}) =>
  composer(config).single({ ...message, ...others }, context(around));
const dataOf = ({ data }: Notification) => checked(JSON.parse(data ?? '')) as Record<string, never>;

describe('one alert', () => {
  it('is for people, phones, programs, chat and filters at once', () => {
    const told = single();
    expect(told.subject).toBe('[HIGH] Many refused reads by one user or role - prod 111122223333 eu-west-1');
    expect(told.sms).toBe(`${told.subject}. ${message.alertId}`);
    expect(told.sms?.length).toBeLessThanOrEqual(140);
    expect(told.attributes).toEqual({
      severity: 'high',
      rule: 'denied-reads',
      account: '111122223333',
      region: 'eu-west-1',
      kind: 'alert',
    });
    expect(dataOf(told)).toMatchObject({
      version: ALERT_VERSION,
      kind: 'alert',
      alertId: message.alertId,
      stage: 'opened',
      accountName: 'prod',
      partition: 'aws',
      detectedTime: new Date(message.createdMs).toISOString().replace('.000Z', 'Z'),
      count: 12,
      key: 'the key',
      link: expect.stringContaining('eu-west-1.console.aws.amazon.com') as string,
      evidence: [{ eventId: evidence.eventId, call: 'GetCallerIdentity', outcome: 'denied' }],
    });
  });

  it('says how long detection took, by the event that made it an alert', () => {
    expect(single().text).toContain('detected 2026-03-10 15:00:46 UTC, 37 s later');
    const early = single({ lastFiringMs: message.createdMs + 2_000 }); // another clock than ours
    expect(early.text).toContain(', 0 s later');
  });

  it('says when it had to wait, and how long', () => {
    expect(single().text).not.toContain('waited');
    const late = composer({}, message.createdMs + 42 * MINUTE).single(message, context());
    expect(late.text).toContain('This message waited for 42 min');
  });

  it('shows times in the zone of the configuration, across its change of the clock', () => {
    const at = (iso: string) => {
      const timeMs = Date.parse(iso);
      const around = { alert: { ...alert, firstEventMs: timeMs, lastFiringMs: timeMs } };
      return /WHEN +(.*)/.exec(single({}, around, { timeZone: 'America/Bogota' }).text)?.[1];
    };
    expect(at('2026-03-10T00:30:00Z')).toBe('2026-03-10 00:30:00 UTC (2026-03-09 19:30:00 America/Bogota)');
    const madrid = (iso: string) => {
      const timeMs = Date.parse(iso);
      const around = { alert: { ...alert, firstEventMs: timeMs - 30 * MINUTE, lastFiringMs: timeMs } };
      return /WHEN +(.*)/.exec(single({}, around, { timeZone: 'Europe/Madrid' }).text)?.[1];
    };
    expect(madrid('2026-03-29T01:10:00Z')).toBe(
      '2026-03-29 00:40:00 - 01:10:00 UTC (2026-03-29 01:40:00 - 03:10:00 Europe/Madrid)',
    );
    expect(madrid('2026-03-09T23:10:00Z')).toContain('(2026-03-09 23:40:00 - 2026-03-10 00:10:00 Europe/Madrid)');
  });

  it('is written in the configured language, but for what programs read', () => {
    const told = single({}, {}, { language: 'es' });
    expect(told.subject).toBe('[ALTA] Muchas lecturas rechazadas a un usuario o rol - prod 111122223333 eu-west-1');
    expect(told.text).toContain('Los textos de las reglas están en inglés');
    expect(told.attributes).toMatchObject({ severity: 'high', kind: 'alert' });
    expect(dataOf(told)).toMatchObject({ severity: 'high', title: 'Many refused reads by one user or role' });
  });

  it.each([{}, { language: 'es' }])('of a test says TEST everywhere: %j', (config) => {
    const told = single({ track: 'test' }, {}, config);
    expect(told.subject).toMatch(/^\[TEST\] \[/);
    expect(told.text).toMatch(/^TEST/);
    expect(told.sms).toMatch(/^\[TEST\]/);
    expect(told.attributes['kind']).toBe('test');
    expect(dataOf(told)).toMatchObject({ kind: 'test', mode: 'live' });
    expect(told.chat).toContain('[TEST]');
  });

  it('is told with what the message says when the alert and its evidence are gone', () => {
    const told = single({}, { alert: undefined, messages: [], evidence: [] });
    expect(told.text).toContain(message.headline);
    expect(told.text).toContain(message.actor);
    expect(dataOf(told)).toMatchObject({ evidence: [], count: 12, actor: message.actor });
  });

  it('says "more than" where nobody counted further', () => {
    expect(single({}, { alert: { ...alert, count: 1_001 } }).text).toContain('more than 1,000 refused reads');
    expect(single({}, { alert: { ...alert, count: 1_000 } }).text).toContain(' 1,000 refused reads');
    expect(single({}, { alert: { ...alert, count: 1_001 } }, { language: 'es' }).text).toContain('más de 1.000');
  });

  it('says of too much to count that it is that', () => {
    const told = single({ kind: 'too-much' });
    expect(told.subject).toContain('Too much to count: Many refused reads');
    expect(told.text).toContain('Treat it as the highest severity of this rule');
    expect(dataOf(told)).toMatchObject({ tooMuchToCount: true });
  });
});

describe('an alert that was told before', () => {
  const told = (level: number, multiple: number) => ({ group: 'g', bucketMs: BUCKET_MS, level, multiple });
  const earlier = (messages: AlertWithMessages['messages'], gapMs: number): AlertWithMessages => {
    const lastFiringMs = alert.firstFiringMs - gapMs;
    const id = 'zzzzzzzzzzzzzzzzzzzzzzzzzz';
    return {
      alert: {
        ...alert,
        alertId: id,
        bucketMs: BUCKET_MS - QUIET_MS,
        firstFiringMs: lastFiringMs,
        lastFiringMs,
        firstEventMs: lastFiringMs,
      },
      messages,
    };
  };
  const stageOf = (around: Partial<AlertContext>, others: Partial<Message> = {}) => {
    const notification = single(others, around);
    return [dataOf(notification)['stage'], notification.text.split('\n')[0]];
  };

  it('is more severe now', () => {
    expect(stageOf({ messages: [told(2, 1), message] })).toEqual(['more-severe', 'More severe now: it was medium.']);
    const across = earlier([told(1, 1)], QUIET_MS - 1);
    expect(stageOf({ before: across })).toEqual(['more-severe', 'More severe now: it was low.']);
  });

  it('is 10 or 100 times the threshold now', () => {
    const around = { messages: [told(3, 1), told(3, 10)] };
    expect(stageOf(around, { multiple: 10 })).toEqual([
      'more-often',
      'More of it now: 10 times the threshold or more.',
    ]);
    expect(stageOf({ messages: [told(3, 1), told(3, 10), told(3, 100)] }, { multiple: 100 })[1]).toContain('100 times');
  });

  it('goes on after an alert that another message spoke for', () => {
    const [stage, line] = stageOf({ before: earlier([], QUIET_MS - 1) });
    expect(stage).toBe('goes-on');
    expect(line).toBe(
      'It still goes on, since 2026-03-10 14:00:05 UTC. Told before as alert zzzzzzzzzzzzzzzzzzzzzzzzzz.',
    );
  });

  it('is opened anew when what was before is a whole quiet period away', () => {
    expect(stageOf({ before: earlier([told(4, 100)], QUIET_MS) })[0]).toBe('opened');
    expect(stageOf({ before: earlier([], QUIET_MS) })[0]).toBe('opened');
  });

  it('says so when a more severe message went ahead of it', () => {
    expect(stageOf({ messages: [told(4, 1), message] })).toEqual([
      'outdone',
      'Another message about this is at least as severe.',
    ]);
  });
});

describe('a digest', () => {
  const messages = Array.from(
    { length: 100 },
    (_, index): Message => ({
      ...message,
      alertId: `0123456789abcdefghjkm${String(index).padStart(5, '0')}`,
      rule: index % 3 === 0 ? 'security-group-world-open' : 'denied-reads',
      level: index % 3 === 0 ? 3 : 1,
      account: index % 2 === 0 ? '111122223333' : '444455556666',
      headline: `thing number ${index} happened`,
    }),
  );

  it.each([{}, { language: 'es' }])('lists every alert, by rule, the most severe first: %j', (config) => {
    const told = composer(config).digest(messages);
    for (const { alertId, headline } of messages) {
      expect(told.text).toContain(alertId);
      expect(told.text).toContain(headline);
    }
    expect(told.text.indexOf('security-group-world-open')).toBeLessThan(told.text.indexOf('denied-reads'));
    expect(told.alertIds).toHaveLength(100);
    expect(told.subject.length).toBeLessThanOrEqual(99);
    expect(told.subject).toContain('100');
    const { alerts } = dataOf(told) as unknown as { alerts: { alertId: string }[] };
    expect(alerts.map(({ alertId }) => alertId).sort()).toEqual(messages.map(({ alertId }) => alertId).sort());
  });

  it('matches the filter of anybody who waits for one of its alerts', () => {
    expect(composer().digest(messages).attributes).toEqual({
      severity: ['high', 'low'],
      rule: ['security-group-world-open', 'denied-reads'],
      account: ['111122223333', '444455556666'],
      region: ['eu-west-1'],
      kind: 'digest',
    });
  });

  it('reads as recorded', () => {
    const five = messages.slice(0, 6).map((one) => ({ ...one, alertId: 'x'.repeat(26) }));
    const text = (config: object) =>
      composer(config)
        .digest(five)
        .text.replace(/[0-9a-f]{32,}$/m, '<hash>');
    expect(text({ timeZone: 'Europe/Madrid' })).toMatchSnapshot();
    expect(text({ language: 'es' })).toMatchSnapshot();
  });

  it('tells in chat of as many as there is room for, and how many more there are', () => {
    const long = messages.map((one) => ({ ...one, headline: 'y'.repeat(300) }));
    const chat = JSON.parse(composer().digest(long).chat ?? '') as { content: { description: string } };
    const listed = chat.content.description.match(/y{200}/g)?.length ?? 0;
    expect(listed).toBeGreaterThan(10);
    expect(chat.content.description).toContain(`${100 - listed} more are in the e-mail.`);
    expect(chat.content.description.length).toBeLessThanOrEqual(8_000);
  });

  it('marks tests, and is one only if all of them are', () => {
    const tests = messages.map((one) => ({ ...one, track: 'test' }));
    const all = composer().digest(tests);
    expect(all.subject).toMatch(/^\[TEST\]/);
    expect(all.attributes['kind']).toBe('test');
    const some = composer().digest([...tests.slice(0, 1), ...messages.slice(1)]);
    expect(some.subject).not.toContain('TEST');
    expect(some.attributes['kind']).toBe('digest');
    expect(some.text).toContain('[TEST] [HIGH] thing number 0 happened');
  });
});

describe('what is too long', () => {
  /** The dearest letters: escaped twice, or of four bytes. */
  const DEAR = ['"', '\\', '\u{1f600}', '<', '\ufffd'];

  function bloated(letter: string): Evidence {
    const text = (length: number) => letter.repeat(length);
    return {
      ...evidence,
      ...{ account: text(64), region: text(64), service: text(128), call: text(128), actor: text(500) },
      ...{ errorCode: text(128), errorMessage: text(300), headline: text(500), resources: Array(10).fill(text(300)) },
      caller: { type: text(256), arn: text(500), accountId: text(256), sessionName: text(256), userAgent: text(256) },
    };
  }

  it.each(DEAR)('is cut to what SNS takes, and says so: %j', (letter) => {
    const many = Array.from({ length: 39 }, () => bloated(letter));
    const around = { evidence: many, alert: { ...alert, key: letter.repeat(200) } };
    const told = single({ headline: letter.repeat(300), actor: letter.repeat(200) }, around);
    expect(Buffer.byteLength(snsMessage(told).Message)).toBeLessThanOrEqual(MESSAGE_MAX_BYTES);
    expect(Buffer.byteLength(told.chat ?? '')).toBeLessThanOrEqual(MESSAGE_MAX_BYTES);
    const data = dataOf(told) as unknown as { evidence: object[]; evidenceLeftOut: number; alertId: string };
    expect(data.evidence.length + data.evidenceLeftOut).toBe(39);
    expect(data.alertId).toBe(message.alertId);
    expect(told.text).toContain('29 more samples are stored');
  });

  it.each(DEAR)('never leaves an alert out of a digest: %j', (letter) => {
    const many = Array.from(
      { length: 100 },
      (_, index): Message => ({
        ...message,
        alertId: `0123456789abcdefghjkm${String(index).padStart(5, '0')}`,
        headline: letter.repeat(300),
        actor: letter.repeat(200),
        account: letter.repeat(64),
        region: letter.repeat(64),
      }),
    );
    const told = composer().digest(many);
    const body = snsMessage(told).Message;
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MESSAGE_MAX_BYTES);
    for (const { alertId } of many) expect(told.text).toContain(alertId);
    expect((dataOf(told) as unknown as { alerts: object[] }).alerts).toHaveLength(100);
  });

  it('is left alone where there is room', () => {
    const told = single({}, { evidence: [bloated('x')] });
    expect(told.text).not.toContain('truncated');
  });

  it('is said where it was cut', () => {
    const many = Array.from(
      { length: 100 },
      (_, index): Message => ({
        ...message,
        alertId: `0123456789abcdefghjkm${String(index).padStart(5, '0')}`,
        headline: '"'.repeat(300),
        actor: '"'.repeat(200),
      }),
    );
    expect(composer().digest(many).text).toMatch(/"{20,200}… \[truncated \d+\]/);
  });
});

describe('who is behind a session', () => {
  const alice = { actor: 'arn:aws:iam::111122223333:user/alice', accessKeyId: 'AKIA…LICE' };
  const deploy = { actor: 'arn:aws:iam::111122223333:role/deploy', session: 'a token' };
  const inRole = { ...evidence, caller: { type: 'AssumedRole', sessionName: 'work' }, session: 'another' };
  const behind = { takers: [deploy, alice], complete: true };

  it('is named with the roles in between, the first in front', () => {
    const told = single({}, { evidence: [inRole], behind });
    expect(told.text).toContain(
      `behind it: ${alice.actor} (key AKIA…LICE), who took the role by way of ${deploy.actor}`,
    );
    expect(told.text).not.toContain('session name, chosen');
    const document = dataOf(told);
    expect(document['behind']).toEqual({ takers: [{ actor: deploy.actor }, alice], complete: true });
    expect(JSON.stringify(document)).not.toMatch(/token|another/);
  });

  it('is unknown yet while the call that began the session has not come', () => {
    const told = single({}, { evidence: [inRole], behind: { takers: [], complete: false } });
    expect(told.text).toContain('who took the role: unknown yet');
    expect(told.text).toContain('behind it: work (session name, chosen by whoever took the role)');
  });

  it('is told as far as it is known', () => {
    const told = single({}, { evidence: [inRole], behind: { takers: [deploy], complete: false } });
    expect(told.text).toContain(`behind it: ${deploy.actor}, who took the role`);
    expect(told.text).toContain('who began that session: unknown yet');
  });

  it('stands beside the source identity, which the record itself proves', () => {
    const caller = { ...inRole.caller, sourceIdentity: 'ana' };
    const told = single({}, { evidence: [{ ...inRole, caller }], behind });
    expect(told.text).toContain('behind it: ana (source identity');
    expect(told.text).toContain(`behind it: ${alice.actor}`);
  });

  it('is not asked again where the record names the person', () => {
    const actor = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0/ana';
    const none = { takers: [], complete: false };
    expect(single({}, { evidence: [{ ...inRole, actor }], behind: none }).text).not.toContain('unknown yet');
  });

  it('is cut where the message would be too long', () => {
    const long = { takers: Array(8).fill({ actor: 'x'.repeat(500) }), complete: true };
    const crowded = Array(11).fill({
      ...inRole,
      headline: 'é'.repeat(500),
      resources: Array(10).fill('é'.repeat(300)),
    });
    expect(Buffer.byteLength(single({}, { evidence: crowded, behind: long }).data ?? '')).toBeLessThan(256 * 1024);
  });
});

describe('the schema of JSON alerts', () => {
  const active = RULES.flatMap((rule) => activate(rule, DEFAULT_SETTINGS, { mode: 'live' }) ?? []);

  it.each(active.filter(({ rule }) => isDeployed(rule)).map((one) => [one.rule.id, one] as const))(
    'holds for what is published about %s',
    async (id, { rule }) => {
      const [example] = EXAMPLES[id]?.().fires ?? [];
      const own = example && activate(rule, { ...DEFAULT_SETTINGS, ...example.settings }, { mode: 'live' });
      if (example === undefined || own === undefined) throw new Error(`${id} has no example`);
      const lastMs = Math.max(...example.timeline.map((record) => Date.parse(String(record['eventTime']))));
      const ports = memoryPorts(lastMs + MINUTE);
      const detector = createDetector({ ...ports, rules: [own], suppressions: [] });
      // Baselines learn in the order of time.
      for (const record of [...example.timeline].sort((a, b) =>
        String(a['eventTime']) < String(b['eventTime']) ? -1 : 1,
      )) {
        const account = record['recipientAccountId'];
        await detector.handle({ records: [delivered(record, undefined, { account })] });
      }
      const topic = new TestPublisher();
      const notify = { ...ports, topic, pace: new MemoryPaceStore(), composer: composer({}, lastMs + 2 * MINUTE) };
      await drain(notify, ports.clock.nowMs() + 10 * MINUTE);
      expect(topic.published.length).toBeGreaterThan(0);
      for (const notification of topic.published) {
        expect(dataOf(notification)).toMatchObject({ rule: id, kind: 'alert' });
        expect(notification.text).not.toMatch(/\b(?:undefined|null|NaN)\b|\[object /);
      }
    },
  );

  it('holds for what replay writes', () => {
    for (const rule of RULES) {
      for (const example of EXAMPLES[rule.id]?.().fires ?? []) {
        for (const found of alertsOf(engineFor(rule, example), example.timeline)) {
          checked(JSON.parse(JSON.stringify(alertJson(found))));
        }
      }
    }
  });

  it('describes no field that no output has', () => {
    checked(dataOf(single({}, { evidence: Array(11).fill(evidence), behind: { takers: [], complete: false } })));
    // Those of `trailhound alerts` have their own tests.
    const described = Object.keys(schema.definitions.alert.properties).filter(
      (name) => !['messages', 'acknowledged'].includes(name),
    );
    expect(described.filter((name) => !seen.has(name))).toEqual([]);
    expect(schema.definitions.version.const).toBe(ALERT_VERSION);
  });
});
