import { RegionInfo } from 'aws-cdk-lib/region-info';
import { nearest } from '../lambda/config/nearest';

/**
 * Where the sign-ins of IAM users are recorded when they use the global endpoint.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 */
const SIGN_IN_REGIONS: readonly string[] = ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'];

/**
 * Regions that every account has without asking: where an intruder can act although nobody works there.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const ENABLED_BY_DEFAULT: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

/**
 * EventBridge's default quota of invocations a second, by region; beyond it targets are invoked later.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const INVOCATIONS_PER_SECOND: Readonly<Record<string, number>> = {
  'us-east-1': 18_750,
  'us-west-2': 18_750,
  'eu-west-1': 18_750,
  'us-east-2': 4_500,
  'eu-central-1': 4_500,
  'us-west-1': 2_250,
  'ap-northeast-1': 2_250,
  'ap-southeast-1': 2_250,
  'ap-southeast-2': 2_250,
  'eu-west-2': 2_250,
  'af-south-1': 750,
  'ap-northeast-3': 750,
  'ap-southeast-3': 750,
  'eu-south-1': 750,
};

function invocationsPerSecond(region: string): number {
  return INVOCATIONS_PER_SECOND[region] ?? 1_100;
}

/** EventBridge's default quota of rules on one bus. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export function rulesPerBus(region: string): number {
  return region === 'af-south-1' || region === 'eu-south-1' ? 100 : 300;
}

/** What is wrong with the regions of a deployment, each with what to do; empty if nothing is. */
export function regionProblems(homeRegion: string, regions: readonly string[]): string[] {
  const known = RegionInfo.regions.map(({ name }) => name);
  const all = [...new Set([homeRegion, ...regions])];
  const problems = all
    .filter((region) => !known.includes(region))
    .map((region) => {
      const close = nearest(region, known);
      const fix = close === undefined ? 'if it is new, update aws-cdk-lib' : `did you mean ${close}?`;
      return `${region}: no region that the installed CDK knows; ${fix}`;
    });
  if (problems.length > 0) return problems;
  if (!regions.includes(homeRegion)) {
    problems.push(
      `${homeRegion}: the home region is not covered; add it to regions, or set deploy.homeRegion to one of them`,
    );
  }
  // https://aws.amazon.com/blogs/compute/expanding-cross-region-event-routing-with-amazon-eventbridge/
  if (RegionInfo.get(homeRegion).partition !== 'aws' && all.length > 1) {
    problems.push(
      `${homeRegion}: EventBridge forwards between regions only in the commercial partition; deploy once for each region, with that region alone`,
    );
  }
  return problems;
}

/** The regions to cover when none are given. */
export function defaultRegions(homeRegion: string): readonly string[] {
  if (RegionInfo.get(homeRegion).partition !== 'aws') return [homeRegion];
  return [...new Set([...ENABLED_BY_DEFAULT, homeRegion])].sort();
}

/** What to know about the regions of a deployment that works all the same. */
export function regionWarnings(homeRegion: string, regions: readonly string[]): string[] {
  const quota = invocationsPerSecond(homeRegion);
  const blind = SIGN_IN_REGIONS.filter((region) => !regions.includes(region));
  return [
    ...(quota < 2_000
      ? [
          `${homeRegion} has a quota of ${quota} EventBridge invocations a second, and every event of every region takes one: in a busy organization events wait. Ask for more in Service Quotas (EventBridge, "Invocations throttle limit"), or choose another home region`,
        ]
      : []),
    ...(blind.length > 0
      ? [`console sign-ins of IAM users may be recorded in ${blind.join(', ')}, which you do not cover`]
      : []),
  ];
}
