import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../lambda/config/nearest';
import { RULES } from '../../lambda/rules';

/**
 * Calls that AWS services have, with where each list comes from: the operations of AWS's own service models, and what
 * CloudTrail names otherwise (S3's public access block, sign-in). A rule for a call that does not exist never fires, and
 * nothing else would say so.
 */
const KNOWN = JSON.parse(readFileSync(join(__dirname, 'known-events.json'), 'utf8')) as Record<
  string,
  { readonly source: string; readonly calls: string }
>;

describe('every call that a rule names', () => {
  it.each(RULES.map((rule) => [rule.id, rule.match] as const))('is one that AWS records: %s', (_id, matches) => {
    // Findings are no calls: intake names them.
    const unknown = matches.flatMap(({ feed, service, calls = [] }) =>
      service === undefined || feed === 'findings' ? [] : calls.flatMap((call) => complaint(service, call) ?? []),
    );
    if (unknown.length > 0) throw new Error(unknown.join('\n'));
  });

  it('has a source', () => {
    for (const { source } of Object.values(KNOWN))
      expect(source).toMatch(/^(AWS service model: |https:\/\/docs\.aws\.amazon\.com\/)/);
  });
});

/** What is wrong with a call, and what to do; undefined for a known one. */
function complaint(service: string, call: string): string | undefined {
  const known = KNOWN[service]?.calls.split(' ');
  if (known?.includes(call)) return undefined;
  const close = known === undefined ? nearest(service, Object.keys(KNOWN)) : nearest(call, known);
  const meant = close === undefined ? '' : ` (did you mean ${close}?)`;
  return known === undefined
    ? `no calls of ${service} are known${meant}: add them to test/rules/known-events.json, with their source`
    : `${service} is not known to have a call ${call}${meant}: if CloudTrail records it, add it to test/rules/known-events.json, with its source`;
}
