import { type Role, roleArn, roleId, sessionArn, sessionKey } from './cast';
import { Random, resourceId } from './random';
import type { Call, Caller, Json, JsonObject } from './record';
import { AMI, bucketHost, bucketResource, kmsResource, roleResource, secretArn } from './resources';
import type { Scene } from './story';
import { javaDate } from './time';

/** A read whose answer CloudTrail does not keep. */
export function read(service: string, name: string, parameters: Json = null): Call {
  return { service, name, parameters };
}

/** The `credentials` of an STS answer. The token is plainly no token; a real one is some 800 characters long. */
export function credentials(
  of: Role,
  sessionName: string,
  timeMs: number,
  lastsSeconds: number,
  random: Random,
): JsonObject {
  return {
    accessKeyId: sessionKey(of, sessionName, timeMs),
    sessionToken: `IQoJb3JpZ2luX2VjEXAMPLETOKEN${random.base64(24)}EXAMPLE`,
    expiration: javaDate(timeMs + lastsSeconds * 1000),
  };
}

export function assumeRole(of: Role, sessionName: string, { nowMs, random }: Scene, more: Partial<Call> = {}): Call {
  const lastsSeconds = 3600;
  return {
    service: 'sts',
    name: 'AssumeRole',
    parameters: { roleArn: roleArn(of), roleSessionName: sessionName, durationSeconds: lastsSeconds },
    response: {
      credentials: credentials(of, sessionName, nowMs, lastsSeconds, random),
      assumedRoleUser: { assumedRoleId: `${roleId(of)}:${sessionName}`, arn: sessionArn(of, sessionName) },
    },
    resources: roleResource(roleArn(of), of.account),
    ...more,
  };
}

/** A call about one bucket; `subresource` is the empty parameter by which S3 tells such calls apart. */
export function bucketCall(
  name: string,
  bucket: string,
  region: string,
  subresource: string | undefined,
  more: Omit<Partial<Call>, 'parameters'> & { parameters?: JsonObject } = {},
): Call {
  return {
    service: 's3',
    name,
    ...more,
    parameters: {
      ...more.parameters,
      bucketName: bucket,
      Host: bucketHost(bucket, region),
      ...(subresource !== undefined && { [subresource]: '' }),
    },
    resources: bucketResource(bucket),
  };
}

export function getSecretValue(region: string, name: string): Call {
  return { service: 'secretsmanager', name: 'GetSecretValue', parameters: { secretId: secretArn(region, name) } };
}

/** The decryption that Secrets Manager asks of KMS while it answers the caller. */
export function decryptSecret(region: string, name: string): Call {
  return {
    service: 'kms',
    name: 'Decrypt',
    parameters: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: {
        SecretARN: secretArn(region, name),
        SecretVersionId: new Random(`version of ${name}`).uuid(),
      },
    },
    resources: kmsResource(region, 'aws/secretsmanager'),
  };
}

interface Launch {
  readonly caller: Caller;
  readonly region: string;
  readonly zone: string;
  readonly image: string;
  readonly type: string;
  readonly count: number;
  readonly vpc: string;
  readonly subnet: string;
  readonly group: string;
  readonly keyName?: string;
  /** Auto Scaling names a launch template and leaves image and type to it. */
  readonly launchTemplate?: string;
}

export function runInstances(launch: Launch, { nowMs, random }: Scene): Call {
  const { account } = launch.caller;
  const { region, image, type, count, vpc, subnet, group, keyName, launchTemplate } = launch;
  const clientToken = random.uuid();
  const groups = { items: [{ groupId: group }] };
  const instance = (index: number): JsonObject => {
    const address = `10.42.${random.whole(1, 60)}.${random.whole(4, 250)}`;
    const interfaceId = `eni-0${random.hex(16)}`;
    return {
      instanceId: `i-0${random.hex(16)}`,
      imageId: image,
      currentInstanceBootMode: 'uefi',
      instanceState: { code: 0, name: 'pending' },
      privateDnsName: `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`,
      ...(keyName && { keyName }),
      amiLaunchIndex: index,
      productCodes: {},
      instanceType: type,
      launchTime: Math.floor(nowMs / 1000) * 1000,
      placement: { availabilityZone: launch.zone, tenancy: 'default' },
      monitoring: { state: 'disabled' },
      subnetId: subnet,
      vpcId: vpc,
      privateIpAddress: address,
      stateReason: { code: 'pending', message: 'pending' },
      architecture: 'x86_64',
      rootDeviceType: 'ebs',
      rootDeviceName: '/dev/xvda',
      blockDeviceMapping: {},
      virtualizationType: 'hvm',
      hypervisor: 'xen',
      clientToken,
      groupSet: groups,
      sourceDestCheck: true,
      networkInterfaceSet: {
        items: [{ networkInterfaceId: interfaceId, subnetId: subnet, vpcId: vpc, ownerId: account, status: 'in-use' }],
      },
      ebsOptimized: false,
      enaSupport: true,
      metadataOptions: {
        state: 'pending',
        httpTokens: 'required',
        httpPutResponseHopLimit: 2,
        httpEndpoint: 'enabled',
      },
    };
  };
  return {
    service: 'ec2',
    name: 'RunInstances',
    parameters: {
      instancesSet: {
        items: [
          { ...(!launchTemplate && { imageId: image }), minCount: count, maxCount: count, ...(keyName && { keyName }) },
        ],
      },
      ...(launchTemplate ? {} : { groupSet: groups, userData: '<sensitiveDataRemoved>', instanceType: type }),
      blockDeviceMapping: {},
      ...(launchTemplate && { availabilityZone: launch.zone }),
      monitoring: { enabled: false },
      subnetId: subnet,
      disableApiTermination: false,
      disableApiStop: false,
      clientToken,
      ...(launchTemplate && { launchTemplate: { launchTemplateId: launchTemplate, version: '7' } }),
    },
    response: (requestId) => ({
      requestId,
      reservationId: `r-0${random.hex(16)}`,
      ownerId: account,
      groupSet: {},
      ...(launchTemplate && { requesterId: account }),
      instancesSet: { items: Array.from({ length: count }, (_, index) => instance(index)) },
    }),
  };
}

