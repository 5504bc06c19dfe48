import { RULES } from '../../lambda/rules';
import { ATTACK_NAMES } from '../../lambda/rules/attack';
import { pages } from '../../scripts/docs';
import { navigatorLayer } from '../../scripts/navigator';
import { filesOf, hasCorpus } from '../../scripts/quality/corpus';
import { measureQuality } from '../../scripts/quality/measure';
import { STRATUS } from '../../scripts/stratus';

const byId = new Map(RULES.map((rule) => [rule.id, rule]));
const describeCorpus = hasCorpus ? describe : describe.skip;

describe('the layer for the ATT&CK Navigator', () => {
  const layer = JSON.parse(navigatorLayer(RULES)) as {
    techniques: { techniqueID: string; tactic: string; score: number; comment: string }[];
  };

  it('has each technique that a rule cites, once under each tactic, with the ids of the rules', () => {
    const cited = new Set(RULES.flatMap((rule) => rule.attack));
    expect(layer.techniques).toHaveLength(cited.size);
    for (const { techniqueID, tactic, score, comment } of layer.techniques) {
      expect(techniqueID in ATTACK_NAMES).toBe(true);
      expect(tactic).toMatch(/^[a-z-]+$/);
      const ids = comment.split(', ');
      expect(ids).toHaveLength(score);
      for (const id of ids) expect(byId.get(id)?.attack.some((pair) => pair.endsWith(`/${techniqueID}`))).toBe(true);
    }
  });

  it('refuses a tactic that does not exist', () => {
    const [rule] = RULES;
    if (rule === undefined) throw new Error('there are no rules');
    expect(() => navigatorLayer([{ ...rule, attack: ['TA9999/T1078'] }])).toThrow('TA9999');
  });

  it('is one of the pages', () => {
    expect(pages(RULES)['attack-navigator.json']).toBe(navigatorLayer(RULES));
  });
});

describe.each(Object.entries(STRATUS))('%s', (_technique, { calls, rules }) => {
  it.each(rules)('rule %s exists and is asked for its calls', (id) => {
    const rule = byId.get(id);
    if (rule === undefined) throw new Error(`scripts/stratus.ts names the rule ${id}, which does not exist`);
    const asked = calls.some((named) => {
      const [service, call = ''] = named.split(' ');
      return rule.match.some(
        (match) =>
          (match.service === undefined || match.service === `${service}.amazonaws.com`) &&
          (match.service === undefined || match.calls === undefined || match.calls.includes(call)),
      );
    });
    expect(calls.length === 0 || asked).toBe(true);
  });
});

describeCorpus('recorded runs', () => {
  it('are of techniques of the list, and found at medium or above by a rule that it names', () => {
    const techniques = hasCorpus ? measureQuality(RULES).techniques : [];
    expect(techniques).toHaveLength(filesOf('stratus-red-team').length);
    const missed = techniques.filter(
      ({ technique, foundBy }) => !STRATUS[technique]?.rules.some((rule) => foundBy.includes(rule)),
    );
    expect(missed).toEqual([]);
  });
});
