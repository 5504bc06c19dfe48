import type { CheckExamples } from './check';
import { examples as accessAnalyzerOff } from './checks/access-analyzer-off';
import { examples as accessKeyOld } from './checks/access-key-old';
import { examples as accessKeyUnused } from './checks/access-key-unused';
import { examples as accessKeysTwoActive } from './checks/access-keys-two-active';
import { examples as accountPublicAccessBlockOff } from './checks/account-public-access-block-off';
import { examples as administratorGroup } from './checks/administrator-group';
import { examples as administratorRole } from './checks/administrator-role';
import { examples as administratorUser } from './checks/administrator-user';
import { examples as bucketBlockOff } from './checks/bucket-block-off';
import { examples as bucketPublic } from './checks/bucket-public';
import { examples as configOff } from './checks/config-off';
import { examples as databaseSnapshotPublic } from './checks/database-snapshot-public';
import { examples as defaultSecurityGroupOpen } from './checks/default-security-group-open';
import { examples as ebsEncryptionOff } from './checks/ebs-encryption-off';
import { examples as guarddutyOff } from './checks/guardduty-off';
import { examples as imdsv2NotDefault } from './checks/imdsv2-not-default';
import { examples as passwordPolicyWeak } from './checks/password-policy-weak';
import { examples as passwordUnused } from './checks/password-unused';
import { examples as policyFullAdmin } from './checks/policy-full-admin';
import { examples as policyWholeService } from './checks/policy-whole-service';
import { examples as privilegeEscalation } from './checks/privilege-escalation';
import { examples as roleUnused } from './checks/role-unused';
import { examples as rootAccessKey } from './checks/root-access-key';
import { examples as rootMfaMissing } from './checks/root-mfa-missing';
import { examples as rootMfaVirtual } from './checks/root-mfa-virtual';
import { examples as securityGroupOpen } from './checks/security-group-open';
import { examples as securityHubOff } from './checks/security-hub-off';
import { examples as trailBucketPublic } from './checks/trail-bucket-public';
import { examples as trailMissing } from './checks/trail-missing';
import { examples as trailNotEncrypted } from './checks/trail-not-encrypted';
import { examples as trailStopped } from './checks/trail-stopped';
import { examples as trailValidationOff } from './checks/trail-validation-off';
import { examples as trustAnyone } from './checks/trust-anyone';
import { examples as trustFederationOpen } from './checks/trust-federation-open';
import { examples as trustStranger } from './checks/trust-stranger';
import { examples as unusedAccess } from './checks/unused-access';
import { examples as userPolicyDirect } from './checks/user-policy-direct';
import { examples as userWithoutMfa } from './checks/user-without-mfa';
import { examples as volumeSnapshotPublic } from './checks/volume-snapshot-public';

/** Examples of every check, by id. Apart from the checks, so that they stay out of the Lambda bundles. */
export const CHECK_EXAMPLES: Readonly<Record<string, () => CheckExamples<never>>> = {
  'access-analyzer-off': accessAnalyzerOff,
  'access-key-old': accessKeyOld,
  'access-key-unused': accessKeyUnused,
  'access-keys-two-active': accessKeysTwoActive,
  'account-public-access-block-off': accountPublicAccessBlockOff,
  'administrator-group': administratorGroup,
  'administrator-role': administratorRole,
  'administrator-user': administratorUser,
  'bucket-block-off': bucketBlockOff,
  'bucket-public': bucketPublic,
  'config-off': configOff,
  'database-snapshot-public': databaseSnapshotPublic,
  'default-security-group-open': defaultSecurityGroupOpen,
  'ebs-encryption-off': ebsEncryptionOff,
  'guardduty-off': guarddutyOff,
  'imdsv2-not-default': imdsv2NotDefault,
  'password-policy-weak': passwordPolicyWeak,
  'password-unused': passwordUnused,
  'policy-full-admin': policyFullAdmin,
  'policy-whole-service': policyWholeService,
  'privilege-escalation': privilegeEscalation,
  'role-unused': roleUnused,
  'root-access-key': rootAccessKey,
  'root-mfa-missing': rootMfaMissing,
  'root-mfa-virtual': rootMfaVirtual,
  'security-group-open': securityGroupOpen,
  'security-hub-off': securityHubOff,
  'trail-bucket-public': trailBucketPublic,
  'trail-missing': trailMissing,
  'trail-not-encrypted': trailNotEncrypted,
  'trail-stopped': trailStopped,
  'trail-validation-off': trailValidationOff,
  'trust-anyone': trustAnyone,
  'trust-federation-open': trustFederationOpen,
  'trust-stranger': trustStranger,
  'unused-access': unusedAccess,
  'user-policy-direct': userPolicyDirect,
  'user-without-mfa': userWithoutMfa,
  'volume-snapshot-public': volumeSnapshotPublic,
};
