/**
 * What the user may tell the rules about their accounts. Every setting has a default that works with no configuration.
 * The configuration schema, its documentation and the per-rule overrides are made from this catalogue.
 */

/** How a setting is written, and so how it is validated. */
export type SettingKind = 'globs' | 'networks' | 'accounts' | 'regions' | 'ports' | 'names' | 'hours' | 'number';

export interface Setting<T> {
  readonly kind: SettingKind;
  readonly default: T;
  /** One or two sentences, with the unit. */
  readonly about: string;
  /** YAML value for the documentation. */
  readonly example: T;
}

const list = (
  kind: Exclude<SettingKind, 'ports' | 'number'>,
  fallback: readonly string[],
  about: string,
  example: readonly string[],
): Setting<readonly string[]> => ({ kind, default: fallback, about, example });
const ports = (fallback: readonly number[], about: string, example: readonly number[]): Setting<readonly number[]> => ({
  kind: 'ports',
  default: fallback,
  about,
  example,
});
const number = (fallback: number, about: string, example: number): Setting<number> => ({
  kind: 'number',
  default: fallback,
  about,
  example,
});

export const SETTINGS = {
  organizationAccounts: list(
    'accounts',
    [],
    'Account IDs that belong to you. Sharing with them, or calls from them, are not "external". The event\'s own account always belongs.',
    ['111122223333', '444455556666'],
  ),
  trustedNetworks: list(
    'networks',
    [],
    'Networks that your people and systems call from, in CIDR form. Private ranges always count as trusted for ingress.',
    ['198.51.100.0/24', '2001:db8:12::/48'],
  ),
  allowedRegions: list(
    'regions',
    [],
    'Regions in use. When given, changes in any other region are reported; when empty, every region is allowed.',
    ['us-east-1', 'eu-west-1'],
  ),

  worldPrefixMaxV4: number(8, 'An IPv4 range with a prefix this short or shorter counts as the whole world.', 8),
  worldPrefixMaxV6: number(16, 'An IPv6 range with a prefix this short or shorter counts as the whole world.', 16),
  sensitivePorts: ports(
    [
      20, 21, 22, 23, 25, 110, 111, 135, 137, 138, 139, 389, 445, 636, 1433, 1434, 1521, 2049, 2375, 2376, 2379, 2380,
      3306, 3389, 4333, 5432, 5439, 5500, 5601, 5672, 5900, 5901, 5902, 5903, 5985, 5986, 6379, 6443, 7001, 8020, 8888,
      9042, 9092, 9200, 9300, 10250, 11211, 15672, 27017, 27018, 27019, 50070,
    ],
    'Ports that must not be open to the world: remote access, databases, cluster and queue administration.',
    [22, 3389, 5432],
  ),
  publicPorts: ports([80, 443], 'Ports that may be open to the world.', [80, 443, 8443]),
  securityGroupsAllowed: list('globs', [], 'Security group IDs that may be open to the world.', [
    'sg-0123456789abcdef0',
  ]),
  prefixListsAllowed: list(
    'globs',
    [],
    "Managed prefix lists (pl-…) that are known; others can't be resolved from the event.",
    ['pl-0abc*'],
  ),

  trailBuckets: list(
    'globs',
    [],
    'Buckets that trails deliver to. Buckets named by a CreateTrail or UpdateTrail in the 24 hours before count too.',
    ['my-org-cloudtrail-*'],
  ),
  trailLogGroups: list('globs', [], 'CloudWatch log groups that trails deliver to, by name.', ['/aws/cloudtrail/*']),
  trailKeys: list('globs', [], 'KMS keys that encrypt trails: key IDs, ARNs or aliases.', [
    'arn:aws:kms:*:111122223333:key/1234abcd-*',
  ]),

  acceleratedFamilies: list(
    'names',
    ['p', 'g', 'gr', 'inf', 'trn', 'dl', 'vt', 'f'],
    'Instance families with accelerators: the letters before the generation (`p` covers p3, p5en).',
    ['p', 'g'],
  ),
  largeFamilies: list(
    'globs',
    ['u-*', 'x1', 'x1e', 'x2*', 'x8*', 'hpc*', 'mac*', 'z1d'],
    'Instance families that are expensive at any size.',
    ['u-*', 'x2*'],
  ),
  largeSizeMinimum: number(
    8,
    'Sizes from this many `xlarge` on are expensive (8 means 8xlarge and larger, and metal).',
    8,
  ),
  expensiveInstanceTypes: list('globs', [], 'More instance types to report, for example `m7i.4xlarge`.', [
    'm7i.4xlarge',
  ]),
  instanceTypesAllowed: list('globs', [], 'Instance types that are normal here and never reported as expensive.', [
    'g5.xlarge',
    'c7i.8xlarge',
  ]),
  imagesAllowed: list('globs', [], 'AMI IDs that may be launched. When empty, images are only learned.', [
    'ami-0123456789abcdef0',
  ]),

  publicBuckets: list('globs', [], 'Buckets that are public on purpose.', ['www.example.com', 'static-assets-*']),
  sensitiveBuckets: list(
    'globs',
    ['*backup*', '*secret*', '*pii*', '*finance*', '*prod-db*', '*terraform*state*'],
    'Buckets whose changes and readers matter more.',
    ['*customer-data*'],
  ),

  adminUsers: list('globs', ['*admin*', '*root*', '*break*glass*'], 'IAM user names of administrators.', [
    '*admin*',
    'ops-*',
  ]),
  adminGroups: list('globs', ['*admin*'], 'IAM groups whose members are administrators.', ['*admin*', 'platform-team']),
  adminPolicies: list(
    'globs',
    [
      'arn:*:iam::aws:policy/AdministratorAccess',
      'arn:*:iam::aws:policy/PowerUserAccess',
      'arn:*:iam::aws:policy/IAMFullAccess',
    ],
    'Managed policies that make an administrator, by ARN.',
    ['arn:aws:iam::aws:policy/AdministratorAccess'],
  ),
  privilegedRoles: list(
    'globs',
    [
      '*Admin*',
      '*OrganizationAccountAccessRole',
      '*AWSReservedSSO_AdministratorAccess*',
      '*PowerUser*',
      '*BreakGlass*',
    ],
    'Roles that must not be assumed by just anybody, by ARN or by name.',
    ['*Admin*'],
  ),
  breakGlassRoles: list('globs', [], 'Roles for emergencies: every use is reported.', ['*role/BreakGlass']),
  keyUsers: list('globs', [], 'IAM users that are expected to have access keys.', ['ci-*']),

  honeyKeys: list(
    'names',
    [],
    'Baits: IDs of access keys that nobody uses, laid where only a thief looks. Any call with one is critical. Leave them active, without permissions.',
    ['AKIAIOSFODNN7EXAMPLE'],
  ),
  honeyUsers: list('globs', [], 'Baits: IAM users, by name or ARN. Any call of theirs, and any sign-in, is critical.', [
    'backup-old',
  ]),
  honeyRoles: list('globs', [], 'Baits: roles, by name or ARN. Taking one, or trying to, is critical.', [
    '*:role/OldBackup',
  ]),
  honeyBuckets: list('globs', [], 'Baits: buckets that nobody uses. Any call on one is critical.', [
    'example-payroll-*',
  ]),
  honeySecrets: list(
    'globs',
    [],
    'Baits: secrets and parameters that nobody reads, by name or ARN. Asking for one is critical.',
    ['prod/root-password', '*:secret:prod/root-password*'],
  ),
  detectorRoles: list(
    'globs',
    ['Trailhound-*-Detect*', 'Trailhound-*-Notify*', 'Trailhound-*-Heartbeat*', 'Trailhound-*-Posture*'],
    "Roles of Trailhound's own functions, by name or ARN: any use outside of Lambda is critical. The default fits a deployment under its usual name.",
    ['guard-Hub-*'],
  ),

  ownResources: list(
    'globs',
    ['Trailhound-*', 'trailhound-*', 'trailhound'],
    "Names or ARNs of Trailhound's own parts: any change to them is reported. The default fits a deployment under its usual name; the key of customerManagedKey is known by itself.",
    ['guard-*'],
  ),
  ownDeployRoles: list(
    'globs',
    [],
    "Roles that deploy Trailhound, by ARN: what they change in it is one notice, anybody else's changes are critical. Taken from deploy.deployRoles when absent.",
    ['arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1'],
  ),

  deployers: list(
    'globs',
    [
      '*deploy*',
      '*jenkins*',
      '*github*',
      '*gitlab*',
      '*pipeline*',
      '*codebuild*',
      '*terraform*',
      '*/ci',
      '*/ci-*',
      '*-ci',
    ],
    'Users and roles, by ARN, that deploy programs: changing code and taking roles for it is their work, and told lower.',
    ['*:role/GitHubActions*', '*:user/ci-deploy'],
  ),
  workingHours: list(
    'hours',
    [],
    'When people work: days, hours and time zone. What happens at other times is told one step more severe where the rule says so; when empty, no time is off hours.',
    ['mon-fri 07:00-20:00 Europe/Madrid', 'sat 09:00-14:00 Europe/Madrid'],
  ),

  people: list(
    'globs',
    [],
    'Users and roles, by ARN, that are persons with working hours: what they do at other times is told. Needs workingHours.',
    ['*:user/alice', '*/AWSReservedSSO_*'],
  ),

  infrastructureAsCodeAgents: list(
    'names',
    ['terraform', 'pulumi', 'ansible', 'cloudformation', 'aws-cdk'],
    'Words in a user agent that mark infrastructure as code. They lower a severity, never silence: the caller writes the agent.',
    ['terraform', 'pulumi'],
  ),
  attackTools: list(
    'names',
    [
      'trufflehog',
      'pacu',
      'cloudfox',
      'enumerate-iam',
      'weirdaal',
      'cloudgoat',
      'kali',
      'parrot',
      'blackarch',
      'pentoo',
    ],
    'Words in a user agent that mark a tool, or a system, that is made for breaking in.',
    ['trufflehog', 'pacu', 'kali'],
  ),
  auditTools: list(
    'names',
    [
      'prowler',
      'scoutsuite',
      'scout suite',
      'cloudsplaining',
      'cloudmapper',
      'stratus-red-team',
      'aws-nuke',
      'principalmapper',
    ],
    'Words in a user agent that mark a tool of auditors and of drills. Intruders run them too; take out those that you run every day.',
    ['prowler', 'stratus-red-team'],
  ),
  deniedReadsIgnored: list(
    'names',
    ['DescribeEventAggregates', 'ListResourceTags', 'GetResources', 'HeadBucket', 'ListNotificationHubs'],
    'Read calls whose denials are ordinary console noise.',
    ['HeadBucket'],
  ),
  consoleFactor: number(
    3,
    'In console sessions, which fan out many reads per page, thresholds of denied reads are this many times higher.',
    3,
  ),

  routineWrites: list(
    'names',
    [
      'CreateLogStream',
      'CreateLogGroup',
      'UpdateInstanceInformation',
      'UpdateInstanceAssociationStatus',
      'PutInventory',
      'PutComplianceItems',
      'SubmitTaskStateChange',
      'SubmitContainerStateChange',
      'SubmitAttachmentStateChanges',
      'RegisterTargets',
      'DeregisterTargets',
      'AssignPrivateIpAddresses',
      'UnassignPrivateIpAddresses',
      'ModifyNetworkInterfaceAttribute',
      'CreateGrant',
      'RetireGrant',
      'CompleteLifecycleAction',
      'RecordLifecycleActionHeartbeat',
      'InitiateLayerUpload',
      'UploadLayerPart',
      'CompleteLayerUpload',
      'StartQueryExecution',
      'StartExecution',
      'StartQuery',
    ],
    'Changes that agents, controllers and pipelines make all day long: they do not count in bursts of changes.',
    ['CreateLogStream', 'StartQueryExecution'],
  ),

  accessKeyMaxDays: number(90, 'Days after which the daily audit calls an active access key old.', 60),
  unusedCredentialMaxDays: number(
    45,
    'Days without use after which the daily audit tells of a password or an access key.',
    30,
  ),
  unusedRoleMaxDays: number(90, 'Days without use after which the daily audit tells of a role.', 180),

  privateKeysOutside: list(
    'networks',
    [],
    'Networks from which instance credentials may be used although they are public addresses (your NAT gateways).',
    ['203.0.113.7/32'],
  ),
} as const satisfies Record<string, Setting<readonly string[] | readonly number[] | number>>;

export type SettingName = keyof typeof SETTINGS;

/** The resolved value of every setting, as rules read it. */
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['default'] };

export const DEFAULT_SETTINGS: Settings = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]),
) as Settings;
