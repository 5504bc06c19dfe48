import { readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { readOwnRules } from '../../lambda/config/own-rules';
import { RULES } from '../../lambda/rules';
import type { Example, Examples, Rule, SampleRecord } from '../../lambda/rules/rule';
import { levelOf } from '../../lambda/rules/severity';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { whySilent } from './diagnose';
import { alertsOf, engineFor } from './timeline';

const RULES_FOLDER = join(__dirname, '../../lambda/rules');

interface RuleModule {
  readonly id: string;
  readonly file: string;
  readonly rule: Rule;
  readonly examples: (() => Examples) | undefined;
}

/** Rule files are those in a service's folder that export a rule; helpers of a family export none. */
const shipped = readdirSync(RULES_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) =>
    readdirSync(join(RULES_FOLDER, folder.name)).map((file) => join(RULES_FOLDER, folder.name, file)),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, module: require(file) as { default?: Rule; examples?: () => Examples } }))
  .flatMap(({ file, module: { default: rule, examples } }): RuleModule[] =>
    rule === undefined ? [] : [{ id: basename(file, '.ts'), file, rule, examples }],
  );

/** Rules of one's own pass the same table: those of the example, and of the folder that TRAILHOUND_RULES names. */
const own = [join(__dirname, '../../examples/own-rules'), process.env['TRAILHOUND_RULES'] ?? '']
  .filter((folder) => folder !== '')
  .flatMap((folder) => readOwnRules(resolve(folder)))
  .map(({ file, rule, examples }): RuleModule => ({ id: basename(file, '.ts'), file, rule, examples }));

const modules = [...shipped, ...own.filter((one, index) => own.findIndex(({ file }) => file === one.file) === index)];

describe('the rule index', () => {
  it('names every rule file once, and nothing else', () => {
    const registered = RULES.map((rule) => rule.id);
    const files = shipped.map(({ id }) => id);
    const missing = files.filter((id) => !registered.includes(id));
    const gone = registered.filter((id) => !files.includes(id));
    hold(missing, `no list names ${missing.join(', ')}. Write the lists: npm run rule-index`);
    hold(gone, `the lists name ${gone.join(', ')}, and there is no such file. Write the lists: npm run rule-index`);
    expect([...registered].sort()).toEqual([...files].sort());
    expect(new Set(registered).size).toBe(registered.length);
  });
});

/** What the scaffold leaves for the author to write; see scripts/new-rule.ts. */
const TO_WRITE = 'To write: ';

