/**
 * Attack techniques on AWS that Stratus Red Team can carry out, by its ids, with the calls that show them and the rules
 * that are to find them. Tests hold the rules to the calls, and to what is measured on recorded runs.
 * @see https://stratus-red-team.cloud/attack-techniques/AWS/
 */
export interface Technique {
  /** `ec2 GetPasswordData`: service and call, either of which shows it. Empty: any call, by who makes it or from where. */
  readonly calls: readonly string[];
  readonly rules: readonly [string, ...string[]];
  /** What the rules need that a deployment has not by itself. */
  readonly needs?: string;
}

const DATA = 'data events of the buckets';

export const STRATUS: Readonly<Record<string, Technique>> = {
  'aws.credential-access.ec2-get-password-data': {
    calls: ['ec2 GetPasswordData'],
    rules: ['password-data-mass-read', 'denied-reads'],
  },
  'aws.credential-access.ec2-steal-instance-credentials': {
    calls: [],
    rules: [
      'instance-credentials-shared-client',
      'instance-credentials-two-networks',
      'instance-credentials-sign-in',
      'network-first-seen-role',
    ],
  },
  'aws.credential-access.secretsmanager-batch-retrieve-secrets': {
    calls: ['secretsmanager BatchGetSecretValue'],
    rules: ['secrets-batch-read'],
  },
  'aws.credential-access.secretsmanager-retrieve-secrets': {
    calls: ['secretsmanager GetSecretValue'],
    rules: ['secrets-mass-read', 'denied-sensitive'],
  },
  'aws.credential-access.ssm-retrieve-securestring-parameters': {
    calls: ['ssm GetParameters', 'ssm GetParameter', 'ssm GetParametersByPath'],
    rules: ['parameters-mass-decrypted'],
  },
  'aws.defense-evasion.cloudtrail-delete': {
    calls: ['cloudtrail DeleteTrail'],
    rules: ['cloudtrail-stopped', 'cloudtrail-tampering-attempted'],
  },
  'aws.defense-evasion.cloudtrail-event-selectors': {
    calls: ['cloudtrail PutEventSelectors'],
    rules: ['cloudtrail-selectors-narrowed'],
  },
  'aws.defense-evasion.cloudtrail-lifecycle-rule': {
    calls: ['s3 PutBucketLifecycle'],
    rules: ['cloudtrail-storage-damaged', 'cloudtrail-recent-storage-damaged', 's3-recovery-weakened'],
  },
  'aws.defense-evasion.cloudtrail-stop': {
    calls: ['cloudtrail StopLogging'],
    rules: ['cloudtrail-stopped', 'cloudtrail-tampering-attempted'],
  },
  'aws.defense-evasion.dns-delete-logs': {
    calls: ['route53resolver DeleteResolverQueryLogConfig'],
    rules: ['logs-removed'],
  },
  'aws.defense-evasion.organizations-leave': {
    calls: ['organizations LeaveOrganization'],
    rules: ['organization-tampering-attempted', 'account-change'],
  },
  'aws.defense-evasion.vpc-remove-flow-logs': { calls: ['ec2 DeleteFlowLogs'], rules: ['logs-removed'] },
  'aws.discovery.ec2-download-user-data': {
    calls: ['ec2 DescribeInstanceAttribute'],
    rules: ['user-data-downloaded', 'denied-reads'],
  },
  'aws.discovery.ec2-enumerate-from-instance': {
    calls: ['iam GetAccountAuthorizationDetails', 'iam ListRoles', 'iam GetAccountSummary', 's3 ListBuckets'],
    rules: ['discovery-burst', 'account-dumped-first', 's3-buckets-listed-first'],
  },
  'aws.discovery.ses-enumerate': {
    calls: ['ses GetAccountSendingEnabled', 'ses GetSendQuota', 'ses ListIdentities'],
    rules: ['sending-probed'],
  },
  'aws.execution.ec2-launch-unusual-instances': {
    calls: ['ec2 RunInstances'],
    rules: ['ec2-expensive-instance', 'ec2-expensive-instance-attempted', 'ec2-mass-launch-attempted'],
  },
  'aws.execution.ec2-user-data': { calls: ['ec2 ModifyInstanceAttribute'], rules: ['startup-script-changed'] },
  'aws.execution.sagemaker-update-lifecycle-config': {
    calls: ['sagemaker CreateNotebookInstanceLifecycleConfig', 'sagemaker UpdateNotebookInstanceLifecycleConfig'],
    rules: ['code-planted'],
  },
  'aws.execution.ssm-send-command': { calls: ['ssm SendCommand'], rules: ['ssm-commands-many', 'ssm-first-used'] },
  'aws.execution.ssm-start-session': { calls: ['ssm StartSession'], rules: ['ssm-sessions-many', 'ssm-first-used'] },
  'aws.exfiltration.ec2-security-group-open-port-22-ingress': {
    calls: ['ec2 AuthorizeSecurityGroupIngress'],
    rules: ['security-group-world-open'],
  },
  'aws.exfiltration.ec2-share-ami': { calls: ['ec2 ModifyImageAttribute'], rules: ['snapshot-shared'] },
  'aws.exfiltration.ec2-share-ebs-snapshot': { calls: ['ec2 ModifySnapshotAttribute'], rules: ['snapshot-shared'] },
  'aws.exfiltration.rds-share-snapshot': { calls: ['rds ModifyDBSnapshotAttribute'], rules: ['snapshot-shared'] },
  'aws.exfiltration.s3-backdoor-bucket-policy': { calls: ['s3 PutBucketPolicy'], rules: ['s3-bucket-public-policy'] },
  'aws.impact.bedrock-invoke-model': {
    calls: ['bedrock InvokeModel', 'bedrock ListFoundationModels'],
    rules: ['sensitive-service-first-use', 'bedrock-called-with-key', 'bedrock-models-listed-then-called'],
  },
  'aws.impact.s3-ransomware-batch-deletion': {
    calls: ['s3 DeleteObjects', 's3 PutObject'],
    rules: ['s3-mass-deletion', 's3-ransom-note'],
    needs: DATA,
  },
  'aws.impact.s3-ransomware-client-side-encryption': {
    calls: ['s3 CopyObject', 's3 PutObject'],
    rules: ['s3-objects-locked-away', 's3-ransom-note'],
    needs: DATA,
  },
  'aws.impact.s3-ransomware-individual-deletion': {
    calls: ['s3 DeleteObject', 's3 PutObject'],
    rules: ['s3-mass-deletion', 's3-ransom-note'],
    needs: DATA,
  },
  'aws.initial-access.console-login-without-mfa': {
    calls: ['signin ConsoleLogin'],
    rules: ['console-login-without-mfa'],
  },
  'aws.lateral-movement.ec2-instance-connect': {
    calls: ['ec2-instance-connect SendSSHPublicKey'],
    rules: ['instance-connect-key', 'instance-connect-many'],
  },
  'aws.lateral-movement.ec2-serial-console-send-ssh-public-key': {
    calls: ['ec2-instance-connect SendSerialConsoleSSHPublicKey'],
    rules: ['instance-connect-key', 'instance-connect-many'],
  },
  'aws.persistence.iam-backdoor-role': { calls: ['iam UpdateAssumeRolePolicy'], rules: ['trust-policy-opened'] },
  'aws.persistence.iam-backdoor-user': {
    calls: ['iam CreateAccessKey'],
    rules: ['access-key-created-for-other', 'access-key-first'],
  },
  'aws.persistence.iam-create-admin-user': {
    calls: ['iam CreateUser', 'iam AttachUserPolicy', 'iam CreateAccessKey'],
    rules: ['identity-created-and-armed', 'admin-policy-granted', 'user-created'],
  },
  'aws.persistence.iam-create-backdoor-role': {
    calls: ['iam CreateRole', 'iam AttachRolePolicy'],
    rules: ['trust-policy-opened', 'admin-policy-granted', 'identity-created-and-armed'],
  },
  'aws.persistence.iam-create-user-login-profile': {
    calls: ['iam CreateLoginProfile'],
    rules: ['password-changed'],
  },
  'aws.persistence.lambda-backdoor-function': {
    calls: ['lambda AddPermission'],
    rules: ['resource-policy-public-lambda', 'lambda-opened'],
  },
  'aws.persistence.lambda-layer-extension': {
    calls: ['lambda UpdateFunctionConfiguration'],
    rules: ['lambda-layer-foreign'],
  },
  'aws.persistence.lambda-overwrite-code': { calls: ['lambda UpdateFunctionCode'], rules: ['lambda-code-changed'] },
  'aws.persistence.rolesanywhere-create-trust-anchor': {
    calls: ['rolesanywhere CreateTrustAnchor', 'rolesanywhere CreateProfile'],
    rules: ['roles-anywhere-changed'],
  },
  'aws.persistence.sts-federation-token': { calls: ['sts GetFederationToken'], rules: ['federation-token'] },
  'aws.privilege-escalation.iam-update-user-login-profile': {
    calls: ['iam UpdateLoginProfile'],
    rules: ['password-changed', 'admin-password-changed'],
  },
};
