import { CANARIES, feedPatterns } from '../rules/feeds';
import { forwardingPatterns } from '../rules/forwarding';
import type { Rule } from '../rules/rule';
import { hashOf } from './config-hash';
import type { ResolvedConfig } from './resolve';

/**
 * What the heartbeat needs of rules and configuration, written beside its code at synth: it needs neither the rules'
 * code nor the configuration's reader.
 */
export interface HeartbeatData {
  readonly configHash: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly email: readonly string[];
  readonly opsEmail: readonly string[];
  /** How many rules are live, and which are not. */
  readonly rules: { readonly live: number; readonly shadow: readonly ShadowRule[] };
  readonly suppressions: readonly { readonly id: string; readonly owner: string; readonly expiresMs?: number }[];
  readonly hasOrganization: boolean;
  readonly patterns: ExpectedPatterns;
}

/** A rule that watches, and says nothing but in the report of the week. */
export interface ShadowRule {
  readonly id: string;
  readonly title: string;
}

/** Patterns of EventBridge rules as the configuration asks for them, before it is known where they are deployed. */
export interface ExpectedPatterns {
  /** On the default bus of every region. */
  readonly forwarding: readonly ExpectedPattern[];
  /** On the hub's buses. */
  readonly derived: readonly ExpectedPattern[];
}

export interface ExpectedPattern {
  readonly id: string;
  /** `hashOf` the pattern. */
  readonly patternHash: string;
  readonly side: 'writes' | 'reads' | 'data';
  /** The canary that passes it. */
  readonly canary?: 'write' | 'read';
}

/** @param shipped every rule: what is forwarded follows from all of them */
export function heartbeatData(config: ResolvedConfig, shipped: readonly Rule[]): HeartbeatData {
  const { configHash, timeZone, email, opsEmail, rules, suppressions, deploy } = config;
  const shadow = rules.filter(({ mode }) => mode === 'shadow').map(({ rule: { id, title } }) => ({ id, title }));
  return {
    ...{ configHash, timeZone, email, opsEmail },
    rules: { live: rules.length - shadow.length, shadow },
    suppressions: suppressions.map(({ id, owner, expiresMs }) => ({
      ...{ id, owner },
      ...(expiresMs === undefined ? {} : { expiresMs }),
    })),
    hasOrganization: deploy.organizationId !== undefined,
    patterns: expectedPatterns(config, shipped),
  };
}

/** Made from the detections by what the stack makes them with: nothing that is deployed is its own measure. */
function expectedPatterns({ rules, deploy }: ResolvedConfig, shipped: readonly Rule[]): ExpectedPatterns {
  const forwarding = forwardingPatterns(shipped, {
    allReads: deploy.allReads,
    data: deploy.dataEvents ? { buckets: deploy.dataEventBuckets } : undefined,
  });
  return {
    forwarding: forwarding.map(({ id, pattern, reads, data }): ExpectedPattern => {
      const common = { id, patternHash: hashOf(pattern), side: data ? 'data' : reads ? 'reads' : 'writes' } as const;
      if (id === 'Writes') return { ...common, canary: 'write' };
      return READS.test(id) && passes(pattern, 'read') ? { ...common, canary: 'read' } : common;
    }),
    derived: feedPatterns(rules.map(({ rule }) => rule)).map(({ id, side, pattern, wantedBy }): ExpectedPattern => {
      const canary = wantedBy.includes('canary') ? KINDS.find((kind) => passes(pattern, kind)) : undefined;
      return { id, patternHash: hashOf(pattern), side, ...(canary === undefined ? {} : { canary }) };
    }),
  };
}

const KINDS = ['write', 'read'] as const;

/** Forwarding rules of reads that succeeded. */
const READS = /^(AllReads|ServiceReads|NamedReads)/;

/** Whether a pattern that is made for the canaries, or for all calls, passes one of them. */
function passes(pattern: unknown, kind: 'write' | 'read'): boolean {
  const [write, read] = CANARIES;
  const [call] = (kind === 'write' ? write : read)?.calls ?? [];
  const text = JSON.stringify(pattern);
  return text.includes(`"${call}"`) || !text.includes('"eventName"');
}
