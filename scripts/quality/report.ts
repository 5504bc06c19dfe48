import { SEVERITIES } from '../../lambda/rules/severity';
import { BLIND_TECHNIQUES, PEER_VERDICTS } from './judgements';
import type { Quality } from './measure';

/** What must not be: attacks missed, labelled quiet events in alerts, disagreements that nobody judged. */
export function failures({ labelled, techniques, peers }: Quality): string[] {
  return [
    ...labelled
      .filter(({ rowExists, met }) => rowExists && !met)
      .map(
        ({ label, alertedBy }) =>
          `${label.row} ${label.eventName} ${label.eventTime} (${label.label}): ${label.want === 'alert' ? 'missed' : `must stay quiet, but ${alertedBy.join(', ')} alerted`}`,
      ),
    ...techniques
      .filter(({ technique, foundBy }) => foundBy.length > 0 && technique in BLIND_TECHNIQUES)
      .map(({ technique }) => `${technique} is found now: take it from the blind spots`),
    ...peers
      .filter(
        ({ agrees, rowExists, test }) =>
          rowExists && !agrees && PEER_VERDICTS[`${test.ruleId}: ${test.testName}`] === undefined,
      )
      .map(({ test }) => `${test.peer} "${test.ruleId}: ${test.testName}" disagrees, and no judgement says why`),
  ];
}

/** One line for a log. */
export function summaryLine(quality: Quality): string {
  const wanted = quality.labelled.filter(({ label, rowExists }) => rowExists && label.want === 'alert');
  const quiet = quality.labelled.filter(({ label, rowExists }) => rowExists && label.want === 'quiet');
  const peers = quality.peers.filter(({ rowExists }) => rowExists);
  const techniques = quality.techniques.filter(({ foundBy }) => foundBy.length > 0).length;
  const stray = quality.hour.filter(({ attacks }) => attacks.length === 0).length;
  return [
    `labelled attacks found ${count(wanted)}`,
    `labelled quiet kept quiet ${count(quiet)}`,
    `techniques at medium or above ${techniques} of ${quality.techniques.length}`,
    `alerts at medium or above on the hour ${quality.hour.length}, on no labelled attack ${stray}`,
    `peer tests agreeing ${peers.filter(({ agrees }) => agrees).length} of ${peers.length}`,
  ].join('; ');
}

function count(labelled: Quality['labelled']): string {
  return `${labelled.filter(({ met }) => met).length} of ${labelled.length}`;
}

/** docs/quality.md. */
export function markdown(quality: Quality): string {
  const { folders, labelled, rules, techniques, peers, hour } = quality;
  const labels = groupBy(labelled, ({ label }) => `${label.row}|${label.label}|${label.want}`);
  return [
    '# Detection quality',
    '',
    'Measured by `npm run quality` on real CloudTrail events with labels (not part of this repository), with the default configuration. A test keeps this page equal to what it prints.',
    '',
    summaryLine(quality),
    '',
    '## Events and alerts',
    '',
    ...rows(
      ['events of', 'events', 'unreadable', 'alerts'],
      folders.map((folder) => [folder.folder, folder.events, folder.unreadable, folder.alerts]),
    ),
    '',
    '## Labelled events',
    '',
    ...rows(
      ['row', 'what', 'must', 'events', 'as it must', 'alerting rules'],
      [...labels.values()].map((group) => {
        const [first] = group;
        if (first === undefined) return [];
        return [
          first.label.row,
          first.label.label,
          first.rowExists ? first.label.want : `${first.label.want} (no rule of the row yet)`,
          group.length,
          group.filter(({ met }) => met).length,
          [...new Set(group.flatMap(({ alertedBy }) => alertedBy))].join(', ') || '-',
        ];
      }),
    ),
    '',
    '## Attack techniques (Stratus Red Team)',
    '',
    ...rows(
      ['technique', 'events', 'found at medium or above by'],
      techniques.map(({ technique, events, foundBy }) => [
        technique,
        events,
        foundBy.join(', ') || `not found: ${BLIND_TECHNIQUES[technique] ?? 'no rule for it yet'}`,
      ]),
    ),
    '',
    '## The hour of one real account: alerts at medium or above',
    '',
    ...rows(
      ['time (UTC)', 'severity', 'rule', 'what', 'attack'],
      hour.map(({ alert, attacks }) => [
        new Date(alert.firstEventMs).toISOString().slice(11, 19),
        alert.severity,
        alert.rule,
        alert.headline,
        attacks.join('; ') || '-',
      ]),
    ),
    '',
    '## Rules',
    '',
    'Labelled events found, of those that the rows of the rule want found (several rules may share a row), and alerts on all events.',
    '',
    ...rows(
      ['rule', 'severity', 'labelled found', 'alerts', 'per 1,000 events'],
      [...rules]
        .sort((a, b) => b.alerts - a.alerts || (a.rule.id < b.rule.id ? -1 : 1))
        .map(({ rule, found, wanted, alerts, perThousandEvents }) => [
          rule.id,
          typeof rule.severity === 'string' ? rule.severity : `by event (${SEVERITIES[0]} to ${SEVERITIES.at(-1)})`,
          wanted === 0 ? '-' : `${found} of ${wanted}`,
          alerts,
          perThousandEvents.toFixed(2),
        ]),
    ),
    '',
    "## Other products' tests",
    '',
    'Only those whose rule maps to one of our rows directly.',
    '',
    ...rows(
      ['product', 'test', 'theirs', 'ours', 'who is right'],
      peers.map(({ test, rowExists, alertedBy, agrees }) => [
        test.peer.replace('peer-', ''),
        `${test.ruleId}: ${test.testName}`,
        test.expected ? 'alert' : 'quiet',
        alertedBy.join(', ') || 'quiet',
        agrees
          ? 'both'
          : rowExists
            ? (PEER_VERDICTS[`${test.ruleId}: ${test.testName}`] ?? 'not judged')
            : 'no rule of the row yet',
      ]),
    ),
    '',
  ].join('\n');
}

function rows(heads: readonly string[], lines: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line)];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
