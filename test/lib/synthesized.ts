import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as flags } from '../../cdk.json';
import { Trailhound } from '../../lib';

export const HUB_ACCOUNT = '111122223333';
export const HOME_REGION = 'eu-west-1';

/** A resource as it stands in a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface SynthesizedStack {
  readonly template: Template;
  readonly json: { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs?: Record<string, unknown> };
}

/** Fewer than by default, because forwarders are alike; all that sign-ins need, so that nothing is warned of. */
const REGIONS = ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2', HOME_REGION];

/** The app as people deploy it, without esbuild: bundles have a check of their own. */
export function appFor(config: object = {}): { readonly app: App; readonly trailhound: Trailhound } {
  const app = new App({ context: { ...flags, 'aws:cdk:bundling-stacks': [] } });
  const trailhound = new Trailhound(app, 'Trailhound', {
    config: { email: 'security@example.com', opsEmail: 'ops@example.com', regions: REGIONS, ...config },
    account: HUB_ACCOUNT,
    region: HOME_REGION,
    nowMs: Date.parse('2026-03-10T10:00:00Z'),
  });
  return { app, trailhound };
}

/** Hub and one forwarder; all forwarders are alike but for their region. */
export function synthesized(config: object = {}): {
  readonly hub: SynthesizedStack;
  readonly forwarder: SynthesizedStack;
} {
  const { trailhound } = appFor(config);
  const [first] = trailhound.forwarders;
  if (first === undefined) throw new Error('no forwarder');
  return { hub: stackOf(trailhound.hub), forwarder: stackOf(first) };
}

function stackOf(stack: Parameters<typeof Template.fromStack>[0]): SynthesizedStack {
  const template = Template.fromStack(stack);
  return { template, json: template.toJSON() as SynthesizedStack['json'] };
}

/** Resources of a type, by logical ID. */
export function resourcesOf(stack: SynthesizedStack, type: string): [string, Resource][] {
  return Object.entries(stack.json.Resources).filter(([, resource]) => resource.Type === type);
}