describe.each(modules)('$id', ({ id, file, rule, examples }) => {
  const where = relative(join(RULES_FOLDER, '../..'), file);
  if (examples === undefined) {
    it('has examples', () => {
      throw new Error(`${where} exports no examples: add \`export const examples = (): Examples => …\``);
    });
    return;
  }
  const { fires, quiet } = examples();

  it('is written to the end', () => {
    const left = Object.entries({ ...rule, examples: { fires, quiet } })
      .filter(([, value]) => JSON.stringify(value)?.includes(TO_WRITE))
      .map(([field]) => field);
    hold(left, `${where}: still to be written: ${left.join(', ')}. Replace each text that begins with ${TO_WRITE}`);
  });

  it('is named as its file, with a title that fits a subject line', () => {
    if (rule.id !== id) throw new Error(`${where} has the id ${rule.id}: call it ${id}, or rename the file`);
    if (!/^[\x20-\x7e]{8,60}$/.test(rule.title) || rule.title.endsWith('.')) {
      throw new Error(
        `${where}: the title must be 8 to 60 printable ASCII characters (it has ${rule.title.length}) without a full stop, because it is the subject of an e-mail`,
      );
    }
  });

  it('uses only settings that it declares', () => {
    const source = require('node:fs').readFileSync(file, 'utf8') as string;
    const used = [...source.matchAll(/\bsettings\.(\w+)/g)].map(([, name]) => name as string);
    const declared: readonly string[] = rule.settings ?? [];
    const undeclared = [...new Set(used)].filter((name) => !declared.includes(name));
    hold(
      undeclared,
      `${where} reads ${undeclared.join(', ')}: add to \`settings\`, so that they are documented and can be set for this rule`,
    );
  });

  it.each(named(fires))('fires once: %s', (_why, example) => {
    const found = messages(alertsOf(engineFor(rule, example), example.timeline));
    if (found.length === 0) {
      throw new Error(`${where}: this example must fire, and nothing was said:\n${whySilent(rule, example)}`);
    }
    if (found.length > 1) {
      throw new Error(
        `${where}: this example must raise one alert, and raised ${found.length}; \`per\` and \`quietMs\` decide what is one:\n${list(found)}`,
      );
    }
    const [alert] = found;
    if (example.severity !== undefined && alert?.severity !== example.severity) {
      throw new Error(
        `${where}: the example says ${example.severity}, and the alert is ${alert?.severity}:\n${list(found)}`,
      );
    }
  });

  it.each(named(quiet))('stays quiet: %s', (_why, example) => {
    const alerts = alertsOf(engineFor(rule, example), example.timeline).filter((alert) => levelOf(alert.severity) > 0);
    hold(alerts, `${where}: this example must stay quiet, and raised:\n${list(alerts)}`);
  });

  it.each(named(fires))('says the same of any order and of repeats: %s', (_why, example) => {
    const { timeline } = example;
    const inOrder = alertsOf(engineFor(rule, example), timeline).map(identity);
    const reversed = alertsOf(engineFor(rule, example), [...timeline].reverse()).map(identity);
    const twice = alertsOf(engineFor(rule, example), [...timeline, ...timeline]).map(identity);
    // Events come late, out of order and more than once: `when`, `per` and the rest may look at their event only.
    expect(reversed).toEqual(inOrder);
    expect(twice).toEqual(inOrder);
  });

  it('takes records that lack everything but identity and time', () => {
    const records = [...fires, ...quiet].flatMap((example) => example.timeline);
    for (const [lacking, strip] of BARE) {
      try {
        alertsOf(engineFor(rule), records.map(strip));
      } catch (error) {
        throw new Error(
          `${where} throws on records with ${lacking}, which real ones have: read fields with at, pick, text, asArray… of intake/fields\n  ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    }
  });

  it('tells who, what and where in its headline', () => {
    for (const example of fires) {
      for (const alert of messages(alertsOf(engineFor(rule, example), example.timeline))) {
        if (/undefined|null|NaN|\[object/.test(alert.headline) || alert.headline.length >= 400) {
          throw new Error(
            `${where}: a headline names what is there, in less than 400 characters (\`?? '(not named)'\` for what is not), and this one reads:\n  ${alert.headline}`,
          );
        }
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
        const alerts = messages(alertsOf(engineFor(rule, example), refused));
        hold(
          alerts,
          `${where}: every match says \`outcome: 'succeeded'\`, and refused calls raised an alert (${example.why}):\n${list(alerts)}`,
        );
      }
    });
  }
});

/** Ways in which real records lack what rules read, and what each is called. */
const BARE: readonly (readonly [string, (record: SampleRecord) => SampleRecord])[] = [
  ['parameters of null', (record) => ({ ...record, requestParameters: null, responseElements: null })],
  ['parameters of {}', (record) => ({ ...record, requestParameters: {}, responseElements: {} })],
  [
    'parameters left out for their size',
    (record) => ({ ...record, requestParameters: { omitted: true, reason: 'requestParameters too large' } }),
  ],
  [
    'a text where parameters are documented',
    (record) => ({
      ...record,
      requestParameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      responseElements: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    }),
  ],
  ['no userIdentity', (record) => ({ ...record, userIdentity: undefined, additionalEventData: null })],
  [
    'nothing but identity and time',
    (record) => ({
      eventID: record['eventID'],
      eventTime: record['eventTime'],
      eventSource: record['eventSource'],
      eventName: record['eventName'],
    }),
  ],
  [
    'other types than documented',
    (record) => ({
      ...record,
      requestParameters: oddShapes(record['requestParameters']),
      responseElements: oddShapes(record['responseElements']),
    }),
  ],
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

function list(alerts: readonly ReplayAlert[]): string {
  return alerts.map((alert) => `  ${alert.severity} ${alert.headline} (${alert.count})`).join('\n');
}

/** Fails with a text that says what to do, unless the list is empty. */
function hold(wrong: readonly unknown[], whatToDo: string): void {
  if (wrong.length > 0) throw new Error(whatToDo);
}

function identity({ alertId, severity, count, eventIds, continues, headline }: ReplayAlert) {
  return { alertId, severity, count, eventIds, continues, headline };
}

function onlySucceeded(rule: Rule): boolean {
  return rule.match.every((match) => match.outcome === 'succeeded');
}
