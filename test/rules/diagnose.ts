import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { activate } from '../../lambda/rules/active-rule';
import { duration } from '../../lambda/rules/describe';
import { createDispatcher } from '../../lambda/rules/dispatch';
import type { Example, Match, Rule } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS, type Settings } from '../../lambda/rules/settings';

/** What a rule's author wants to know when an example does not do what it says: how far each record came, and why no further. */
export function whySilent(rule: Rule, example: Example): string {
  const settings: Settings = { ...DEFAULT_SETTINGS, ...example.settings };
  const fates = example.timeline.map((record) => fateOf(rule, toTrailEvent(record), settings));
  const counted = fates.filter((fate) => fate === COUNTED).length;
  const shown = [...new Set(fates)].slice(0, 6).map((fate) => {
    const numbers = fates.flatMap((other, index) => (other === fate ? [index + 1] : []));
    return `  ${numbers.length === 1 ? 'record' : 'records'} ${numbers.slice(0, 5).join(', ')}${numbers.length > 5 ? ', …' : ''}: ${fate}`;
  });
  return [...shown, ...(counted === 0 ? [] : [`  ${expected(rule, counted)}`])].join('\n');
}

const COUNTED = 'counts';

function fateOf(rule: Rule, event: ReturnType<typeof toTrailEvent>, settings: Settings): string {
  if (isUnreadable(event)) return `can't be read: ${event.unreadable}`;
  const admitting = rule.match.filter((match) => admits(rule, match, event, settings));
  const name = `${event.service} ${event.call}, ${event.outcome}`;
  if (admitting.length === 0) {
    const reasons = rule.match.map((match, index) => `match ${index + 1} ${refusal(rule, match, event)}`);
    return `(${name}) no match admits it; ${reasons.slice(0, 4).join('; ')}`;
  }
  if (rule.when?.(event, settings) === false) return `(${name}) \`when\` says no`;
  const hits = hitsOf(rule, event, settings);
  if (hits.length > 0) return COUNTED;
  return `(${name}) nothing to count: \`per\`, \`value\`, \`weight\` or the steps of \`window\` or \`baseline\` give undefined for it`;
}

/** Whether the match alone lets the event through, whatever `when` and the window say. */
function admits(rule: Rule, match: Match, event: TrailEvent, settings: Settings): boolean {
  const { when: _when, window: _window, baseline: _baseline, ...bare } = rule;
  return hitsOf({ ...bare, severity: 'low', match: [match], per: () => 'any' }, event, settings).length > 0;
}

function hitsOf(rule: Rule, event: TrailEvent, settings: Settings): readonly unknown[] {
  const active = activate(rule, settings, { mode: 'live' });
  if (active === undefined) return [];
  const dispatcher = createDispatcher([active], (_id, error) => {
    throw error;
  });
  return dispatcher.hits(event);
}

function refusal(rule: Rule, match: Match, event: TrailEvent): string {
  const { service, calls, outcome, feed, record } = match;
  if (service !== undefined && service !== event.service) return `wants ${service}`;
  if (service !== undefined && calls !== undefined && !calls.includes(event.call)) {
    return `wants ${calls.slice(0, 5).join(', ')}${calls.length > 5 ? ', …' : ''}`;
  }
  if (outcome !== 'any' && ![outcome].flat().includes(event.outcome)) return `wants ${[outcome].flat().join(' or ')}`;
  if (event.crossAccount && rule.side !== 'resource')
    return "wants the caller's own account (`side: 'resource'` asks for the other)";
  return record === undefined
    ? `wants the feed ${feed}, which does not carry it (readOnly, managementEvent and eventCategory decide)`
    : `wants \`record\` ${JSON.stringify(record)}, or the feed ${feed} does not carry it`;
}

/** What the counted records would have had to be. */
function expected({ window, baseline }: Rule, counted: number): string {
  const found = `${counted} counted`;
  if (baseline !== undefined) {
    return `${found}, of which none was new after ${baseline.learnDays} days of learning (the first record of the timeline starts them)`;
  }
  if (window === undefined) return `${found}; is its severity info?`;
  const within = duration(window.withinMs);
  if (window.kind === 'sequence') {
    return `${found}; the steps (${window.steps.map(({ name }) => name).join(', then ')}) must follow each other within ${within} under one key of \`per\``;
  }
  if (window.kind === 'silence') return `${found}; no gap was longer than ${within}`;
  return `${found}; needed are ${window.threshold} ${window.unit} within ${within} under one key of \`per\``;
}
