import { examples as backupDeletionBurst } from './backup/backup-deletion-burst';
import { examples as backupsWeakened } from './backup/backups-weakened';
import { examples as bedrockAccessBought } from './bedrock/bedrock-access-bought';
import { examples as bedrockCalledWithKey } from './bedrock/bedrock-called-with-key';
import { examples as bedrockCallsRefused } from './bedrock/bedrock-calls-refused';
import { examples as bedrockKeyUsedElsewhere } from './bedrock/bedrock-key-used-elsewhere';
import { examples as bedrockLoggingOff } from './bedrock/bedrock-logging-off';
import { examples as bedrockModelsListedThenCalled } from './bedrock/bedrock-models-listed-then-called';
import { examples as apiCallsBurst } from './bursts/api-calls-burst';
import { examples as apiInsight } from './bursts/api-insight';
import { examples as apiWritesBurst } from './bursts/api-writes-burst';
import { examples as discoveryAllReads } from './bursts/discovery-all-reads';
import { examples as discoveryBurst } from './bursts/discovery-burst';
import { examples as discoveryBurstConsole } from './bursts/discovery-burst-console';
import { examples as cloudshellUsed } from './cloudshell/cloudshell-used';
import { examples as cloudtrailInsightsOff } from './cloudtrail/cloudtrail-insights-off';
import { examples as cloudtrailRecentStorageDamaged } from './cloudtrail/cloudtrail-recent-storage-damaged';
import { examples as cloudtrailSelectorsNarrowed } from './cloudtrail/cloudtrail-selectors-narrowed';
import { examples as cloudtrailStopped } from './cloudtrail/cloudtrail-stopped';
import { examples as cloudtrailStorageDamaged } from './cloudtrail/cloudtrail-storage-damaged';
import { examples as cloudtrailTamperingAttempted } from './cloudtrail/cloudtrail-tampering-attempted';
import { examples as cloudtrailTrailWeakened } from './cloudtrail/cloudtrail-trail-weakened';
import { examples as codePlanted } from './compute/code-planted';
import { examples as deniedBreadth } from './denied/denied-breadth';
import { examples as deniedBreadthConsole } from './denied/denied-breadth-console';
import { examples as deniedManyAccounts } from './denied/denied-many-accounts';
import { examples as deniedReads } from './denied/denied-reads';
import { examples as deniedReadsConsole } from './denied/denied-reads-console';
import { examples as deniedSensitive } from './denied/denied-sensitive';
import { examples as deniedServices } from './denied/denied-services';
import { examples as deniedServicesConsole } from './denied/denied-services-console';
import { examples as deniedSlowBreadth } from './denied/denied-slow-breadth';
import { examples as deniedSlowBreadthConsole } from './denied/denied-slow-breadth-console';
import { examples as deniedWrites } from './denied/denied-writes';
import { examples as ec2ExpensiveInstance } from './ec2/ec2-expensive-instance';
import { examples as ec2ExpensiveInstanceAttempted } from './ec2/ec2-expensive-instance-attempted';
import { examples as ec2GuardWeakened } from './ec2/ec2-guard-weakened';
import { examples as ec2ImageFirstSeen } from './ec2/ec2-image-first-seen';
import { examples as ec2ImageNotAllowed } from './ec2/ec2-image-not-allowed';
import { examples as ec2LaunchManyRegions } from './ec2/ec2-launch-many-regions';
import { examples as ec2MassLaunch } from './ec2/ec2-mass-launch';
import { examples as ec2MassLaunchAccount } from './ec2/ec2-mass-launch-account';
import { examples as ec2MassLaunchAttempted } from './ec2/ec2-mass-launch-attempted';
import { examples as ec2MassScaleOut } from './ec2/ec2-mass-scale-out';
import { examples as imdsv1Allowed } from './ec2/imdsv1-allowed';
import { examples as instanceConnectKey } from './ec2/instance-connect-key';
import { examples as instanceConnectMany } from './ec2/instance-connect-many';
import { examples as networkAclWorldOpen } from './ec2/network-acl-world-open';
import { examples as passwordDataMassRead } from './ec2/password-data-mass-read';
import { examples as securityGroupChangeBurst } from './ec2/security-group-change-burst';
import { examples as securityGroupChangedFirst } from './ec2/security-group-changed-first';
import { examples as securityGroupEgressRevoked } from './ec2/security-group-egress-revoked';
import { examples as securityGroupEgressWorldOpen } from './ec2/security-group-egress-world-open';
import { examples as securityGroupLockout } from './ec2/security-group-lockout';
import { examples as securityGroupNewAndOpen } from './ec2/security-group-new-and-open';
import { examples as securityGroupNewOpenUsed } from './ec2/security-group-new-open-used';
import { examples as securityGroupPrefixListOpen } from './ec2/security-group-prefix-list-open';
import { examples as securityGroupUntrustedIngress } from './ec2/security-group-untrusted-ingress';
import { examples as securityGroupWorldOpen } from './ec2/security-group-world-open';
import { examples as securityGroupWorldOpenAttempt } from './ec2/security-group-world-open-attempt';
import { examples as startupScriptChanged } from './ec2/startup-script-changed';
import { examples as userDataDownloaded } from './ec2/user-data-downloaded';
import { examples as imagePushedFirst } from './ecr/image-pushed-first';
import { examples as largeTaskOfStrangers } from './ecs/large-task-of-strangers';
import { examples as taskReadsCredentials } from './ecs/task-reads-credentials';
import { examples as clusterOpened } from './eks/cluster-opened';
import { examples as dataExported } from './exfiltration/data-exported';
import { examples as databaseSnapshotMade } from './exfiltration/database-snapshot-made';
import { examples as datasyncTaskMade } from './exfiltration/datasync-task-made';
import { examples as exfiltrationTwoKinds } from './exfiltration/exfiltration-two-kinds';
import { examples as replicatedElsewhere } from './exfiltration/replicated-elsewhere';
import { examples as sharedSnapshotUsed } from './exfiltration/shared-snapshot-used';
import { examples as snapshotCopiedAway } from './exfiltration/snapshot-copied-away';
import { examples as snapshotShared } from './exfiltration/snapshot-shared';
import { examples as transferServiceFirstUsed } from './exfiltration/transfer-service-first-used';
import { examples as guarddutyFinding } from './guardduty/guardduty-finding';
import { examples as noEvents } from './heartbeat/no-events';
import { examples as detectorRoleOutsideLambda } from './honey/detector-role-outside-lambda';
import { examples as honeyBucketTouched } from './honey/honey-bucket-touched';
import { examples as honeyCredentialsReads } from './honey/honey-credentials-reads';
import { examples as honeyCredentialsUsed } from './honey/honey-credentials-used';
import { examples as honeyRoleTaken } from './honey/honey-role-taken';
import { examples as honeySecretRead } from './honey/honey-secret-read';
import { examples as accessKeyAttempt } from './iam/access-key-attempt';
import { examples as accessKeyCreatedForOther } from './iam/access-key-created-for-other';
import { examples as accessKeyFirst } from './iam/access-key-first';
import { examples as accessKeyReactivated } from './iam/access-key-reactivated';
import { examples as accessKeyUsedAtOnce } from './iam/access-key-used-at-once';
import { examples as accessKeysCreatedMany } from './iam/access-keys-created-many';
import { examples as accessKeysEnumerated } from './iam/access-keys-enumerated';
import { examples as adminPasswordChanged } from './iam/admin-password-changed';
import { examples as adminPasswordChangedAfterPromotion } from './iam/admin-password-changed-after-promotion';
import { examples as adminPasswordChangedRepeatedly } from './iam/admin-password-changed-repeatedly';
import { examples as adminPolicyGranted } from './iam/admin-policy-granted';
import { examples as escalationPolicyGranted } from './iam/escalation-policy-granted';
import { examples as identityCreatedAndArmed } from './iam/identity-created-and-armed';
import { examples as identityProviderChanged } from './iam/identity-provider-changed';
import { examples as keyExposed } from './iam/key-exposed';
import { examples as mfaChangeFailed } from './iam/mfa-change-failed';
import { examples as mfaRemoved } from './iam/mfa-removed';
import { examples as passwordChanged } from './iam/password-changed';
import { examples as passwordPolicyWeakened } from './iam/password-policy-weakened';
import { examples as passwordResetThenSignIn } from './iam/password-reset-then-sign-in';
import { examples as passwordsChangedOfMany } from './iam/passwords-changed-of-many';
import { examples as permissionsBoundaryChanged } from './iam/permissions-boundary-changed';
import { examples as trustPolicyOpened } from './iam/trust-policy-opened';
import { examples as userCreated } from './iam/user-created';
import { examples as userCredentialCreated } from './iam/user-credential-created';
import { examples as kmsKeyDestruction } from './kms/kms-key-destruction';
import { examples as kmsKeyGivenAway } from './kms/kms-key-given-away';
import { examples as kmsKeysDestroyedMany } from './kms/kms-keys-destroyed-many';
import { examples as lambdaCodeChanged } from './lambda/lambda-code-changed';
import { examples as lambdaEventSourceMapped } from './lambda/lambda-event-source-mapped';
import { examples as lambdaLayerForeign } from './lambda/lambda-layer-foreign';
import { examples as lambdaOpened } from './lambda/lambda-opened';
import { examples as logsRemoved } from './logging/logs-removed';
import { examples as sendingOpened } from './messaging/sending-opened';
import { examples as sendingProbed } from './messaging/sending-probed';
import { examples as sendingProbedRegions } from './messaging/sending-probed-regions';
import { examples as networkOpenedOut } from './network/network-opened-out';
import { examples as alarmsRemoved } from './observability/alarms-removed';
import { examples as organizationGuardRailChanged } from './organizations/organization-guard-rail-changed';
import { examples as organizationTamperingAttempted } from './organizations/organization-tampering-attempted';
import { examples as instanceCredentialsSharedClient } from './origin/instance-credentials-shared-client';
import { examples as instanceCredentialsSignIn } from './origin/instance-credentials-sign-in';
import { examples as instanceCredentialsTwoNetworks } from './origin/instance-credentials-two-networks';
import { examples as keyManyNetworks } from './origin/key-many-networks';
import { examples as networkFirstSeen } from './origin/network-first-seen';
import { examples as networkFirstSeenRole } from './origin/network-first-seen-role';
import { examples as networkUntrusted } from './origin/network-untrusted';
import { examples as regionFirstSeen } from './origin/region-first-seen';
import { examples as regionNotAllowed } from './origin/region-not-allowed';
import { examples as resourcePolicyPublicEcr } from './policy/resource-policy-public-ecr';
import { examples as resourcePolicyPublicGlue } from './policy/resource-policy-public-glue';
import { examples as resourcePolicyPublicKms } from './policy/resource-policy-public-kms';
import { examples as resourcePolicyPublicLambda } from './policy/resource-policy-public-lambda';
import { examples as resourcePolicyPublicMessaging } from './policy/resource-policy-public-messaging';
import { examples as resourcePolicyPublicOpensearch } from './policy/resource-policy-public-opensearch';
import { examples as resourcePolicyPublicSecrets } from './policy/resource-policy-public-secrets';
import { examples as resourcePolicyPublicVaults } from './policy/resource-policy-public-vaults';
import { examples as configWeakened } from './posture/config-weakened';
import { examples as guardTamperingAttempted } from './posture/guard-tampering-attempted';
import { examples as guarddutyWeakened } from './posture/guardduty-weakened';
import { examples as scannerWeakened } from './posture/scanner-weakened';
import { examples as securityHubWeakened } from './posture/security-hub-weakened';
import { examples as databaseExposed } from './rds/database-exposed';
import { examples as databaseRestoredThenOpened } from './rds/database-restored-then-opened';
import { examples as databaseSecurityGroupWorldOpen } from './rds/database-security-group-world-open';
import { examples as accountDumpedFirst } from './recon/account-dumped-first';
import { examples as regionsSwept } from './recon/regions-swept';
import { examples as rolesAnywhereChanged } from './rolesanywhere/roles-anywhere-changed';
import { examples as accountChange } from './root/account-change';
import { examples as rootApiActivity } from './root/root-api-activity';
import { examples as rootApiKeyUsed } from './root/root-api-key-used';
import { examples as rootApiRead } from './root/root-api-read';
import { examples as rootConsoleLogin } from './root/root-console-login';
import { examples as rootConsoleLoginFailed } from './root/root-console-login-failed';
import { examples as rootCredentialChange } from './root/root-credential-change';
import type { Examples } from './rule';
import { examples as s3AccelerationEnabled } from './s3/s3-acceleration-enabled';
import { examples as s3AccessPointPublicAccessBlockOff } from './s3/s3-access-point-public-access-block-off';
import { examples as s3AccessPointPublicPolicy } from './s3/s3-access-point-public-policy';
import { examples as s3AccountPublicAccessBlockOff } from './s3/s3-account-public-access-block-off';
import { examples as s3AnonymousAccess } from './s3/s3-anonymous-access';
import { examples as s3AnonymousProbing } from './s3/s3-anonymous-probing';
import { examples as s3BucketAclsEnabled } from './s3/s3-bucket-acls-enabled';
import { examples as s3BucketCorsOpen } from './s3/s3-bucket-cors-open';
import { examples as s3BucketPublicAccessBlockOff } from './s3/s3-bucket-public-access-block-off';
import { examples as s3BucketPublicAcl } from './s3/s3-bucket-public-acl';
import { examples as s3BucketPublicAfterUnblock } from './s3/s3-bucket-public-after-unblock';
import { examples as s3BucketPublicAttempt } from './s3/s3-bucket-public-attempt';
import { examples as s3BucketPublicPolicy } from './s3/s3-bucket-public-policy';
import { examples as s3BucketWebsite } from './s3/s3-bucket-website';
import { examples as s3BucketsDeleted } from './s3/s3-buckets-deleted';
import { examples as s3BucketsListedFirst } from './s3/s3-buckets-listed-first';
import { examples as s3BulkTransfer } from './s3/s3-bulk-transfer';
import { examples as s3BulkTransferLarge } from './s3/s3-bulk-transfer-large';
import { examples as s3Enumeration } from './s3/s3-enumeration';
import { examples as s3ForeignKey } from './s3/s3-foreign-key';
import { examples as s3MassDeletion } from './s3/s3-mass-deletion';
import { examples as s3MassDownload } from './s3/s3-mass-download';
import { examples as s3NewAccessor } from './s3/s3-new-accessor';
import { examples as s3ObjectPublicAcl } from './s3/s3-object-public-acl';
import { examples as s3ObjectsLockedAway } from './s3/s3-objects-locked-away';
import { examples as s3RansomNote } from './s3/s3-ransom-note';
import { examples as s3RecoveryWeakened } from './s3/s3-recovery-weakened';
import { examples as s3ReplicationChanged } from './s3/s3-replication-changed';
import { examples as s3UnusualClient } from './s3/s3-unusual-client';
import { examples as secretsBatchRead } from './secretsmanager/secrets-batch-read';
import { examples as secretsMassRead } from './secretsmanager/secrets-mass-read';
import { examples as sensitiveServiceFirstUse } from './services/sensitive-service-first-use';
import { examples as serviceFirstSeen } from './services/service-first-seen';
import { examples as servicesFirstSeenAutomated } from './services/services-first-seen-automated';
import { examples as consoleFromKey } from './sign-in/console-from-key';
import { examples as consoleLoginWithoutMfa } from './sign-in/console-login-without-mfa';
import { examples as personOffHours } from './sign-in/person-off-hours';
import { examples as signInAfterFailures } from './sign-in/sign-in-after-failures';
import { examples as signInAnomaly } from './sign-in/sign-in-anomaly';
import { examples as signInDistributed } from './sign-in/sign-in-distributed';
import { examples as signInFailuresAddress } from './sign-in/sign-in-failures-address';
import { examples as signInFailuresTrustedAddress } from './sign-in/sign-in-failures-trusted-address';
import { examples as signInFailuresUser } from './sign-in/sign-in-failures-user';
import { examples as signInHiddenNames } from './sign-in/sign-in-hidden-names';
import { examples as signInMfaFatigue } from './sign-in/sign-in-mfa-fatigue';
import { examples as signInSpray } from './sign-in/sign-in-spray';
import { examples as stsMfaFailures } from './sign-in/sts-mfa-failures';
import { examples as parametersMassDecrypted } from './ssm/parameters-mass-decrypted';
import { examples as ssmCommandsMany } from './ssm/ssm-commands-many';
import { examples as ssmDocumentShared } from './ssm/ssm-document-shared';
import { examples as ssmDocumentThenRun } from './ssm/ssm-document-then-run';
import { examples as ssmFirstUsed } from './ssm/ssm-first-used';
import { examples as ssmSessionsMany } from './ssm/ssm-sessions-many';
import { examples as attackToolUsed } from './sts/attack-tool-used';
import { examples as callerIdentityFirst } from './sts/caller-identity-first';
import { examples as federationToken } from './sts/federation-token';
import { examples as principalGuessing } from './sts/principal-guessing';
import { examples as roleAssumedFrequently } from './sts/role-assumed-frequently';
import { examples as roleAssumedFromOutside } from './sts/role-assumed-from-outside';
import { examples as roleAssumedNewNetwork } from './sts/role-assumed-new-network';
import { examples as roleAssumedNewRegion } from './sts/role-assumed-new-region';
import { examples as roleAssumedThenSecrets } from './sts/role-assumed-then-secrets';
import { examples as roleAssumedThenSensitive } from './sts/role-assumed-then-sensitive';
import { examples as roleBreakGlassUsed } from './sts/role-break-glass-used';
import { examples as roleFirstAssumed } from './sts/role-first-assumed';
import { examples as roleGuessing } from './sts/role-guessing';
import { examples as roleHopping } from './sts/role-hopping';
import { examples as roleNewAssumerThenSensitive } from './sts/role-new-assumer-then-sensitive';
import { examples as trailhoundChanged } from './trailhound/trailhound-changed';
import { examples as trailhoundDeployed } from './trailhound/trailhound-deployed';
import { examples as trailhoundTamperingAttempted } from './trailhound/trailhound-tampering-attempted';

