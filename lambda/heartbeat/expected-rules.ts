import { hashOf } from '../config/config-hash';
import { FORWARDER_QUEUE, FORWARDING_RULE } from '../config/environment';
import type { ExpectedPatterns } from '../config/heartbeat-data';
import type { Manifest } from '../config/manifest';
import { type CanaryKind, canarySubject } from './canaries';
import type { ExpectedRule } from './integrity';

/** An EventBridge rule that must be there: where, under which name, and how. */
export interface PlacedRule {
  readonly subject: string;
  /** For people. */
  readonly what: string;
  readonly region: string;
  /** Undefined: the default bus. */
  readonly bus: string | undefined;
  /** Undefined: the deployment knows of none, which is wrong in itself. */
  readonly name: string | undefined;
  readonly expected: ExpectedRule;
}

/** The rules of a bus. */
export function rulesSubject(region: string, bus: string | undefined): string {
  return bus === undefined ? `rules of ${region}` : `rules of bus ${bus}`;
}

/** Every EventBridge rule of a deployment. */
export function placedRules({ forwarding, derived }: ExpectedPatterns, manifest: Manifest): PlacedRule[] {
  const { queues, regions } = manifest;
  const everywhere = (kind: CanaryKind | undefined) =>
    kind === undefined ? [] : regions.map((region) => canarySubject(region, kind));
  const forwarders = regions.flatMap((region) =>
    forwarding.map(({ id, patternHash, side, canary }): PlacedRule => {
      const bus = (side === 'data' ? manifest.dataBus : undefined) ?? manifest.bus;
      const target = `arn:${partition(manifest)}:events:${manifest.region}:${manifest.account}:event-bus/${bus}`;
      const name = `${FORWARDING_RULE}-${id}`;
      const explains = canary === undefined ? [] : [canarySubject(region, canary)];
      const expected = { patternHash, reads: side === 'reads', target, explains };
      const what = `rule ${name} of ${region}`;
      return { subject: `${rulesSubject(region, undefined)}, ${name}`, what, region, bus: undefined, name, expected };
    }),
  );
  const onHub = derived.flatMap(({ id, patternHash, side, canary }): PlacedRule[] => {
    const bus = side === 'data' ? manifest.dataBus : manifest.bus;
    if (bus === undefined) return []; // data events are not switched on
    const target = (side === 'writes' ? queues.priority : queues.bulk).arn;
    const expected = { patternHash, reads: side === 'reads', target, explains: everywhere(canary) };
    const name = nameIn(manifest.rules[id]);
    const subject = `${rulesSubject(manifest.region, bus)}, ${id}`;
    return [{ subject, what: `rule ${id} of the hub`, region: manifest.region, bus, name, expected }];
  });
  const jewels = Object.entries(manifest.jewels).map(
    ([id, { arn, pattern }]): PlacedRule => ({
      subject: `${rulesSubject(manifest.region, manifest.bus)}, ${id}`,
      what: `rule ${id} of the hub`,
      region: manifest.region,
      bus: manifest.bus,
      name: nameIn(arn),
      expected: { patternHash: hashOf(pattern), reads: false, target: manifest.topics.ops, explains: [] },
    }),
  );
  return [...forwarders, ...onHub, ...jewels];
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
