import backupDeletionBurst from './backup/backup-deletion-burst';
import backupsWeakened from './backup/backups-weakened';
import bedrockAccessBought from './bedrock/bedrock-access-bought';
import bedrockCalledWithKey from './bedrock/bedrock-called-with-key';
import bedrockCallsRefused from './bedrock/bedrock-calls-refused';
import bedrockKeyUsedElsewhere from './bedrock/bedrock-key-used-elsewhere';
import bedrockLoggingOff from './bedrock/bedrock-logging-off';
import bedrockModelsListedThenCalled from './bedrock/bedrock-models-listed-then-called';
import apiCallsBurst from './bursts/api-calls-burst';
import apiInsight from './bursts/api-insight';
import apiWritesBurst from './bursts/api-writes-burst';
import discoveryAllReads from './bursts/discovery-all-reads';
import discoveryBurst from './bursts/discovery-burst';
import discoveryBurstConsole from './bursts/discovery-burst-console';
import cloudshellUsed from './cloudshell/cloudshell-used';
import cloudtrailInsightsOff from './cloudtrail/cloudtrail-insights-off';
import cloudtrailRecentStorageDamaged from './cloudtrail/cloudtrail-recent-storage-damaged';
import cloudtrailSelectorsNarrowed from './cloudtrail/cloudtrail-selectors-narrowed';
import cloudtrailStopped from './cloudtrail/cloudtrail-stopped';
import cloudtrailStorageDamaged from './cloudtrail/cloudtrail-storage-damaged';
import cloudtrailTamperingAttempted from './cloudtrail/cloudtrail-tampering-attempted';
import cloudtrailTrailWeakened from './cloudtrail/cloudtrail-trail-weakened';
import codePlanted from './compute/code-planted';
import deniedBreadth from './denied/denied-breadth';
import deniedBreadthConsole from './denied/denied-breadth-console';
import deniedManyAccounts from './denied/denied-many-accounts';
import deniedReads from './denied/denied-reads';
import deniedReadsConsole from './denied/denied-reads-console';
import deniedSensitive from './denied/denied-sensitive';
import deniedServices from './denied/denied-services';
import deniedServicesConsole from './denied/denied-services-console';
import deniedSlowBreadth from './denied/denied-slow-breadth';
import deniedSlowBreadthConsole from './denied/denied-slow-breadth-console';
import deniedWrites from './denied/denied-writes';
import ec2ExpensiveInstance from './ec2/ec2-expensive-instance';
import ec2ExpensiveInstanceAttempted from './ec2/ec2-expensive-instance-attempted';
import ec2GuardWeakened from './ec2/ec2-guard-weakened';
import ec2ImageFirstSeen from './ec2/ec2-image-first-seen';
import ec2ImageNotAllowed from './ec2/ec2-image-not-allowed';
import ec2LaunchManyRegions from './ec2/ec2-launch-many-regions';
import ec2MassLaunch from './ec2/ec2-mass-launch';
import ec2MassLaunchAccount from './ec2/ec2-mass-launch-account';
import ec2MassLaunchAttempted from './ec2/ec2-mass-launch-attempted';
import ec2MassScaleOut from './ec2/ec2-mass-scale-out';
import imdsv1Allowed from './ec2/imdsv1-allowed';
import instanceConnectKey from './ec2/instance-connect-key';
import instanceConnectMany from './ec2/instance-connect-many';
import networkAclWorldOpen from './ec2/network-acl-world-open';
import passwordDataMassRead from './ec2/password-data-mass-read';
import securityGroupChangeBurst from './ec2/security-group-change-burst';
import securityGroupChangedFirst from './ec2/security-group-changed-first';
import securityGroupEgressRevoked from './ec2/security-group-egress-revoked';
import securityGroupEgressWorldOpen from './ec2/security-group-egress-world-open';
import securityGroupLockout from './ec2/security-group-lockout';
import securityGroupNewAndOpen from './ec2/security-group-new-and-open';
import securityGroupNewOpenUsed from './ec2/security-group-new-open-used';
import securityGroupPrefixListOpen from './ec2/security-group-prefix-list-open';
import securityGroupUntrustedIngress from './ec2/security-group-untrusted-ingress';
import securityGroupWorldOpen from './ec2/security-group-world-open';
import securityGroupWorldOpenAttempt from './ec2/security-group-world-open-attempt';
import startupScriptChanged from './ec2/startup-script-changed';
import userDataDownloaded from './ec2/user-data-downloaded';
import imagePushedFirst from './ecr/image-pushed-first';
import largeTaskOfStrangers from './ecs/large-task-of-strangers';
import taskReadsCredentials from './ecs/task-reads-credentials';
import clusterOpened from './eks/cluster-opened';
import dataExported from './exfiltration/data-exported';
import databaseSnapshotMade from './exfiltration/database-snapshot-made';
import datasyncTaskMade from './exfiltration/datasync-task-made';
import exfiltrationTwoKinds from './exfiltration/exfiltration-two-kinds';
import replicatedElsewhere from './exfiltration/replicated-elsewhere';
import sharedSnapshotUsed from './exfiltration/shared-snapshot-used';
import snapshotCopiedAway from './exfiltration/snapshot-copied-away';
import snapshotShared from './exfiltration/snapshot-shared';
import transferServiceFirstUsed from './exfiltration/transfer-service-first-used';
import guarddutyFinding from './guardduty/guardduty-finding';
import noEvents from './heartbeat/no-events';
import detectorRoleOutsideLambda from './honey/detector-role-outside-lambda';
import honeyBucketTouched from './honey/honey-bucket-touched';
import honeyCredentialsReads from './honey/honey-credentials-reads';
import honeyCredentialsUsed from './honey/honey-credentials-used';
import honeyRoleTaken from './honey/honey-role-taken';
import honeySecretRead from './honey/honey-secret-read';
import accessKeyAttempt from './iam/access-key-attempt';
import accessKeyCreatedForOther from './iam/access-key-created-for-other';
import accessKeyFirst from './iam/access-key-first';
import accessKeyReactivated from './iam/access-key-reactivated';
import accessKeyUsedAtOnce from './iam/access-key-used-at-once';
import accessKeysCreatedMany from './iam/access-keys-created-many';
import accessKeysEnumerated from './iam/access-keys-enumerated';
import adminPasswordChanged from './iam/admin-password-changed';
import adminPasswordChangedAfterPromotion from './iam/admin-password-changed-after-promotion';
import adminPasswordChangedRepeatedly from './iam/admin-password-changed-repeatedly';
import adminPolicyGranted from './iam/admin-policy-granted';
import escalationPolicyGranted from './iam/escalation-policy-granted';
import identityCreatedAndArmed from './iam/identity-created-and-armed';
import identityProviderChanged from './iam/identity-provider-changed';
import keyExposed from './iam/key-exposed';
import mfaChangeFailed from './iam/mfa-change-failed';
import mfaRemoved from './iam/mfa-removed';
import passwordChanged from './iam/password-changed';
import passwordPolicyWeakened from './iam/password-policy-weakened';
import passwordResetThenSignIn from './iam/password-reset-then-sign-in';
import passwordsChangedOfMany from './iam/passwords-changed-of-many';
import permissionsBoundaryChanged from './iam/permissions-boundary-changed';
import trustPolicyOpened from './iam/trust-policy-opened';
import userCreated from './iam/user-created';
import userCredentialCreated from './iam/user-credential-created';
import kmsKeyDestruction from './kms/kms-key-destruction';
import kmsKeyGivenAway from './kms/kms-key-given-away';
import kmsKeysDestroyedMany from './kms/kms-keys-destroyed-many';
import lambdaCodeChanged from './lambda/lambda-code-changed';
import lambdaEventSourceMapped from './lambda/lambda-event-source-mapped';
import lambdaLayerForeign from './lambda/lambda-layer-foreign';
import lambdaOpened from './lambda/lambda-opened';
import logsRemoved from './logging/logs-removed';
import sendingOpened from './messaging/sending-opened';
import sendingProbed from './messaging/sending-probed';
import sendingProbedRegions from './messaging/sending-probed-regions';
import networkOpenedOut from './network/network-opened-out';
import alarmsRemoved from './observability/alarms-removed';
import organizationGuardRailChanged from './organizations/organization-guard-rail-changed';
import organizationTamperingAttempted from './organizations/organization-tampering-attempted';
import instanceCredentialsSharedClient from './origin/instance-credentials-shared-client';
import instanceCredentialsSignIn from './origin/instance-credentials-sign-in';
import instanceCredentialsTwoNetworks from './origin/instance-credentials-two-networks';
import keyManyNetworks from './origin/key-many-networks';
import networkFirstSeen from './origin/network-first-seen';
import networkFirstSeenRole from './origin/network-first-seen-role';
import networkUntrusted from './origin/network-untrusted';
import regionFirstSeen from './origin/region-first-seen';
import regionNotAllowed from './origin/region-not-allowed';
import resourcePolicyPublicEcr from './policy/resource-policy-public-ecr';
import resourcePolicyPublicGlue from './policy/resource-policy-public-glue';
import resourcePolicyPublicKms from './policy/resource-policy-public-kms';
import resourcePolicyPublicLambda from './policy/resource-policy-public-lambda';
import resourcePolicyPublicMessaging from './policy/resource-policy-public-messaging';
import resourcePolicyPublicOpensearch from './policy/resource-policy-public-opensearch';
import resourcePolicyPublicSecrets from './policy/resource-policy-public-secrets';
import resourcePolicyPublicVaults from './policy/resource-policy-public-vaults';
import configWeakened from './posture/config-weakened';
import guardTamperingAttempted from './posture/guard-tampering-attempted';
import guarddutyWeakened from './posture/guardduty-weakened';
import scannerWeakened from './posture/scanner-weakened';
import securityHubWeakened from './posture/security-hub-weakened';
import databaseExposed from './rds/database-exposed';
import databaseRestoredThenOpened from './rds/database-restored-then-opened';
import databaseSecurityGroupWorldOpen from './rds/database-security-group-world-open';
import accountDumpedFirst from './recon/account-dumped-first';
import regionsSwept from './recon/regions-swept';
import rolesAnywhereChanged from './rolesanywhere/roles-anywhere-changed';
import accountChange from './root/account-change';
import rootApiActivity from './root/root-api-activity';
import rootApiKeyUsed from './root/root-api-key-used';
import rootApiRead from './root/root-api-read';
import rootConsoleLogin from './root/root-console-login';
import rootConsoleLoginFailed from './root/root-console-login-failed';
import rootCredentialChange from './root/root-credential-change';
import type { Rule } from './rule';
import s3AccelerationEnabled from './s3/s3-acceleration-enabled';
import s3AccessPointPublicAccessBlockOff from './s3/s3-access-point-public-access-block-off';
import s3AccessPointPublicPolicy from './s3/s3-access-point-public-policy';
import s3AccountPublicAccessBlockOff from './s3/s3-account-public-access-block-off';
import s3AnonymousAccess from './s3/s3-anonymous-access';
import s3AnonymousProbing from './s3/s3-anonymous-probing';
import s3BucketAclsEnabled from './s3/s3-bucket-acls-enabled';
import s3BucketCorsOpen from './s3/s3-bucket-cors-open';
import s3BucketPublicAccessBlockOff from './s3/s3-bucket-public-access-block-off';
import s3BucketPublicAcl from './s3/s3-bucket-public-acl';
import s3BucketPublicAfterUnblock from './s3/s3-bucket-public-after-unblock';
import s3BucketPublicAttempt from './s3/s3-bucket-public-attempt';
import s3BucketPublicPolicy from './s3/s3-bucket-public-policy';
import s3BucketWebsite from './s3/s3-bucket-website';
import s3BucketsDeleted from './s3/s3-buckets-deleted';
import s3BucketsListedFirst from './s3/s3-buckets-listed-first';
import s3BulkTransfer from './s3/s3-bulk-transfer';
import s3BulkTransferLarge from './s3/s3-bulk-transfer-large';
import s3Enumeration from './s3/s3-enumeration';
import s3ForeignKey from './s3/s3-foreign-key';
import s3MassDeletion from './s3/s3-mass-deletion';
import s3MassDownload from './s3/s3-mass-download';
import s3NewAccessor from './s3/s3-new-accessor';
import s3ObjectPublicAcl from './s3/s3-object-public-acl';
import s3ObjectsLockedAway from './s3/s3-objects-locked-away';
import s3RansomNote from './s3/s3-ransom-note';
import s3RecoveryWeakened from './s3/s3-recovery-weakened';
import s3ReplicationChanged from './s3/s3-replication-changed';
import s3UnusualClient from './s3/s3-unusual-client';
import secretsBatchRead from './secretsmanager/secrets-batch-read';
import secretsMassRead from './secretsmanager/secrets-mass-read';
import sensitiveServiceFirstUse from './services/sensitive-service-first-use';
import serviceFirstSeen from './services/service-first-seen';
import servicesFirstSeenAutomated from './services/services-first-seen-automated';
import consoleFromKey from './sign-in/console-from-key';
import consoleLoginWithoutMfa from './sign-in/console-login-without-mfa';
import personOffHours from './sign-in/person-off-hours';
import signInAfterFailures from './sign-in/sign-in-after-failures';
import signInAnomaly from './sign-in/sign-in-anomaly';
import signInDistributed from './sign-in/sign-in-distributed';
import signInFailuresAddress from './sign-in/sign-in-failures-address';
import signInFailuresTrustedAddress from './sign-in/sign-in-failures-trusted-address';
import signInFailuresUser from './sign-in/sign-in-failures-user';
import signInHiddenNames from './sign-in/sign-in-hidden-names';
import signInMfaFatigue from './sign-in/sign-in-mfa-fatigue';
import signInSpray from './sign-in/sign-in-spray';
import stsMfaFailures from './sign-in/sts-mfa-failures';
import parametersMassDecrypted from './ssm/parameters-mass-decrypted';
import ssmCommandsMany from './ssm/ssm-commands-many';
import ssmDocumentShared from './ssm/ssm-document-shared';
import ssmDocumentThenRun from './ssm/ssm-document-then-run';
import ssmFirstUsed from './ssm/ssm-first-used';
import ssmSessionsMany from './ssm/ssm-sessions-many';
import attackToolUsed from './sts/attack-tool-used';
import callerIdentityFirst from './sts/caller-identity-first';
import federationToken from './sts/federation-token';
import principalGuessing from './sts/principal-guessing';
import roleAssumedFrequently from './sts/role-assumed-frequently';
import roleAssumedFromOutside from './sts/role-assumed-from-outside';
import roleAssumedNewNetwork from './sts/role-assumed-new-network';
import roleAssumedNewRegion from './sts/role-assumed-new-region';
import roleAssumedThenSecrets from './sts/role-assumed-then-secrets';
import roleAssumedThenSensitive from './sts/role-assumed-then-sensitive';
import roleBreakGlassUsed from './sts/role-break-glass-used';
import roleFirstAssumed from './sts/role-first-assumed';
import roleGuessing from './sts/role-guessing';
import roleHopping from './sts/role-hopping';
import roleNewAssumerThenSensitive from './sts/role-new-assumer-then-sensitive';
import trailhoundChanged from './trailhound/trailhound-changed';
import trailhoundDeployed from './trailhound/trailhound-deployed';
import trailhoundTamperingAttempted from './trailhound/trailhound-tampering-attempted';

