import { authorizeIngress, credentials, read } from './calls';
import {
  ADDRESS,
  AGENT,
  atSignIn,
  consoleOf,
  HOME_REGION,
  onBehalfOf,
  PRODUCTION,
  ROLE,
  type Role,
  roleArn,
  roleId,
  SECOND_REGION,
  samlProviderArn,
  session,
  sessionArn,
} from './cast';
import { Random } from './random';
import type { Call, Caller, Json } from './record';
import { BUCKET, bucketHost, bucketResource, kmsResource, NETWORK, roleResource } from './resources';
import type { Scene, Story } from './story';

/** Signs a person in through IAM Identity Center; what comes back are the pages of the console at work for them. */
function federated(
  scene: Scene,
  person: string,
  as: Role,
  region: string,
  sourceIp: string,
  userAgent: string,
): Caller {
  const lastsSeconds = 3600;
  const provider = samlProviderArn(as.account);
  const [, hash = ''] = /AWSSSO_(\w{16})/.exec(provider) ?? [];
  const identityProvider = `${new Random(provider).base64(27)}=`;
  const saml: Caller = {
    account: as.account,
    identity: { type: 'SAMLUser', principalId: `${identityProvider}:${person}`, userName: person, identityProvider },
    sourceIp,
    userAgent,
  };
  scene.call(saml, region, {
    service: 'sts',
    name: 'AssumeRoleWithSAML',
    parameters: {
      sAMLAssertionID: `_${scene.random.uuid()}`,
      roleSessionName: person,
      principalArn: provider,
      roleArn: roleArn(as),
      durationSeconds: lastsSeconds,
    },
    response: {
      credentials: credentials(as, person, scene.nowMs, lastsSeconds, scene.random),
      assumedRoleUser: { assumedRoleId: `${roleId(as)}:${person}`, arn: sessionArn(as, person) },
      subject: person,
      subjectType: 'persistent',
      issuer: `https://portal.sso.${SECOND_REGION}.amazonaws.com/saml/assertion/${hash}`,
      audience: 'https://signin.aws.amazon.com/saml',
    },
    resources: [
      ...roleResource(roleArn(as), as.account),
      { accountId: as.account, type: 'AWS::IAM::SAMLProvider', ARN: provider },
    ],
  });
  const page = session(as, person, scene.nowMs, { sourceIp, userAgent, fromConsole: true });
  // The identity provider asked for the second factor; the record of the sign-in does not know of it.
  scene.wait(1, 2).signIn({ ...page, fromConsole: false }, region, {
    name: 'ConsoleLogin',
    result: 'Success',
    mfaUsed: false,
    samlProviderArn: provider,
  });
  return page;
}

/** Names and parameters of what one page of the console asks for while it opens. */
type Page = readonly (readonly [service: string, name: string, parameters?: Json])[];

