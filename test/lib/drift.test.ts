import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { EXAMPLES } from '../../lambda/rules/examples';
import { isDeployed, needs } from '../../lambda/rules/feeds';
import type { Example, Rule, SampleRecord } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { envelopesOf } from '../rules/envelope';
import { accepts } from './deployed-pattern';
import { type Resource, resourcesOf, type SynthesizedStack, synthesized } from './synthesized';

/** EventBridge's limits. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const PATTERN_CHARACTERS = 2048;
/** The lengths of all `$or` lists, multiplied. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const PATTERN_COMBINATIONS = 1000;
const RULES_PER_BUS = 300;

/** Everything switched on: what a rule needs is configured, and every rule is on. */
const everything = synthesized({
  deploy: { allReads: true, dataEvents: true },
  rules: Object.fromEntries(RULES.filter(({ mode }) => mode === 'off').map(({ id }) => [id, { mode: 'live' }])),
});
/** As shipped. */
const shipped = synthesized();

interface DeployedRule {
  readonly id: string;
  readonly pattern: unknown;
  readonly state: unknown;
  readonly target: string;
}

/** Rules whose target is a queue or a bus; the crown jewels' go to people, besides the normal way. */
function deployed(stack: SynthesizedStack): DeployedRule[] {
  return resourcesOf(stack, 'AWS::Events::Rule').flatMap(([id, { Properties }]) => {
    const [target] = Properties['Targets'] as [{ Id: string }];
    return target.Id === 'Topic'
      ? []
      : [{ id, pattern: Properties['EventPattern'], state: Properties['State'], target: target.Id }];
  });
}

describe.each(RULES.filter(isDeployed).map((rule) => [rule.id, rule] as const))(
  'what is deployed, for %s',
  (_id, rule) => {
    const isOrdinary = !needs(rule).some((need) => need === 'all-reads' || need === 'data-events');
    const stacks = isOrdinary && (rule.mode ?? 'live') !== 'off' ? shipped : everything;
    const forwarding = deployed(stacks.forwarder);
    const derived = deployed(stacks.hub);

    it.each(firing(rule))('forwards once and delivers once every event that it needs: %s', (_why, example) => {
      const wanted = example.timeline.filter((record) => concerns(rule, example, record));
      expect(wanted.length).toBeGreaterThan(0);
      for (const record of wanted) {
        for (const envelope of envelopesOf(record)) {
          const say = (rules: readonly DeployedRule[]) =>
            rules.filter(({ pattern }) => accepts(pattern, envelope)).map(({ id }) => id);
          const call = `${record['eventSource']} ${record['eventName']} (readOnly: ${record['readOnly']})`;
          expect({ call, forwardedBy: say(forwarding) }).toEqual({ call, forwardedBy: [expect.any(String)] });
          expect({ call, deliveredBy: say(derived) }).toEqual({ call, deliveredBy: [expect.any(String)] });
        }
      }
    });
  },
);

describe.each([
  ['as shipped', shipped],
  ['everything switched on', everything],
])('deployed patterns, %s', (_what, { hub, forwarder }) => {
  it('are shorter than EventBridge allows', () => {
    for (const stack of [hub, forwarder]) {
      for (const [id, { Properties }] of resourcesOf(stack, 'AWS::Events::Rule')) {
        expect({ id, isShort: lengthOf(Properties['EventPattern']) < PATTERN_CHARACTERS }).toEqual({
          id,
          isShort: true,
        });
      }
    }
  });

  it('have fewer combinations than EventBridge allows', () => {
    for (const stack of [hub, forwarder]) {
      const counted = resourcesOf(stack, 'AWS::Events::Rule').map(
        ([id, { Properties }]) => [id, alternatives(JSON.stringify(Properties['EventPattern']))] as const,
      );
      expect(counted.filter(([, combinations]) => combinations > PATTERN_COMBINATIONS)).toEqual([]);
      expect(stack === hub && counted.every(([, combinations]) => combinations === 1)).toBe(false);
    }
  });

  it('are fewer on a bus than EventBridge allows', () => {
    expect(resourcesOf(hub, 'AWS::Events::Rule').length).toBeLessThan(RULES_PER_BUS);
  });

  it('take only what AWS itself sent', () => {
    for (const [id, { Properties }] of [
      ...resourcesOf(hub, 'AWS::Events::Rule'),
      ...resourcesOf(forwarder, 'AWS::Events::Rule'),
    ]) {
      const { source } = Properties['EventPattern'] as { source: readonly (string | { prefix: string })[] };
      const starts = source.map((one) => (typeof one === 'string' ? one : one.prefix));
      expect({ id, fromAws: starts.every((start) => start.startsWith('aws.')) }).toEqual({ id, fromAws: true });
    }
  });

  it('get read-only events where they want some', () => {
    for (const { id, pattern, state } of [...deployed(hub), ...deployed(forwarder)]) {
      const { readOnly } = (pattern as { detail?: { readOnly?: unknown[] } }).detail ?? {};
      const reads = readOnly?.includes(true) ?? false;
      expect({ id, state }).toEqual({ id, state: reads ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED' });
    }
  });
});

describe('rules on default buses', () => {
  it('stay the same when detections are switched on and off', () => {
    jest.spyOn(console, 'error').mockImplementation(); // it warns of rules that guard the detection
    const off = Object.fromEntries(RULES.map(({ id }) => [id, { mode: 'off' }]));
    expect(rulesOf(synthesized({ rules: off }).forwarder)).toEqual(rulesOf(shipped.forwarder));
  });
});

function rulesOf(stack: SynthesizedStack): [string, Resource][] {
  return resourcesOf(stack, 'AWS::Events::Rule');
}

function firing(rule: Rule): [string, Example][] {
  const examples = EXAMPLES[rule.id];
  if (examples === undefined) throw new Error(`${rule.id} has no examples in lambda/rules/examples.ts`);
  return examples().fires.map((example) => [example.why, example]);
}

/** Whether the engine takes the record for something of the rule's: as it does in the detector. */
function concerns(rule: Rule, example: Example, record: SampleRecord): boolean {
  const event = toTrailEvent(record);
  if (isUnreadable(event)) return false;
  const active = activate(rule, { ...DEFAULT_SETTINGS, ...example.settings }, { mode: 'live' });
  const { hits } = createDispatcher(active === undefined ? [] : [active], (_rule, error) => {
    throw error;
  });
  return hits(event).length > 0;
}

/** Names that CloudFormation fills in are put at 64 characters, ARNs and URLs with them at theirs. */
/** The lengths of all `$or` lists in the text of a pattern, multiplied. */
function alternatives(text: string): number {
  let product = 1;
  JSON.parse(text, (name, value: unknown) => {
    if (name === '$or' && Array.isArray(value)) product *= value.length;
    return value;
  });
  return product;
}

function lengthOf(pattern: unknown): number {
  const filled = JSON.parse(JSON.stringify(pattern), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if ('Ref' in value || 'Fn::GetAtt' in value) return 'x'.repeat(64);
    if ('Fn::Join' in value) return (value['Fn::Join'] as [string, string[]])[1].join('');
    return value;
  }) as unknown;
  return JSON.stringify(filled).length;
}
