/** Peer tests that disagree with us, by `<rule id>: <test name>`, and who is right and why. */
export const PEER_VERDICTS: Readonly<Record<string, string>> = {
  'AWS.CloudTrail.Stopped: Error Stopping CloudTrail':
    'both by their own terms: their rule is about success; our row also wants attempts, which a rule of its own reports at medium',
  'cloudtrail_put_object_acl_public: A PutObjectAcl call from the AWS Console with AllUsers or AuthenticatedUsers should create an alert.':
    'ours can not see it: the sample blanks eventSource, and CloudTrail never does',
  'cloudtrail_put_object_acl_public: A PutObjectAcl call via the S3 API with AllUsers or AuthenticatedUsers should create an alert.':
    'ours can not see it: the sample blanks eventSource, and CloudTrail never does',
  'AWS.RDS.ManualSnapshotCreated: Public Snapshot Created':
    'ours: a manual snapshot by Terraform is everyday work, told at info; that it is shared is what alerts',
  'AWS.RDS.SnapshotExport: Different RDS Event':
    'both: their rule is about exports only; of ours another one of the row tells, at low, of the snapshot that is made',
  "cloudtrail_mfa_policy_abuse_attempt: Attempting to deactivate an MFA device without being MFA'd in":
    'ours can not see it: the caller of the sample belongs to another account than the one that got the record, which IAM never has',
  "cloudtrail_mfa_policy_abuse_attempt: Attempt to create an MFA device when one already exists, and user is not MFA'd":
    'ours can not see it: the caller of the sample belongs to another account than the one that got the record, which IAM never has',
};

/** Techniques that can't be found at medium or above with the default configuration, and why. */
export const BLIND_TECHNIQUES: Readonly<Record<string, string>> = {};
