import { exampleId, Random } from './random';
import { type Caller, type JsonObject, withoutApiVersion } from './record';
import { eventTime } from './time';

/** The account where it happens. */
export const PRODUCTION = '111122223333';
/** Holds the log archive and scans the posture of production, into which it may assume one role. */
export const AUDIT = '444455556666';
/** The attacker's own account; it appears only as somebody to share with. */
export const STRANGER = '999988887777';

export const HOME_REGION = 'us-east-1';
export const SECOND_REGION = 'eu-west-1';
/** Nobody in the company has ever used it. */
export const UNUSED_REGION = 'ap-southeast-1';

/** Where people and programs call from. Documentation addresses throughout (RFC 5737). */
export const ADDRESS = {
  office: '198.51.100.14',
  home: '198.51.100.88',
  jenkins: '198.51.100.60',
  githubRunner: '198.51.100.140',
  workloads: '198.51.100.200',
  workloadsEurope: '198.51.100.216',
  keyScanner: '203.0.113.131',
  attacker: '203.0.113.77',
  attackerSecond: '203.0.113.190',
} as const;

// ---- clients ---------------------------------------------------------------------------------------------------------

type Agent = Exclude<Caller['userAgent'], string>;

/** The AWS CLI names its command in the agent: `md/command#iam.list-access-keys`. */
function awsCli(version: string, platform: string, distribution: string): Agent {
  return (service, call) => {
    const verb = withoutApiVersion(call).replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-');
    const command = `${service === 's3' ? 's3api' : service}.${verb.toLowerCase()}`;
    return `aws-cli/${version} md/awscrt#0.28.4 ua/2.1 os/linux#${platform} md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/distrib#${distribution} md/prompt#off md/command#${command}`;
  };
}

function boto3(version: string, platform: string, environment = ''): string {
  return `Boto3/${version} md/Botocore#${version} ua/2.1 os/linux#${platform} md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython ${environment}m/D,Z,b cfg/retry-mode#legacy Botocore/${version}`;
}

export const AGENT = {
  jenkinsCli: awsCli('2.28.14', '5.15.0-124-generic', 'ubuntu.22'),
  attackerCli: awsCli('2.31.6', '6.12.38+kali-amd64', 'kali.2025'),
  attackerScript: boto3('1.40.52', '6.12.38+kali-amd64'),
  scanner: boto3('1.40.18', '5.10.240-238.959.amzn2.x86_64', 'exec-env/AWS_Lambda_python3.12 '),
  lambda: boto3('1.40.4', '5.10.240-238.959.amzn2.x86_64', 'exec-env/AWS_Lambda_python3.12 '),
  ecs: 'aws-sdk-js/3.901.0 ua/2.1 os/linux#5.10.245-241.978.amzn2.x86_64 lang/js md/nodejs#22.19.0 exec-env/AWS_ECS_FARGATE m/E',
  ssmAgent: 'aws-sdk-go/1.55.5 (go1.23.8; linux; amd64) amazon-ssm-agent/3.3.2299.0',
  keyScanner: 'TruffleHog',
  terraform: ((service) =>
    `APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/6.14.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.1 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64 api/${service}#1.42.0`) as Agent,
  githubAction:
    'aws-sdk-js/3.883.0 ua/2.1 os/linux#6.11.0-1018-azure lang/js md/nodejs#20.19.5 api/sts#3.883.0 configure-aws-credentials-for-github-actions',
  browser:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  browserWindows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  attackerBrowser: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
} as const;

// ---- IAM users -------------------------------------------------------------------------------------------------------

export function userArn(name: string): string {
  return `arn:aws:iam::${PRODUCTION}:user/${name}`;
}

function user(name: string): JsonObject {
  return {
    type: 'IAMUser',
    principalId: exampleId('AIDA', name),
    arn: userArn(name),
    accountId: PRODUCTION,
  };
}

/** An IAM user with a long-lived key, in somebody's hands. */
export function keyOf(name: string, sourceIp: string, userAgent: Caller['userAgent']): Caller {
  const identity = { ...user(name), accessKeyId: exampleId('AKIA', name), userName: name };
  return { account: PRODUCTION, identity, sourceIp, userAgent };
}

/** An IAM user at the sign-in page. What is known of a failed sign-in is less: no ARN. */
export function atSignIn(name: string, succeeds: boolean, sourceIp: string, userAgent: string): Caller {
  const { arn, ...known } = user(name);
  const identity = succeeds ? { ...user(name), userName: name } : { ...known, accessKeyId: '', userName: name };
  return { account: PRODUCTION, identity, sourceIp, userAgent };
}

/** A sign-in with a name that no user has: CloudTrail hides what was typed. */
export function unknownAtSignIn(sourceIp: string, userAgent: string): Caller {
  const identity = {
    type: 'IAMUser',
    accountId: PRODUCTION,
    accessKeyId: '',
    userName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
  };
  return { account: PRODUCTION, identity, sourceIp, userAgent };
}

export function rootAtSignIn(sourceIp: string, userAgent: string): Caller {
  const arn = `arn:aws:iam::${PRODUCTION}:root`;
  const identity = { type: 'Root', principalId: PRODUCTION, arn, accountId: PRODUCTION, accessKeyId: '' };
  return { account: PRODUCTION, identity, sourceIp, userAgent };
}

/** The pages of the console, working for an IAM user who signed in at `sinceMs`. */
export function consoleOf(name: string, sinceMs: number, mfa: boolean, sourceIp: string, userAgent: string): Caller {
  const identity = {
    ...user(name),
    accessKeyId: exampleId('ASIA', `console of ${name} ${sinceMs}`),
    userName: name,
    sessionContext: { attributes: { creationDate: eventTime(sinceMs), mfaAuthenticated: String(mfa) } },
  };
  return { account: PRODUCTION, identity, sourceIp, userAgent, fromConsole: true };
}

