import { mailText } from './neutral';

/** SNS takes less than 100 characters. */
const SUBJECT_MAX = 99;

/**
 * A subject line that SNS takes: printable ASCII, at most 99 characters. Letters lose their accents; what has no such
 * letter becomes `?`. What a record says of itself (its region, its account) acts no more here than in a mail: subjects
 * are text messages too.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function asciiSubject(text: string): string {
  const ascii = mailText(text)
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u00bf\u00a1]/g, '')
    .replace(/[^\x20-\x7e]/gu, '?');
  return ascii.length <= SUBJECT_MAX ? ascii : `${ascii.slice(0, SUBJECT_MAX - 3)}...`;
}

/** `[CRITICAL] CloudTrail logging stopped - prod 111122223333 eu-west-1`: of what is too long, the place goes last. */
export function subjectOf(tag: string, title: string, name: string | undefined, place: string): string {
  const [start, end] = [asciiSubject(`${tag} ${title}`), asciiSubject(` - ${place}`)];
  const named = name === undefined ? end : asciiSubject(` - ${name} ${place}`);
  if (start.length + named.length <= SUBJECT_MAX) return start + named;
  const room = SUBJECT_MAX - end.length;
  if (start.length <= room) return start + end;
  return room > 20 ? `${start.slice(0, room - 3)}...${end}` : start;
}
