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
  it('is one that AWS records', () => {
    const unknown = RULES.flatMap((rule) =>
      rule.match.flatMap(({ service, calls = [] }) =>
        service === undefined
          ? []
          : calls
              .filter((call) => !(KNOWN[service]?.calls.split(' ') ?? []).includes(call))
              .map((call) => {
                const close = nearest(call, KNOWN[service]?.calls.split(' ') ?? []);
                return `${rule.id}: ${service} ${call}${close === undefined ? '' : ` (did you mean ${close}?)`}`;
              }),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('has a source', () => {
    for (const { source } of Object.values(KNOWN))
      expect(source).toMatch(/^(AWS service model: |https:\/\/docs\.aws\.amazon\.com\/)/);
  });
});
