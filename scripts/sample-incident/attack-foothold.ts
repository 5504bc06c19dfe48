import { read } from './calls';
import {
  ADDRESS,
  AGENT,
  atSignIn,
  CI_USER,
  consoleOf,
  GUESSED_USER,
  HOME_REGION,
  keyOf,
  PRODUCTION,
  rootAtSignIn,
  SECOND_REGION,
  USERS_WITH_KEYS,
  unknownAtSignIn,
} from './cast';
import { resourceId } from './random';
import type { Call } from './record';
import { BUCKET, CLUSTER } from './resources';
import type { Story } from './story';

const stolenFromScript = keyOf(CI_USER, ADDRESS.attacker, AGENT.attackerScript);
const stolenFromShell = keyOf(CI_USER, ADDRESS.attacker, AGENT.attackerCli);

/** What the deployment user may look at. */
const ALLOWED: readonly Call[] = [
  read('sts', 'GetCallerIdentity'),
  read('iam', 'GetUser'),
  read('iam', 'ListUsers'),
  read('iam', 'ListRoles'),
  read('iam', 'ListAttachedUserPolicies', { userName: CI_USER }),
  read('iam', 'ListGroupsForUser', { userName: CI_USER }),
  read('s3', 'ListBuckets', { Host: 's3.amazonaws.com' }),
  read('ec2', 'DescribeRegions', { regionSet: {}, allRegions: true }),
  read('ec2', 'DescribeInstances', { maxResults: 1000, instancesSet: {}, filterSet: {} }),
  read('ec2', 'DescribeSecurityGroups', { maxResults: 1000, securityGroupSet: {}, filterSet: {} }),
  read('ecs', 'ListClusters', { maxResults: 100 }),
  read('ecs', 'ListServices', { cluster: CLUSTER, maxResults: 100 }),
  read('ecr', 'DescribeRepositories', { maxResults: 1000 }),
  read('lambda', 'ListFunctions20150331', { maxItems: 50 }),
  read('elasticloadbalancing', 'DescribeLoadBalancers', { pageSize: 400 }),
  read('logs', 'DescribeLogGroups', { limit: 50 }),
];

const FORBIDDEN: readonly Call[] = [
  { service: 'iam', name: 'GetAccountAuthorizationDetails', denied: { on: '*' } },
  { service: 'iam', name: 'GetAccountSummary', denied: { on: '*' } },
  { service: 'iam', name: 'GetCredentialReport', denied: { on: '*' } },
  {
    service: 'ec2',
    name: 'DescribeSnapshots',
    parameters: { maxResults: 1000, ownersSet: { items: [{ owner: 'self' }] } },
    denied: true,
  },
  {
    service: 'ec2',
    name: 'DescribeVolumes',
    parameters: { maxResults: 1000, volumeSet: {}, filterSet: {} },
    denied: true,
  },
  { service: 'ec2', name: 'DescribeKeyPairs', parameters: { keySet: {}, filterSet: {} }, denied: true },
  { service: 'rds', name: 'DescribeDBInstances', denied: { on: `arn:aws:rds:${HOME_REGION}:${PRODUCTION}:db:*` } },
  {
    service: 'rds',
    name: 'DescribeDBSnapshots',
    denied: { on: `arn:aws:rds:${HOME_REGION}:${PRODUCTION}:snapshot:*` },
  },
  { service: 'secretsmanager', name: 'ListSecrets', denied: true },
  { service: 'ssm', name: 'DescribeParameters', denied: { on: `arn:aws:ssm:${HOME_REGION}:${PRODUCTION}:*` } },
  { service: 'kms', name: 'ListKeys', denied: { on: '*' } },
  { service: 'dynamodb', name: 'ListTables', denied: { on: `arn:aws:dynamodb:${HOME_REGION}:${PRODUCTION}:table/*` } },
  { service: 'cloudtrail', name: 'DescribeTrails', denied: { on: '*' } },
  {
    service: 'guardduty',
    name: 'ListDetectors',
    denied: { on: `arn:aws:guardduty:${HOME_REGION}:${PRODUCTION}:detector/*` },
  },
  { service: 'organizations', name: 'DescribeOrganization', denied: { on: '*' } },
  { service: 'organizations', name: 'ListAccounts', denied: { on: '*' } },
  { service: 'eks', name: 'ListClusters', denied: { on: `arn:aws:eks:${HOME_REGION}:${PRODUCTION}:cluster/*` } },
  { service: 'ses', name: 'ListIdentities', denied: true },
  { service: 'ses', name: 'GetAccountSendingEnabled', denied: true },
  { service: 'sns', name: 'ListTopics', denied: { on: `arn:aws:sns:${HOME_REGION}:${PRODUCTION}:*` } },
  { service: 'bedrock', name: 'ListFoundationModels', denied: true },
  { service: 'ce', name: 'GetCostAndUsage', denied: { on: `arn:aws:ce:us-east-1:${PRODUCTION}:/GetCostAndUsage` } },
];

