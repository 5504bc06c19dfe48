import { assumeRole, decryptSecret, getSecretValue, read } from './calls';
import {
  ADDRESS,
  ADMIN_USERS,
  AGENT,
  atSignIn,
  BACKDOOR_USER,
  CI_USER,
  HOME_REGION,
  keyOf,
  onBehalfOf,
  PRODUCTION,
  ROLE,
  role,
  roleArn,
  SECOND_REGION,
  session,
  userArn,
} from './cast';
import { exampleId } from './random';
import type { Call } from './record';
import { SECRETS } from './resources';
import type { Story } from './story';
import { at, javaDate } from './time';

const ASSUMED_AT = at('18 00:55:20');
const from = { sourceIp: ADDRESS.attacker, userAgent: AGENT.attackerCli };

/** The privileged role, taken by means of the stolen key. */
const platformAdmin = session(ROLE.platformAdmin, CI_USER, ASSUMED_AT, from);

/** The user that the attacker makes, with its own key and from a second address. */
export const backdoor = keyOf(BACKDOOR_USER, ADDRESS.attackerSecond, AGENT.attackerScript);

/** Names that the list of roles and a bit of guessing suggest. */
const GUESSED_ROLES = [
  'Admin',
  'AdministratorRole',
  'OrganizationAccountAccessRole',
  'SecurityAdmin',
  'NetworkAdmin',
  'DatabaseAdmin',
  'BillingAdmin',
  'BreakGlass',
  'TerraformAdmin',
  'PowerUserRole',
  'DevOpsAdmin',
  'DataPlatformAdmin',
  'SupportAdmin',
  ROLE.terraform.name,
];

function createAccessKey(userName: string, accessKeyId: string, nowMs: number): Call {
  return {
    service: 'iam',
    name: 'CreateAccessKey',
    parameters: { userName },
    response: { accessKey: { userName, accessKeyId, status: 'Active', createDate: javaDate(nowMs) } },
  };
}