/** A launch that AWS refuses because the account's quota for such machines is too small, most often zero. */
export function launchBeyondQuota(type: string, quota: number, subnet: string, { random }: Scene): Call {
  return {
    service: 'ec2',
    name: 'RunInstances',
    parameters: {
      instancesSet: { items: [{ imageId: AMI.stranger, minCount: 1, maxCount: 8 }] },
      instanceType: type,
      blockDeviceMapping: {},
      monitoring: { enabled: false },
      subnetId: subnet,
      disableApiTermination: false,
      disableApiStop: false,
      clientToken: random.uuid(),
    },
    failed: {
      code: 'Client.VcpuLimitExceeded',
      message: `You have requested more vCPU capacity than your current vCPU limit of ${quota} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    },
  };
}

/** One rule of a security group, as the answer to `AuthorizeSecurityGroupIngress` lists it. */
export interface Opening {
  readonly port: number;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
}

function ruleSet(account: string, groupId: string, openings: readonly Opening[]): JsonObject {
  return {
    items: openings.map(({ port, cidrIpv4, cidrIpv6 }) => ({
      groupOwnerId: account,
      groupId,
      securityGroupRuleId: resourceId('sgr', `${groupId} ${port} ${cidrIpv4 ?? cidrIpv6}`),
      isEgress: false,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      ...(cidrIpv4 && { cidrIpv4 }),
      ...(cidrIpv6 && { cidrIpv6 }),
    })),
  };
}

/** In the form of the console, Terraform and `--ip-permissions`: a list, whose empty parts are `{}`. */
export function authorizeIngress(account: string, groupId: string, openings: readonly Opening[]): Call {
  return {
    service: 'ec2',
    name: 'AuthorizeSecurityGroupIngress',
    parameters: {
      groupId,
      ipPermissions: {
        items: openings.map(({ port, cidrIpv4, cidrIpv6 }) => ({
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          groups: {},
          ipRanges: cidrIpv4 ? { items: [{ cidrIp: cidrIpv4 }] } : {},
          ipv6Ranges: cidrIpv6 ? { items: [{ cidrIpv6 }] } : {},
          prefixListIds: {},
        })),
      },
    },
    response: (requestId) => ({ requestId, _return: true, securityGroupRuleSet: ruleSet(account, groupId, openings) }),
  };
}

/** In the form of `--protocol --port --cidr`: flat parameters beside an empty `ipPermissions`. */
export function authorizeIngressFlat(account: string, groupId: string, port: number, cidrIpv4: string): Call {
  return {
    service: 'ec2',
    name: 'AuthorizeSecurityGroupIngress',
    parameters: { groupId, ipPermissions: {}, ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp: cidrIpv4 },
    response: (requestId) => ({
      requestId,
      _return: true,
      securityGroupRuleSet: ruleSet(account, groupId, [{ port, cidrIpv4 }]),
    }),
  };
}

/** Takes away the rule that lets a new group call anywhere. */
export function revokeDefaultEgress(groupId: string): Call {
  const anywhere = { items: [{ cidrIp: '0.0.0.0/0' }] };
  return {
    service: 'ec2',
    name: 'RevokeSecurityGroupEgress',
    parameters: {
      groupId,
      ipPermissions: {
        items: [{ ipProtocol: '-1', groups: {}, ipRanges: anywhere, ipv6Ranges: {}, prefixListIds: {} }],
      },
    },
    response: (requestId) => ({ requestId, _return: true, unknownIpPermissionSet: {} }),
  };
}

export function createSecurityGroup(groupId: string, groupName: string, groupDescription: string, vpcId: string): Call {
  return {
    service: 'ec2',
    name: 'CreateSecurityGroup',
    parameters: { groupName, groupDescription, vpcId },
    response: (requestId) => ({ requestId, _return: true, groupId }),
  };
}
