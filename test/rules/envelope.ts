import { FINDING_CATEGORY, GUARDDUTY_FINDING, SIGN_IN_ANOMALY } from '../../lambda/intake/finding';
import type { SampleRecord } from '../../lambda/rules/rule';

/** detail-types by the record's own eventType; console sign-in is spelled in two ways. */
const DETAIL_TYPES: Readonly<Record<string, readonly string[]>> = {
  AwsApiCall: ['AWS API Call via CloudTrail'],
  AwsServiceEvent: ['AWS Service Event via CloudTrail'],
  AwsConsoleAction: ['AWS Console Action via CloudTrail'],
  AwsConsoleSignIn: ['AWS Console Signin via CloudTrail', 'AWS Console Sign In via CloudTrail'],
  AwsCloudTrailInsight: ['AWS Insight via CloudTrail'],
  AwsVpceEvent: ['AWS Network Activity Event via CloudTrail'],
};

/** The EventBridge events that may carry a record: one, or one for each spelling of their kind. */
export function envelopesOf(record: SampleRecord): readonly Record<string, unknown>[] {
  const eventType = String(record['eventType'] ?? 'AwsApiCall');
  const types = eventType === FINDING_CATEGORY ? findingTypes(record) : DETAIL_TYPES[eventType];
  if (types === undefined) throw new Error(`no detail-type is known for eventType ${eventType}`);
  return types.map((type) => ({
    version: '0',
    id: '00000000-0000-4000-8000-000000000000',
    'detail-type': type,
    source: `aws.${String(record['eventSource'] ?? 'unknown').split('.')[0]}`,
    account: record['recipientAccountId'],
    time: record['eventTime'],
    region: record['awsRegion'],
    resources: [],
    detail: record,
  }));
}

/** Findings come under names of their services' own. */
function findingTypes(record: SampleRecord): readonly string[] {
  return [record['eventName'] === 'SignInAnomaly' ? SIGN_IN_ANOMALY.detailType : GUARDDUTY_FINDING.detailType];
}