export function takeover(story: Story): void {
  story.chapter(
    {
      id: 'role-guessed',
      kind: 'attack',
      what: `With the stolen key, \`AssumeRole\` for ${GUESSED_ROLES.length} roles in three minutes, refused each time; then \`${ROLE.platformAdmin.name}\`, whose trust policy names the whole account, answers.`,
      says: `Refused for many different roles (only the message names them, the parameters are null), then a privileged role taken by somebody who never had it.`,
    },
    (scene) => {
      const stolen = keyOf(CI_USER, ADDRESS.attacker, AGENT.attackerCli);
      scene.at('18 00:52:04');
      for (const name of GUESSED_ROLES) {
        scene.wait(7, 14).call(stolen, HOME_REGION, {
          service: 'sts',
          name: 'AssumeRole',
          denied: { on: roleArn(role(name)) },
        });
      }
      scene.atMs(ASSUMED_AT).call(stolen, HOME_REGION, assumeRole(ROLE.platformAdmin, CI_USER, scene));
    },
  );

  story.chapter(
    {
      id: 'backdoor-made',
      kind: 'attack',
      what: `In that role: makes the user \`${BACKDOOR_USER}\`, gives it a key and \`AdministratorAccess\`; makes a second key for \`ana.soto\`; wakes the sleeping key of \`legacy-reports\`.`,
      says: `IAM writes in a session that has only just been assumed; a user made and made administrator within minutes; keys made for somebody else; an inactive key made active.`,
    },
    (scene) => {
      scene.at('18 00:57:12').call(platformAdmin, HOME_REGION, read('sts', 'GetCallerIdentity'));
      scene.wait(25).call(platformAdmin, HOME_REGION, {
        service: 'iam',
        name: 'CreateUser',
        parameters: { userName: BACKDOOR_USER },
        response: {
          user: {
            path: '/',
            userName: BACKDOOR_USER,
            userId: exampleId('AIDA', BACKDOOR_USER),
            arn: userArn(BACKDOOR_USER),
            createDate: javaDate(scene.nowMs),
          },
        },
      });
      scene.wait(21);
      scene.call(
        platformAdmin,
        HOME_REGION,
        createAccessKey(BACKDOOR_USER, exampleId('AKIA', BACKDOOR_USER), scene.nowMs),
      );
      scene.wait(33).call(platformAdmin, HOME_REGION, {
        service: 'iam',
        name: 'AttachUserPolicy',
        parameters: { userName: BACKDOOR_USER, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      });
      scene.wait(95);
      scene.call(
        platformAdmin,
        HOME_REGION,
        createAccessKey('ana.soto', exampleId('AKIA', 'ana.soto, second key'), scene.nowMs),
      );
      scene.wait(70).call(platformAdmin, HOME_REGION, {
        service: 'iam',
        name: 'UpdateAccessKey',
        parameters: { userName: 'legacy-reports', accessKeyId: exampleId('AKIA', 'legacy-reports'), status: 'Active' },
      });
    },
  );

  story.chapter(
    {
      id: 'backdoor-used',
      kind: 'attack',
      what: `Eight minutes after it was made, the new key is used, from ${ADDRESS.attackerSecond}: \`GetCallerIdentity\`, then all of IAM in one answer.`,
      says: `A key used within minutes of its making, by another client and from another address than its maker's.`,
    },
    (scene) => {
      scene.at('18 01:06:20').call(backdoor, HOME_REGION, read('sts', 'GetCallerIdentity'));
      scene.wait(4).call(backdoor, HOME_REGION, read('iam', 'GetUser'));
      scene
        .wait(6)
        .call(backdoor, HOME_REGION, read('iam', 'GetAccountAuthorizationDetails', { filter: ['User', 'Role'] }));
      scene.wait(9).call(backdoor, HOME_REGION, read('iam', 'GetAccountPasswordPolicy'));
      scene.wait(5).call(backdoor, HOME_REGION, read('iam', 'ListVirtualMFADevices', { assignmentStatus: 'Assigned' }));
    },
  );

  story.chapter(
    {
      id: 'passwords-reset',
      kind: 'attack',
      what: `Takes the MFA device from \`${ADMIN_USERS[0]}\`, sets new passwords for ${ADMIN_USERS.map((name) => `\`${name}\``).join(', ')}, and signs in as the first of them.`,
      says: `A second factor removed by somebody else; passwords of several administrators reset within minutes by one caller; a console sign-in of one of them right after, without MFA.`,
    },
    (scene) => {
      scene.at('18 01:22:47').call(backdoor, HOME_REGION, {
        service: 'iam',
        name: 'DeactivateMFADevice',
        parameters: { userName: ADMIN_USERS[0], serialNumber: `arn:aws:iam::${PRODUCTION}:mfa/${ADMIN_USERS[0]}` },
      });
      for (const userName of ADMIN_USERS) {
        scene.wait(20, 95).call(backdoor, HOME_REGION, {
          service: 'iam',
          name: 'UpdateLoginProfile',
          parameters: { userName, passwordResetRequired: false },
        });
      }
      scene
        .at('18 01:33:26')
        .signIn(atSignIn(ADMIN_USERS[0], true, ADDRESS.attackerSecond, AGENT.attackerBrowser), HOME_REGION, {
          name: 'ConsoleLogin',
          result: 'Success',
        });
    },
  );

  story.chapter(
    {
      id: 'secrets-read',
      kind: 'attack',
      what: `Lists the secrets of ${SECOND_REGION} and reads all ${SECRETS.length} of them in three minutes (each with the decryption that KMS records beside it), and three paths of SSM parameters, decrypted.`,
      says: `Many different secrets read by one caller within minutes.`,
    },
    (scene) => {
      scene.at('18 01:51:13').call(backdoor, SECOND_REGION, read('secretsmanager', 'ListSecrets', { maxResults: 100 }));
      SECRETS.forEach((name, index) => {
        scene.wait(3, 9);
        scene.call(backdoor, SECOND_REGION, getSecretValue(SECOND_REGION, name), { deliveredTwice: index % 6 === 2 });
        scene.call(
          onBehalfOf(backdoor, 'secretsmanager', scene.nowMs),
          SECOND_REGION,
          decryptSecret(SECOND_REGION, name),
        );
      });
      for (const path of ['/prod/orders/', '/prod/invoices/', '/prod/payments/']) {
        scene.wait(4, 9);
        scene.call(
          backdoor,
          SECOND_REGION,
          read('ssm', 'GetParametersByPath', { path, recursive: true, withDecryption: true, maxResults: 10 }),
        );
      }
    },
  );
}
