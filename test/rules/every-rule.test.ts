import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { RULES } from '../../lambda/rules';
import type { Example, Examples, Rule, SampleRecord } from '../../lambda/rules/rule';
import { levelOf } from '../../lambda/rules/severity';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { alertsOf, engineFor } from './timeline';

const RULES_FOLDER = join(__dirname, '../../lambda/rules');

/** Rule files are those in a service's folder that export a rule; helpers of a family export none. */
const modules = readdirSync(RULES_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) =>
    readdirSync(join(RULES_FOLDER, folder.name)).map((file) => join(RULES_FOLDER, folder.name, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, module: require(file) as { default?: Rule; examples?: () => Examples } }))
  .filter(({ module }) => module.default !== undefined)
  .map(({ file, module }) => ({
    id: basename(file, '.ts'),
    file,
    rule: module.default as Rule,
    examples: module.examples,
  }));

describe('the rule index', () => {
  it('names every rule file once, and nothing else', () => {
    const registered = RULES.map((rule) => rule.id);
    expect([...registered].sort()).toEqual(modules.map(({ id }) => id).sort());
    expect(new Set(registered).size).toBe(registered.length);
  });
});

describe.each(modules)('$id', ({ id, file, rule, examples }) => {
  if (examples === undefined) {
    it('has examples', () => {
      throw new Error(
        `${relative(RULES_FOLDER, file)} exports no examples: add \`export const examples = (): Examples => …\``,
      );
    });
    return;
  }
  const { fires, quiet } = examples();

  it('is named as its file, with a title that fits a subject line', () => {
    expect(rule.id).toBe(id);
    expect(rule.title).toMatch(/^[\x20-\x7e]{8,60}$/);
    expect(rule.title).not.toMatch(/\.$/);
  });

  it('uses only settings that it declares', () => {
    const source = require('node:fs').readFileSync(file, 'utf8') as string;
    const used = [...source.matchAll(/\bsettings\.(\w+)/g)].map(([, name]) => name as string);
    const declared: readonly string[] = rule.settings ?? [];
    expect(used.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it.each(named(fires))('fires once: %s', (_why, example) => {
    const alerts = alertsOf(engineFor(rule, example), example.timeline);
    expect(messages(alerts).map(summary)).toHaveLength(1);
    if (example.severity !== undefined) expect(messages(alerts)[0]?.severity).toBe(example.severity);
  });

  it.each(named(quiet))('stays quiet: %s', (_why, example) => {
    const alerts = alertsOf(engineFor(rule, example), example.timeline);
    expect(alerts.filter((alert) => levelOf(alert.severity) > 0).map(summary)).toEqual([]);
  });

  it.each(named(fires))('says the same of any order and of repeats: %s', (_why, example) => {
    const { timeline } = example;
    const inOrder = alertsOf(engineFor(rule, example), timeline).map(identity);
    const reversed = alertsOf(engineFor(rule, example), [...timeline].reverse()).map(identity);
    const twice = alertsOf(engineFor(rule, example), [...timeline, ...timeline]).map(identity);
    expect(reversed).toEqual(inOrder);
    expect(twice).toEqual(inOrder);
  });

  it('takes records that lack everything but identity and time', () => {
    const records = [...fires, ...quiet].flatMap((example) => example.timeline);
    for (const strip of BARE) expect(() => alertsOf(engineFor(rule), records.map(strip))).not.toThrow();
  });

  it('tells who, what and where in its headline', () => {
    for (const example of fires) {
      for (const alert of messages(alertsOf(engineFor(rule, example), example.timeline))) {
        expect(alert.headline).not.toMatch(/undefined|null|NaN|\[object/);
        expect(alert.headline.length).toBeLessThan(400);
        expect(alert.eventIds.length).toBeGreaterThan(0);
      }
    }
  });

  if (onlySucceeded(rule)) {
    it('stays quiet when every call was refused', () => {
      for (const example of fires) {
        const refused = example.timeline.map((record) => ({
          ...record,
          errorCode: 'AccessDenied',
          errorMessage: 'not authorized',
          requestParameters: null,
          responseElements: null,
        }));
        expect(messages(alertsOf(engineFor(rule, example), refused))).toEqual([]);
      }
    });
  }
});

/** Ways in which real records lack what rules read. */
const BARE: readonly ((record: SampleRecord) => SampleRecord)[] = [
  (record) => ({ ...record, requestParameters: null, responseElements: null }),
  (record) => ({ ...record, requestParameters: {}, responseElements: {} }),
  (record) => ({ ...record, requestParameters: { omitted: true, reason: 'requestParameters too large' } }),
  (record) => ({
    ...record,
    requestParameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    responseElements: 'HIDDEN_DUE_TO_SECURITY_REASONS',
  }),
  (record) => ({ ...record, userIdentity: undefined, additionalEventData: null }),
  (record) => ({
    eventID: record['eventID'],
    eventTime: record['eventTime'],
    eventSource: record['eventSource'],
    eventName: record['eventName'],
  }),
  (record) => ({
    ...record,
    requestParameters: oddShapes(record['requestParameters']),
    responseElements: oddShapes(record['responseElements']),
  }),
];

/** Every leaf as another type than AWS documents: a number where text is, an array where an object is. */
function oddShapes(value: unknown): unknown {
  if (Array.isArray(value)) return { items: value.map(oddShapes) };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, [oddShapes(inner)]]));
  }
  return typeof value === 'string' ? 7 : { odd: value };
}

function named(examples: readonly Example[]): [string, Example][] {
  return examples.map((example) => [example.why, example]);
}

function messages(alerts: readonly ReplayAlert[]): ReplayAlert[] {
  return alerts.filter(hasMessage);
}

function summary(alert: ReplayAlert): string {
  return `${alert.severity} ${alert.headline} (${alert.count})`;
}

function identity({ alertId, severity, count, eventIds, continues, headline }: ReplayAlert) {
  return { alertId, severity, count, eventIds, continues, headline };
}

function onlySucceeded(rule: Rule): boolean {
  return rule.match.every((match) => match.outcome === 'succeeded');
}
