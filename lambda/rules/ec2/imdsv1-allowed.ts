import { asArray, at, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { EC2, isScaling } from './launches';

export default defineRule({
  id: 'imdsv1-allowed',
  title: 'Machine answers metadata requests without a token',
  // A new machine may be asked for so by an old template; changing one that demanded tokens is somebody's decision.
  severity: (event, settings) => lessIfAutomated(event.call === 'RunInstances' ? 'low' : 'medium', event, settings),
  rows: ['1-20'],
  attack: ['TA0006/T1552.005', 'TA0005/T1562.001'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: EC2,
      calls: ['ModifyInstanceMetadataOptions', 'RunInstances'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => tokens(event) === 'optional' && !isScaling(event),
  per: (event) => `${event.account}|${event.region}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} lets ${machines(event).slice(0, 3).join(', ') || 'a machine'} in ${event.account} ${event.region} give its credentials without a token (IMDSv1)`,
  resources: machines,
  why: 'With IMDSv1 a simple flaw in a web application is enough to read the credentials of the machine.',
  runbook: [
    'Demand tokens again: aws ec2 modify-instance-metadata-options --instance-id <instance> --http-tokens required.',
    'Ask the actor why; if old software needs it, limit what the role of the machine may do.',
    "Look for use of the role from addresses that are not the machine's.",
  ],
  falsePositives: ['Old software that knows no tokens.'],
  blindSpots: ['Machines that get it by the default of an old image or of the account: that is state, not an event.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
    'https://attack.mitre.org/techniques/T1552/005/',
  ],
});

/** What the call asks for; a default that it does not mention is not asked for. */
function tokens(event: TrailEvent): string | undefined {
  const request = requestOf(event);
  const options = event.call === 'RunInstances' ? pick(request, 'metadataOptions') : request;
  return text(pick(options, 'httpTokens'))?.toLowerCase();
}

function machines(event: TrailEvent): readonly string[] {
  const named = text(pick(requestOf(event), 'instanceId'));
  const started = asArray(at(event.record, 'responseElements', 'instancesSet')).flatMap(
    (instance) => text(pick(instance, 'instanceId')) ?? [],
  );
  return named === undefined ? started : [named];
}

export const examples = (): Examples => {
  const changed = (HttpTokens: string) =>
    call(EC2, 'ModifyInstanceMetadataOptions', {
      requestParameters: {
        ModifyInstanceMetadataOptionsRequest: {
          InstanceId: 'i-0123456789abcdef0',
          HttpTokens,
          HttpEndpoint: 'enabled',
        },
      },
    });
  const started = (metadataOptions?: object) =>
    call(EC2, 'RunInstances', {
      requestParameters: { instanceType: 't3.micro', ...(metadataOptions && { metadataOptions }) },
      responseElements: {
        instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0', metadataOptions: { httpTokens: 'optional' } }] },
      },
    });
  return {
    fires: [
      { why: 'a machine was changed', timeline: [changed('optional')], severity: 'medium' },
      { why: 'asked for at launch', timeline: [started({ httpTokens: 'optional' })], severity: 'low' },
      { why: 'by Terraform', timeline: [but(changed('optional'), { userAgent: 'Terraform/1.9' })], severity: 'low' },
    ],
    quiet: [
      { why: 'tokens demanded', timeline: [changed('required')] },
      { why: 'the default of an old image', timeline: [started()] },
      { why: 'the call was refused', timeline: [denied(changed('optional'))] },
      {
        why: 'by Auto Scaling',
        timeline: [but(started({ httpTokens: 'optional' }), { sourceIPAddress: 'autoscaling.amazonaws.com' })],
      },
    ],
  };
};
