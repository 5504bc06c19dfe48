/**
 * Making attackers' text harmless. Each output has its own dangers (control sequences, mentions, formulas, markup);
 * what is here applies to all of them.
 */

/**
 * C0 and C1 controls, line and paragraph separators, bidirectional controls, zero-width and other invisible letters,
 * lone surrogates and tags. Tabs and line breaks are controls too: our own text adds its own.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Access key IDs of users, sessions and services (AKIA, ASIA, ABIA, ACCA). */
const ACCESS_KEY = /\b(A(?:KIA|SIA|BIA|CCA))[A-Z0-9]{8,}([A-Z0-9]{4})\b/g;

/** Signatures and session tokens in URLs and headers, and what looks like a secret in `name=value` text. */
const SECRET_PARAMETER =
  /\b(X-Amz-(?:Signature|Security-Token|Credential)|aws_session_token|sessionToken|secretAccessKey|aws_secret_access_key|SecretString|password|masterUserPassword)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi;

/** Most text is printable ASCII and names no secret: two cheap tests spare it the dear ones. */
const PRINTABLE = /^[\x20-\x7e]*$/;
const MAY_BE_SECRET = /A[KSBC][IC]A|X-Amz-|token|secret|password/i;

/** Text without control, bidirectional or invisible characters: each becomes `�`. */
export function visible(text: string): string {
  return PRINTABLE.test(text) ? text : text.replace(INVISIBLE, '\ufffd');
}

/** Text with access key IDs masked to their last four characters and secrets removed. */
export function withoutSecrets(text: string): string {
  if (!MAY_BE_SECRET.test(text)) return text;
  return text.replace(ACCESS_KEY, '$1\u2026$2').replace(SECRET_PARAMETER, '$1$2[removed]');
}

/** Text from a record, fit to be kept in an alert: visible, without secrets, at most `maxLength` characters. */
export function harmless(text: string, maxLength: number): string {
  const clean = withoutSecrets(visible(text));
  return clean.length <= maxLength
    ? clean
    : `${clean.slice(0, maxLength)}\u2026 [truncated ${clean.length - maxLength}]`;
}