// ---- roles -----------------------------------------------------------------------------------------------------------

/** A role; `path` is `/` unless AWS made it. */
export interface Role {
  readonly account: string;
  readonly name: string;
  readonly path: string;
}

export function role(name: string, path = '/', account: string = PRODUCTION): Role {
  return { account, name, path };
}

export function roleArn({ account, name, path }: Role): string {
  return `arn:aws:iam::${account}:role${path}${name}`;
}

export function sessionArn({ account, name }: Role, session: string): string {
  return `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
}

export function roleId({ account, name }: Role): string {
  return exampleId('AROA', `${account} ${name}`);
}

/** The access key of a role's session: one per time of issue. */
export function sessionKey(of: Role, session: string, sinceMs: number): string {
  return exampleId('ASIA', `${of.account} ${of.name} ${session} ${sinceMs}`);
}

/** A session of a role, opened at `sinceMs`. */
export function session(
  of: Role,
  name: string,
  sinceMs: number,
  from: Pick<Caller, 'sourceIp' | 'userAgent' | 'fromConsole'>,
  more: JsonObject = {},
): Caller {
  const { ec2RoleDelivery, ...identityMore } = more;
  const identity = {
    type: 'AssumedRole',
    principalId: `${roleId(of)}:${name}`,
    arn: sessionArn(of, name),
    accountId: of.account,
    accessKeyId: sessionKey(of, name, sinceMs),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId(of),
        arn: roleArn(of),
        accountId: of.account,
        userName: of.name,
      },
      attributes: { creationDate: eventTime(sinceMs), mfaAuthenticated: 'false' },
      ...(ec2RoleDelivery !== undefined && { ec2RoleDelivery }),
    },
    ...identityMore,
  };
  return { account: of.account, identity, ...from };
}

/** A session of a role that an AWS service uses on the account's behalf. */
export function serviceSession(of: Role, name: string, sinceMs: number, service: string): Caller {
  const source = `${service}.amazonaws.com`;
  return session(of, name, sinceMs, { sourceIp: source, userAgent: source }, { invokedBy: source });
}

/** An AWS service in its own name. */
export function awsService(service: string, account: string = PRODUCTION): Caller {
  const source = `${service}.amazonaws.com`;
  return { account, identity: { type: 'AWSService', invokedBy: source }, sourceIp: source, userAgent: source };
}

/** What a service does in a user's name while answering that user: the identity stays, the service is the source. */
export function onBehalfOf(caller: Caller, service: string, timeMs: number): Caller {
  const source = service === 'AWS Internal' ? service : `${service}.amazonaws.com`;
  const { sessionContext, ...identity } = caller.identity;
  return {
    account: caller.account,
    identity: {
      ...identity,
      accessKeyId: exampleId('ASIA', `${identity['arn']} by ${service} ${timeMs}`),
      sessionContext: sessionContext ?? {
        attributes: { creationDate: eventTime(timeMs), mfaAuthenticated: 'false' },
      },
      invokedBy: source,
    },
    sourceIp: source,
    userAgent: source,
  };
}

const SSO_SUFFIXES = new Random('single sign-on roles');

function ssoRole(permissionSet: string, account: string): Role {
  return role(
    `AWSReservedSSO_${permissionSet}_${SSO_SUFFIXES.hex(16)}`,
    `/aws-reserved/sso.amazonaws.com/${SECOND_REGION}/`,
    account,
  );
}

export const ROLE = {
  developer: ssoRole('DeveloperAccess', PRODUCTION),
  viewer: ssoRole('ViewOnlyAccess', PRODUCTION),
  auditAdministrator: ssoRole('SecurityAudit', AUDIT),
  terraform: role('GitHubActionsTerraform'),
  migrator: role('orders-migrator'),
  ordersTask: role('orders-api-task'),
  invoiceWorker: role('invoice-worker'),
  exportWorker: role('customer-export-worker'),
  reportBuilder: role('report-builder'),
  webInstance: role('web-asg-instance'),
  config: role('AWSServiceRoleForConfig', '/aws-service-role/config.amazonaws.com/'),
  autoScaling: role('AWSServiceRoleForAutoScaling', '/aws-service-role/autoscaling.amazonaws.com/'),
  backup: role('AWSBackupDefaultServiceRole', '/service-role/'),
  postureScanner: role('posture-scanner', '/', AUDIT),
  postureReader: role('SecurityPostureReader'),
  platformAdmin: role('PlatformAdmin'),
} as const;

/** The identity provider that IAM Identity Center puts into an account. */
export function samlProviderArn(account: string): string {
  return `arn:aws:iam::${account}:saml-provider/AWSSSO_${new Random(`saml ${account}`).hex(16)}_DO_NOT_DELETE`;
}

// ---- the leaked key, the user made with it, and who else has keys ------------------------------------------------------

export const CI_USER = 'ci-deploy';
export const BACKDOOR_USER = 'svc-metrics-agent';
/** Signs in to the console without a second factor: the weak spot that the guesses find. */
export const GUESSED_USER = 'jon.ibarra';
export const ADMIN_USERS = ['admin-ops', 'admin-lead', 'admin-billing'] as const;
export const USERS_WITH_KEYS = [
  'admin-billing',
  'admin-lead',
  'admin-ops',
  'ana.soto',
  CI_USER,
  'data-export',
  GUESSED_USER,
  'legacy-reports',
  'li.wei',
  'marta.ruiz',
  'ses-mailer',
  'svc-backup-sync',
  'svc-grafana',
  'tom.baker',
] as const;
