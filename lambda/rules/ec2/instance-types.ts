import { anyGlobMatches } from '../glob';
import type { Settings } from '../settings';

/** An instance type taken apart. */
export interface InstanceType {
  /** In lower case and without a service's prefix: `g5.xlarge` for SageMaker's `ml.g5.xlarge`. */
  readonly name: string;
  /** Everything before the dot: `m7i-flex`, `u-6tb1`, `p6-b200`. */
  readonly family: string;
  /** Letters before the generation: `m`, `u`, `p`. */
  readonly series: string;
  /** `7` of `m7i`; `1` of `u-6tb1`. */
  readonly generation: number;
  /** `large`, `4xlarge`, `metal-24xl`; empty for a bare family, as AWS Batch takes it. */
  readonly size: string;
  /** Size in `xlarge`: 0.5 for `large`, 24 for `metal-24xl`; infinite for plain `metal`, the whole host; 0 if unknown. */
  readonly xlarges: number;
}

const SMALL_SIZES: ReadonlyMap<string, number> = new Map([
  ['nano', 1 / 32],
  ['micro', 1 / 16],
  ['small', 1 / 8],
  ['medium', 1 / 4],
  ['large', 1 / 2],
  ['xlarge', 1],
  ['metal', Number.POSITIVE_INFINITY],
]);

/**
 * Family, generation and size of an EC2 instance type; undefined for text that is none (`optimal`, `resolve:ssm:…`).
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function parseInstanceType(text: string): InstanceType | undefined {
  if (text.length > 64) return undefined;
  const lower = text.trim().toLowerCase();
  const name = lower.startsWith('ml.') ? lower.slice(3) : lower;
  const [family = '', size = '', ...rest] = name.split('.');
  if (rest.length > 0 || !/^[a-z][a-z0-9-]*$/.test(family)) return undefined;
  const [, series = '', digits = ''] = /^([a-z]+)(\d*)/.exec(family) ?? [];
  const generation = Number(digits || (/\d+$/.exec(family)?.[0] ?? Number.NaN));
  const xlarges = xlargesOf(size);
  if (Number.isNaN(generation) || xlarges === undefined) return undefined;
  return { name, family, series, generation, size, xlarges };
}

function xlargesOf(size: string): number | undefined {
  if (size === '') return 0;
  const small = SMALL_SIZES.get(size);
  if (small !== undefined) return small;
  const number = /^(?:metal-)?(\d{1,4})(?:xlarge|xl)$/.exec(size)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Why a type is expensive, from the least to the most. */
export type Expense = 'large' | 'huge' | 'accelerated';

/** Sizes from this many xlarge on, and whole hosts, are huge. */
const HUGE_XLARGES = 24;

/** Whether and why the type is expensive by the settings; undefined for an ordinary or allowed type. */
export function expenseOf(type: InstanceType, settings: Settings): Expense | undefined {
  if (anyGlobMatches(settings.instanceTypesAllowed, type.name, true)) return undefined;
  if (settings.acceleratedFamilies.includes(type.series)) return 'accelerated';
  if (type.xlarges >= HUGE_XLARGES || type.size.startsWith('metal')) return 'huge';
  const large =
    type.xlarges >= settings.largeSizeMinimum ||
    anyGlobMatches(settings.largeFamilies, type.family, true) ||
    anyGlobMatches(settings.expensiveInstanceTypes, type.name, true);
  return large ? 'large' : undefined;
}

/** The type that costs the most, as far as its name tells, with the reason; undefined when none is expensive. */
export function costliest(
  types: readonly string[],
  settings: Settings,
): { readonly type: InstanceType; readonly expense: Expense } | undefined {
  let found: { readonly type: InstanceType; readonly expense: Expense } | undefined;
  for (const text of types) {
    const type = parseInstanceType(text);
    const expense = type && expenseOf(type, settings);
    if (type === undefined || expense === undefined) continue;
    if (found === undefined || costs(type, expense) > costs(found.type, found.expense)) found = { type, expense };
  }
  return found;
}

/** Orders by expense, then size: sizes stay far below the step between expenses. */
function costs(type: InstanceType, expense: Expense): number {
  const step = { large: 0, huge: 1, accelerated: 2 }[expense];
  return step * 1e6 + Math.min(type.xlarges, 1e5);
}
