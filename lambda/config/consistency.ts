import type { Rule } from '../rules/rule';
import { fingerprintOf, matchesEverything, readMatch } from './suppressions';
import { isRegion } from './values';
import { found, isMap, type Keys, listed, quoted } from './wording';

/** A problem that no single value has: it takes two, or the whole of a suppression. */
export interface Inconsistency {
  readonly keys: Keys;
  readonly problem: string;
}

/**
 * Region that records what global services do (IAM, root, Organizations), by the prefix of the partition's regions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
const GLOBAL_REGIONS: readonly (readonly [prefix: string, region: string])[] = [
  ['us-gov-', 'us-gov-west-1'],
  ['cn-', 'cn-north-1'],
  ['', 'us-east-1'],
];

/** Of a user; those of sessions (ASIA…) are gone within a day and a half, and no baits. */
const ACCESS_KEY = /^AKIA[A-Z0-9]{12,124}$/;

/**
 * Looks at the file as it was written, sound or not, so that these problems are told together with all others. What is
 * not in the shape that it should have is passed over: the schema tells that.
 */
export function* inconsistencies(file: unknown, rules: readonly Rule[]): Generator<Inconsistency> {
  if (!isMap(file)) return;
  yield* ofAccounts(file['accounts']);
  yield* ofRegions(file);
  yield* ofBaits(file['settings']);
  if (isMap(file['rules'])) {
    for (const [id, override] of Object.entries(file['rules'])) yield* ofOverride(id, override);
  }
  if (Array.isArray(file['suppressions'])) yield* ofSuppressions(file['suppressions'], rules);
  yield* ofDeploy(file['deploy']);
}

function* ofAccounts(accounts: unknown): Generator<Inconsistency> {
  if (!Array.isArray(accounts)) return;
  const seen = new Map<string, number>();
  for (const [index, account] of accounts.entries()) {
    const id: unknown = isMap(account) ? account['id'] : undefined;
    if (typeof id !== 'string') continue;
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    else {
      yield {
        keys: ['accounts', index, 'id'],
        problem: `expected each account once, found ${quoted(id)} again; accounts[${first}] names it already`,
      };
    }
  }
}

/** A bait that is misspelt would wait for good, and nobody would know. */
function* ofBaits(settings: unknown): Generator<Inconsistency> {
  const keys: unknown = isMap(settings) ? settings['honeyKeys'] : undefined;
  if (!Array.isArray(keys)) return;
  for (const [index, key] of keys.entries()) {
    if (typeof key !== 'string' || key.trim() === '' || ACCESS_KEY.test(key)) continue;
    yield {
      keys: ['settings', 'honeyKeys', index],
      problem: `expected the ID of an access key, which begins with AKIA, found ${found(key)}; users and roles belong in honeyUsers and honeyRoles`,
    };
  }
}

function* ofRegions(file: Record<string, unknown>): Generator<Inconsistency> {
  const written = file['regions'];
  if (!Array.isArray(written) || !written.every((region) => typeof region === 'string' && isRegion(region))) return;
  const regions: readonly string[] = written;
  if (regions.length === 0) {
    yield {
      keys: ['regions'],
      problem: 'expected at least one region, found an empty list; leave the key out to cover all',
    };
    return;
  }
  const needed = new Set(regions.map(globalRegion));
  if (needed.size > 1) {
    yield {
      keys: ['regions'],
      problem: `expected regions of one partition, found ${listed([...needed].map((region) => `those of ${region}`))}; deploy once in each partition`,
    };
    return;
  }
  const [global] = needed;
  if (global !== undefined && !regions.includes(global)) {
    yield {
      keys: ['regions'],
      problem: `expected ${global} among them, found ${found(regions)} without it; what the root user and IAM do is recorded only there, so add it`,
    };
  }
  const home: unknown = isMap(file['deploy']) ? file['deploy']['homeRegion'] : undefined;
  if (typeof home === 'string' && isRegion(home) && !regions.includes(home)) {
    yield {
      keys: ['deploy', 'homeRegion'],
      problem: `expected one of the covered regions, found ${found(home)}; add it to regions`,
    };
  }
}

function globalRegion(region: string): string {
  return GLOBAL_REGIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'us-east-1';
}

function* ofOverride(id: string, override: unknown): Generator<Inconsistency> {
  if (!isMap(override)) return;
  for (const [key, inMs] of [
    ['within', 'withinMs'],
    ['quiet', 'quietMs'],
  ] as const) {
    if (Object.hasOwn(override, key) && Object.hasOwn(override, inMs)) {
      yield {
        keys: ['rules', id, inMs],
        problem: `expected ${key} or ${inMs}, found both; leave one out`,
      };
    }
  }
}

function* ofSuppressions(suppressions: readonly unknown[], rules: readonly Rule[]): Generator<Inconsistency> {
  const ids = new Map<string, number>();
  const fingerprints = new Map<string, number>();
  for (const [index, suppression] of suppressions.entries()) {
    if (!isMap(suppression)) continue;
    const keys = ['suppressions', index];
    const match = readMatch(suppression);
    if (match !== undefined && matchesEverything(match, rules)) {
      yield {
        keys,
        problem:
          'expected a rule, or something that narrows it down, found a suppression of everything; name a rule, or an actor, account, region, sourceIp or resource',
      };
    }
    const id = suppression['id'];
    if (typeof id === 'string') {
      const first = ids.get(id);
      if (first === undefined) ids.set(id, index);
      else {
        yield {
          keys: [...keys, 'id'],
          problem: `expected an id of its own, found ${found(id)}; suppressions[${first}] has it already`,
        };
      }
    } else if (id === undefined && match !== undefined) {
      const fingerprint = fingerprintOf(match);
      const first = fingerprints.get(fingerprint);
      if (first === undefined) fingerprints.set(fingerprint, index);
      else {
        yield {
          keys,
          problem: `expected fields that no other suppression has, found those of suppressions[${first}]; keep one of the two`,
        };
      }
    }
  }
}

function* ofDeploy(deploy: unknown): Generator<Inconsistency> {
  if (!isMap(deploy)) return;
  const hasUnits = Array.isArray(deploy['organizationalUnits']) && deploy['organizationalUnits'].length > 0;
  if (hasUnits && deploy['organizationId'] === undefined) {
    yield {
      keys: ['deploy', 'organizationalUnits'],
      problem: `expected organizationId beside it, found ${found(undefined)}; the hub admits members by the organization's ID`,
    };
  }
  const buckets = deploy['dataEventBuckets'];
  if (Array.isArray(buckets) && buckets.length > 0 && deploy['dataEvents'] !== true) {
    yield {
      keys: ['deploy', 'dataEventBuckets'],
      problem: `expected dataEvents: true beside it, found ${found(deploy['dataEvents'])}; without it no data events are evaluated`,
    };
  }
}
