const SUBJECT_MAX = 99;

/**
 * A subject line that SNS takes: printable ASCII, at most 99 characters. Other characters become `?`.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function asciiSubject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '?');
  return ascii.length <= SUBJECT_MAX ? ascii : `${ascii.slice(0, SUBJECT_MAX - 3)}...`;
}
