import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { feedPatterns, isDeployed } from '../../lambda/rules/feeds';
import { forwardingPatterns } from '../../lambda/rules/forwarding';
import type { SampleRecord } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { filesOf, hasCorpus } from '../../scripts/quality/corpus';
import { accepts } from '../lib/deployed-pattern';
import { envelopesOf } from './envelope';

/**
 * Real events know what examples may get wrong: AssumeRole, Decrypt and LookupEvents are reads, GetFederationToken is a
 * write. A call under the wrong feed would never reach its rule.
 */
const describeCorpus = hasCorpus ? describe : describe.skip;

describeCorpus.each(hasCorpus ? ['invictus-ir', 'stratus-red-team', 'otrf-security-datasets'] : [''])(
  'real events of %s',
  (folder) => {
    const rules = RULES.filter(isDeployed);
    const active = rules.flatMap((rule) => activate(rule, DEFAULT_SETTINGS, { mode: 'live' }) ?? []);
    const { hits } = createDispatcher(active, (_rule, error) => {
      throw error;
    });
    const derived = feedPatterns(rules);
    const forwarding = forwardingPatterns(rules, { allReads: true, data: {} });

    it('are forwarded and delivered once, all that some rule takes for its own, and none twice', () => {
      const wrong: object[] = [];
      let wanted = 0;
      for (const { records } of filesOf(folder)) {
        for (const record of records as SampleRecord[]) {
          const event = toTrailEvent(record);
          if (isUnreadable(event)) continue;
          const takers = hits(event).map(({ active: { rule } }) => rule.id);
          if (takers.length > 0) wanted += 1;
          const envelopes = envelopesOf(record);
          for (const envelope of envelopes) {
            const by = (patterns: readonly { id: string; pattern: unknown }[]) =>
              patterns.filter(({ pattern }) => accepts(pattern, envelope)).map(({ id }) => id);
            const [forwardedBy, deliveredBy] = [by(forwarding), by(derived)];
            const isRight =
              takers.length > 0
                ? forwardedBy.length === 1 && deliveredBy.length === 1
                : deliveredBy.length <= 1 && forwardedBy.length <= 1;
            if (!isRight)
              wrong.push({
                call: `${event.service} ${event.call}`,
                readOnly: event.readOnly,
                takers,
                forwardedBy,
                deliveredBy,
              });
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(wanted).toBeGreaterThan(0);
    });
  },
);