/** Examples of every shipped rule, by id. Apart from the rules, so that they stay out of the Lambda bundles. */
export const EXAMPLES: Readonly<Record<string, () => Examples>> = {
  'backup-deletion-burst': backupDeletionBurst,
  'backups-weakened': backupsWeakened,
  'bedrock-access-bought': bedrockAccessBought,
  'bedrock-called-with-key': bedrockCalledWithKey,
  'bedrock-calls-refused': bedrockCallsRefused,
  'bedrock-key-used-elsewhere': bedrockKeyUsedElsewhere,
  'bedrock-logging-off': bedrockLoggingOff,
  'bedrock-models-listed-then-called': bedrockModelsListedThenCalled,
  'api-calls-burst': apiCallsBurst,
  'api-insight': apiInsight,
  'api-writes-burst': apiWritesBurst,
  'discovery-all-reads': discoveryAllReads,
  'discovery-burst': discoveryBurst,
  'discovery-burst-console': discoveryBurstConsole,
  'cloudshell-used': cloudshellUsed,
  'cloudtrail-insights-off': cloudtrailInsightsOff,
  'cloudtrail-recent-storage-damaged': cloudtrailRecentStorageDamaged,
  'cloudtrail-selectors-narrowed': cloudtrailSelectorsNarrowed,
  'cloudtrail-stopped': cloudtrailStopped,
  'cloudtrail-storage-damaged': cloudtrailStorageDamaged,
  'cloudtrail-tampering-attempted': cloudtrailTamperingAttempted,
  'cloudtrail-trail-weakened': cloudtrailTrailWeakened,
  'code-planted': codePlanted,
  'denied-breadth': deniedBreadth,
  'denied-breadth-console': deniedBreadthConsole,
  'denied-many-accounts': deniedManyAccounts,
  'denied-reads': deniedReads,
  'denied-reads-console': deniedReadsConsole,
  'denied-sensitive': deniedSensitive,
  'denied-services': deniedServices,
  'denied-services-console': deniedServicesConsole,
  'denied-slow-breadth': deniedSlowBreadth,
  'denied-slow-breadth-console': deniedSlowBreadthConsole,
  'denied-writes': deniedWrites,
  'ec2-expensive-instance': ec2ExpensiveInstance,
  'ec2-expensive-instance-attempted': ec2ExpensiveInstanceAttempted,
  'ec2-guard-weakened': ec2GuardWeakened,
  'ec2-image-first-seen': ec2ImageFirstSeen,
  'ec2-image-not-allowed': ec2ImageNotAllowed,
  'ec2-launch-many-regions': ec2LaunchManyRegions,
  'ec2-mass-launch': ec2MassLaunch,
  'ec2-mass-launch-account': ec2MassLaunchAccount,
  'ec2-mass-launch-attempted': ec2MassLaunchAttempted,
  'ec2-mass-scale-out': ec2MassScaleOut,
  'imdsv1-allowed': imdsv1Allowed,
  'instance-connect-key': instanceConnectKey,
  'instance-connect-many': instanceConnectMany,
  'network-acl-world-open': networkAclWorldOpen,
  'password-data-mass-read': passwordDataMassRead,
  'security-group-change-burst': securityGroupChangeBurst,
  'security-group-changed-first': securityGroupChangedFirst,
  'security-group-egress-revoked': securityGroupEgressRevoked,
  'security-group-egress-world-open': securityGroupEgressWorldOpen,
  'security-group-lockout': securityGroupLockout,
  'security-group-new-and-open': securityGroupNewAndOpen,
  'security-group-new-open-used': securityGroupNewOpenUsed,
  'security-group-prefix-list-open': securityGroupPrefixListOpen,
  'security-group-untrusted-ingress': securityGroupUntrustedIngress,
  'security-group-world-open': securityGroupWorldOpen,
  'security-group-world-open-attempt': securityGroupWorldOpenAttempt,
  'startup-script-changed': startupScriptChanged,
  'user-data-downloaded': userDataDownloaded,
  'image-pushed-first': imagePushedFirst,
  'large-task-of-strangers': largeTaskOfStrangers,
  'task-reads-credentials': taskReadsCredentials,
  'cluster-opened': clusterOpened,
  'data-exported': dataExported,
  'database-snapshot-made': databaseSnapshotMade,
  'datasync-task-made': datasyncTaskMade,
  'exfiltration-two-kinds': exfiltrationTwoKinds,
  'replicated-elsewhere': replicatedElsewhere,
  'shared-snapshot-used': sharedSnapshotUsed,
  'snapshot-copied-away': snapshotCopiedAway,
  'snapshot-shared': snapshotShared,
  'transfer-service-first-used': transferServiceFirstUsed,
  'guardduty-finding': guarddutyFinding,
  'no-events': noEvents,
  'detector-role-outside-lambda': detectorRoleOutsideLambda,
  'honey-bucket-touched': honeyBucketTouched,
  'honey-credentials-reads': honeyCredentialsReads,
  'honey-credentials-used': honeyCredentialsUsed,
  'honey-role-taken': honeyRoleTaken,
  'honey-secret-read': honeySecretRead,
  'access-key-attempt': accessKeyAttempt,
  'access-key-created-for-other': accessKeyCreatedForOther,
  'access-key-first': accessKeyFirst,
  'access-key-reactivated': accessKeyReactivated,
  'access-key-used-at-once': accessKeyUsedAtOnce,
  'access-keys-created-many': accessKeysCreatedMany,
  'access-keys-enumerated': accessKeysEnumerated,
  'admin-password-changed': adminPasswordChanged,
  'admin-password-changed-after-promotion': adminPasswordChangedAfterPromotion,
  'admin-password-changed-repeatedly': adminPasswordChangedRepeatedly,
  'admin-policy-granted': adminPolicyGranted,
  'escalation-policy-granted': escalationPolicyGranted,
  'identity-created-and-armed': identityCreatedAndArmed,
  'identity-provider-changed': identityProviderChanged,
  'key-exposed': keyExposed,
  'mfa-change-failed': mfaChangeFailed,
  'mfa-removed': mfaRemoved,
  'password-changed': passwordChanged,
  'password-policy-weakened': passwordPolicyWeakened,
  'password-reset-then-sign-in': passwordResetThenSignIn,
  'passwords-changed-of-many': passwordsChangedOfMany,
  'permissions-boundary-changed': permissionsBoundaryChanged,
  'trust-policy-opened': trustPolicyOpened,
  'user-created': userCreated,
  'user-credential-created': userCredentialCreated,
  'kms-key-destruction': kmsKeyDestruction,
  'kms-key-given-away': kmsKeyGivenAway,
  'kms-keys-destroyed-many': kmsKeysDestroyedMany,
  'lambda-code-changed': lambdaCodeChanged,
  'lambda-event-source-mapped': lambdaEventSourceMapped,
  'lambda-layer-foreign': lambdaLayerForeign,
  'lambda-opened': lambdaOpened,
  'logs-removed': logsRemoved,
  'sending-opened': sendingOpened,
  'sending-probed': sendingProbed,
  'sending-probed-regions': sendingProbedRegions,
  'network-opened-out': networkOpenedOut,
  'alarms-removed': alarmsRemoved,
  'organization-guard-rail-changed': organizationGuardRailChanged,
  'organization-tampering-attempted': organizationTamperingAttempted,
  'instance-credentials-shared-client': instanceCredentialsSharedClient,
  'instance-credentials-sign-in': instanceCredentialsSignIn,
  'instance-credentials-two-networks': instanceCredentialsTwoNetworks,
  'key-many-networks': keyManyNetworks,
  'network-first-seen': networkFirstSeen,
  'network-first-seen-role': networkFirstSeenRole,
  'network-untrusted': networkUntrusted,
  'region-first-seen': regionFirstSeen,
  'region-not-allowed': regionNotAllowed,
  'resource-policy-public-ecr': resourcePolicyPublicEcr,
  'resource-policy-public-glue': resourcePolicyPublicGlue,
  'resource-policy-public-kms': resourcePolicyPublicKms,
  'resource-policy-public-lambda': resourcePolicyPublicLambda,
  'resource-policy-public-messaging': resourcePolicyPublicMessaging,
  'resource-policy-public-opensearch': resourcePolicyPublicOpensearch,
  'resource-policy-public-secrets': resourcePolicyPublicSecrets,
  'resource-policy-public-vaults': resourcePolicyPublicVaults,
  'config-weakened': configWeakened,
  'guard-tampering-attempted': guardTamperingAttempted,
  'guardduty-weakened': guarddutyWeakened,
  'scanner-weakened': scannerWeakened,
  'security-hub-weakened': securityHubWeakened,
  'database-exposed': databaseExposed,
  'database-restored-then-opened': databaseRestoredThenOpened,
  'database-security-group-world-open': databaseSecurityGroupWorldOpen,
  'account-dumped-first': accountDumpedFirst,
  'regions-swept': regionsSwept,
  'roles-anywhere-changed': rolesAnywhereChanged,
  'account-change': accountChange,
  'root-api-activity': rootApiActivity,
  'root-api-key-used': rootApiKeyUsed,
  'root-api-read': rootApiRead,
  'root-console-login': rootConsoleLogin,
  'root-console-login-failed': rootConsoleLoginFailed,
  'root-credential-change': rootCredentialChange,
  's3-acceleration-enabled': s3AccelerationEnabled,
  's3-access-point-public-access-block-off': s3AccessPointPublicAccessBlockOff,
  's3-access-point-public-policy': s3AccessPointPublicPolicy,
  's3-account-public-access-block-off': s3AccountPublicAccessBlockOff,
  's3-anonymous-access': s3AnonymousAccess,
  's3-anonymous-probing': s3AnonymousProbing,
  's3-bucket-acls-enabled': s3BucketAclsEnabled,
  's3-bucket-cors-open': s3BucketCorsOpen,
  's3-bucket-public-access-block-off': s3BucketPublicAccessBlockOff,
  's3-bucket-public-acl': s3BucketPublicAcl,
  's3-bucket-public-after-unblock': s3BucketPublicAfterUnblock,
  's3-bucket-public-attempt': s3BucketPublicAttempt,
  's3-bucket-public-policy': s3BucketPublicPolicy,
  's3-bucket-website': s3BucketWebsite,
  's3-buckets-deleted': s3BucketsDeleted,
  's3-buckets-listed-first': s3BucketsListedFirst,
  's3-bulk-transfer': s3BulkTransfer,
  's3-bulk-transfer-large': s3BulkTransferLarge,
  's3-enumeration': s3Enumeration,
  's3-foreign-key': s3ForeignKey,
  's3-mass-deletion': s3MassDeletion,
  's3-mass-download': s3MassDownload,
  's3-new-accessor': s3NewAccessor,
  's3-object-public-acl': s3ObjectPublicAcl,
  's3-objects-locked-away': s3ObjectsLockedAway,
  's3-ransom-note': s3RansomNote,
  's3-recovery-weakened': s3RecoveryWeakened,
  's3-replication-changed': s3ReplicationChanged,
  's3-unusual-client': s3UnusualClient,
  'secrets-batch-read': secretsBatchRead,
  'secrets-mass-read': secretsMassRead,
  'sensitive-service-first-use': sensitiveServiceFirstUse,
  'service-first-seen': serviceFirstSeen,
  'services-first-seen-automated': servicesFirstSeenAutomated,
  'console-from-key': consoleFromKey,
  'console-login-without-mfa': consoleLoginWithoutMfa,
  'person-off-hours': personOffHours,
  'sign-in-after-failures': signInAfterFailures,
  'sign-in-anomaly': signInAnomaly,
  'sign-in-distributed': signInDistributed,
  'sign-in-failures-address': signInFailuresAddress,
  'sign-in-failures-trusted-address': signInFailuresTrustedAddress,
  'sign-in-failures-user': signInFailuresUser,
  'sign-in-hidden-names': signInHiddenNames,
  'sign-in-mfa-fatigue': signInMfaFatigue,
  'sign-in-spray': signInSpray,
  'sts-mfa-failures': stsMfaFailures,
  'parameters-mass-decrypted': parametersMassDecrypted,
  'ssm-commands-many': ssmCommandsMany,
  'ssm-document-shared': ssmDocumentShared,
  'ssm-document-then-run': ssmDocumentThenRun,
  'ssm-first-used': ssmFirstUsed,
  'ssm-sessions-many': ssmSessionsMany,
  'attack-tool-used': attackToolUsed,
  'caller-identity-first': callerIdentityFirst,
  'federation-token': federationToken,
  'principal-guessing': principalGuessing,
  'role-assumed-frequently': roleAssumedFrequently,
  'role-assumed-from-outside': roleAssumedFromOutside,
  'role-assumed-new-network': roleAssumedNewNetwork,
  'role-assumed-new-region': roleAssumedNewRegion,
  'role-assumed-then-secrets': roleAssumedThenSecrets,
  'role-assumed-then-sensitive': roleAssumedThenSensitive,
  'role-break-glass-used': roleBreakGlassUsed,
  'role-first-assumed': roleFirstAssumed,
  'role-guessing': roleGuessing,
  'role-hopping': roleHopping,
  'role-new-assumer-then-sensitive': roleNewAssumerThenSensitive,
  'trailhound-changed': trailhoundChanged,
  'trailhound-deployed': trailhoundDeployed,
  'trailhound-tampering-attempted': trailhoundTamperingAttempted,
};
