import { RULES as SHIPPED } from '../lambda/rules/index';
import type { Rule } from '../lambda/rules/rule';
import { READ_CALLS, WRITE_CALLS } from './calls';
import { Random } from './random';

/**
 * Ten times the rules: for each shipped one nine more with the same window, condition and texts, for other calls. The
 * calls are drawn from ten times as many as the corpus has, its own among them, as in a large rule set where most rules
 * wait for calls that rarely come.
 */
const random = new Random(7);
const known = [...READ_CALLS, ...WRITE_CALLS];
const pool = known.flatMap((call) => [
  call,
  ...Array.from({ length: 9 }, (_, index) => ({ ...call, name: `${call.name}Of${index}` })),
]);

export const RULES: readonly Rule[] = [
  ...SHIPPED,
  ...SHIPPED.flatMap((rule) =>
    Array.from({ length: 9 }, (_, copy): Rule => {
      const { service, name } = random.pick(pool);
      const call = name.replace(/\d{8}(v\d)?$/, '');
      return {
        ...rule,
        id: `${rule.id}-copy-${copy}`,
        match: [{ feed: 'api-writes', outcome: 'any', service, calls: [call] }],
      };
    }),
  ),
];
