import { Random } from '../bench/random';
import { isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import { RULES } from '../lambda/rules';
import { compilePattern, type Pattern } from '../lambda/rules/pattern';
import type { SampleRecord } from '../lambda/rules/rule';
import { accepts } from '../test/lib/deployed-pattern';
import { envelopesOf } from '../test/rules/envelope';
import { type Lane, runLane } from './lane';
import { type Json, mutated } from './mutate';
import { corpusRecords, exampleRecords, hasCorpus, incidentRecords } from './real-events';
import { Ruler } from './ruler/ask-ruler';
import { deployedPatterns, witnesses } from './ruler/deployed';
import { BY_ALPHABET, operatorTable } from './ruler/operators';
import { compareSpeed } from './ruler/speed';

/**
 * `npm run conformance:ruler`: our two evaluators of patterns against the one that EventBridge itself uses.
 * Needs Java with its compiler, and Maven.
 */

const SEED = Number(process.env['TRAILHOUND_SEED'] ?? 20_261_122);
const MUTATED = 12_000;
/** Of these, asked of every deployed pattern: there are hundreds. */
const MUTATED_DEPLOYED = 4_000;

/** What answers for us: the pattern and the event, as JSON. */
type Evaluator = (pattern: Json) => (event: Json) => boolean;

const engine: Evaluator = (pattern) => compilePattern(pattern as unknown as Pattern);
const ofTests: Evaluator = (pattern) => (event) => accepts(pattern, event);

runLane('ruler', 8, async (lane) => {
  const ruler = new Ruler();
  lane.note(`seed ${SEED}${hasCorpus ? '' : '; no corpus of real events beside the checkout: examples only'}`);
  operators(lane, ruler);
  const records = distinct([...corpusRecords(), ...incidentRecords(), ...exampleRecords()]) as Json[];
  const random = new Random(SEED);
  const changed = Array.from({ length: MUTATED }, () => mutated(random.pick(records), records, random));
  rulesConditions(lane, ruler, [...records, ...changed]);
  deployed(lane, ruler, records, changed);
  compareSpeed(lane, ruler, records);
});

function operators(lane: Lane, ruler: Ruler): void {
  const { patterns, events } = operatorTable();
  const simple = Object.fromEntries(Object.entries(patterns).filter(([text]) => isOfRules(text)));
  same(lane, ruler, 'operators: the engine', simple, events as Json[], engine);
  same(lane, ruler, 'operators: the evaluator of deployed patterns', patterns, events as Json[], ofTests);
}

/** Rules' own conditions have no alternatives, and `anything-but` with exact values only. */
function isOfRules(pattern: string): boolean {
  return !pattern.includes('$or') && !pattern.includes('"anything-but":{');
}

/** What rules ask of records beside feed, service and call. */
function rulesConditions(lane: Lane, ruler: Ruler, records: readonly Json[]): void {
  const conditions = RULES.flatMap((rule) =>
    rule.match.flatMap(({ record }) => (record === undefined ? [] : [record])),
  );
  const patterns = Object.fromEntries(conditions.map((pattern) => [JSON.stringify(pattern), pattern]));
  same(lane, ruler, "rules' own conditions: the engine", patterns, records.filter(isObject), engine);
}

function deployed(lane: Lane, ruler: Ruler, records: readonly Json[], changed: readonly Json[]): void {
  const patterns = deployedPatterns();
  const made = Object.entries(patterns).map(([id, pattern]) => [id, witnesses(pattern as Json)] as const);
  const events = [
    ...records.flatMap(wrapped),
    ...changed.slice(0, MUTATED_DEPLOYED).flatMap(wrapped),
    ...made.flatMap(([, own]) => own),
  ];
  const accepted = same(lane, ruler, 'deployed patterns', patterns, events, ofTests);
  const never = Object.keys(patterns).filter((id) => !accepted.has(id));
  lane.check('every deployed pattern accepts some event', never.length === 0, never);
}

/** The record in the envelopes that may carry it. */
function wrapped(record: Json): Json[] {
  if (!isObject(record)) return [];
  try {
    return envelopesOf(record) as Json[];
  } catch {
    // Of no kind that EventBridge delivers.
    return envelopesOf({ ...record, eventType: 'AwsApiCall' }) as Json[];
  }
}

/** Checks that both answer alike for every pair, and returns the patterns that accept anything. */
function same(
  lane: Lane,
  ruler: Ruler,
  what: string,
  patterns: Readonly<Record<string, unknown>>,
  events: readonly Json[],
  ours: Evaluator,
): ReadonlySet<string> {
  const texts = events.map((event) => JSON.stringify(event));
  const { refused, accepted } = ruler.match({ patterns, events: texts });
  const ids = Object.keys(patterns);
  lane.check(`${what}: AWS takes all ${ids.length} patterns`, Object.keys(refused).length === 0, refused);
  const evaluators = ids.filter((id) => !(id in refused)).map((id) => [id, ours(patterns[id] as Json)] as const);
  const differences: object[] = [];
  const accepting = new Set<string>();
  let pairs = 0;
  let positive = 0;
  let unread = 0;
  let byAlphabet = 0;
  accepted.forEach((theirs, index) => {
    const text = texts[index] as string;
    if (theirs === null) {
      unread += 1; // deeper than their parser goes
      return;
    }
    const event = JSON.parse(text) as Json;
    const their = new Set(theirs);
    for (const [id, evaluator] of evaluators) {
      pairs += 1;
      if (their.has(id)) accepting.add(id);
      if (their.has(id)) positive += 1;
      if (evaluator(event) === their.has(id)) continue;
      if (id === BY_ALPHABET) byAlphabet += 1;
      else {
        differences.push({ pattern: id, event: text.slice(0, 600), aws: their.has(id) });
      }
    }
  });
  const pairsText = `${pairs.toLocaleString('en-US')} pairs (${positive.toLocaleString('en-US')} accepted)`;
  lane.check(`${what}: the same answer for ${pairsText}`, differences.length === 0 && positive > 0, {
    differences: differences.length,
    first: differences.slice(0, 12),
  });
  if (BY_ALPHABET in patterns) lane.check(`${what}: AWS still goes by the alphabet in lists`, byAlphabet > 0);
  if (unread > 0) lane.note(`${unread} events nest deeper than AWS's matcher reads`);
  return accepting;
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One of the records that differ by time and id only. */
function distinct(records: readonly SampleRecord[]): SampleRecord[] {
  const bare = (record: SampleRecord) => JSON.stringify({ ...record, eventID: 0, eventTime: 0 });
  return [...new Map(records.map((record) => [bare(record), record])).values()].filter(
    (record) => !isUnreadable(toTrailEvent(record)),
  );
}
