import { examples as cloudtrailInsightsOff } from './cloudtrail/cloudtrail-insights-off';
import { examples as cloudtrailRecentStorageDamaged } from './cloudtrail/cloudtrail-recent-storage-damaged';
import { examples as cloudtrailSelectorsNarrowed } from './cloudtrail/cloudtrail-selectors-narrowed';
import { examples as cloudtrailStopped } from './cloudtrail/cloudtrail-stopped';
import { examples as cloudtrailStorageDamaged } from './cloudtrail/cloudtrail-storage-damaged';
import { examples as cloudtrailTamperingAttempted } from './cloudtrail/cloudtrail-tampering-attempted';
import { examples as cloudtrailTrailWeakened } from './cloudtrail/cloudtrail-trail-weakened';
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
import { examples as ec2ImageFirstSeen } from './ec2/ec2-image-first-seen';
import { examples as ec2ImageNotAllowed } from './ec2/ec2-image-not-allowed';
import { examples as ec2LaunchManyRegions } from './ec2/ec2-launch-many-regions';
import { examples as ec2MassLaunch } from './ec2/ec2-mass-launch';
import { examples as ec2MassLaunchAccount } from './ec2/ec2-mass-launch-account';
import { examples as ec2MassLaunchAttempted } from './ec2/ec2-mass-launch-attempted';
import { examples as ec2MassScaleOut } from './ec2/ec2-mass-scale-out';
import { examples as networkAclWorldOpen } from './ec2/network-acl-world-open';
import { examples as securityGroupEgressWorldOpen } from './ec2/security-group-egress-world-open';
import { examples as securityGroupPrefixListOpen } from './ec2/security-group-prefix-list-open';
import { examples as securityGroupUntrustedIngress } from './ec2/security-group-untrusted-ingress';
import { examples as securityGroupWorldOpen } from './ec2/security-group-world-open';
import { examples as securityGroupWorldOpenAttempt } from './ec2/security-group-world-open-attempt';
import { examples as noEvents } from './heartbeat/no-events';
import { examples as adminPasswordChanged } from './iam/admin-password-changed';
import { examples as adminPasswordChangedAfterPromotion } from './iam/admin-password-changed-after-promotion';
import { examples as adminPasswordChangedRepeatedly } from './iam/admin-password-changed-repeatedly';
import { examples as passwordChanged } from './iam/password-changed';
import { examples as passwordResetThenSignIn } from './iam/password-reset-then-sign-in';
import { examples as passwordsChangedOfMany } from './iam/passwords-changed-of-many';
import { examples as resourcePolicyPublicEcr } from './policy/resource-policy-public-ecr';
import { examples as resourcePolicyPublicGlue } from './policy/resource-policy-public-glue';
import { examples as resourcePolicyPublicKms } from './policy/resource-policy-public-kms';
import { examples as resourcePolicyPublicLambda } from './policy/resource-policy-public-lambda';
import { examples as resourcePolicyPublicMessaging } from './policy/resource-policy-public-messaging';
import { examples as resourcePolicyPublicOpensearch } from './policy/resource-policy-public-opensearch';
import { examples as resourcePolicyPublicSecrets } from './policy/resource-policy-public-secrets';
import { examples as resourcePolicyPublicVaults } from './policy/resource-policy-public-vaults';
import { examples as databaseSecurityGroupWorldOpen } from './rds/database-security-group-world-open';
import { examples as accountChange } from './root/account-change';
import { examples as rootApiActivity } from './root/root-api-activity';
import { examples as rootApiKeyUsed } from './root/root-api-key-used';
import { examples as rootApiRead } from './root/root-api-read';
import { examples as rootConsoleLogin } from './root/root-console-login';
import { examples as rootConsoleLoginFailed } from './root/root-console-login-failed';
import { examples as rootCredentialChange } from './root/root-credential-change';
import { examples as s3AccessPointPublicAccessBlockOff } from './s3/s3-access-point-public-access-block-off';
import { examples as s3AccessPointPublicPolicy } from './s3/s3-access-point-public-policy';
import { examples as s3AccountPublicAccessBlockOff } from './s3/s3-account-public-access-block-off';
import { examples as s3AnonymousProbing } from './s3/s3-anonymous-probing';
import { examples as s3BucketAclsEnabled } from './s3/s3-bucket-acls-enabled';
import { examples as s3BucketCorsOpen } from './s3/s3-bucket-cors-open';
import { examples as s3BucketPublicAccessBlockOff } from './s3/s3-bucket-public-access-block-off';
import { examples as s3BucketPublicAcl } from './s3/s3-bucket-public-acl';
import { examples as s3BucketPublicAfterUnblock } from './s3/s3-bucket-public-after-unblock';
import { examples as s3BucketPublicAttempt } from './s3/s3-bucket-public-attempt';
import { examples as s3BucketPublicPolicy } from './s3/s3-bucket-public-policy';
import { examples as s3BucketWebsite } from './s3/s3-bucket-website';
import { examples as s3ObjectPublicAcl } from './s3/s3-object-public-acl';
import { examples as signInAfterFailures } from './sign-in/sign-in-after-failures';
import { examples as signInDistributed } from './sign-in/sign-in-distributed';
import { examples as signInFailuresAddress } from './sign-in/sign-in-failures-address';
import { examples as signInFailuresTrustedAddress } from './sign-in/sign-in-failures-trusted-address';
import { examples as signInFailuresUser } from './sign-in/sign-in-failures-user';
import { examples as signInHiddenNames } from './sign-in/sign-in-hidden-names';
import { examples as signInMfaFatigue } from './sign-in/sign-in-mfa-fatigue';
import { examples as signInSpray } from './sign-in/sign-in-spray';
import { examples as stsMfaFailures } from './sign-in/sts-mfa-failures';
import type { Examples } from './rule';

