import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { forEachLimited } from '../concurrency';
import { asError } from '../errors';
import type { Clock } from '../ports';
import type { Settings } from '../rules/settings';
import type { AwsClients } from './aws-clients';
import type { Check, Finding, Scope } from './check';
import { CHECKS } from './checks';
import type { Fact, Problem, SourceName, SourceValues } from './facts';
import { Limit, ReadError, Reader, type ReaderOptions } from './reader';
import { type Audit, GLOBAL, type LocatedFinding, type SkippedRegion } from './result';
import { isRegional, SOURCES } from './sources';

export interface AuditOptions {
  readonly aws: AwsClients;
  readonly settings: Settings;
  /** Undefined: every region that is enabled. */
  readonly regions: readonly string[] | undefined;
  readonly clock: Clock;
  /** No call to AWS begins after it; what is not read by then is unknown. */
  readonly deadlineMs: number;
  readonly checks?: readonly Check[];
  /** Tells how far it is: places done, of all. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Calls under way at once: enough to keep busy, too few to be throttled everywhere. */
const CALLS_AT_ONCE = 24;
/** Each region holds its facts until its checks are judged. */
const REGIONS_AT_ONCE = 4;

type Facts = { readonly [Name in SourceName]?: Fact<SourceValues[Name]> };

/**
 * Reads the account and judges it. A call that is denied or fails makes the checks that need it unknown, and no others.
 * @throws {ReadError} only when not even the caller's own account can be read
 */
export async function audit(options: AuditOptions): Promise<Audit> {
  const { aws, settings, clock, checks = CHECKS } = options;
  const startedMs = clock.nowMs();
  const reading: ReaderOptions = {
    aws,
    account: '',
    limit: new Limit(CALLS_AT_ONCE),
    nowMs: () => clock.nowMs(),
    sleep: (ms) => clock.sleep(ms),
    deadlineMs: options.deadlineMs,
  };
  const { account, partition } = await callerOf(reading);
  const known: ReaderOptions = { ...reading, account };
  const { regions, skipped, problems: regionProblems } = await regionsOf(known, options.regions);

  const scope = (region: string | undefined): Scope => ({ account, partition, region, nowMs: startedMs, settings });
  const judged = new Map<Check, { findings: LocatedFinding[]; problems: Problem[] }>(
    checks.map((check) => [check, { findings: [], problems: [] }]),
  );
  const judge = (check: Check, facts: Facts, region: string | undefined) => {
    const result = judged.get(check);
    if (result === undefined) return;
    const { findings, problems } = judgement(check, facts, scope(region));
    result.findings.push(...findings);
    result.problems.push(...problems);
  };

  const ofAccount = checks.filter((check) => !isRegional(check));
  const ofRegions = checks.filter(isRegional);
  let done = 0;
  const placeDone = () => options.onProgress?.(++done, regions.length + 1);
  const accountWork = async () => {
    const facts = await gather(known, namesOf(checks, 'account'), undefined);
    for (const check of ofAccount) judge(check, facts, undefined);
    placeDone();
    return facts;
  };
  const globalFacts = accountWork();
  // Facts of a region are judged and let go before the next region's come.
  const regionWork = forEachLimited(regions, REGIONS_AT_ONCE, async (region) => {
    const facts = await gather(known, namesOf(ofRegions, 'region'), region);
    const together = { ...(await globalFacts), ...facts };
    for (const check of ofRegions) judge(check, together, region);
    placeDone();
  });
  await Promise.all([globalFacts, regionWork]);

  return {
    account,
    partition,
    startedMs,
    endedMs: clock.nowMs(),
    regions,
    skipped,
    results: checks.map((check) => {
      const { findings = [], problems = [] } = judged.get(check) ?? {};
      const all = isRegional(check) ? [...problems, ...regionProblems] : problems;
      return {
        check,
        status: findings.length > 0 ? 'fail' : all.length > 0 ? 'unknown' : 'pass',
        findings: findings.sort(byPlace),
        problems: all,
      };
    }),
  };
}

async function callerOf(options: ReaderOptions): Promise<{ readonly account: string; readonly partition: string }> {
  const { Account, Arn = '' } = await new Reader(options, undefined).read('sts:GetCallerIdentity', () =>
    options.aws.sts.send(new GetCallerIdentityCommand({})),
  );
  if (Account === undefined) throw new Error('AWS does not say whose account this is');
  return { account: Account, partition: Arn.split(':')[1] ?? 'aws' };
}

/** Regions to audit, and those that are not and why. */
async function regionsOf(
  options: ReaderOptions,
  wanted: readonly string[] | undefined,
): Promise<{
  readonly regions: readonly string[];
  readonly skipped: readonly SkippedRegion[];
  readonly problems: readonly Problem[];
}> {
  const { aws } = options;
  try {
    const { Regions = [] } = await new Reader(options, undefined).read('ec2:DescribeRegions', () =>
      aws.ec2(aws.homeRegion).send(new DescribeRegionsCommand({ AllRegions: true })),
    );
    const enabled = new Map(
      Regions.map(({ RegionName = '', OptInStatus }) => [RegionName, OptInStatus !== 'not-opted-in']),
    );
    const skipped = [...(wanted ?? enabled.keys())]
      .filter((region) => enabled.get(region) !== true)
      .map((region) => ({ region, why: enabled.has(region) ? 'not enabled in this account' : 'no such region' }));
    const regions = [...new Set(wanted ?? enabled.keys())].filter((region) => enabled.get(region) === true).sort();
    return { regions, skipped: skipped.sort((a, b) => (a.region < b.region ? -1 : 1)), problems: [] };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    // Then nobody knows which other regions there are, unless somebody has said so.
    return wanted === undefined
      ? { regions: [aws.homeRegion], skipped: [], problems: [error.problem] }
      : { regions: [...new Set(wanted)].sort(), skipped: [], problems: [] };
  }
}

function namesOf(checks: readonly Check[], scope: 'account' | 'region'): readonly SourceName[] {
  const names = new Set(checks.flatMap(({ reads }) => reads));
  return [...names].filter((name) => SOURCES[name].scope === scope);
}

async function gather(
  options: ReaderOptions,
  names: readonly SourceName[],
  region: string | undefined,
): Promise<Facts> {
  const facts = await Promise.all(names.map(async (name) => [name, await factOf(options, name, region)] as const));
  return Object.fromEntries(facts) as Facts;
}

async function factOf(options: ReaderOptions, name: SourceName, region: string | undefined): Promise<Fact<unknown>> {
  const reader = new Reader(options, region);
  try {
    const value = await SOURCES[name].read(reader);
    return { value, problems: reader.problems };
  } catch (thrown) {
    const problem: Problem =
      thrown instanceof ReadError
        ? thrown.problem
        : { kind: 'failed', permission: undefined, region, what: name, reason: asError(thrown).name };
    return { value: undefined, problems: [...reader.problems, problem] };
  }
}

function judgement(
  check: Check,
  facts: Facts,
  scope: Scope,
): { readonly findings: readonly LocatedFinding[]; readonly problems: readonly Problem[] } {
  const read = check.reads.map((name) => [name, facts[name]] as const);
  const problems = read.flatMap(([, fact]) => fact?.problems ?? []);
  const values = Object.fromEntries(read.map(([name, fact]) => [name, fact?.value]));
  if (Object.values(values).some((value) => value === undefined)) return { findings: [], problems };
  try {
    const findings = check.judge(values as unknown as SourceValues, scope);
    return { findings: findings.map((finding) => located(finding, check, scope.region)), problems };
  } catch (thrown) {
    // One check that stumbles over what AWS says must not hide the others.
    const problem: Problem = {
      kind: 'failed',
      permission: undefined,
      region: scope.region,
      what: check.id,
      reason: asError(thrown).name,
    };
    return { findings: [], problems: [...problems, problem] };
  }
}

function located(finding: Finding, check: Check, judgedIn: string | undefined): LocatedFinding {
  return { ...finding, severity: finding.severity ?? check.severity, region: finding.region ?? judgedIn ?? GLOBAL };
}

function byPlace(a: LocatedFinding, b: LocatedFinding): number {
  if (a.region !== b.region) return a.region < b.region ? -1 : 1;
  return a.resource < b.resource ? -1 : a.resource > b.resource ? 1 : 0;
}
