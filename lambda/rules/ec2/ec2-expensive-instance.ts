import { agentContains } from '../../intake/caller';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat, role } from '../sample';
import { shifted } from '../severity';
import { choosingMatches, expensiveIn, expensiveInWords, expensiveKey } from './expensive';
import { EC2, instancesLaunched, instanceTypes, isScaling } from './launches';

/** From this many instances in one call on, the alert is one step more severe. */
const MANY = 5;

export default defineRule({
  id: 'ec2-expensive-instance',
  title: 'Expensive or accelerated instance type chosen',
  severity: (event, settings) => {
    const expense = expensiveIn(event, settings)?.expense;
    const base = expense === 'accelerated' || expense === 'huge' ? 'high' : 'medium';
    const more = (instancesLaunched(event) ?? 0) >= MANY ? 1 : 0;
    const less = (isScaling(event) ? 1 : 0) + (agentContains(event, settings.infrastructureAsCodeAgents) ? 1 : 0);
    return shifted(base, more - less);
  },
  rows: ['0-4'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  match: choosingMatches('succeeded'),
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
  why: 'Stolen keys are most often used to mine: accelerated and very large instances cost tens of dollars an hour each, and miners start them where nobody looks.',
  runbook: [
    'List what the actor started, in every region: aws ec2 describe-instances --region <region> --filters Name=instance-state-name,Values=pending,running.',
    'If nobody claims them, stop the instances and keep their disks as evidence; delete fleets, spot requests and Auto Scaling groups first, or they start again.',
    "Deactivate the actor's keys and revoke its sessions; look for users, roles and keys that it made.",
    'Lower the quotas of accelerated instances that nobody uses, and deny the types by a service control policy.',
  ],
  falsePositives: [
    'Teams that train models, render or run large databases: name their types in instanceTypesAllowed.',
    'Node autoscalers such as Karpenter, which choose the type themselves.',
  ],
  blindSpots: [
    'Fleets and groups that describe what they need (vCPU, memory) instead of naming types: the launches name them.',
    'StartInstances of a stopped instance, whose record has no type.',
    'Many small instances (see ec2-mass-launch), and GPU bundles of Lightsail.',
  ],
  references: [
    'https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const launched = (type: string, count = 1) =>
    call(EC2, 'RunInstances', {
      requestParameters: {
        instancesSet: { items: [{ imageId: 'ami-0123456789abcdef0', minCount: 1, maxCount: count }] },
        instanceType: type,
        blockDeviceMapping: {},
        monitoring: { enabled: false },
      },
      responseElements: {
        reservationId: 'r-0123456789abcdef0',
        groupSet: {},
        instancesSet: {
          items: Array.from({ length: count }, (_, index) => ({
            instanceId: `i-0123456789abcdef${index}`,
            imageId: 'ami-0123456789abcdef0',
            instanceType: type,
          })),
        },
      },
    });
  const request = (service: string, name: string, requestParameters: object) =>
    call(service, name, { requestParameters });
  const ec2 = (name: string, requestParameters: object) => request(EC2, name, requestParameters);
  const template = (type: string) =>
    ec2('CreateLaunchTemplate', {
      CreateLaunchTemplateRequest: {
        LaunchTemplateName: 'workers',
        LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: type },
      },
    });
  const gpu = launched('g5.xlarge');
  const fleet = call(EC2, 'CreateFleet', {
    requestParameters: {
      CreateFleetRequest: {
        Type: 'instant',
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
        LaunchTemplateConfigs: {
          tag: 1,
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0123456789abcdef0', Version: '$Latest' },
          Overrides: [
            { tag: 1, InstanceType: 'm7i.large' },
            { tag: 2, InstanceType: 'm7i.24xlarge' },
          ],
        },
      },
    },
    responseElements: {
      CreateFleetResponse: {
        fleetId: 'fleet-01234567-89ab-cdef-0123-456789abcdef',
        fleetInstanceSet: { item: { instanceIds: { item: 'i-0123456789abcdef0' }, instanceType: 'm7i.24xlarge' } },
        errorSet: '',
      },
    },
  });
  const scaling = {
    userIdentity: {
      ...role('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', 'AutoScaling'),
      invokedBy: 'autoscaling.amazonaws.com',
    },
    sourceIPAddress: 'autoscaling.amazonaws.com',
    userAgent: 'autoscaling.amazonaws.com',
  };
  return {
    fires: [
      { why: 'an accelerated type', timeline: [gpu], severity: 'high' },
      { why: 'a large one', timeline: [launched('c7i.8xlarge')], severity: 'medium' },
      { why: 'a huge one', timeline: [launched('c7i.24xlarge')], severity: 'high' },
      { why: 'a whole host', timeline: [launched('c7i.metal-48xl')], severity: 'high' },
      { why: 'five of them in one call: one more severe', timeline: [launched('g5.xlarge', 5)], severity: 'critical' },
      { why: 'four of them', timeline: [launched('g5.xlarge', 4)], severity: 'high' },
      { why: 'started by Auto Scaling: one less severe', timeline: [but(gpu, scaling)], severity: 'medium' },
      {
        why: 'by Terraform: one less severe',
        timeline: [but(gpu, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' })],
        severity: 'medium',
      },
      {
        why: 'through CloudFormation, by a person: no scaling service',
        timeline: [but(gpu, { sourceIPAddress: 'cloudformation.amazonaws.com' })],
        severity: 'high',
      },
      {
        why: 'the type as an object',
        timeline: [but(gpu, { requestParameters: { instanceType: { value: 'g5.xlarge' } }, responseElements: null })],
        severity: 'high',
      },
      { why: 'the same type again within the hour: one alert', timeline: repeat(gpu, 3, 600_000) },
      {
        why: 'the spot market',
        timeline: [
          ec2('RequestSpotInstances', {
            spotPrice: '5.00',
            instanceCount: 2,
            launchSpecification: { imageId: 'ami-0123456789abcdef0', instanceType: 'p3.2xlarge' },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a spot fleet with several types',
        timeline: [
          ec2('RequestSpotFleet', {
            spotFleetRequestConfig: {
              targetCapacity: 4,
              launchSpecifications: [{ instanceType: 'c5.large' }, { instanceType: 'g4dn.xlarge' }],
            },
          }),
        ],
        severity: 'high',
      },
      { why: 'a fleet that started a large type', timeline: [fleet], severity: 'high' },
      {
        why: 'a fleet that will start one of its types',
        timeline: [but(fleet, { responseElements: { CreateFleetResponse: { fleetId: 'fleet-0' } } })],
        severity: 'high',
      },
      {
        why: 'a stopped instance made larger',
        timeline: [
          ec2('ModifyInstanceAttribute', {
            instanceId: 'i-0123456789abcdef0',
            instanceType: { value: 'p4d.24xlarge' },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'the other form of the same call',
        timeline: [
          ec2('ModifyInstanceAttribute', {
            instanceId: 'i-0123456789abcdef0',
            attribute: 'instanceType',
            value: 'p4d.24xlarge',
          }),
        ],
        severity: 'high',
      },
      { why: 'a launch template', timeline: [template('g5.xlarge')], severity: 'high' },
      {
        why: 'a new version of a launch template',
        timeline: [
          ec2('CreateLaunchTemplateVersion', {
            CreateLaunchTemplateVersionRequest: {
              LaunchTemplateId: 'lt-0123456789abcdef0',
              LaunchTemplateData: { InstanceType: 'trn1.32xlarge' },
            },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a launch configuration',
        timeline: [
          request('autoscaling.amazonaws.com', 'CreateLaunchConfiguration', {
            launchConfigurationName: 'workers',
            imageId: 'ami-0123456789abcdef0',
            instanceType: 'x1e.xlarge',
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'a capacity reservation, paid whether used or not',
        timeline: [ec2('CreateCapacityReservation', { instanceType: 'p5.48xlarge', instanceCount: 1 })],
        severity: 'high',
      },
      {
        why: 'a notebook of SageMaker',
        timeline: [
          request('sagemaker.amazonaws.com', 'CreateNotebookInstance', {
            notebookInstanceName: 'notes',
            instanceType: 'ml.p3.2xlarge',
          }),
        ],
        severity: 'high',
      },
      {
        why: 'training with SageMaker',
        timeline: [
          request('sagemaker.amazonaws.com', 'CreateTrainingJob', {
            trainingJobName: 'job',
            resourceConfig: { instanceType: 'ml.g5.2xlarge', instanceCount: 1, volumeSizeInGB: 50 },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'one variant of an endpoint',
        timeline: [
          request('sagemaker.amazonaws.com', 'CreateEndpointConfig', {
            endpointConfigName: 'model',
            productionVariants: [{ instanceType: 'ml.t2.medium' }, { instanceType: 'ml.inf2.xlarge' }],
          }),
        ],
        severity: 'high',
      },
      {
        why: 'Lightsail, by the size in the bundle',
        timeline: [
          request('lightsail.amazonaws.com', 'CreateInstances', {
            instanceNames: ['one'],
            bundleId: '8xlarge_3_0',
            blueprintId: 'ubuntu_24_04',
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'a cluster of EMR',
        timeline: [
          request('elasticmapreduce.amazonaws.com', 'RunJobFlow', {
            name: 'cluster',
            instances: { masterInstanceType: 'm5.xlarge', slaveInstanceType: 'g4dn.2xlarge', instanceCount: 3 },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a bare family for AWS Batch',
        timeline: [
          request('batch.amazonaws.com', 'CreateComputeEnvironment', {
            computeEnvironmentName: 'jobs',
            computeResources: { type: 'EC2', maxvCpus: 256, instanceTypes: ['optimal', 'p3'] },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'nodes of EKS',
        timeline: [
          request('eks.amazonaws.com', 'CreateNodegroup', {
            name: 'web',
            nodegroupName: 'gpu',
            instanceTypes: ['g5.2xlarge'],
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a request too large to see, and a response that does not tell',
        timeline: [
          but(template('g5.xlarge'), { requestParameters: { omitted: true, reason: 'requestParameters too large' } }),
        ],
        severity: 'medium',
      },
      {
        why: 'a type that the settings call expensive',
        timeline: [launched('m7i.4xlarge')],
        settings: { expensiveInstanceTypes: ['m7i.4xlarge'] },
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'an ordinary type', timeline: [launched('t3.micro')] },
      { why: 'one size below large', timeline: [launched('c7i.4xlarge')] },
      { why: 'a type that is normal here', timeline: [gpu], settings: { instanceTypesAllowed: ['g5.*'] } },
      {
        why: 'a fleet that offered a large type and started a small one',
        timeline: [
          but(fleet, {
            responseElements: {
              CreateFleetResponse: {
                fleetInstanceSet: { item: { instanceIds: { item: 'i-0123456789abcdef0' }, instanceType: 'm7i.large' } },
              },
            },
          }),
        ],
      },
      {
        why: 'another attribute was changed',
        timeline: [
          ec2('ModifyInstanceAttribute', {
            instanceId: 'i-0123456789abcdef0',
            disableApiTermination: { value: false },
          }),
        ],
      },
      { why: 'an ordinary type in a template', timeline: [template('t3.micro')] },
      {
        why: 'failed: another rule',
        timeline: [but(gpu, { errorCode: 'Client.VcpuLimitExceeded', errorMessage: 'quota', responseElements: null })],
      },
      { why: 'refused', timeline: [denied(gpu)] },
    ],
  };
};
