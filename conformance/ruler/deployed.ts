import { RULES } from '../../lambda/rules';
import { HOME_REGION, HUB_ACCOUNT, resourcesOf, type SynthesizedStack, synthesized } from '../../test/lib/synthesized';
import type { Json } from '../mutate';

/** Every distinct pattern of both stacks, as shipped and with everything switched on. */
export function deployedPatterns(): Record<string, Json> {
  const everything = {
    deploy: { allReads: true, dataEvents: true },
    rules: Object.fromEntries(RULES.filter(({ mode }) => mode === 'off').map(({ id }) => [id, { mode: 'live' }])),
  };
  const patterns: Record<string, Json> = {};
  const known = new Set<string>();
  const add = (where: string, stack: SynthesizedStack) => {
    for (const [id, { Properties }] of resourcesOf(stack, 'AWS::Events::Rule')) {
      const pattern = resolved(Properties['EventPattern'] as Json | undefined, Object.keys(stack.json.Resources));
      const text = JSON.stringify(pattern);
      if (pattern === undefined || known.has(text)) continue;
      known.add(text);
      patterns[`${where} ${id}`] = pattern;
    }
  };
  for (const [name, config] of Object.entries({ shipped: {}, everything })) {
    const { hub, forwarder } = synthesized(config);
    add(`${name} hub`, hub);
    add(`${name} forwarder`, forwarder);
  }
  return patterns;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': HOME_REGION,
  'AWS::AccountId': HUB_ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The value as CloudFormation would fill it in; what only exists when deployed gets its logical id for a name. */
function resolved(value: Json | undefined, logicalIds: readonly string[]): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => resolved(element, logicalIds) as Json);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, operand] = ['', null], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (name === 'Ref') return PSEUDO[String(operand)] ?? named(String(operand), logicalIds);
    if (name === 'Fn::GetAtt') return (operand as string[]).join('.');
    if (name === 'Fn::Join') {
      const [separator, parts] = operand as [string, Json[]];
      return (resolved(parts, logicalIds) as string[]).join(separator);
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, logicalIds) as Json]));
}

function named(logicalId: string, logicalIds: readonly string[]): string {
  if (!logicalIds.includes(logicalId)) throw new Error(`a pattern refers to ${logicalId}, which the stack lacks`);
  return logicalId;
}

/** Events made to a pattern's measure: one that takes the first condition of each field, and others that take another. */
export function witnesses(pattern: Json): Json[] {
  const made: Json[] = [];
  for (let turn = 0; turn < 40; turn++) made.push(witness(pattern, turn));
  return [...new Map(made.map((event) => [JSON.stringify(event), event])).values()];
}

function witness(pattern: Json, turn: number): Json {
  const event: { [name: string]: Json } = {};
  for (const [name, inner] of Object.entries(pattern as { [name: string]: Json })) {
    if (name === '$or') {
      const branches = inner as Json[];
      merge(event, witness(branches[turn % branches.length] as Json, Math.floor(turn / branches.length)));
    } else if (Array.isArray(inner)) {
      const value = valueFor(inner[turn % inner.length] as Json, turn);
      if (value !== undefined) event[name] = value;
    } else merge(event, { [name]: witness(inner, turn) });
  }
  return event;
}

function merge(into: { [name: string]: Json }, from: Json): void {
  for (const [name, value] of Object.entries(from as { [name: string]: Json })) {
    const there = into[name];
    if (isObject(there) && isObject(value)) merge(there, value);
    else into[name] = value;
  }
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that meets the condition; undefined where the field must be absent. */
function valueFor(condition: Json, turn: number): Json | undefined {
  if (!isObject(condition)) return condition;
  if ('exists' in condition) return condition['exists'] === true ? 'there' : undefined;
  if ('prefix' in condition) return `${String(condition['prefix'])}${turn === 0 ? '' : 'X'}`;
  if ('suffix' in condition) return `X${String(condition['suffix'])}`;
  if ('equals-ignore-case' in condition) return String(condition['equals-ignore-case']).toUpperCase();
  return 'something-else.amazonaws.com';
}
