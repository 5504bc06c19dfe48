import { createHash } from 'node:crypto';
import { parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { but, call, denied, repeat, user } from '../../lambda/rules/sample';
import { html } from '../../replay/formats/html';
import { PAGE_SCRIPT } from '../../replay/formats/html/page-script';
import { PAGE_STYLE } from '../../replay/formats/html/page-style';
import type { RawRecords } from '../../replay/raw-records';
import type { ReplayResult } from '../../replay/replay';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { shownRecord } from '../../replay/shown-record';
import { PAYLOADS } from '../alerts/hostile-payloads';
import { frame } from '../alerts/told-alerts';
import { alertsOf, engineFor } from '../rules/timeline';
import { openPage } from './small-page';

const english = frame();
const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } });
const ruleOf = (id: string) => RULES.find((rule) => rule.id === id) as (typeof RULES)[number];

function found(rule: string, timeline: Parameters<typeof alertsOf>[1]): ReplayAlert[] {
  return alertsOf(engineFor(ruleOf(rule)), timeline).filter(hasMessage);
}

const [stop] = found('cloudtrail-stopped', [stopped]) as [ReplayAlert];
const [reads] = found('denied-reads', repeat(denied(call('sts.amazonaws.com', 'GetCallerIdentity')), 30, 1_000)) as [
  ReplayAlert,
];
const ALERTS: ReplayAlert[] = [
  stop,
  reads,
  { ...stop, alertId: '1'.repeat(26), actor: 'arn:aws:iam::444455556666:user/bob', account: '444455556666' },
  { ...stop, alertId: '2'.repeat(26), mode: 'shadow' },
  { ...stop, alertId: '3'.repeat(26), suppressed: 'backup' },
  { ...reads, alertId: '4'.repeat(26), continues: reads.alertId },
];

function page(
  alerts: readonly ReplayAlert[],
  of = english,
  circumstances: Partial<ReplayResult> = {},
  records?: RawRecords,
): string {
  const result: ReplayResult = {
    ...{ alerts, inputs: 2, events: 12_345, unreadable: 0, late: 0, problems: [], ruleErrors: [], interrupted: false },
    ...{ firstEventMs: Date.parse('2026-03-10T10:00:00Z'), lastEventMs: Date.parse('2026-03-11T10:00:00Z') },
    ...circumstances,
  };
  return html(alerts, result, of, records);
}

/** The page without what its alerts say. */
function skeleton(text: string): string {
  return text.replace(/(<script type="application\/json" id="\w+">)[\s\S]*?(<\/script>)/g, '$1$2');
}

