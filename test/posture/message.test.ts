import Ajv from 'ajv';
import schema from '../../docs/alert.schema.json';
import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import type { Notification } from '../../lambda/alerts/publisher';
import { fits } from '../../lambda/alerts/sns-message';
import { drain } from '../../lambda/notify';
import { CHECKS } from '../../lambda/posture/checks';
import { auditDaily } from '../../lambda/posture/daily';
import { MemoryPostureStore } from '../../lambda/posture/posture-store';
import type { Audit, LocatedFinding } from '../../lambda/posture/result';
import { frame } from '../alerts/told-alerts';
import { memoryPorts, TestClock, TestLog, TestMetrics, TestPublisher } from '../memory-ports';

const TUESDAY = Date.UTC(2026, 5, 16, 5, 20);
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of somebody's template
const HOSTILE = 'https://evil.example/login <b>@here</b> =1+1 ${x} \u202e aws_secret_access_key=abcdefghij';

const finding = (name: string, differs: Partial<LocatedFinding> = {}): LocatedFinding => ({
  resource: `arn:aws:iam::111122223333:user/${name}`,
  name,
  detail: `${name} has a console password and no MFA device`,
  severity: 'high',
  region: 'global',
  ...differs,
});

/** Audits day by day, and what the function that sends makes of it. */
async function told(days: readonly Readonly<Record<string, readonly LocatedFinding[]>>[], config: object = {}) {
  const alerts = new MemoryAlertStore();
  const states = new MemoryPostureStore();
  const clock = new TestClock(TUESDAY);
  const topic = new TestPublisher();
  const ports = memoryPorts(TUESDAY);
  for (const found of days) {
    const audit: Audit = {
      account: '111122223333',
      partition: 'aws',
      startedMs: 0,
      endedMs: 0,
      regions: ['eu-west-1'],
      skipped: [],
      results: CHECKS.map((check) => {
        const findings = found[check.id] ?? [];
        return { check, findings, problems: [], status: findings.length > 0 ? 'fail' : 'pass' };
      }),
    };
    const common = { alerts, clock, log: new TestLog(), metrics: new TestMetrics() };
    await auditDaily({ ...common, audit: async () => audit, states, suppressions: [] });
    await drain(
      {
        ...ports,
        ...common,
        pace: new MemoryPaceStore(),
        topic,
        composer: messageComposer(frame(config), () => clock.nowMs()),
      },
      clock.nowMs() + 600_000,
    );
    await clock.sleep(86_400_000 - ((clock.nowMs() - TUESDAY) % 86_400_000));
  }
  return topic.published as readonly Notification[];
}

test('a change is a mail that says what, why, what to do, and how to silence it', async () => {
  const [mail, resolved, ...others] = await told([
    { 'user-without-mfa': [finding('ana'), finding('ben')] },
    { 'user-without-mfa': [finding('ben')] },
  ]);
  expect(others).toEqual([]);
  expect(mail?.subject).toBe('[HIGH] User signs in to the console without MFA - prod 111122223333');
  expect(mail?.text.replace(/configuration \w+/, 'configuration …')).toMatchInlineSnapshot(`
"User signs in to the console without MFA: account prod (111122223333)
2026-06-16 05:20:00 UTC

WHAT       2 new findings:
             - [high] ana has a console password and no MFA device (global)
             - [high] ben has a console password and no MFA device (global)
STANDING   2 findings stand now.

WHY        A password that is guessed, reused or phished is enough to sign in.
           Check user-without-mfa; asked for by CIS 3.0.0 1.10, FSBP IAM.5

DO
  1. Let the user add a device: aws iam enable-mfa-device --user-name ana --serial-number <arn> --authentication-code1 <code> --authentication-code2 <code>
  2. Or take the password away, if nobody needs it: aws iam delete-login-profile --user-name ana

EXPECTED?
  Then paste this under "suppressions:" in trailhound.yaml, say why and who, and deploy:

  - rule: user-without-mfa
    resource: "arn:aws:iam::111122223333:user/ana"
    account: "111122223333"
    reason: "say why this is expected"
    owner: "say who answers for it"
    expires: 2026-09-14

All findings, with your own credentials:
  trailhound posture --check user-without-mfa

alert 61wbsn4t1za8eatzd3jk8qyv37. Trailhound 1.2.3, configuration …"
`);
  expect(mail?.attributes).toEqual({
    ...{ severity: 'high', rule: 'user-without-mfa', account: '111122223333', region: 'global', kind: 'posture' },
  });
  expect(resolved?.subject).toMatch(/^\[LOW\] /);
  expect(resolved?.text).toContain('RESOLVED   1 finding is resolved:');
  expect(resolved?.text).not.toMatch(/\nDO\n/);
});

