/** What a tool says of our templates and we do all the same. */
export interface Exception {
  readonly tool: 'cfn-lint' | 'checkov';
  readonly rule: string;
  /** Which resources it says it of. */
  readonly of: RegExp;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    tool: 'cfn-lint',
    rule: 'W3005',
    of: /Role/,
    reason:
      'The CDK makes functions depend on their role and its policies; the role is referred to as well. Said twice, it does no harm.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_27',
    of: /SQS::Queue/,
    reason:
      'It asks for a KMS key. Queues are encrypted by SQS with its own key; deploy.customerManagedKey gives a key, at a price, but to the forwarders, whose failed events wait in every region.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_26',
    of: /SNS::Topic/,
    reason:
      'It asks for a KMS key. The AWS managed one does not let EventBridge and CloudWatch publish; deploy.customerManagedKey gives one of your own.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_119',
    of: /DynamoDB::Table/,
    reason: 'It asks for a KMS key. Tables are encrypted with a key of AWS; deploy.customerManagedKey gives your own.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_158',
    of: /Logs::LogGroup/,
    reason: 'It asks for a KMS key. Logs are encrypted by CloudWatch; deploy.customerManagedKey gives your own.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_173',
    of: /Lambda::Function/,
    reason: 'The variables are names of tables and topics, no secrets; Lambda encrypts them with its own key.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_116',
    of: /Lambda::Function/,
    reason:
      'Dead-letter queues of functions are for asynchronous calls. What the queues and the stream bring is given up into queues by their mappings; what a schedule starts comes again with the next run.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_117',
    of: /Lambda::Function/,
    reason: 'The functions reach nothing in a VPC. In one they would need endpoints to tell of anything.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_115',
    of: /Lambda::Function/,
    reason:
      'Mappings of queues have a maximum concurrency. Reserving takes from the account, and fails in accounts whose quota is small.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_18',
    of: /TrailLogs/,
    reason:
      'Access to the bucket of the trail is told by CloudTrail itself; a log of its log would need another bucket.',
  },
  {
    tool: 'checkov',
    rule: 'CKV_AWS_35',
    of: /CloudTrail::Trail/,
    reason:
      'Files are encrypted by S3. With a KMS key whoever may disable the key stops the trail; add one if you must.',
  },
];
