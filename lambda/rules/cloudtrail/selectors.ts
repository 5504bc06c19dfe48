import { asArray, at, flag, isOmitted, pick, text } from '../../intake/fields';
import type { Severity } from '../severity';
import { texts } from './trails';

/** What a trail no longer records, and how much that matters. */
export interface Narrowing {
  readonly severity: Severity;
  readonly says: string;
}

/**
 * Services whose management events are so many that AWS itself offers to leave them out. Without KMS's the destruction
 * of keys goes unseen as well; RDS's Data API is only queries.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
 */
const OFTEN_EXCLUDED: ReadonlyMap<string, Severity> = new Map([
  ['kms.amazonaws.com', 'medium'],
  ['rdsdata.amazonaws.com', 'low'],
]);

/** What one selector records of management events. */
interface Selector {
  readonly reads: boolean;
  readonly writes: boolean;
  /** What it leaves out of them; empty when nothing. */
  readonly leavesOut: readonly Narrowing[];
}

/**
 * What the selectors of a PutEventSelectors call leave out of the account's management events. A trail records what any
 * of its selectors asks for, so each half, reads and writes, is judged by the best selector for it. Empty when nothing is
 * left out; selectors that can't be read count as narrowed.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
 */
export function narrowings(requestParameters: unknown, responseElements: unknown): readonly Narrowing[] {
  const selectors = selectorsIn(requestParameters) ?? selectorsIn(responseElements);
  if (selectors === undefined) {
    const large = isOmitted(requestParameters);
    return [
      large
        ? { severity: 'high', says: 'the selectors were too large to see' }
        : { severity: 'medium', says: 'the selectors are not in the record' },
    ];
  }
  const reads = leftOut(selectors.filter((selector) => selector.reads));
  const writes = leftOut(selectors.filter((selector) => selector.writes));
  if (reads === undefined && writes === undefined) return [{ severity: 'high', says: 'management events are off' }];
  if (writes === undefined) return [{ severity: 'high', says: 'only reads are recorded' }];
  if (reads === undefined) return [{ severity: 'high', says: 'only writes are recorded' }, ...writes];
  // Usually one selector serves both halves: what it leaves out is said once.
  return [...new Map([...writes, ...reads].map((narrowing) => [narrowing.says, narrowing])).values()];
}

/** What the best of the selectors leaves out; undefined when there is none. */
function leftOut(selectors: readonly Selector[]): readonly Narrowing[] | undefined {
  return selectors.map(({ leavesOut }) => leavesOut).sort((a, b) => gravity(a) - gravity(b))[0];
}

function gravity(narrowed: readonly Narrowing[]): number {
  if (narrowed.length === 0) return 0;
  if (narrowed.some(({ severity }) => severity === 'high')) return 3;
  return narrowed.some(({ severity }) => severity === 'medium') ? 2 : 1;
}

/** The selectors in parameters or response; undefined if there is no list of them. */
function selectorsIn(value: unknown): readonly Selector[] | undefined {
  const advanced = pick(value, 'advancedEventSelectors');
  const basic = pick(value, 'eventSelectors');
  if (advanced !== undefined && advanced !== null && asArray(advanced).length > 0) {
    return asArray(advanced).map(advancedSelector);
  }
  if (Array.isArray(basic) || asArray(basic).length > 0) return asArray(basic).map(basicSelector);
  return Array.isArray(advanced) ? [] : undefined;
}

/** Absent fields have CloudTrail's defaults: all management events, nothing left out. */
function basicSelector(selector: unknown): Selector {
  const managed = flag(pick(selector, 'includeManagementEvents')) !== false;
  const kind = text(pick(selector, 'readWriteType'))?.toLowerCase() ?? 'all';
  return {
    reads: managed && kind !== 'writeonly',
    writes: managed && kind !== 'readonly',
    leavesOut: exclusions(pick(selector, 'excludeManagementEventSources')),
  };
}

function advancedSelector(selector: unknown): Selector {
  const conditions = asArray(pick(selector, 'fieldSelectors'));
  let managed = false;
  let reads = true;
  let writes = true;
  const leavesOut: Narrowing[] = [];
  for (const condition of conditions) {
    const field = text(pick(condition, 'field')) ?? '';
    const equals = texts(pick(condition, 'equals'));
    if (field === 'eventCategory') managed = equals.includes('Management');
    else if (field === 'readOnly') {
      reads = equals.includes('true');
      writes = equals.includes('false');
    } else if (field === 'eventSource' && isOnlyExclusion(condition)) {
      leavesOut.push(...exclusions(pick(condition, 'notEquals')));
    } else leavesOut.push({ severity: 'high', says: conditionInWords(field, condition) });
  }
  return { reads: managed && reads, writes: managed && writes, leavesOut };
}

function exclusions(services: unknown): Narrowing[] {
  return texts(services).map((service) => ({
    severity: OFTEN_EXCLUDED.get(service) ?? 'high',
    says: `events of ${service} are left out`,
  }));
}

/** Operators of a field condition, those that select first, with the words between field and value. */
const OPERATORS = [
  { operator: 'equals', words: '', excludes: false },
  { operator: 'startsWith', words: 'starting with ', excludes: false },
  { operator: 'endsWith', words: 'ending with ', excludes: false },
  { operator: 'notEquals', words: '', excludes: true },
  { operator: 'notStartsWith', words: 'starting with ', excludes: true },
  { operator: 'notEndsWith', words: 'ending with ', excludes: true },
] as const;

function isOnlyExclusion(condition: unknown): boolean {
  return OPERATORS.every(({ operator }) => operator === 'notEquals' || texts(pick(condition, operator)).length === 0);
}

/** `events with userIdentity.arn arn:aws:iam::111122223333:user/alice are left out` */
function conditionInWords(field: string, condition: unknown): string {
  const parts = OPERATORS.flatMap(({ operator, words, excludes }) => {
    const values = texts(pick(condition, operator));
    if (values.length === 0) return [];
    const shown =
      values.length > 2 ? `${values.slice(0, 2).join(', ')} and ${values.length - 2} more` : values.join(', ');
    const what = `events with ${field} ${words}${shown}`;
    return [excludes ? `${what} are left out` : `only ${what} are recorded`];
  });
  return parts.length === 0 ? `a condition on ${field || 'an unnamed field'} was added` : parts.join(', ');
}

/** Kinds of insights that stay on after a PutInsightSelectors call; none when they were switched off. */
export function insightsLeft(requestParameters: unknown): number {
  return asArray(at(requestParameters, 'insightSelectors')).length;
}
