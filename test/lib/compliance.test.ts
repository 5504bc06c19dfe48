import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { appFor } from './synthesized';

// cdk-nag itself reads a property that the CDK has deprecated.
process.env['JSII_DEPRECATED'] = 'quiet';

interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
}

const DEPLOYMENTS: readonly [string, object][] = [
  ['the smallest deployment', {}],
  [
    'everything that can be switched on',
    {
      deploy: {
        allReads: true,
        dataEvents: true,
        dataEventBuckets: ['pay-slips'],
        createTrail: true,
        customerManagedKey: true,
        chatTopic: true,
        organizationId: 'o-abcdefghij',
        organizationalUnits: ['ou-abcd-11112222'],
      },
    },
  ],
];

describe.each(DEPLOYMENTS)('%s', (_what, config) => {
  it('has no finding of AwsSolutions, Serverless or NIST 800-53 that is not accepted with a reason', () => {
    const { app } = appFor(config);
    expect(findingsOf(app)).toEqual([]);
  });

  it('accepts only findings that there are', () => {
    const { app } = appFor(config);
    const accepted = new Set(acknowledgementsOf(app).map(({ id }) => id));
    forget(app);
    expect(findingsOf(app)).toEqual([...accepted].sort());
  });
});

describe('SECURITY.md', () => {
  it('lists every accepted finding with its reason', () => {
    const accepted = DEPLOYMENTS.flatMap(([, config]) => acknowledgementsOf(appFor(config).app));
    const rows = new Set(accepted.map(({ id, reason }) => `| ${id} | ${reason} |`));
    const text = readFileSync(path.join(__dirname, '../../SECURITY.md'), 'utf8');
    const listed = text.split('\n').filter((line) => /^\| (AwsSolutions|Serverless|NIST)/.test(line));
    expect(listed).toEqual([...rows].sort());
  });
});

/** Ids of the findings that are not accepted, sorted. */
function findingsOf(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new NIST80053R5Checks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    const report = /A copy of this report can be found in: (\S+)/.exec(String(error))?.[1];
    if (report === undefined) throw error;
    const { pluginReports } = JSON.parse(readFileSync(report, 'utf8')) as {
      pluginReports: { pluginName: string; violations: { ruleName: string }[] }[];
    };
    const ids = pluginReports
      .filter(({ pluginName }) => pluginName !== 'Construct Annotations') // warnings of ours
      .flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
    return [...new Set(ids)].sort();
  }
}

function acknowledgementsOf(app: App): Acknowledgement[] {
  return (
    app.node
      .findAll()
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      // The CDK puts a prefix before ids that are not its own.
      .map(([id, reason]) => ({ id: id.replace(/^[^[]*?::/, ''), reason }))
  );
}

/** Takes the acknowledgements back. There is no way but the inside of constructs. */
function forget(app: App): void {
  for (const { node } of app.node.findAll()) {
    const kept = node.metadata.filter(({ type }) => type !== Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
    Reflect.set(node, '_metadata', kept);
  }
}