/** Examples of every shipped rule, by id. Apart from the rules, so that they stay out of the Lambda bundles. */
export const EXAMPLES: Readonly<Record<string, () => Examples>> = {
  'cloudtrail-insights-off': cloudtrailInsightsOff,
  'cloudtrail-recent-storage-damaged': cloudtrailRecentStorageDamaged,
  'cloudtrail-selectors-narrowed': cloudtrailSelectorsNarrowed,
  'cloudtrail-stopped': cloudtrailStopped,
  'cloudtrail-storage-damaged': cloudtrailStorageDamaged,
  'cloudtrail-tampering-attempted': cloudtrailTamperingAttempted,
  'cloudtrail-trail-weakened': cloudtrailTrailWeakened,
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
  'ec2-image-first-seen': ec2ImageFirstSeen,
  'ec2-image-not-allowed': ec2ImageNotAllowed,
  'ec2-launch-many-regions': ec2LaunchManyRegions,
  'ec2-mass-launch': ec2MassLaunch,
  'ec2-mass-launch-account': ec2MassLaunchAccount,
  'ec2-mass-launch-attempted': ec2MassLaunchAttempted,
  'ec2-mass-scale-out': ec2MassScaleOut,
  'network-acl-world-open': networkAclWorldOpen,
  'security-group-egress-world-open': securityGroupEgressWorldOpen,
  'security-group-prefix-list-open': securityGroupPrefixListOpen,
  'security-group-untrusted-ingress': securityGroupUntrustedIngress,
  'security-group-world-open': securityGroupWorldOpen,
  'security-group-world-open-attempt': securityGroupWorldOpenAttempt,
  'no-events': noEvents,
  'admin-password-changed': adminPasswordChanged,
  'admin-password-changed-after-promotion': adminPasswordChangedAfterPromotion,
  'admin-password-changed-repeatedly': adminPasswordChangedRepeatedly,
  'password-changed': passwordChanged,
  'password-reset-then-sign-in': passwordResetThenSignIn,
  'passwords-changed-of-many': passwordsChangedOfMany,
  'resource-policy-public-ecr': resourcePolicyPublicEcr,
  'resource-policy-public-glue': resourcePolicyPublicGlue,
  'resource-policy-public-kms': resourcePolicyPublicKms,
  'resource-policy-public-lambda': resourcePolicyPublicLambda,
  'resource-policy-public-messaging': resourcePolicyPublicMessaging,
  'resource-policy-public-opensearch': resourcePolicyPublicOpensearch,
  'resource-policy-public-secrets': resourcePolicyPublicSecrets,
  'resource-policy-public-vaults': resourcePolicyPublicVaults,
  'database-security-group-world-open': databaseSecurityGroupWorldOpen,
  'account-change': accountChange,
  'root-api-activity': rootApiActivity,
  'root-api-key-used': rootApiKeyUsed,
  'root-api-read': rootApiRead,
  'root-console-login': rootConsoleLogin,
  'root-console-login-failed': rootConsoleLoginFailed,
  'root-credential-change': rootCredentialChange,
  's3-access-point-public-access-block-off': s3AccessPointPublicAccessBlockOff,
  's3-access-point-public-policy': s3AccessPointPublicPolicy,
  's3-account-public-access-block-off': s3AccountPublicAccessBlockOff,
  's3-anonymous-probing': s3AnonymousProbing,
  's3-bucket-acls-enabled': s3BucketAclsEnabled,
  's3-bucket-cors-open': s3BucketCorsOpen,
  's3-bucket-public-access-block-off': s3BucketPublicAccessBlockOff,
  's3-bucket-public-acl': s3BucketPublicAcl,
  's3-bucket-public-after-unblock': s3BucketPublicAfterUnblock,
  's3-bucket-public-attempt': s3BucketPublicAttempt,
  's3-bucket-public-policy': s3BucketPublicPolicy,
  's3-bucket-website': s3BucketWebsite,
  's3-object-public-acl': s3ObjectPublicAcl,
  'sign-in-after-failures': signInAfterFailures,
  'sign-in-distributed': signInDistributed,
  'sign-in-failures-address': signInFailuresAddress,
  'sign-in-failures-trusted-address': signInFailuresTrustedAddress,
  'sign-in-failures-user': signInFailuresUser,
  'sign-in-hidden-names': signInHiddenNames,
  'sign-in-mfa-fatigue': signInMfaFatigue,
  'sign-in-spray': signInSpray,
  'sts-mfa-failures': stsMfaFailures,
};