describe('the page', () => {
  const text = page(ALERTS);

  it('lets run its one script and style by their hashes, and load nothing', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? '';
    const hash = (of: string) => `'sha256-${createHash('sha256').update(of).digest('base64')}'`;
    const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script ?? '');
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style]) => style ?? '');
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(scripts[0] ?? '')}`,
      `style-src ${hash(styles[0] ?? '')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(text.indexOf('Content-Security-Policy')).toBeLessThan(text.indexOf('<style>'));
    // Nothing that the policy would have to stop, or that it would break.
    expect(skeleton(text)).not.toMatch(/\s(?:src|style|on\w+)=|url\(|@import|<link|<iframe|<object|<base/i);
    expect(skeleton(text).match(/href="[^"]*"/g)).toEqual(['href="#alerts"']);
  });

  it('has no way from text to markup or code, and no way out', () => {
    expect(PAGE_SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|srcdoc|createContextualFragment|DOMParser/,
    );
    expect(PAGE_SCRIPT).not.toMatch(
      /fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\s*\(|localStorage|cookie/,
    );
    expect(PAGE_SCRIPT.match(/https?:\/\/[^'"`\s]*/g)).toEqual(['http://www.w3.org/2000/svg', 'https://']);
    expect(`${PAGE_SCRIPT}${PAGE_STYLE}`).not.toMatch(/<\/(?:script|style)/i);
  });

  it('can be used with a keyboard, a screen reader, in the dark and on paper', () => {
    expect(text).toMatch(/<html lang="en">/);
    expect(text).toMatch(/<a class="skip" href="#alerts">/);
    expect(text).toMatch(/role="status" aria-live="polite"/);
    for (const [field] of text.matchAll(/<(?:select|input) name="\w+"/g)) {
      expect(text).toMatch(new RegExp(`<label[^>]*>[^<]+${field}`));
    }
    const strips = openPage(text)
      .byId('timeline')
      .all('svg')
      .filter(({ attributes }) => attributes.get('role') === 'img');
    expect(strips.map(({ attributes }) => attributes.get('aria-label'))).toEqual([
      expect.stringMatching(/^2 alerts, the first 2026-03-10 /),
      expect.stringMatching(/^1 alert, /),
    ]);
    for (const media of ['prefers-color-scheme:dark', 'print', 'prefers-reduced-motion'])
      expect(PAGE_STYLE).toContain(media);
    const { press, filters } = openPage(text);
    press('/');
    expect(filters['text']?.attributes.get('focused')).toBe('true');
  });

  it('says what it was made of, and how grave it is', () => {
    expect(text).toContain('<h1>3 alerts in 12,345 events</h1>');
    expect(text).toContain('2 files, 2026-03-10 10:00:00 to 2026-03-11 10:00:00 UTC.');
    expect(text).toContain('<li><b class="critical">2</b>critical</li>');
    expect(text).toContain('<b class="">1</b>suppressed</li>');
    expect(text).toContain('<b class="">1</b>in shadow</li>');
    expect(text).not.toContain('This report is not whole');
  });

  it('says what it may lack', () => {
    const text = page(ALERTS, english, {
      interrupted: true,
      unreadable: 3,
      late: 1,
      problems: [{ file: '<b>.json.gz', reason: 'cut short', recordsLost: 'unknown' }],
      ruleErrors: [{ rule: 'denied-reads', error: 'x', eventId: 'e', times: 2 }],
    });
    const [, said = ''] = /This report is not whole<\/h2><ul>(.*?)<\/ul>/.exec(text) ?? [];
    expect(said.match(/<li>.*?<\/li>/g)).toEqual([
      '<li>Reading was interrupted: what came after it is not here.</li>',
      '<li>1 problem with files; the first: &#60;b&#62;.json.gz: cut short</li>',
      '<li>3 records could not be read as events.</li>',
      '<li>1 event came so late that windows around them may be incomplete.</li>',
      '<li>Rule denied-reads failed on 2 events.</li>',
    ]);
  });

  it('is whole without any alert', () => {
    const text = page([]);
    const { byId, rows } = openPage(text);
    expect(rows()).toEqual([]);
    expect(byId('status').textContent).toBe('0 alerts of 0');
    expect(text).toContain('Nothing in these events is worth an alert');
    expect([byId('none').hidden, byId('pictures').hidden]).toEqual([true, true]);
  });
});

describe('a reader', () => {
  const ids = (opened: ReturnType<typeof openPage>) =>
    opened.rows().map((row) => /Alert([0-9a-z]{26})/.exec(opened.open(row).textContent)?.[1]);

  it('sees what was told; what was not, apart', () => {
    const opened = openPage(page(ALERTS));
    expect(ids(opened)).toEqual([stop.alertId, '1'.repeat(26), reads.alertId]);
    expect(opened.byId('status').textContent).toBe('3 alerts of 6');
    opened.filter({ fate: 'suppressed' });
    expect(ids(opened)).toEqual(['3'.repeat(26)]);
    opened.filter({ fate: 'shadow' });
    expect(ids(opened)).toEqual(['2'.repeat(26)]);
    opened.filter({ fate: 'continued' });
    expect(ids(opened)).toEqual(['4'.repeat(26)]);
    expect(opened.byId('status').textContent).toBe('1 alert of 6: told with another');
    opened.filter({ fate: 'all' });
    expect(ids(opened)).toHaveLength(6);
  });

  it('filters by severity, rule, account, caller and words', () => {
    const opened = openPage(page(ALERTS));
    const none = { severity: 'low', rule: '', account: '', actor: '', text: '' };
    for (const [values, expected] of [
      [{ severity: 'critical' }, [stop.alertId, '1'.repeat(26)]],
      [{ rule: 'denied-reads' }, [reads.alertId]],
      [{ account: '444455556666' }, ['1'.repeat(26)]],
      [{ actor: stop.actor, rule: 'cloudtrail-stopped' }, [stop.alertId]],
      [{ text: 'STOPLOGGING bob' }, ['1'.repeat(26)]],
      [{ text: 'org-trail nobody' }, []],
      [{ text: reads.eventIds[3] ?? 'none' }, [reads.alertId]],
    ] as const) {
      opened.filter({ ...none, ...values });
      expect({ values, ids: ids(opened) }).toEqual({ values, ids: expected });
    }
    const options = (name: string) => opened.filters[name]?.children.map(({ textContent }) => textContent);
    expect(options('account')).toEqual(['prod 111122223333 (5)', '444455556666 (1)']);
    expect(options('rule')).toContain('CloudTrail logging stopped (4)');
  });

  it('reads who, what, why and what to do, and copies a suppression that configuration takes', async () => {
    const opened = openPage(page(ALERTS));
    const [row] = opened.rows();
    if (row === undefined) throw new Error('no alert is shown');
    expect(row.children).toHaveLength(1);
    const { textContent } = opened.open(row);
    const rule = ruleOf('cloudtrail-stopped');
    for (const part of [stop.actor, rule.why, rule.runbook[0], rule.falsePositives[0], '2026-03-10 10:00:00']) {
      expect(textContent).toContain(part);
    }
    expect(textContent).toContain('prod');
    expect(row.all('a').map(({ href, rel }) => [href, rel])).toEqual([
      [expect.stringMatching(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudtrailv2\//), 'noopener noreferrer'],
    ]);
    row.all('button')[0]?.fire('click');
    const [stanza = ''] = opened.copied;
    const pasted = `suppressions:\n${stanza.replace(/^/gm, '  ')}\n`;
    const { suppressions } = resolveConfig(parseConfig(pasted, 'trailhound.yaml').value, RULES, stop.lastFiringMs);
    expect(suppressions).toHaveLength(1);
    opened.open(row);
    expect(row.children).toHaveLength(2);
  });

  it('orders by severity or time, and by one click sees a rule or a caller alone', () => {
    const opened = openPage(
      page([{ ...reads, firedMs: 0 } as ReplayAlert, { ...stop, firstFiringMs: stop.firstFiringMs + 1 }]),
    );
    expect(ids(opened)).toEqual([stop.alertId, reads.alertId]);
    const [earlier, later] = reads.firstFiringMs < stop.firstFiringMs + 1 ? [reads, stop] : [stop, reads];
    opened.filter({ order: 'oldest' });
    expect(ids(opened)).toEqual([earlier.alertId, later.alertId]);
    opened.filter({ order: 'newest' });
    expect(ids(opened)).toEqual([later.alertId, earlier.alertId]);
    const button = (list: string, label: string) =>
      opened
        .byId(list)
        .all('button')
        .find(({ textContent }) => textContent.includes(label));
    button('timeline', 'CloudTrail logging stopped')?.fire('click');
    expect(ids(opened)).toEqual([stop.alertId]);
    expect(button('timeline', 'CloudTrail logging stopped')?.attributes.get('aria-pressed')).toBe('true');
    expect(opened.byId('status').textContent).toBe('1 alert of 2: CloudTrail logging stopped');
    button('timeline', 'CloudTrail logging stopped')?.fire('click');
    button('callers', reads.actor)?.fire('click');
    expect(ids(opened)).toHaveLength(reads.actor === stop.actor ? 2 : 1);
  });

  it('opens and closes all that is listed, and is told when nothing is', () => {
    const opened = openPage(page(ALERTS));
    const isOpen = () => opened.rows().map((row) => row.open);
    opened.byId('open-all').fire('click');
    expect(isOpen()).toEqual([true, true, true]);
    opened.byId('open-all').fire('click');
    expect(isOpen()).toEqual([false, false, false]);
    opened.filter({ text: 'nobody has this' });
    expect([opened.byId('none').hidden, opened.byId('pictures').hidden]).toEqual([false, true]);
    expect(opened.byId('status').textContent).toBe('0 alerts of 6: \u201cnobody has this\u201d');
  });

  it('gets thousands of alerts a page at a time, with a timeline of the most severe rules', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      ...(index % 3 === 0 ? stop : reads),
      alertId: String(index).padStart(26, '0'),
      firstFiringMs: stop.firstFiringMs + index * 60_000,
    }));
    const opened = openPage(page(many));
    expect(opened.rows()).toHaveLength(100);
    expect(opened.byId('more').textContent).toBe('Show 100 more of 4,900');
    opened.byId('more').fire('click');
    expect(opened.rows()).toHaveLength(200);
    const bars = opened.byId('timeline').all('rect');
    expect(bars.length).toBeGreaterThan(60);
    expect(bars.length).toBeLessThanOrEqual(144);
    const counts = bars.map((bar) => Number(/([\d,]+) alert/.exec(bar.textContent)?.[1]?.replace(',', '')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000);
    opened.filter({ text: '42'.padStart(26, '0') });
    expect(opened.rows()).toHaveLength(1);
    expect(opened.byId('more').hidden).toBe(true);
  });

  it('reads the records of an alert, or what it kept of those that are not here', () => {
    const two = { ...reads, eventIds: ['e-first', reads.evidence[0]?.eventId ?? '', 'e-last'] };
    const [lead] = two.evidence;
    const record = (eventID: string) => shownRecord({ ...stopped, eventID, requestParameters: { name: eventID } });
    const texts = new Map([record('e-first'), record('e-last')].map((text) => [JSON.parse(text).eventID, text]));
    const opened = openPage(page([two], english, {}, { texts, leftOut: new Set([lead?.eventId ?? '']) }));
    const [row] = opened.rows();
    if (row === undefined) throw new Error('no alert is shown');
    const events = opened.open(row).all('details').slice(1, -1);
    expect(events.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/cloudtrail StopLoggingsucceeded.*first$/),
      expect.stringMatching(/sts GetCallerIdentity.*was refused.*leads$/),
      expect.stringMatching(/cloudtrail StopLoggingsucceeded.*last$/),
    ]);
    const inside = events.map((event) => opened.open(event).all('pre')[0]?.textContent ?? '');
    expect(inside.map((text) => JSON.parse(text).requestParameters?.name)).toEqual(['e-first', undefined, 'e-last']);
    expect(inside[1]).toContain(lead?.eventId);
    expect(events[1]?.textContent).toContain('This page holds no more records');
    // Words of records are found too, also where JSON writes them as escapes.
    for (const [text, found] of [
      ['e-last', 1],
      ['"e-last"', 1],
      ['e-nowhere', 0],
    ] as const) {
      opened.filter({ text });
      expect([text, opened.rows().length]).toEqual([text, found]);
    }
  });

  it('reads titles in the language of the configuration', () => {
    const text = page(ALERTS, frame({ language: 'es' }));
    expect(openPage(text).rows()[0]?.textContent).toContain('El registro de CloudTrail se ha detenido');
  });
});

