import { mailText } from './neutral';

/**
 * Ways to look an event up, in its own region and partition. Undefined where the record does not say enough, or says
 * what AWS would not: nothing that an attacker wrote gets into a link or a command.
 */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Page of the event in CloudTrail's event history, which holds management events for 90 days.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html
 */
export function eventLink(region: string, eventId: string): string | undefined {
  if (!UUID.test(eventId)) return undefined;
  const path = `home?region=${region}#/events/${eventId}`;
  if (/^cn-[a-z]+-\d$/.test(region)) return `https://${region}.console.amazonaws.cn/cloudtrail/${path}`;
  if (/^us-gov-[a-z]+-\d$/.test(region)) return `https://${region}.console.amazonaws-us-gov.com/cloudtrail/${path}`;
  // Isolated regions (us-iso-…) and other clouds (eusc-…) have consoles of their own.
  if (/^[a-z]{2}-[a-z]+-\d{1,2}$/.test(region)) return `https://${region}.console.aws.amazon.com/cloudtrailv2/${path}`;
  return undefined;
}

/** What may be looked up, and what a value must look like to stand in a command. */
const ATTRIBUTES = {
  EventId: UUID,
  /** The name of a user or a session: what IAM allows in one. */
  Username: /^[\w+=,.@-]{1,64}$/,
} as const;

/**
 * Command that reads events of the event history.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html
 */
export function lookupCommand(
  region: string,
  attribute: keyof typeof ATTRIBUTES,
  value: string | undefined,
): string | undefined {
  if (value === undefined || !ATTRIBUTES[attribute].test(value)) return undefined;
  // A mail program would make a link of a name such as www.example.com.
  if (mailText(value) !== value || !/^[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/.test(region)) return undefined;
  const quoted = /[,=]/.test(value) ? `'"${value}"'` : value; // the CLI's shorthand takes them for its own
  return `aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=${attribute},AttributeValue=${quoted}`;
}
