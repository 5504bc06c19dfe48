import { RULES as SHIPPED } from '../lambda/rules/index';
import type { Rule } from '../lambda/rules/rule';
import { READ_CALLS, WRITE_CALLS } from './calls';
import { Random } from './random';

/**
 * Ten times the rules: for each shipped one nine more with the same outcome, window, condition and texts, for other calls.
 * The calls are drawn from ten times as many as the corpus has, its own among them, as in a large rule set where most
 * rules wait for calls that rarely come; what alerts on every matching event waits for calls that the corpus lacks.
 */
const random = new Random(7);
const known = [...READ_CALLS, ...WRITE_CALLS];
const absent = known.flatMap((call) =>
  Array.from({ length: 9 }, (_, index) => ({ ...call, name: `${call.name}Of${index}` })),
);
const pool = [...known, ...absent];

export const RULES: readonly Rule[] = [
  ...SHIPPED,
  ...SHIPPED.flatMap((rule) =>
    Array.from({ length: 9 }, (_, copy): Rule => {
      const { service, name } = random.pick(rule.window === undefined ? absent : pool);
      const call = name.replace(/\d{8}(v\d)?$/, '');
      return {
        ...rule,
        id: `${rule.id}-copy-${copy}`,
        match: [{ feed: 'api-writes', outcome: rule.match[0].outcome, service, calls: [call] }],
      };
    }),
  ),
];
