import type { Rule } from '../lambda/rules/rule';

/**
 * A layer for the ATT&CK Navigator: each technique that rules cite, under each of its tactics, with the number of rules
 * as score and their ids as comment.
 * @see https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
 */
export function navigatorLayer(rules: readonly Rule[]): string {
  const cited = new Map<string, string[]>();
  for (const { id, attack } of rules) for (const pair of attack) cited.set(pair, [...(cited.get(pair) ?? []), id]);
  const techniques = [...cited]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pair, ids]) => {
      const [tacticId = '', techniqueID = ''] = pair.split('/');
      return { techniqueID, tactic: tacticName(tacticId), score: ids.length, comment: ids.join(', '), enabled: true };
    });
  const layer = {
    name: 'Trailhound',
    versions: { attack: '18', navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: 'Techniques that the rules of Trailhound look for; the score is the number of rules.',
    filters: { platforms: ['IaaS', 'Identity Provider', 'SaaS'] },
    sorting: 3,
    hideDisabled: false,
    techniques,
    gradient: {
      colors: ['#dcecff', '#1c5fb8'],
      minValue: 1,
      maxValue: Math.max(1, ...techniques.map(({ score }) => score)),
    },
    showTacticRowBackground: true,
    tacticRowBackground: '#dddddd',
  };
  return `${JSON.stringify(layer, null, 2)}\n`;
}

/** Names of the tactics as layers write them. @see https://attack.mitre.org/tactics/enterprise/ */
const TACTICS: Readonly<Record<string, string>> = {
  TA0043: 'reconnaissance',
  TA0042: 'resource-development',
  TA0001: 'initial-access',
  TA0002: 'execution',
  TA0003: 'persistence',
  TA0004: 'privilege-escalation',
  TA0005: 'defense-evasion',
  TA0006: 'credential-access',
  TA0007: 'discovery',
  TA0008: 'lateral-movement',
  TA0009: 'collection',
  TA0011: 'command-and-control',
  TA0010: 'exfiltration',
  TA0040: 'impact',
};

function tacticName(id: string): string {
  const name = TACTICS[id];
  if (name === undefined) throw new Error(`${id} is no tactic of ATT&CK v18`);
  return name;
}