test('Spanish has its own words and titles', async () => {
  const [mail] = await told([{ 'root-access-key': [finding('root', { severity: 'critical' })] }], { language: 'es' });
  expect(mail?.subject).toContain('El usuario raiz tiene una clave de acceso');
  expect(mail?.text).toContain('1 hallazgo nuevo:');
  expect(mail?.text).toContain('HAGA');
});

test('JSON and chat follow their schemas, and what SNS takes is never exceeded', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => finding(`user-${index}-${'x'.repeat(60)}`));
  const notifications = await told([{ 'user-without-mfa': many, 'bucket-public': [finding('b')] }]);
  expect(notifications).toHaveLength(2);
  for (const notification of notifications) {
    expect(validate(JSON.parse(notification.data ?? '')) || validate.errors).toBe(true);
    expect(fits(notification)).toBe(true);
    expect(notification.subject.length).toBeLessThanOrEqual(99);
    expect(notification.sms?.length).toBeLessThanOrEqual(140);
    const chat = JSON.parse(notification.chat ?? '');
    expect(chat).toMatchObject({ version: '1.0', source: 'custom', content: { textType: 'client-markdown' } });
    expect(chat.content.description.length).toBeLessThanOrEqual(8_000);
    expect(notification.text).not.toMatch(/undefined|NaN/);
  }
  const ofUsers = notifications.find(({ attributes }) => attributes['rule'] === 'user-without-mfa');
  expect(ofUsers?.text).toContain('5000 new findings:');
  expect(ofUsers?.text).toContain('and 4988 more');
});

test('nothing that somebody named acts in any output', async () => {
  const [mail] = await told([
    { 'user-without-mfa': [finding(HOSTILE, { resource: `arn:aws:iam::111122223333:user/${HOSTILE}` })] },
  ]);
  for (const text of [mail?.text ?? '', mail?.subject ?? '', mail?.data ?? '', mail?.chat ?? '']) {
    expect(text).not.toMatch(/\u202e|abcdefghij|<b>/);
  }
  expect(mail?.text).not.toMatch(/https:\/\/evil|\$\{x/);
  expect(mail?.chat).not.toMatch(/https:\/\/evil|@here/);
  expect(mail?.text).toContain('--user-name <name>');
  expect(mail?.text).not.toContain('EXPECTED?');
});

test('many at once are one digest with a title for each', async () => {
  const found = Object.fromEntries(
    CHECKS.filter(({ severity }) => severity !== 'critical' && severity !== 'info')
      .slice(0, 12)
      .map(({ id }) => [id, [finding('x', { severity: 'medium' })]]),
  );
  const [digest, ...others] = await told([found]);
  expect(others).toEqual([]);
  expect(digest?.attributes['kind']).toBe('digest');
  for (const { id, title } of CHECKS.filter((check) => check.id in found)) {
    expect(digest?.text).toContain(title);
    expect(digest?.text).toContain(id);
  }
  expect(validate(JSON.parse(digest?.data ?? '')) || validate.errors).toBe(true);
});

test('the weekly summary lists what stands', async () => {
  const same = { 'user-without-mfa': [finding('ana')], 'security-group-open': [finding('sg', { severity: 'high' })] };
  const mails = await told([same, same, same, same, same, same, same]);
  const summary = mails.at(-1);
  expect(summary?.subject).toBe('[LOW] Weekly posture summary - prod 111122223333');
  expect(summary?.text).toContain('37 checks passed, 2 failed, 0 unknown');
  expect(summary?.text).toContain('    1  [high] User signs in to the console without MFA (user-without-mfa)');
  expect(validate(JSON.parse(summary?.data ?? '')) || validate.errors).toBe(true);
  expect(mails).toHaveLength(3);
});