describe('hostile text', () => {
  const expected = skeleton(page([stop]));

  it.each(PAYLOADS)('%s stays data', (_name, payload) => {
    const timeline = [
      but(stopped, {
        userAgent: payload,
        requestParameters: { name: payload },
        userIdentity: { ...user('bob'), userName: payload, arn: `arn:aws:iam::111122223333:user/${payload}` },
        errorMessage: undefined,
      }),
    ];
    const alerts = found('cloudtrail-stopped', timeline);
    expect(alerts).toHaveLength(1);
    const records = new Map(timeline.map((record) => [String(record['eventID']), shownRecord(record)]));
    const text = page(alerts, english, {}, { texts: records, leftOut: new Set() });
    expect(skeleton(text)).toBe(expected);
    const blocks = [...text.matchAll(/<script type="application\/json" id="\w+">([\s\S]*?)<\/script>/g)];
    expect(blocks).toHaveLength(3);
    for (const [, data] of blocks) expect(data).not.toMatch(/[<>&]/);
    const opened = openPage(text);
    const [row] = opened.rows();
    if (row === undefined) throw new Error('no alert is shown');
    // Shown as it is kept, in texts and nowhere else.
    expect(opened.open(row).textContent).toContain(alerts[0]?.headline);
    for (const event of row.all('details').slice(1)) opened.open(event);
    const [shown] = records.values();
    expect(row.all('pre').map(({ textContent }) => textContent)).toContain(
      JSON.stringify(JSON.parse(shown ?? ''), null, 2),
    );
    const made = new Set(row.all().map(({ name }) => name));
    expect([...made].filter((name) => !KNOWN_ELEMENTS.has(name))).toEqual([]);
    for (const { href } of row.all('a')) expect(href).toMatch(/^https:\/\/[a-z0-9-]+\.console\.aws\.amazon\.com\//);
  });

  const KNOWN_ELEMENTS = new Set([
    'details',
    'summary',
    'b',
    'span',
    'div',
    'dl',
    'dt',
    'dd',
    'h3',
    'p',
    'ol',
    'ul',
    'li',
    'pre',
    'button',
    'a',
  ]);

  it('of the configuration is no markup either', () => {
    const odd = { ...english, version: '</p><script>alert(1)</script>', configHash: '"><img>' };
    expect(skeleton(page([stop], odd))).not.toMatch(/<script>alert|<img/);
  });
});
