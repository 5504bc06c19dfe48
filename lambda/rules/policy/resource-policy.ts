import { agentContains } from '../../intake/caller';
import { document, type Fields, fieldsOf, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { HOUR, type Rule } from '../rule';
import { type Severity, shifted } from '../severity';
import { type PublicGrant, publicGrants } from './public-policy';

/** How deep request parameters are searched; records of calls that set a policy nest three levels at most. */
const MAX_DEPTH = 6;

/**
 * The policy documents in request parameters: what is in a field whose name speaks of a policy (`bucketPolicy`,
 * `policyText`, `policyInJson`, `accessPolicies`, `attributes.Policy`, `PutAccessPointPolicyRequest.Policy`) and has
 * statements. S3 writes an object, most others a JSON string.
 */
export function policiesIn(parameters: unknown): readonly Fields[] {
  const found: Fields[] = [];
  const search = (value: unknown, depth: number): void => {
    for (const [name, inner] of Object.entries(fieldsOf(value) ?? {})) {
      const policy = name.toLowerCase().includes('polic') ? document(inner) : undefined;
      if (policy !== undefined && pick(policy, 'Statement') !== undefined) found.push(policy);
      else if (depth < MAX_DEPTH) search(inner, depth + 1);
    }
  };
  search(parameters, 1);
  return found;
}

/** Statements of the policies in the call's parameters that admit anybody. */
export function publicGrantsIn({ record }: TrailEvent): readonly PublicGrant[] {
  return policiesIn(record['requestParameters']).flatMap(publicGrants);
}

/** True when the parameters, and so the policy, were too large for the record. */
export function isPolicyUnseen({ record }: TrailEvent): boolean {
  return isOmitted(record['requestParameters']);
}

/** Critical when anybody may change things, high when they may read or use them, or when the policy can't be seen. */
export function grantSeverity(grants: readonly PublicGrant[]): Severity {
  return grants.some(({ changes }) => changes) ? 'critical' : 'high';
}

/** `anybody may s3:GetObject, s3:PutObject and 4 more`, of bounded length. */
export function grantsInWords(grants: readonly PublicGrant[]): string {
  if (grants.length === 0) return 'with a policy too large to see';
  const actions = [...new Set(grants.flatMap((grant) => grant.actions))];
  const shown = actions.slice(0, 3).map((action) => (action.length > 60 ? `${action.slice(0, 60)}…` : action));
  const more = actions.length > shown.length ? ` and ${actions.length - shown.length} more` : '';
  return `anybody may ${shown.length === 0 ? 'act on it' : shown.join(', ')}${more}`;
}

/** Name of the resource: the first of the request's parameters that is there, or undefined. */
export function parameterOf({ record }: TrailEvent, ...names: readonly string[]): string | undefined {
  return names.map((name) => text(pick(record['requestParameters'], name))).find((value) => value);
}

interface PolicyReader {
  /** What the policy belongs to, for people: `KMS key`. */
  readonly kind: string;
  readonly resource: (event: TrailEvent) => string | undefined;
  /** Statements that admit anybody, where they are not simply in a policy among the parameters. */
  readonly grants?: (event: TrailEvent) => readonly PublicGrant[];
  /** True when they can't be seen. */
  readonly unseen?: (event: TrailEvent) => boolean;
}

type PolicyRule = Pick<
  Rule,
  'severity' | 'rows' | 'when' | 'side' | 'per' | 'quietMs' | 'settings' | 'headline' | 'resources'
>;

/** What the rules on public resource policies have in common; each adds its calls and its texts. */
export function publicPolicyRule(reader: PolicyReader): PolicyRule {
  const { kind, resource, grants = publicGrantsIn, unseen = isPolicyUnseen } = reader;
  return {
    severity: (event, settings) =>
      shifted(grantSeverity(grants(event)), agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
    rows: ['0-6'],
    when: (event) => unseen(event) || grants(event).length > 0,
    side: 'resource', // a policy may allow another account to change it
    per: (event) => `${event.account}|${event.region}|${resource(event) ?? ''}|${event.call}|${event.actor}`,
    quietMs: HOUR,
    settings: ['infrastructureAsCodeAgents'],
    headline: (event) => {
      const name = resource(event)?.slice(0, 120) ?? '(not named)';
      return `${event.actor} set the policy of ${kind} ${name}: ${grantsInWords(grants(event))}`;
    },
    resources: (event) => {
      const name = resource(event);
      return name === undefined ? [] : [name];
    },
  };
}
