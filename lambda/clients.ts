import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Clock } from './ports';

/**
 * Answers take milliseconds; what takes seconds is lost. Without limits a connection that died silently would hold an
 * invocation until its timeout.
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html
 */
export const LIMITS = { maxAttempts: 4, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } };

export function dynamoClient(): DynamoDBClient {
  return new DynamoDBClient(LIMITS);
}

export function snsClient(): SNSClient {
  return new SNSClient({ ...LIMITS, requestHandler: { ...LIMITS.requestHandler, requestTimeout: 10_000 } });
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