/** Every shipped rule. Written by `npm run rule-index`; a test says when a file is missing from it. */
export const RULES: readonly Rule[] = [
  backupDeletionBurst,
  backupsWeakened,
  bedrockAccessBought,
  bedrockCalledWithKey,
  bedrockCallsRefused,
  bedrockKeyUsedElsewhere,
  bedrockLoggingOff,
  bedrockModelsListedThenCalled,
  apiCallsBurst,
  apiInsight,
  apiWritesBurst,
  discoveryAllReads,
  discoveryBurst,
  discoveryBurstConsole,
  cloudshellUsed,
  cloudtrailInsightsOff,
  cloudtrailRecentStorageDamaged,
  cloudtrailSelectorsNarrowed,
  cloudtrailStopped,
  cloudtrailStorageDamaged,
  cloudtrailTamperingAttempted,
  cloudtrailTrailWeakened,
  codePlanted,
  deniedBreadth,
  deniedBreadthConsole,
  deniedManyAccounts,
  deniedReads,
  deniedReadsConsole,
  deniedSensitive,
  deniedServices,
  deniedServicesConsole,
  deniedSlowBreadth,
  deniedSlowBreadthConsole,
  deniedWrites,
  ec2ExpensiveInstance,
  ec2ExpensiveInstanceAttempted,
  ec2GuardWeakened,
  ec2ImageFirstSeen,
  ec2ImageNotAllowed,
  ec2LaunchManyRegions,
  ec2MassLaunch,
  ec2MassLaunchAccount,
  ec2MassLaunchAttempted,
  ec2MassScaleOut,
  imdsv1Allowed,
  instanceConnectKey,
  instanceConnectMany,
  networkAclWorldOpen,
  passwordDataMassRead,
  securityGroupChangeBurst,
  securityGroupChangedFirst,
  securityGroupEgressRevoked,
  securityGroupEgressWorldOpen,
  securityGroupLockout,
  securityGroupNewAndOpen,
  securityGroupNewOpenUsed,
  securityGroupPrefixListOpen,
  securityGroupUntrustedIngress,
  securityGroupWorldOpen,
  securityGroupWorldOpenAttempt,
  startupScriptChanged,
  userDataDownloaded,
  imagePushedFirst,
  largeTaskOfStrangers,
  taskReadsCredentials,
  clusterOpened,
  dataExported,
  databaseSnapshotMade,
  datasyncTaskMade,
  exfiltrationTwoKinds,
  replicatedElsewhere,
  sharedSnapshotUsed,
  snapshotCopiedAway,
  snapshotShared,
  transferServiceFirstUsed,
  guarddutyFinding,
  noEvents,
  detectorRoleOutsideLambda,
  honeyBucketTouched,
  honeyCredentialsReads,
  honeyCredentialsUsed,
  honeyRoleTaken,
  honeySecretRead,
  accessKeyAttempt,
  accessKeyCreatedForOther,
  accessKeyFirst,
  accessKeyReactivated,
  accessKeyUsedAtOnce,
  accessKeysCreatedMany,
  accessKeysEnumerated,
  adminPasswordChanged,
  adminPasswordChangedAfterPromotion,
  adminPasswordChangedRepeatedly,
  adminPolicyGranted,
  escalationPolicyGranted,
  identityCreatedAndArmed,
  identityProviderChanged,
  keyExposed,
  mfaChangeFailed,
  mfaRemoved,
  passwordChanged,
  passwordPolicyWeakened,
  passwordResetThenSignIn,
  passwordsChangedOfMany,
  permissionsBoundaryChanged,
  trustPolicyOpened,
  userCreated,
  userCredentialCreated,
  kmsKeyDestruction,
  kmsKeyGivenAway,
  kmsKeysDestroyedMany,
  lambdaCodeChanged,
  lambdaEventSourceMapped,
  lambdaLayerForeign,
  lambdaOpened,
  logsRemoved,
  sendingOpened,
  sendingProbed,
  sendingProbedRegions,
  networkOpenedOut,
  alarmsRemoved,
  organizationGuardRailChanged,
  organizationTamperingAttempted,
  instanceCredentialsSharedClient,
  instanceCredentialsSignIn,
  instanceCredentialsTwoNetworks,
  keyManyNetworks,
  networkFirstSeen,
  networkFirstSeenRole,
  networkUntrusted,
  regionFirstSeen,
  regionNotAllowed,
  resourcePolicyPublicEcr,
  resourcePolicyPublicGlue,
  resourcePolicyPublicKms,
  resourcePolicyPublicLambda,
  resourcePolicyPublicMessaging,
  resourcePolicyPublicOpensearch,
  resourcePolicyPublicSecrets,
  resourcePolicyPublicVaults,
  configWeakened,
  guardTamperingAttempted,
  guarddutyWeakened,
  scannerWeakened,
  securityHubWeakened,
  databaseExposed,
  databaseRestoredThenOpened,
  databaseSecurityGroupWorldOpen,
  accountDumpedFirst,
  regionsSwept,
  rolesAnywhereChanged,
  accountChange,
  rootApiActivity,
  rootApiKeyUsed,
  rootApiRead,
  rootConsoleLogin,
  rootConsoleLoginFailed,
  rootCredentialChange,
  s3AccelerationEnabled,
  s3AccessPointPublicAccessBlockOff,
  s3AccessPointPublicPolicy,
  s3AccountPublicAccessBlockOff,
  s3AnonymousAccess,
  s3AnonymousProbing,
  s3BucketAclsEnabled,
  s3BucketCorsOpen,
  s3BucketPublicAccessBlockOff,
  s3BucketPublicAcl,
  s3BucketPublicAfterUnblock,
  s3BucketPublicAttempt,
  s3BucketPublicPolicy,
  s3BucketWebsite,
  s3BucketsDeleted,
  s3BucketsListedFirst,
  s3BulkTransfer,
  s3BulkTransferLarge,
  s3Enumeration,
  s3ForeignKey,
  s3MassDeletion,
  s3MassDownload,
  s3NewAccessor,
  s3ObjectPublicAcl,
  s3ObjectsLockedAway,
  s3RansomNote,
  s3RecoveryWeakened,
  s3ReplicationChanged,
  s3UnusualClient,
  secretsBatchRead,
  secretsMassRead,
  sensitiveServiceFirstUse,
  serviceFirstSeen,
  servicesFirstSeenAutomated,
  consoleFromKey,
  consoleLoginWithoutMfa,
  personOffHours,
  signInAfterFailures,
  signInAnomaly,
  signInDistributed,
  signInFailuresAddress,
  signInFailuresTrustedAddress,
  signInFailuresUser,
  signInHiddenNames,
  signInMfaFatigue,
  signInSpray,
  stsMfaFailures,
  parametersMassDecrypted,
  ssmCommandsMany,
  ssmDocumentShared,
  ssmDocumentThenRun,
  ssmFirstUsed,
  ssmSessionsMany,
  attackToolUsed,
  callerIdentityFirst,
  federationToken,
  principalGuessing,
  roleAssumedFrequently,
  roleAssumedFromOutside,
  roleAssumedNewNetwork,
  roleAssumedNewRegion,
  roleAssumedThenSecrets,
  roleAssumedThenSensitive,
  roleBreakGlassUsed,
  roleFirstAssumed,
  roleGuessing,
  roleHopping,
  roleNewAssumerThenSensitive,
  trailhoundChanged,
  trailhoundDeployed,
  trailhoundTamperingAttempted,
];
