import { Random } from '../../bench/random';
import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { RULES } from '../../lambda/rules';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { eventNames, MANAGEMENT } from '../../lambda/rules/event-pattern';
import type { Match, Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import type { Lane } from '../lane';
import type { Json } from '../mutate';
import type { Ruler, Timing } from './ask-ruler';

const ROUNDS = 2;
/** Rounds before those that count: both compile while they run. */
const WARM = 2;
/** The machine under Java takes longer to know what is hot. */
const WARM_THEIRS = 7;
const EVENTS = 30_000;

/**
 * How fast each finds which of 50 and of 500 patterns accept an event: conditions of shipped rules, and as many more like
 * them as it takes. Rounds alternate, CPU of the whole process counts, medians are compared. The goal is about matching,
 * so events are parsed before; from text both do little but parse.
 */
export function compareSpeed(lane: Lane, ruler: Ruler, records: readonly Json[]): void {
  const random = new Random(5);
  const texts = records.map((record) => JSON.stringify(record)).filter((text) => text.includes('"eventCategory"'));
  const events = Array.from({ length: EVENTS }, () => random.pick(texts));
  for (const size of [50, 500]) {
    const matches = matchesOf(size, random);
    const patterns = Object.fromEntries(matches.map((match, index) => [String(index), patternOf(match)]));
    const rules = matches.map((match, index) => activated(match, index));
    const theirs: Timing[] = [];
    const ours: Timing[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(ruler.time({ patterns, events }, WARM_THEIRS + 1));
      ours.push(timeOurs(rules, events));
    }
    const [found, their] = [ours[0]?.matches ?? 0, theirs[0]?.matches ?? 0];
    lane.check(`${size} patterns: the same ${found} matches of ${EVENTS} events`, found === their && found > 0, their);
    const median = (timings: readonly Timing[], of: 'fromTextSeconds' | 'fromParsedSeconds') =>
      timings.map((timing) => timing[of]).sort((a, b) => a - b)[Math.floor(timings.length / 2)] ?? Number.NaN;
    const perSecond = (seconds: number) => Math.round(EVENTS / seconds).toLocaleString('en-US');
    const compared = (of: 'fromTextSeconds' | 'fromParsedSeconds') => {
      const [own, aws] = [median(ours, of), median(theirs, of)];
      return {
        ratio: aws / own,
        text: `${perSecond(own)} events a CPU second here, ${perSecond(aws)} in AWS's matcher`,
      };
    };
    lane.note(`${size} patterns, from text: ${compared('fromTextSeconds').text}`);
    const { ratio, text } = compared('fromParsedSeconds');
    lane.check(`P5: ${size} patterns, matching is ${ratio.toFixed(1)} times as fast: ${text}`, ratio >= 1);
  }
}

/** Matches on management calls that shipped rules name; then the same for calls that end in a number. */
function matchesOf(size: number, random: Random): Match[] {
  const named = RULES.flatMap((rule) => rule.match).filter(
    // Names with a version are matched by prefix in EventBridge and exactly here.
    (match) =>
      match.calls !== undefined &&
      match.feed !== 'data' &&
      match.feed !== 'findings' &&
      eventNames(match.service ?? '', match.calls).every((name) => typeof name === 'string'),
  );
  const distinct = [...new Map(named.map((match) => [JSON.stringify(patternOf(match)), match])).values()];
  const copies = Array.from({ length: size }, (_, index): Match => {
    const match = random.pick(distinct);
    const [first = '', ...others] = (match.calls ?? []).map((call) => `${call}Of${index}`);
    return { ...match, calls: [first, ...others] };
  });
  return [...distinct, ...copies].slice(0, size);
}

/** As EventBridge would be asked: management, service, call, and the rule's own conditions. */
function patternOf(match: Match): object {
  return { eventCategory: MANAGEMENT, eventSource: [match.service], eventName: match.calls, ...match.record };
}

/** A rule that counts every event which the match admits, and asks no more. */
function activated(match: Match, index: number): ActiveRule {
  const { window: _, baseline: __, when: ___, mode: ____, ...shipped } = RULES[0] as Rule;
  const feed = match.feed === 'errors' ? 'api-writes' : match.feed;
  const rule: Rule = {
    ...shipped,
    ...{ id: `match-${index}`, severity: 'low', side: 'resource', per: () => 'all' },
    match: [{ ...match, feed, outcome: 'any' }],
  };
  return activate(rule, DEFAULT_SETTINGS) as ActiveRule;
}

function timeOurs(rules: readonly ActiveRule[], texts: readonly string[]): Timing {
  const { hits } = createDispatcher(rules, (_rule, error) => {
    throw error;
  });
  const parsed = texts.map((text) => JSON.parse(text) as unknown);
  const find = (record: unknown) => hits(toTrailEvent(record) as TrailEvent).length;
  const fromText = () => texts.reduce((matches, text) => matches + find(JSON.parse(text)), 0);
  const fromParsed = () => parsed.reduce((matches: number, record) => matches + find(record), 0);
  for (let round = 0; round < WARM; round++) if (fromText() !== fromParsed()) throw new Error('another answer');
  const started = process.cpuUsage();
  const matches = fromText();
  const text = process.cpuUsage(started);
  const between = process.cpuUsage();
  fromParsed();
  const rest = process.cpuUsage(between);
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  return { fromTextSeconds: seconds(text), fromParsedSeconds: seconds(rest), matches };
}
