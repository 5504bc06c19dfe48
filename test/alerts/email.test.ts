import Ajv, { type ValidateFunction } from 'ajv';
import schema from '../../docs/alert.schema.json';
import { alertDocument } from '../../lambda/alerts/alert-document';
import type { AlertView } from '../../lambda/alerts/alert-view';
import { chatMessage } from '../../lambda/alerts/chat';
import { emailSubject, emailText } from '../../lambda/alerts/email';
import { SPANISH_TITLES } from '../../lambda/alerts/spanish';
import { suppressionStanza } from '../../lambda/alerts/suppression-stanza';
import { parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { RULES } from '../../lambda/rules';
import type { Rule } from '../../lambda/rules/rule';
import { suppressionOf } from '../../lambda/rules/suppression';
import { bare, frame, lost, NOW_MS, type ToldExample, toldExamples } from './told-alerts';

const english = frame();
const spanish = frame({ language: 'es', timeZone: 'Europe/Madrid' });
const validate: ValidateFunction = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

const examples = toldExamples();
const firstOfRule = RULES.flatMap((rule): [string, ToldExample][] => {
  const first = examples.find((example) => example.rule === rule);
  return first === undefined ? [] : [[rule.id, first]];
});

/** What a missing value becomes when nobody looks. */
const HOLES = /\b(?:undefined|null|NaN)\b|\[object |Invalid Date/;

function mail(view: AlertView, of = english): string {
  return `Subject: ${emailSubject(view, of)}\n\n${emailText(view, of)}`;
}

/** The mail without what changes from run to run. */
function stable(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<event>')
    .replace(/\b[0-9a-hjkmnp-tv-z]{26}\b/g, '<alert>')
    .replace(/[0-9a-f]{32,}$/m, '<hash>');
}

/** What differs from rule to rule: subject, facts, and what to suppress. */
function facts(view: AlertView): string {
  const [head = ''] = mail(view).split(/\n\n(?=WHY)/);
  return stable([head, ...(suppressionStanza(view, english) ?? ['no suppression'])].join('\n'));
}

describe.each(firstOfRule)('a message of %s', (_id, { view }) => {
  it('reads as recorded', () => expect(facts(view)).toMatchSnapshot());
  it('reads as recorded where the record lacks what it may lack', () => expect(facts(bare(view))).toMatchSnapshot());
});

describe.each([
  ['one event', 'cloudtrail-stopped'],
  ['a burst', 'denied-reads'],
  ['a sequence', 'password-reset-then-sign-in'],
  ['a first use', 'ec2-image-first-seen'],
])('the whole message of %s', (_what, id) => {
  const { view } = examples.find(({ rule }) => rule.id === id) as ToldExample;
  it('reads as recorded in English', () => expect(stable(mail(view))).toMatchSnapshot());
  it('reads as recorded in Spanish', () => expect(stable(mail(view, spanish))).toMatchSnapshot());
});

describe('every message', () => {
  const gone = { ...english, rules: new Map(), active: new Map() };

  it.each([
    ['in English', english],
    ['in Spanish', spanish],
    ['of a rule that is gone', gone],
  ])('%s has no holes, whatever is missing', (_what, of) => {
    for (const { view } of examples) {
      for (const variant of [view, bare(view), lost(view), { ...view, kind: 'too-much' as const }]) {
        const text = mail(variant, of);
        expect(text).not.toMatch(HOLES);
        expect(text).not.toMatch(/ $/m);
        expect(JSON.stringify(chatMessage(variant, of))).not.toMatch(/undefined|NaN|\[object /);
      }
    }
  });

  it('has a subject that SNS takes and that says how bad, what and where', () => {
    for (const { rule, view } of examples) {
      for (const of of [english, spanish, frame({ accounts: { '111122223333': 'x'.repeat(100) } })]) {
        const subject = emailSubject(view, of);
        expect(subject).toMatch(/^\[[A-Z]+\] [\x20-\x7e]+$/);
        expect(subject.length).toBeLessThanOrEqual(99);
        expect(subject).toContain(`${view.account} ${view.region}`);
      }
      expect(emailSubject(view, english)).toContain(rule.title);
    }
  });

  it('is a JSON alert by the schema, with whatever is missing', () => {
    for (const { view } of examples) {
      for (const variant of [view, bare(view), lost(view)]) {
        for (const of of [english, gone]) {
          if (!validate(JSON.parse(JSON.stringify(alertDocument(variant, of)))))
            throw new Error(JSON.stringify(validate.errors));
        }
      }
    }
  });

  it('says who, from where, where, when, why, what to do and how to look it up', () => {
    for (const { rule, view } of examples) {
      const text = mail(view);
      for (const heading of ['WHAT', 'WHO', 'WHERE', 'WHEN', 'WHY', 'DO', 'EXPECTED?', 'LINKS', 'IDS']) {
        expect(text.match(new RegExp(`^${heading.replace('?', '\\?')}(?: |$)`, 'gm'))).toHaveLength(1);
      }
      for (const own of [rule.why, ...rule.runbook, ...rule.falsePositives, view.alertId]) expect(text).toContain(own);
      if (view.samples.length > 0) expect(text).toMatch(/^FROM /m);
    }
  });

  it('is short enough to be read', () => {
    for (const { view } of examples) expect(mail(view).length).toBeLessThan(8_000);
  });
});

describe('the suppression in a message', () => {
  it.each([
    ['English', english],
    ['Spanish', spanish],
  ])('can be pasted, and covers the event that leads the alert: %s', (_language, of) => {
    const without: string[] = [];
    for (const { rule, example, view } of examples) {
      const stanza = suppressionStanza(view, of);
      const lead = view.samples[0];
      if (stanza === undefined || lead === undefined) {
        without.push(rule.id);
        continue;
      }
      const pasted = mail(view, of)
        .split('\n')
        .filter((line) => stanza.includes(line.slice(2)));
      expect(pasted).toEqual(stanza.map((line) => `  ${line}`));
      const { value } = parseConfig(`suppressions:\n${pasted.join('\n')}\n`, 'trailhound.yaml');
      const { suppressions } = resolveConfig(value, RULES, NOW_MS);
      const event = eventOf(example.timeline, lead.eventId);
      expect([rule.id, example.why, suppressionOf(suppressions, rule, event)?.rules]).toEqual([
        rule.id,
        example.why,
        [rule.id],
      ]);
    }
    expect([...new Set(without)]).toEqual(RULES.filter((rule) => rule.neverSuppressed).map(({ id }) => id));
  });

  const [rule] = RULES.filter(({ id }) => id === 'cloudtrail-stopped') as [Rule];
  const { view } = examples.find((example) => example.rule === rule) as ToldExample;
  const [lead] = view.samples;
  if (lead === undefined) throw new Error('an alert without evidence');
  const stanzaFor = (actor: string, resources: readonly string[] = [], medium: 'mail' | 'page' = 'mail') =>
    suppressionStanza({ ...view, actor, samples: [{ ...lead, actor, resources, caller: {} }] }, english, medium)?.join(
      '\n',
    );

  it.each([
    '*',
    'arn:aws:iam::111122223333:user/*',
    'arn:aws:iam::*:role/Admin',
    'arn:aws:iam::111122223333:user/a?b',
    'a"b',
    'x\ny',
    'x…',
    '�',
    '[removed]',
    'https://evil.example',
  ])('never names an actor that would match others, or that AWS does not allow: %j', (actor) =>
    expect(stanzaFor(actor)).toBeUndefined(),
  );

  it('names no resource where it could not name all', () => {
    expect(stanzaFor(view.actor, ['bucket-1', 'bucket-2'])).toContain('resource: ["bucket-1", "bucket-2"]');
    expect(stanzaFor(view.actor, ['bucket-1', '*'])).not.toContain('resource');
    expect(stanzaFor(view.actor, ['a', 'b', 'c', 'd', 'e', 'f'])).not.toContain('resource');
  });

  it('makes no link of a name in a mail: ? stands for its full stops', () => {
    expect(stanzaFor(view.actor, ['www.example.com'])).toContain('resource: ["www?example?com"]');
    expect(stanzaFor(view.actor, ['www.example.com'], 'page')).toContain('resource: ["www.example.com"]');
    const alice = 'arn:aws:iam::111122223333:user/alice.com';
    expect(stanzaFor(alice)).toContain('actor: "arn:aws:iam::111122223333:user/alice?com"');
    expect(stanzaFor(alice, [], 'page')).toContain(`actor: "${alice}"`);
  });

  it('names the address, and not one of its victims, where the address is what is counted', () => {
    const spray = examples.find((example) => example.rule.id === 'sign-in-spray') as ToldExample;
    const stanza = suppressionStanza(spray.view, english)?.join('\n');
    expect(stanza).toContain('sourceIp: ');
    expect(stanza).not.toContain('actor');
  });
});

describe('Spanish', () => {
  it('has a title for every rule, and for no other', () => {
    // A rule without one: add a line to lambda/alerts/spanish.ts.
    expect(Object.keys(SPANISH_TITLES).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  it('has titles that fit a subject line', () => {
    for (const title of Object.values(SPANISH_TITLES)) expect(title).toMatch(/^[^.]{10,70}$/u);
  });

  it('loses its accents in the subject', () => {
    const { view } = examples.find(({ rule }) => rule.id === 'cloudtrail-stopped') as ToldExample;
    expect(emailSubject(view, spanish)).toBe(
      '[CRITICA] El registro de CloudTrail se ha detenido - prod 111122223333 us-east-1',
    );
  });
});

function eventOf(timeline: readonly unknown[], id: string): TrailEvent {
  for (const record of timeline) {
    const event = toTrailEvent(record);
    if (!isUnreadable(event) && event.id === id) return event;
  }
  throw new Error(`no event ${id}`);
}
