import { feedPatterns, isDeployed, needs } from '../lambda/rules/feeds';
import type { Detection } from '../lambda/rules/rule';
import type { Deployment } from './props';

/**
 * USD for a million events, list prices of us-east-1 in 2026-11: the hop to the hub's bus (1.00), the queue, the
 * detector's time and two stored windows for each batch. Priority batches hold 10 events, bulk ones 100 or more.
 * @see https://aws.amazon.com/eventbridge/pricing/ https://aws.amazon.com/sqs/pricing/
 * @see https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/dynamodb/pricing/on-demand/
 */
const USD_PER_MILLION = { writes: 2.42, reads: 1.86, data: 1.86 } as const;

const WIDTH = 110;

/** What is about to be deployed, for whoever runs `cdk synth` or `cdk deploy`. */
export function summaryOf(
  { config, homeRegion, regions, account, version }: Deployment,
  shipped: readonly Detection[],
): string {
  const active = config.rules.filter(({ rule }) => isDeployed(rule));
  const ids = (mode: string) => active.filter((one) => one.mode === mode).map(({ rule }) => rule.id);
  const [live, shadow] = [ids('live'), ids('shadow')];
  const off = shipped
    .filter(isDeployed)
    .map(({ id }) => id)
    .filter((id) => !live.includes(id) && !shadow.includes(id));
  const enabled = active.map(({ rule }) => rule);
  const patterns = feedPatterns(enabled);
  const { deploy } = config;
  const usd = (side: keyof typeof USD_PER_MILLION) => `${USD_PER_MILLION[side].toFixed(2)} USD`;

  const starving = enabled.filter(
    (rule) =>
      (!deploy.allReads && needs(rule).includes('all-reads')) ||
      (!deploy.dataEvents && needs(rule).includes('data-events')),
  );
  const wildcards = patterns
    .filter(({ wildcard, side }) => wildcard && (side !== 'data' || deploy.dataEvents))
    .map(
      ({ id, wantedBy }) =>
        `every event of ${id}, because of ${wantedBy.filter((id) => wantsAll(id, enabled)).join(', ')}`,
    );

  const lines: [string, string][] = [
    ['Rules live', `${live.length}: ${live.join(', ')}`],
    ['Shadow', `${shadow.length}${shadow.length > 0 ? `: ${shadow.join(', ')}` : ''}`],
    ['Off', `${off.length}${off.length > 0 ? `: ${off.join(', ')}` : ''}`],
    ['Hub', `${homeRegion}, account ${account ?? 'of the credentials'}, ${patterns.length} EventBridge rules`],
    ['Regions', `${regions.length}: ${regions.join(', ')}`],
    ['Members', membersText(deploy)],
    ['Alerts to', config.email.join(', ') || 'nobody: give email, or subscribe to the topic'],
    ['Operations to', config.opsEmail.join(', ') || 'nobody: give opsEmail, or subscribe to the topic'],
    [
      'Costs',
      `for each million events evaluated: writes and sign-ins ${usd('writes')}, reads ${usd('reads')}${deploy.dataEvents ? `, data events ${usd('data')}` : ''}; about 2 USD a month for alarms`,
    ],
    ...wildcards.map((text): [string, string] => ['Evaluates', text]),
    ...(starving.length > 0
      ? [
          [
            'Not fully fed',
            `${starving.map(({ id }) => id).join(', ')}: see deploy.allReads and deploy.dataEvents`,
          ] as [string, string],
        ]
      : []),
  ];
  const title = `Trailhound ${version}, configuration ${config.configHash}`;
  return [title, ...lines.flatMap(([name, text]) => wrapped(name, text))].join('\n');
}

function wantsAll(id: string, rules: readonly Detection[]): boolean {
  const rule = rules.find((one) => one.id === id);
  return rule?.match.some((match) => match.service === undefined) ?? false;
}

function membersText(deploy: Deployment['config']['deploy']): string {
  if (deploy.organizationId !== undefined) {
    const where = deploy.organizationalUnits.join(', ') || 'none yet: deploy trailhound-member.template.json there';
    return `organization ${deploy.organizationId}, forwarders in ${where}`;
  }
  return deploy.memberAccounts.join(', ') || 'this account only';
}

/** `name   text`, broken between words, the rest indented. */
function wrapped(name: string, text: string): string[] {
  const indent = 15;
  const lines: string[] = [];
  let line = name.padEnd(indent);
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '' && line.length > indent) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
