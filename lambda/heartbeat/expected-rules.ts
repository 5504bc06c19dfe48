import { FORWARDER_QUEUE, FORWARDING_RULE } from '../config/environment';
import type { Manifest } from '../config/manifest';
import type { ResolvedConfig } from '../config/resolve';
import { feedPatterns } from '../rules/feeds';
import { forwardingPatterns } from '../rules/forwarding';
import type { Rule } from '../rules/rule';
import type { ExpectedRule } from './integrity';

/** An EventBridge rule that must be there: where, under which name, and how. */
export interface PlacedRule {
  readonly subject: string;
  readonly region: string;
  /** Undefined: the default bus. */
  readonly bus: string | undefined;
  /** Undefined: the deployment knows of none, which is wrong in itself. */
  readonly name: string | undefined;
  readonly expected: ExpectedRule;
}

/**
 * Every EventBridge rule of a deployment with the pattern that the configuration asks for. Patterns are made anew from
 * the detections, by what the stack made them with: nothing that an attacker could have changed is the measure.
 */
export function expectedRules(config: ResolvedConfig, shipped: readonly Rule[], manifest: Manifest): PlacedRule[] {
  const { deploy } = config;
  const forwarding = forwardingPatterns(shipped, {
    allReads: deploy.allReads,
    data: deploy.dataEvents ? { buckets: deploy.dataEventBuckets } : undefined,
  });
  const forwarders = manifest.regions.flatMap((region) =>
    forwarding.map(({ id, pattern, reads, data }): PlacedRule => {
      const bus = (data ? manifest.dataBus : undefined) ?? manifest.bus;
      const target = `arn:${partition(manifest)}:events:${manifest.region}:${manifest.account}:event-bus/${bus}`;
      const name = `${FORWARDING_RULE}-${id}`;
      return {
        subject: `rule ${name} of ${region}`,
        region,
        bus: undefined,
        name,
        expected: { pattern, reads, target },
      };
    }),
  );
  const { queues } = manifest;
  const derived = feedPatterns(config.rules.map(({ rule }) => rule)).flatMap(({ id, side, pattern }): PlacedRule[] => {
    const bus = side === 'data' ? manifest.dataBus : manifest.bus;
    if (bus === undefined) return []; // data events are not switched on
    const target = (side === 'writes' ? queues.priority : queues.bulk).arn;
    const expected = { pattern, reads: side === 'reads', target };
    return [
      { subject: `rule ${id} of the hub`, region: manifest.region, bus, name: nameIn(manifest.rules[id]), expected },
    ];
  });
  const jewels = Object.entries(manifest.jewels).map(
    ([id, { arn, pattern }]): PlacedRule => ({
      subject: `rule ${id} of the hub`,
      region: manifest.region,
      bus: manifest.bus,
      name: nameIn(arn),
      expected: { pattern, reads: false, target: manifest.topics.ops },
    }),
  );
  return [...forwarders, ...derived, ...jewels];
}

/** `arn:aws:events:eu-west-1:111122223333:rule/trailhound-hub/Trailhound-Hub-Feed…`: the last part. */
function nameIn(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf('/') + 1);
}

function partition({ topics }: Manifest): string {
  return topics.ops.split(':')[1] ?? 'aws';
}

/** Where a region keeps what it could not forward; the canaries tag it. */
export function undeliveredUrl(manifest: Manifest, region: string): string {
  const suffix = partition(manifest) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${suffix}/${manifest.account}/${FORWARDER_QUEUE}`;
}