const EVERYTHING = [...ALLOWED, ...FORBIDDEN];
const SERVICES_ASKED = new Set(EVERYTHING.map(({ service }) => service)).size;

/** Machines of the fleet, whose start-up scripts often hold passwords. */
const FLEET = Array.from({ length: 18 }, (_, index) => resourceId('i', `fleet ${index}`));

export function foothold(story: Story): void {
  story.chapter(
    {
      id: 'key-checked',
      kind: 'attack',
      what: `The long-lived key of \`${CI_USER}\` has been pushed to a public repository. A secret scanner tries whether it works: one \`GetCallerIdentity\`.`,
      says: `A first call from an address that this key never used, by a client that exists to test found keys.`,
    },
    (scene) => {
      scene
        .at('17 22:58:14')
        .call(keyOf(CI_USER, ADDRESS.keyScanner, AGENT.keyScanner), HOME_REGION, read('sts', 'GetCallerIdentity'));
    },
  );

  story.chapter(
    {
      id: 'discovery',
      kind: 'attack',
      what: `From ${ADDRESS.attacker} a script walks through ${SERVICES_ASKED} services with the key: ${EVERYTHING.length} different \`List\`, \`Describe\` and \`Get\` calls, ${FORBIDDEN.length} of them refused.`,
      says: `A key in use from an unknown address; many different reads over many services in minutes; many denied reads by one user, over many calls (mind that a refused call has no parameters, and that EC2 refuses with \`Client.UnauthorizedOperation\`).`,
    },
    (scene) => {
      scene.at('17 23:41:08').call(stolenFromShell, HOME_REGION, read('sts', 'GetCallerIdentity'));
      scene.wait(40);
      const order = EVERYTHING.map((call) => ({ call, turn: scene.random.next() })).sort(
        (one, other) => one.turn - other.turn,
      );
      for (const { call } of order) {
        scene.wait(1, 6).call(stolenFromScript, HOME_REGION, call);
        if (!call.denied && call.service === 'ec2') scene.wait(1, 3).call(stolenFromScript, SECOND_REGION, call);
      }
    },
  );

  story.chapter(
    {
      id: 'keys-listed',
      kind: 'attack',
      what: `\`ListAccessKeys\` for each of the ${USERS_WITH_KEYS.length} users, one after the other.`,
      says: `One caller lists the keys of more than ten users within a minute.`,
    },
    (scene) => {
      scene.at('17 23:49:30');
      for (const userName of USERS_WITH_KEYS) {
        scene.wait(1, 4).call(stolenFromShell, HOME_REGION, read('iam', 'ListAccessKeys', { userName }));
      }
    },
  );

  story.chapter(
    {
      id: 'start-up-scripts',
      kind: 'attack',
      what: `Tries to read the user data of ${FLEET.length} instances. All refused, each with an encoded message.`,
      says: `${FLEET.length} denied reads by one user within a minute, although all of one kind.`,
    },
    (scene) => {
      scene.at('17 23:58:02');
      for (const instanceId of FLEET) {
        scene.wait(1, 4).call(stolenFromScript, HOME_REGION, {
          service: 'ec2',
          name: 'DescribeInstanceAttribute',
          parameters: { instanceId, attribute: 'userData' },
          denied: { on: `arn:aws:ec2:${HOME_REGION}:${PRODUCTION}:instance/${instanceId}` },
        });
      }
    },
  );

  story.chapter(
    {
      id: 'passwords-guessed',
      kind: 'attack',
      what: `Sign-in page: four names that do not exist (CloudTrail hides what was typed), then six wrong passwords for \`${GUESSED_USER}\`, then the right one. No second factor.`,
      says: `Failures by one address and for one user; above all, failures followed by a success; a console sign-in without MFA.`,
    },
    (scene) => {
      const { attacker } = ADDRESS;
      const { attackerBrowser } = AGENT;
      scene.at('18 00:09:11');
      for (let attempt = 0; attempt < 4; attempt += 1) {
        scene.wait(9, 25).signIn(unknownAtSignIn(attacker, attackerBrowser), HOME_REGION, {
          name: 'ConsoleLogin',
          result: 'Failure',
          errorMessage: 'No username found in supplied account',
        });
      }
      for (let attempt = 0; attempt < 6; attempt += 1) {
        scene.wait(12, 40).signIn(atSignIn(GUESSED_USER, false, attacker, attackerBrowser), HOME_REGION, {
          name: 'ConsoleLogin',
          result: 'Failure',
          errorMessage: 'Failed authentication',
        });
      }
      scene.at('18 00:16:31').signIn(atSignIn(GUESSED_USER, true, attacker, attackerBrowser), HOME_REGION, {
        name: 'ConsoleLogin',
        result: 'Success',
      });
    },
  );

  story.chapter(
    {
      id: 'look-around',
      kind: 'attack',
      what: `A short look around the console as \`${GUESSED_USER}\`, who may see little. The list of roles is what comes of it.`,
      says: `Little by itself: console pages ask for many things at once, and these are few. Worth having beside the sign-in.`,
    },
    (scene) => {
      scene.at('18 00:16:44');
      const page = consoleOf(GUESSED_USER, scene.nowMs - 13_000, false, ADDRESS.attacker, AGENT.attackerBrowser);
      const calls: readonly Call[] = [
        read('health', 'DescribeEventAggregates', { aggregateField: 'eventTypeCategory' }),
        {
          service: 'ce',
          name: 'GetCostForecast',
          denied: { on: `arn:aws:ce:us-east-1:${PRODUCTION}:/GetCostForecast` },
        },
        read('ec2', 'DescribeInstances', { maxResults: 100, instancesSet: {}, filterSet: {} }),
        read('ec2', 'DescribeInstanceStatus', { includeAllInstances: false, instancesSet: {}, filterSet: {} }),
        read('ec2', 'DescribeAvailabilityZones', { availabilityZoneSet: {}, availabilityZoneIdSet: {} }),
        read('s3', 'ListBuckets', { Host: 's3.amazonaws.com' }),
        {
          service: 's3',
          name: 'GetBucketPolicy',
          parameters: { policy: '', bucketName: BUCKET.exports, Host: `${BUCKET.exports}.s3.amazonaws.com` },
          denied: { on: `"arn:aws:s3:::${BUCKET.exports}"` },
        },
        read('iam', 'ListRoles', { maxItems: 1000 }),
        read('iam', 'GetLoginProfile', { userName: GUESSED_USER }),
        read('iam', 'ListMFADevices', { userName: GUESSED_USER }),
        { service: 'secretsmanager', name: 'ListSecrets', denied: true },
      ];
      for (const call of calls) scene.wait(1, 14).call(page, HOME_REGION, call);
    },
  );

  story.chapter(
    {
      id: 'root-tried',
      kind: 'attack',
      what: `Four wrong passwords for the root user, then a request to reset its password. The message goes to a mailbox that the attacker does not have: the reset is never completed.`,
      says: `Repeated root sign-in failures, and a root password recovery that nobody at the company asked for.`,
    },
    (scene) => {
      const root = rootAtSignIn(ADDRESS.attacker, AGENT.attackerBrowser);
      scene.at('18 00:27:09');
      for (let attempt = 0; attempt < 4; attempt += 1) {
        scene.wait(14, 45).signIn(root, 'us-east-1', {
          name: 'ConsoleLogin',
          result: 'Failure',
          errorMessage: 'Failed authentication',
        });
      }
      scene.at('18 00:31:40').signIn(root, 'us-east-1', { name: 'PasswordRecoveryRequested', result: 'Success' });
    },
  );
}
