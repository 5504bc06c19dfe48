import cloudtrailInsightsOff from './cloudtrail/cloudtrail-insights-off';
import cloudtrailRecentStorageDamaged from './cloudtrail/cloudtrail-recent-storage-damaged';
import cloudtrailSelectorsNarrowed from './cloudtrail/cloudtrail-selectors-narrowed';
import cloudtrailStopped from './cloudtrail/cloudtrail-stopped';
import cloudtrailStorageDamaged from './cloudtrail/cloudtrail-storage-damaged';
import cloudtrailTamperingAttempted from './cloudtrail/cloudtrail-tampering-attempted';
import cloudtrailTrailWeakened from './cloudtrail/cloudtrail-trail-weakened';
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
import ec2ImageFirstSeen from './ec2/ec2-image-first-seen';
import ec2ImageNotAllowed from './ec2/ec2-image-not-allowed';
import ec2LaunchManyRegions from './ec2/ec2-launch-many-regions';
import ec2MassLaunch from './ec2/ec2-mass-launch';
import ec2MassLaunchAccount from './ec2/ec2-mass-launch-account';
import ec2MassLaunchAttempted from './ec2/ec2-mass-launch-attempted';
import ec2MassScaleOut from './ec2/ec2-mass-scale-out';
import networkAclWorldOpen from './ec2/network-acl-world-open';
import securityGroupEgressWorldOpen from './ec2/security-group-egress-world-open';
import securityGroupPrefixListOpen from './ec2/security-group-prefix-list-open';
import securityGroupUntrustedIngress from './ec2/security-group-untrusted-ingress';
import securityGroupWorldOpen from './ec2/security-group-world-open';
import securityGroupWorldOpenAttempt from './ec2/security-group-world-open-attempt';
import noEvents from './heartbeat/no-events';
import adminPasswordChanged from './iam/admin-password-changed';
import adminPasswordChangedAfterPromotion from './iam/admin-password-changed-after-promotion';
import adminPasswordChangedRepeatedly from './iam/admin-password-changed-repeatedly';
import passwordChanged from './iam/password-changed';
import passwordResetThenSignIn from './iam/password-reset-then-sign-in';
import passwordsChangedOfMany from './iam/passwords-changed-of-many';
import resourcePolicyPublicEcr from './policy/resource-policy-public-ecr';
import resourcePolicyPublicGlue from './policy/resource-policy-public-glue';
import resourcePolicyPublicKms from './policy/resource-policy-public-kms';
import resourcePolicyPublicLambda from './policy/resource-policy-public-lambda';
import resourcePolicyPublicMessaging from './policy/resource-policy-public-messaging';
import resourcePolicyPublicOpensearch from './policy/resource-policy-public-opensearch';
import resourcePolicyPublicSecrets from './policy/resource-policy-public-secrets';
import resourcePolicyPublicVaults from './policy/resource-policy-public-vaults';
import databaseSecurityGroupWorldOpen from './rds/database-security-group-world-open';
import accountChange from './root/account-change';
import rootApiActivity from './root/root-api-activity';
import rootApiKeyUsed from './root/root-api-key-used';
import rootApiRead from './root/root-api-read';
import rootConsoleLogin from './root/root-console-login';
import rootConsoleLoginFailed from './root/root-console-login-failed';
import rootCredentialChange from './root/root-credential-change';
import s3AccessPointPublicAccessBlockOff from './s3/s3-access-point-public-access-block-off';
import s3AccessPointPublicPolicy from './s3/s3-access-point-public-policy';
import s3AccountPublicAccessBlockOff from './s3/s3-account-public-access-block-off';
import s3AnonymousProbing from './s3/s3-anonymous-probing';
import s3BucketAclsEnabled from './s3/s3-bucket-acls-enabled';
import s3BucketCorsOpen from './s3/s3-bucket-cors-open';
import s3BucketPublicAccessBlockOff from './s3/s3-bucket-public-access-block-off';
import s3BucketPublicAcl from './s3/s3-bucket-public-acl';
import s3BucketPublicAfterUnblock from './s3/s3-bucket-public-after-unblock';
import s3BucketPublicAttempt from './s3/s3-bucket-public-attempt';
import s3BucketPublicPolicy from './s3/s3-bucket-public-policy';
import s3BucketWebsite from './s3/s3-bucket-website';
import s3ObjectPublicAcl from './s3/s3-object-public-acl';
import signInAfterFailures from './sign-in/sign-in-after-failures';
import signInDistributed from './sign-in/sign-in-distributed';
import signInFailuresAddress from './sign-in/sign-in-failures-address';
import signInFailuresTrustedAddress from './sign-in/sign-in-failures-trusted-address';
import signInFailuresUser from './sign-in/sign-in-failures-user';
import signInHiddenNames from './sign-in/sign-in-hidden-names';
import signInMfaFatigue from './sign-in/sign-in-mfa-fatigue';
import signInSpray from './sign-in/sign-in-spray';
import stsMfaFailures from './sign-in/sts-mfa-failures';
import type { Rule } from './rule';

/** Every shipped rule. Written by `npm run rule-index`; a test says when a file is missing from it. */
export const RULES: readonly Rule[] = [
  cloudtrailInsightsOff,
  cloudtrailRecentStorageDamaged,
  cloudtrailSelectorsNarrowed,
  cloudtrailStopped,
  cloudtrailStorageDamaged,
  cloudtrailTamperingAttempted,
  cloudtrailTrailWeakened,
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
  ec2ImageFirstSeen,
  ec2ImageNotAllowed,
  ec2LaunchManyRegions,
  ec2MassLaunch,
  ec2MassLaunchAccount,
  ec2MassLaunchAttempted,
  ec2MassScaleOut,
  networkAclWorldOpen,
  securityGroupEgressWorldOpen,
  securityGroupPrefixListOpen,
  securityGroupUntrustedIngress,
  securityGroupWorldOpen,
  securityGroupWorldOpenAttempt,
  noEvents,
  adminPasswordChanged,
  adminPasswordChangedAfterPromotion,
  adminPasswordChangedRepeatedly,
  passwordChanged,
  passwordResetThenSignIn,
  passwordsChangedOfMany,
  resourcePolicyPublicEcr,
  resourcePolicyPublicGlue,
  resourcePolicyPublicKms,
  resourcePolicyPublicLambda,
  resourcePolicyPublicMessaging,
  resourcePolicyPublicOpensearch,
  resourcePolicyPublicSecrets,
  resourcePolicyPublicVaults,
  databaseSecurityGroupWorldOpen,
  accountChange,
  rootApiActivity,
  rootApiKeyUsed,
  rootApiRead,
  rootConsoleLogin,
  rootConsoleLoginFailed,
  rootCredentialChange,
  s3AccessPointPublicAccessBlockOff,
  s3AccessPointPublicPolicy,
  s3AccountPublicAccessBlockOff,
  s3AnonymousProbing,
  s3BucketAclsEnabled,
  s3BucketCorsOpen,
  s3BucketPublicAccessBlockOff,
  s3BucketPublicAcl,
  s3BucketPublicAfterUnblock,
  s3BucketPublicAttempt,
  s3BucketPublicPolicy,
  s3BucketWebsite,
  s3ObjectPublicAcl,
  signInAfterFailures,
  signInDistributed,
  signInFailuresAddress,
  signInFailuresTrustedAddress,
  signInFailuresUser,
  signInHiddenNames,
  signInMfaFatigue,
  signInSpray,
  stsMfaFailures,
];
