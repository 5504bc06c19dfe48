import { createHash } from 'node:crypto';
import { anyGlobMatches, globMatches } from '../rules/glob';
import { coverWorld } from '../rules/networks';
import type { Rule } from '../rules/rule';
import type { Suppression } from '../rules/suppression';
import { dateMs } from './durations';
import { readNetwork } from './network-text';
import type { ConfigFile } from './schema';

/** What a suppression matches, in one spelling: sorted, without repeats, networks canonical. */
export interface SuppressionMatch {
  readonly rule: readonly string[];
  readonly actor?: readonly string[];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly sourceIp?: readonly string[];
  readonly resource?: readonly string[];
}

type Field = keyof SuppressionMatch;
const FIELDS: readonly Field[] = ['rule', 'actor', 'account', 'region', 'sourceIp', 'resource'];

/** The matching fields of a suppression as written, or undefined while one of them is not in its shape. */
export function readMatch(suppression: Record<string, unknown>): SuppressionMatch | undefined {
  const match: Partial<Record<Field, readonly string[]>> = {};
  for (const field of FIELDS) {
    const value = suppression[field];
    if (value === undefined) continue;
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every((text) => typeof text === 'string')) return undefined;
    const canonical = field === 'sourceIp' ? texts.map((text) => readNetwork(text)?.canonical ?? text) : texts;
    match[field] = [...new Set(canonical)].sort();
  }
  return match.rule === undefined ? undefined : { ...match, rule: match.rule };
}

/** A name for what a suppression matches: its id where the file gives none. Reason, owner and expiry may change. */
export function fingerprintOf(match: SuppressionMatch): string {
  const fields = FIELDS.map((field) => match[field] ?? null);
  return `auto-${createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 12)}`;
}

/** The suppression as the engine uses it. */
export function toSuppression(written: NonNullable<ConfigFile['suppressions']>[number]): Suppression {
  const match = readMatch(written) as SuppressionMatch; // the schema has seen to the shapes
  const expiresMs = expiryOf(written.expires);
  return {
    id: written.id ?? fingerprintOf(match),
    rules: match.rule,
    ...(match.actor && { actors: match.actor }),
    ...(match.account && { accounts: match.account }),
    ...(match.region && { regions: match.region }),
    ...(match.sourceIp && { sourceIps: match.sourceIp }),
    ...(match.resource && { resources: match.resource }),
    reason: written.reason.trim(),
    owner: written.owner.trim(),
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
}

function expiryOf(expires: string | Date | undefined): number | undefined {
  return expires instanceof Date ? expires.getTime() : expires === undefined ? undefined : dateMs(expires);
}

const ONLY_WILDCARDS = /^[*?]*\*[*?]*$/;

/** Actors and regions of no particular kind: globs that take all of these take, in effect, everybody and everywhere. */
const ANY_ACTORS = ['arn:aws:iam::000000000000:user/x7q-made-up', 'arn:aws:iam::000000000000:role/x7q-made-up'];
const ANY_REGIONS = ['us-east-1', 'eu-west-3', 'ap-southeast-2', 'sa-east-1', 'me-central-1', 'ca-west-1'];

/** Whether a suppression would silence all rules for everybody: no field narrows it down. */
export function matchesEverything(match: SuppressionMatch, rules: readonly Rule[]): boolean {
  const isEverything: Readonly<Record<Field, (texts: readonly string[]) => boolean>> = {
    rule: (globs) =>
      globs.some((glob) => ONLY_WILDCARDS.test(glob)) ||
      (rules.length > 1 && rules.every(({ id }) => anyGlobMatches(globs, id))),
    actor: (globs) => ANY_ACTORS.every((actor) => anyGlobMatches(globs, actor)),
    account: (globs) => globs.some((glob) => globMatches(glob, '000000000000')),
    region: (globs) => ANY_REGIONS.every((region) => anyGlobMatches(globs, region)),
    sourceIp: (networks) =>
      coverWorld(
        networks.filter((network) => !network.includes(':')),
        0,
        0,
      ),
    resource: (globs) => globs.some((glob) => ONLY_WILDCARDS.test(glob)),
  };
  return FIELDS.every((field) => {
    const texts = match[field];
    return texts === undefined || isEverything[field](texts);
  });
}