const EC2_DASHBOARD: Page = [
  ['ec2', 'DescribeInstances', { maxResults: 1000, instancesSet: {}, filterSet: {} }],
  ['ec2', 'DescribeInstanceStatus', { includeAllInstances: false, instancesSet: {}, filterSet: {} }],
  ['ec2', 'DescribeVolumes', { volumeSet: {}, filterSet: {} }],
  ['ec2', 'DescribeSnapshots', { ownersSet: { items: [{ owner: 'self' }] }, snapshotSet: {}, filterSet: {} }],
  ['ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, filterSet: {} }],
  ['ec2', 'DescribeKeyPairs', { keySet: {}, filterSet: {} }],
  ['ec2', 'DescribeAddresses', { publicIpsSet: {}, allocationIdsSet: {}, filterSet: {} }],
  ['ec2', 'DescribePlacementGroups', { placementGroupSet: {}, filterSet: {} }],
  ['ec2', 'DescribeHosts', { DescribeHostsRequest: '' }],
  ['ec2', 'DescribeAvailabilityZones', { availabilityZoneSet: {}, availabilityZoneIdSet: {} }],
  [
    'ec2',
    'DescribeAccountAttributes',
    { accountAttributeNameSet: { items: [{ attributeName: 'default-vpc' }] }, filterSet: {} },
  ],
  ['ec2', 'DescribeRegions', { regionSet: {} }],
  ['ec2', 'DescribeVpcs', { vpcSet: {}, filterSet: {} }],
  [
    'ec2',
    'DescribeTags',
    { filterSet: { items: [{ name: 'resource-type', valueSet: { items: [{ value: 'instance' }] } }] } },
  ],
  ['elasticloadbalancing', 'DescribeLoadBalancers', { pageSize: 400 }],
  ['elasticloadbalancing', 'DescribeTargetGroups', { pageSize: 400 }],
  ['autoscaling', 'DescribeAutoScalingGroups', { maxRecords: 100 }],
  ['monitoring', 'DescribeAlarms', { maxRecords: 100 }],
  ['health', 'DescribeEventAggregates', { aggregateField: 'eventTypeCategory' }],
  ['notifications', 'ListNotificationHubs'],
];

const LAMBDA_PAGES: Page = [
  ['lambda', 'ListFunctions20150331', { maxItems: 50 }],
  ['lambda', 'GetAccountSettings20160819'],
  ['lambda', 'GetFunction20150331v2', { functionName: 'invoice-worker' }],
  ['lambda', 'GetPolicy20150331v2', { functionName: 'invoice-worker' }],
  ['lambda', 'ListEventSourceMappings20150331', { functionName: 'invoice-worker' }],
  ['lambda', 'ListTags20170331', { resource: `arn:aws:lambda:${SECOND_REGION}:${PRODUCTION}:function:invoice-worker` }],
  ['iam', 'GetRole', { roleName: 'invoice-worker' }],
  ['iam', 'ListAttachedRolePolicies', { roleName: 'invoice-worker' }],
  ['logs', 'DescribeLogGroups', { logGroupNamePrefix: '/aws/lambda/invoice-worker' }],
  [
    'logs',
    'DescribeLogStreams',
    { logGroupName: '/aws/lambda/invoice-worker', orderBy: 'LastEventTime', descending: true },
  ],
  ['monitoring', 'DescribeAlarms', { alarmNamePrefix: 'invoice-' }],
  ['xray', 'GetGroups'],
];

const DATABASE_PAGES: Page = [
  ['rds', 'DescribeDBInstances', { maxRecords: 100 }],
  ['rds', 'DescribeDBClusters', { maxRecords: 100 }],
  ['rds', 'DescribePendingMaintenanceActions', { maxRecords: 100 }],
  ['rds', 'DescribeDBSubnetGroups', { maxRecords: 100 }],
  ['rds', 'DescribeDBEngineVersions', { engine: 'postgres' }],
  ['monitoring', 'DescribeAlarms', { maxRecords: 100 }],
  ['ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, filterSet: {} }],
];

function open(scene: Scene, page: Caller, region: string, contents: Page): void {
  for (const [service, name, parameters] of contents) {
    scene.wait(0.1, 2.5).call(page, region, read(service, name, parameters ?? null));
  }
}

/** Parts of the console that a developer's role may not see; every visit leaves a refusal or two. */
const REFUSED: readonly Call[] = [
  { service: 'ce', name: 'GetCostForecast', denied: { on: `arn:aws:ce:us-east-1:${PRODUCTION}:/GetCostForecast` } },
  { service: 'support', name: 'DescribeTrustedAdvisorChecks', denied: true },
];

export function people(story: Story): void {
  story.chapter(
    {
      id: 'single-sign-on',
      kind: 'everyday',
      what: `Four people sign in through IAM Identity Center and open the pages of EC2, Lambda and RDS: twenty calls and a refusal or two within half a minute. One visit is to the audit account.`,
      says: `Quiet: the sign-ins carry no MFA flag because the identity provider asks for the second factor, and the reads are a page opening (\`sessionCredentialFromConsole\`).`,
    },
    (scene) => {
      scene.at('17 07:52:18');
      const lena = federated(
        scene,
        'lena.ortiz@example.com',
        ROLE.developer,
        SECOND_REGION,
        ADDRESS.office,
        AGENT.browser,
      );
      scene.wait(5);
      open(scene, lena, SECOND_REGION, EC2_DASHBOARD);
      for (const call of REFUSED) scene.wait(1, 4).call(lena, SECOND_REGION, call);

      scene.at('17 08:41:55');
      const omar = federated(
        scene,
        'omar.haddad@example.com',
        ROLE.auditAdministrator,
        SECOND_REGION,
        ADDRESS.office,
        AGENT.browserWindows,
      );
      scene.wait(6);
      open(scene, omar, SECOND_REGION, [
        ['cloudtrail', 'ListTrails'],
        ['cloudtrail', 'DescribeTrails', { trailNameList: [], includeShadowTrails: true }],
        ['guardduty', 'ListDetectors'],
        ['securityhub', 'GetEnabledStandards'],
        ['s3', 'ListBuckets', { Host: 's3.amazonaws.com' }],
      ]);

      scene.at('17 14:05:37');
      const sam = federated(
        scene,
        'sam.park@example.com',
        ROLE.developer,
        SECOND_REGION,
        ADDRESS.home,
        AGENT.browserWindows,
      );
      scene.wait(4);
      open(scene, sam, SECOND_REGION, LAMBDA_PAGES);

      scene.at('17 17:22:09');
      const ines = federated(scene, 'ines.moreau@example.com', ROLE.viewer, HOME_REGION, ADDRESS.office, AGENT.browser);
      scene.wait(4);
      open(scene, ines, HOME_REGION, EC2_DASHBOARD);
      for (const call of REFUSED) scene.wait(1, 4).call(ines, HOME_REGION, call);
    },
  );

  story.chapter(
    {
      id: 'mistyped',
      kind: 'everyday',
      what: `\`li.wei\` mistypes the password once, then signs in with MFA; an hour later \`ana.soto\` signs in with MFA, looks at databases and buckets, and what the console decrypts for her is recorded as done by \`AWS Internal\`.`,
      says: `Quiet: one failure before a success, with a second factor, is a typing error.`,
    },
    (scene) => {
      scene.at('17 08:14:40').signIn(atSignIn('li.wei', false, ADDRESS.office, AGENT.browserWindows), HOME_REGION, {
        name: 'ConsoleLogin',
        result: 'Failure',
        errorMessage: 'Failed authentication',
      });
      scene.wait(22).signIn(atSignIn('li.wei', true, ADDRESS.office, AGENT.browserWindows), HOME_REGION, {
        name: 'ConsoleLogin',
        result: 'Success',
        mfaUsed: true,
      });
      const wei = consoleOf('li.wei', scene.nowMs, true, ADDRESS.office, AGENT.browserWindows);
      open(scene.wait(5), wei, HOME_REGION, DATABASE_PAGES);

      scene.at('17 11:20:03').signIn(atSignIn('ana.soto', true, ADDRESS.office, AGENT.browser), HOME_REGION, {
        name: 'ConsoleLogin',
        result: 'Success',
        mfaUsed: true,
      });
      const ana = consoleOf('ana.soto', scene.nowMs, true, ADDRESS.office, AGENT.browser);
      open(scene.wait(5), ana, HOME_REGION, DATABASE_PAGES);
      scene.wait(30).call(ana, HOME_REGION, read('s3', 'ListBuckets', { Host: 's3.amazonaws.com' }));
      for (const name of ['GetBucketAcl', 'GetBucketPolicyStatus', 'GetBucketPublicAccessBlock', 'GetBucketLocation']) {
        scene.wait(0.2, 0.8).call(ana, HOME_REGION, {
          service: 's3',
          name,
          parameters: { bucketName: BUCKET.reports, Host: bucketHost(BUCKET.reports, HOME_REGION) },
          resources: bucketResource(BUCKET.reports),
        });
      }
      for (const name of ['queue-url', 'image-tag']) {
        scene
          .wait(9, 20)
          .call(ana, HOME_REGION, read('ssm', 'GetParameter', { name: `/prod/orders/${name}`, withDecryption: true }));
        scene.call(onBehalfOf(ana, 'AWS Internal', scene.nowMs), HOME_REGION, {
          service: 'kms',
          name: 'Decrypt',
          parameters: {
            encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
            encryptionContext: {
              PARAMETER_ARN: `arn:aws:ssm:${HOME_REGION}:${PRODUCTION}:parameter/prod/orders/${name}`,
            },
          },
          resources: kmsResource(HOME_REGION, 'parameters'),
        });
      }
    },
  );

  story.chapter(
    {
      id: 'https-opened',
      kind: 'everyday',
      what: `\`lena.ortiz@example.com\` opens port 443 of the load balancer's group to the world, IPv4 and IPv6.`,
      says: `Quiet: a web server's port.`,
    },
    (scene) => {
      scene.at('17 13:24:31');
      const lena = session(ROLE.developer, 'lena.ortiz@example.com', scene.nowMs - 45 * 60_000, {
        sourceIp: ADDRESS.office,
        userAgent: AGENT.browser,
        fromConsole: true,
      });
      const { loadBalancerGroup } = NETWORK[SECOND_REGION];
      scene.call(lena, SECOND_REGION, read('ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, filterSet: {} }));
      scene.wait(1).call(lena, SECOND_REGION, read('ec2', 'DescribeSecurityGroupRules', { maxResults: 1000 }));
      scene.wait(55).call(
        lena,
        SECOND_REGION,
        authorizeIngress(PRODUCTION, loadBalancerGroup, [
          { port: 443, cidrIpv4: '0.0.0.0/0' },
          { port: 443, cidrIpv6: '::/0' },
        ]),
      );
    },
  );
}
