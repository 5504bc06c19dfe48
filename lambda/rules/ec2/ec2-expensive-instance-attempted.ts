import { agentContains } from '../../intake/caller';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { shifted } from '../severity';
import { choosingMatches, expensiveIn, expensiveInWords, expensiveKey } from './expensive';
import { EC2, instanceTypes, isDryRun, isScaling } from './launches';

export default defineRule({
  id: 'ec2-expensive-instance-attempted',
  title: 'Failed attempt at an expensive instance type',
  severity: (event, settings) => {
    if (isDryRun(event)) return 'low';
    const base = expensiveIn(event, settings)?.expense === 'accelerated' ? 'high' : 'medium';
    const less = (isScaling(event) ? 1 : 0) + (agentContains(event, settings.infrastructureAsCodeAgents) ? 1 : 0);
    return shifted(base, -less);
  },
  rows: ['0-4'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  match: choosingMatches(['denied', 'failed']),
  when: (event, settings) => expensiveIn(event, settings) !== undefined,
  per: expensiveKey,
  quietMs: HOUR,
  settings: [
    'acceleratedFamilies',
    'largeFamilies',
    'largeSizeMinimum',
    'expensiveInstanceTypes',
    'instanceTypesAllowed',
    'infrastructureAsCodeAgents',
  ],
  headline: expensiveInWords,
  resources: instanceTypes,
  why: 'Quotas stop most miners at the first try, so a refused launch of an accelerated or very large instance is often the only sign of stolen keys. They go on in other regions and with other types.',
  runbook: [
    'Ask the actor. A type that nobody here uses, or a region that nobody uses, speaks for stolen keys.',
    'See what it did before and after, in all regions: aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    "If nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
    'Watch for requests to raise quotas (service-quotas RequestServiceQuotaIncrease), and deny them.',
  ],
  falsePositives: [
    'A team that meets its quota, or a region that is out of capacity: name the type in instanceTypesAllowed.',
    'Dry runs of deployment tools, which are told at low.',
  ],
  blindSpots: [
    'A refused call of SageMaker, Auto Scaling and other services outside EC2 has no parameters in its record, and so no type.',
    'A failed launch from a template: the record names the template only.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const failed = (type: string, errorCode = 'Client.VcpuLimitExceeded') =>
    call(EC2, 'RunInstances', {
      requestParameters: {
        instancesSet: { items: [{ imageId: 'ami-0123456789abcdef0', minCount: 1, maxCount: 10 }] },
        instanceType: type,
        blockDeviceMapping: {},
        monitoring: { enabled: false },
      },
      errorCode,
      errorMessage: 'You have requested more vCPU capacity than your current vCPU limit allows',
    });
  const overQuota = failed('p3.2xlarge');
  const terraform = { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' };
  return {
    fires: [
      { why: 'an accelerated type over quota', timeline: [overQuota], severity: 'high' },
      {
        why: 'refused: EC2 keeps the parameters',
        timeline: [failed('g5.xlarge', 'Client.UnauthorizedOperation')],
        severity: 'high',
      },
      {
        why: 'no capacity',
        timeline: [failed('p5.48xlarge', 'Server.InsufficientInstanceCapacity')],
        severity: 'high',
      },
      { why: 'a large type over quota', timeline: [failed('c7i.8xlarge')], severity: 'medium' },
      { why: 'a huge type over quota', timeline: [failed('c7i.24xlarge')], severity: 'medium' },
      { why: 'a dry run', timeline: [failed('p3.2xlarge', 'Client.DryRunOperation')], severity: 'low' },
      { why: 'by Terraform: one less severe', timeline: [but(overQuota, terraform)], severity: 'medium' },
      { why: 'tried again and again: one alert', timeline: repeat(overQuota, 20, 30_000), severity: 'high' },
      {
        why: 'a spot request over the limit',
        timeline: [
          call(EC2, 'RequestSpotInstances', {
            requestParameters: { instanceCount: 20, launchSpecification: { instanceType: 'g4dn.12xlarge' } },
            errorCode: 'Client.MaxSpotInstanceCountExceeded',
            errorMessage: 'Max spot instance count exceeded',
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a request too large to see',
        timeline: [but(overQuota, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'an ordinary type', timeline: [failed('t3.micro')] },
      { why: 'a type that is normal here', timeline: [overQuota], settings: { instanceTypesAllowed: ['p3.*'] } },
      {
        why: 'it succeeded: another rule',
        timeline: [but(overQuota, { errorCode: undefined, errorMessage: undefined })],
      },
      { why: 'refused without parameters: nothing to judge by', timeline: [denied(overQuota)] },
    ],
  };
};
