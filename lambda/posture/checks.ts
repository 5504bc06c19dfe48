import type { Check } from './check';
import accessAnalyzerOff from './checks/access-analyzer-off';
import accessKeyOld from './checks/access-key-old';
import accessKeyUnused from './checks/access-key-unused';
import accessKeysTwoActive from './checks/access-keys-two-active';
import accountPublicAccessBlockOff from './checks/account-public-access-block-off';
import administratorGroup from './checks/administrator-group';
import administratorRole from './checks/administrator-role';
import administratorUser from './checks/administrator-user';
import bucketBlockOff from './checks/bucket-block-off';
import bucketPublic from './checks/bucket-public';
import configOff from './checks/config-off';
import databaseSnapshotPublic from './checks/database-snapshot-public';
import defaultSecurityGroupOpen from './checks/default-security-group-open';
import ebsEncryptionOff from './checks/ebs-encryption-off';
import guarddutyOff from './checks/guardduty-off';
import imdsv2NotDefault from './checks/imdsv2-not-default';
import passwordPolicyWeak from './checks/password-policy-weak';
import passwordUnused from './checks/password-unused';
import policyFullAdmin from './checks/policy-full-admin';
import policyWholeService from './checks/policy-whole-service';
import privilegeEscalation from './checks/privilege-escalation';
import roleUnused from './checks/role-unused';
import rootAccessKey from './checks/root-access-key';
import rootMfaMissing from './checks/root-mfa-missing';
import rootMfaVirtual from './checks/root-mfa-virtual';
import securityGroupOpen from './checks/security-group-open';
import securityHubOff from './checks/security-hub-off';
import trailBucketPublic from './checks/trail-bucket-public';
import trailMissing from './checks/trail-missing';
import trailNotEncrypted from './checks/trail-not-encrypted';
import trailStopped from './checks/trail-stopped';
import trailValidationOff from './checks/trail-validation-off';
import trustAnyone from './checks/trust-anyone';
import trustFederationOpen from './checks/trust-federation-open';
import trustStranger from './checks/trust-stranger';
import unusedAccess from './checks/unused-access';
import userPolicyDirect from './checks/user-policy-direct';
import userWithoutMfa from './checks/user-without-mfa';
import volumeSnapshotPublic from './checks/volume-snapshot-public';

/** Every check. Written by `npm run posture-index`; a test says when a file is missing from it. */
export const CHECKS: readonly Check[] = [
  accessAnalyzerOff,
  accessKeyOld,
  accessKeyUnused,
  accessKeysTwoActive,
  accountPublicAccessBlockOff,
  administratorGroup,
  administratorRole,
  administratorUser,
  bucketBlockOff,
  bucketPublic,
  configOff,
  databaseSnapshotPublic,
  defaultSecurityGroupOpen,
  ebsEncryptionOff,
  guarddutyOff,
  imdsv2NotDefault,
  passwordPolicyWeak,
  passwordUnused,
  policyFullAdmin,
  policyWholeService,
  privilegeEscalation,
  roleUnused,
  rootAccessKey,
  rootMfaMissing,
  rootMfaVirtual,
  securityGroupOpen,
  securityHubOff,
  trailBucketPublic,
  trailMissing,
  trailNotEncrypted,
  trailStopped,
  trailValidationOff,
  trustAnyone,
  trustFederationOpen,
  trustStranger,
  unusedAccess,
  userPolicyDirect,
  userWithoutMfa,
  volumeSnapshotPublic,
];
