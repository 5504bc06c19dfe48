import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { activeRules, type DetectionData, detectionData } from '../../lambda/config/detection-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';

const examples = path.join(__dirname, '../../examples');
const configs: [string, unknown][] = [
  ['no configuration', {}],
  [
    'overrides of every kind',
    {
      settings: { trustedNetworks: ['198.51.100.0/24'] },
      rules: {
        'denied-reads': { threshold: 20, within: '5m', quiet: '2h', severity: 'high' },
        'cloudtrail-stopped': { mode: 'shadow', severity: 'high' },
        'cloudtrail-insights-off': { mode: 'off' },
        'ec2-image-not-allowed': { settings: { imagesAllowed: ['ami-0123456789abcdef0'] } },
      },
      suppressions: [
        {
          rule: 'ec2-*',
          actor: 'arn:aws:iam::111122223333:role/ci',
          reason: 'load test',
          owner: 'a',
          expires: '2027-01-31',
        },
      ],
    },
  ],
  ...readdirSync(examples)
    .filter((name) => name.endsWith('.yaml'))
    .map((name): [string, unknown] => [name, parse(readFileSync(path.join(examples, name), 'utf8'))]),
];

describe('what the detector gets of a configuration', () => {
  it.each(configs)('is, after JSON, what was resolved: %s', (_, config) => {
    const resolved = resolveConfig(config, RULES, Date.parse('2026-11-20T00:00:00Z'));
    const data = JSON.parse(JSON.stringify(detectionData(resolved))) as DetectionData;
    expect(activeRules(data, RULES)).toEqual(resolved.rules);
    expect(data.suppressions).toEqual(resolved.suppressions);
  });
});
