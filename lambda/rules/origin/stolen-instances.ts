export const INSTANCE_RUNBOOK = [
  'Is the address one of yours (a gateway, a new elastic address)? Then name it in privateKeysOutside.',
  'Revoke the sessions of the role (IAM console, Revoke active sessions): instances get new credentials by themselves.',
  'Find the way in: a web application that fetches addresses (SSRF), a shell on the instance, Systems Manager commands.',
  'Require IMDSv2: aws ec2 modify-instance-metadata-options --instance-id <id> --http-tokens required.',
  'List what the session did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<instance id>.',
] as const;

export const INSTANCE_REFERENCES = [
  'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html',
  'https://attack.mitre.org/techniques/T1552/005/',
] as const;
