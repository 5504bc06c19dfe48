/**
 * What CloudFormation takes of one stack; bytes of a template that is read from S3.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const STACK_LIMITS = { resources: 500, bytes: 1_000_000, outputs: 200 };

/** What may be used of a limit: where more is, somebody must think of a second stack while there is time. */
export const USABLE = 0.8;
