/** The parts of an SQS batch that the detector reads; `SQSRecord` of @types/aws-lambda fits. */
export interface QueueRecord {
  readonly messageId: string;
  /** An EventBridge envelope as JSON, the CloudTrail record in its `detail`. */
  readonly body: string;
}

/**
 * Records to deliver again; all others are done. `SQSBatchResponse` of @types/aws-lambda.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface BatchResult {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}
