/**
 * Making attackers' text harmless. `harmless` is for every output, and is applied once, when an alert takes the text
 * from a record; `mailText` and `chatText` add what those outputs need, and are applied when a message is composed.
 */

/**
 * C0 and C1 controls, line and paragraph separators, bidirectional controls, zero-width and other invisible letters,
 * lone surrogates, tags and non-characters. Tabs and line breaks are controls too: our own text adds its own.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: and combining ones that nobody sees
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Access key IDs of users, sessions and services (AKIA, ASIA, ABIA, ACCA). */
const ACCESS_KEY = /(?<![A-Z0-9])(A(?:KIA|SIA|BIA|CCA))[A-Z0-9]{8,}([A-Z0-9]{4})(?![A-Z0-9])/g;

/** Names whose value is a secret wherever they stand. Not `secret` or `token` alone: ARNs have `:secret:<name>`. */
const SECRET_NAME =
  'X-Amz-(?:Signature|Security-Token|Credential)|Signature|authorization|aws_session_token|session_?token|' +
  'access_?token|refresh_?token|id_?token|auth_?token|aws_secret_access_key|secret_?access_?key|secret_?key|' +
  'client_?secret|secret_?string|secret_?binary|private_?key|api_?key|[\\w-]{0,40}(?:password|passwd|passphrase)|user_?data';

/** What follows the name: a quoted text to its closing quote (quotes may be escaped, as in JSON within JSON), or a word. */
const SECRET_VALUE =
  '(\\\\{1,3}"(?:[^"\\\\]){0,4000}|"(?:[^"\\\\]|\\\\.){0,4000}|\'[^\']{0,4000}|(?:(?:Bearer|Basic|AWS4-HMAC-SHA256)\\s+)?[^\\s"\'&,;}\\\\]+)';

/** Blanks, and line breaks that `visible` replaced. */
const BLANKS = '[\\s\\ufffd]{0,4}';

const SECRET_PARAMETER = new RegExp(`\\b(${SECRET_NAME})(\\\\{0,3}["']?${BLANKS}[=:]${BLANKS})${SECRET_VALUE}`, 'gi');

/** `token=…` and `"secret": …`: the words alone are too common to act on behind a bare colon. */
const SECRET_ASSIGNED = new RegExp(
  `\\b(token|secret|pwd)(\\\\{0,3}["']${BLANKS}:${BLANKS}|${BLANKS}=${BLANKS})${SECRET_VALUE}`,
  'gi',
);

/** Whole names of fields that hold a secret, in whatever they hold. A public key's material is evidence. */
const SECRET_FIELD = new RegExp(
  `^(?:${SECRET_NAME}|plaintext|(?!public)[\\w-]{0,40}key_?material|[\\w-]{0,40}private_?key|base32_?string_?seed|qr_?code_?png|cookie)$`,
  'i',
);

/** Names that often hold a secret as a text, and as an object something that describes one. */
const SECRET_TEXT = /^[\w.-]{0,100}(?:token|secret|pwd|credential|token_?code)$/i;

/** Secrets that are known by their look: JSON web tokens, keys in PEM, tokens of GitHub and Slack, bearer tokens. */
const SECRET_SHAPE =
  /\beyJ[\w-]{8,}(?:\.[\w-]+){0,4}|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END).){0,8000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?|\bgh[pousr]_\w{20,}|\bxox[abeprs]-[\w-]{10,}|\b(?<=Bearer )[\w.~+/-]{16,}=*/gs;

/** Secret access keys (40 characters) and session tokens (hundreds): long base64. */
const BASE64 = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,}={0,2}/g;

/** Most text is printable ASCII. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Text without control, bidirectional or invisible characters: each becomes `�`. */
export function visible(text: string): string {
  return PRINTABLE.test(text) ? text : text.replace(INVISIBLE, '\ufffd');
}

/** Text with access key IDs masked to their last four characters and secrets removed. */
export function withoutSecrets(text: string): string {
  if (!mayHaveSecret(text)) return text;
  return text
    .replace(ACCESS_KEY, '$1\u2026$2')
    .replace(SECRET_SHAPE, '[removed]')
    .replace(SECRET_PARAMETER, withoutValue)
    .replace(SECRET_ASSIGNED, withoutValue)
    .replace(BASE64, (run) => (isRandom(run) ? '[removed]' : run));
}

/**
 * Whether a field of this name holds a secret, whatever its value looks like: `all` of what is in it, or its `text` if it
 * is one.
 */
export function secretIn(name: string): 'all' | 'text' | undefined {
  if (SECRET_FIELD.test(name)) return 'all';
  return SECRET_TEXT.test(name) ? 'text' : undefined;
}

/** What a character may be part of; 0 for nothing that matters. */
enum Kind {
  Base64 = 1,
  /** Ends a name: `=` or `:`. */
  Separator = 2,
  /** Begins or ends a sign of a known secret, and is no base64. */
  Dash = 3,
  Blank = 4,
  /** The same, as base64. */
  Capital = 5,
}

const KINDS = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  KINDS[letter.charCodeAt(0)] = Kind.Base64;
}
for (const [letters, kind] of [
  ['=:', Kind.Separator],
  ['-_', Kind.Dash],
  [' ', Kind.Blank],
  ['AJ', Kind.Capital],
] as const) {
  for (const letter of letters) KINDS[letter.charCodeAt(0)] = kind;
}

/** Codes of letters in signs of secrets. */
const CODE = {
  ...{ A: 65, J: 74, e: 101, g: 103, h: 104, r: 114, x: 120, y: 121 },
  ...{ blank: 32, dash: 45, underscore: 95 },
} as const;

/** How names of secrets end: what SECRET_PARAMETER and SECRET_ASSIGNED look for, and more. */
const NAME_END =
  /(?:signature|credential|authorization|token|key|secret|string|binary|password|passwd|passphrase|pwd|data)$/i;

/** The last two letters of those, which spare most separators the test. */
const NAME_ENDS = new Set(['re', 'al', 'on', 'en', 'ey', 'et', 'ng', 'ry', 'rd', 'wd', 'se', 'ta'].map(pairOf));

function pairOf(letters: string): number {
  return ((letters.charCodeAt(0) | 32) << 8) | (letters.charCodeAt(1) | 32);
}

/**
 * False if none of the patterns of `withoutSecrets` can find anything. Looks at each character once, because every event
 * has several texts, and next to none of them has a secret.
 */
function mayHaveSecret(text: string): boolean {
  let run = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? KINDS[code] : 0;
    if (kind === Kind.Base64 || kind === Kind.Capital) {
      run += 1;
      if (run === 40) return true;
      if (kind === Kind.Capital && isSign(text, index)) return true;
      continue;
    }
    run = 0;
    if (kind === Kind.Separator ? endsName(text, index) : kind !== 0 && isSign(text, index)) return true;
  }
  return false;
}

/** Whether the first or last character of a sign of ACCESS_KEY or SECRET_SHAPE stands there, with the rest of it. */
function isSign(text: string, index: number): boolean {
  switch (text.charCodeAt(index)) {
    case CODE.A: // AKIA, ASIA, ABIA, ACCA
      return text.charCodeAt(index + 3) === CODE.A && /^A[KSBC][IC]A/.test(text.slice(index, index + 4));
    case CODE.J:
      return index >= 2 && text.charCodeAt(index - 1) === CODE.y && text.charCodeAt(index - 2) === CODE.e;
    case CODE.underscore: // ghp_
      return index >= 3 && text.charCodeAt(index - 2) === CODE.h && text.charCodeAt(index - 3) === CODE.g;
    case CODE.blank:
      return index >= 6 && text.charCodeAt(index - 1) === CODE.r && text.startsWith('Bearer', index - 6);
    default: // -----BEGIN, xoxb-
      if (index >= 4 && text.charCodeAt(index - 2) === CODE.x && text.charCodeAt(index - 4) === CODE.x) return true;
      return text.charCodeAt(index + 1) === CODE.dash && text.startsWith('-----', index);
  }
}

/** Whether the separator there stands behind a secret's name, with quotes, backslashes and blanks between them. */
function endsName(text: string, index: number): boolean {
  let end = index;
  // Letters and digits, the most frequent, need no closer look.
  while (end > 0 && !isWord(text.charCodeAt(end - 1)) && /[\s\ufffd"'\\]/.test(text[end - 1] as string)) end--;
  if (end < 3) return false;
  const pair = ((text.charCodeAt(end - 2) | 32) << 8) | (text.charCodeAt(end - 1) | 32);
  return NAME_ENDS.has(pair) && NAME_END.test(text.slice(Math.max(0, end - 13), end));
}

function isWord(code: number): boolean {
  return code < 128 && KINDS[code] === Kind.Base64;
}

function withoutValue(_: string, name: string, separator: string, value: string): string {
  return `${name}${separator}${/^\\*["']/.exec(value)?.[0] ?? ''}[removed]`;
}

/**
 * Whether long base64 looks drawn by lot: no path, no name in CamelCase, no hexadecimal digest. A mistake hides a name or
 * shows a secret, so what is as long as a secret access key, or longer than any name, needs less proof.
 */
function isRandom(run: string): boolean {
  const count = (kind: RegExp) => run.match(kind)?.length ?? 0;
  if (count(/[A-Z]/g) < 4 || count(/[a-z]/g) < 4) return false;
  const digits = count(/[0-9]/g);
  if (run.length > 100) return digits >= 4;
  return digits >= (run.length === 40 ? 1 : 4) && !/[a-z]{8}/.test(run) && count(/\//g) <= 4;
}

/** Text from a record, fit to be kept in an alert: visible, without secrets, at most `maxLength` characters. */
export function harmless(text: string, maxLength: number): string {
  const clean = withoutSecrets(visible(text));
  return clean.length <= maxLength ? clean : cut(clean, maxLength);
}

/** The first `maxLength` characters and how many were left out; no character is cut in two. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const before = text.charCodeAt(maxLength - 1);
  const end = before >= 0xd800 && before <= 0xdbff ? maxLength - 1 : maxLength;
  return `${text.slice(0, end)}\u2026 [truncated ${text.length - end}]`;
}

/** `https://`, `ldap://`, and the schemes that need no slashes. */
const SCHEME = /([a-z][a-z0-9+.-]{0,30}):(?=\/\/)|\b(javascript|data|vbscript|mailto|tel|sms|file):/gi;

/**
 * What mail programs make a link of by themselves: a domain, also with the full stops of other scripts. Not the domain
 * of a mail address, which people need to see who is meant; a page behind one is. Whatever comes behind, the whole domain
 * is taken: `www.example.com-1` must not keep `example.com`, and longer than a domain may be is no excuse.
 */
const DOMAIN = /(?<![\p{L}\p{N}_.-])(?:[\p{L}\p{N}-]+[.\u3002\uff0e\uff61])+\p{L}[\p{L}\p{N}]+/gu;

/** Names of AWS services: `signin.amazonaws.com`. Not with a page: anybody may have a bucket there. */
const AWS_SERVICE = /^[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Harmless text for a plain text e-mail: nothing in it becomes a link, markup or a template's variable, in the mail
 * program or in what mails are copied to. `https://example.com` reads `https[:]//example[.]com`.
 */
export function mailText(text: string): string {
  if (/^[\w ,:=+-]*$/.test(text)) return text;
  return text
    .replace(SCHEME, '$1$2[:]')
    .replace(DOMAIN, (domain, offset: number, whole: string) =>
      isNoPage(domain, whole[offset - 1], whole.slice(offset + domain.length, offset + domain.length + 300))
        ? domain
        : domain.replace(/[.\u3002\uff0e\uff61]/g, '[.]'),
    )
    .replaceAll('<', '\u2039')
    .replaceAll('>', '\u203a')
    .replace(/\$\{|\{\{|\{%|#\{/g, (opening) => `${opening[0]} ${opening[1]}`);
}

/** What follows a name in a mail address. */
const AT_DOMAIN = /^@[\w-]+(?:\.[\w-]+)+/;

/** Either part of a mail address, or a service's name; not with a path behind it. */
function isNoPage(domain: string, before: string | undefined, after: string): boolean {
  return !after.startsWith('/') && (before === '@' || AT_DOMAIN.test(after) || AWS_SERVICE.test(domain));
}

/** Harmless text for a chat message: what `mailText` does, and no mention, emphasis or code of its own. */
export function chatText(text: string): string {
  return mailText(text.replaceAll('@', '\uff20'))
    .replaceAll('`', '\u02cb')
    .replaceAll('&', '\uff06')
    .replaceAll('](', '] (');
}

/** The same shown as code, so that underscores and asterisks of names stay what they are. */
export function chatCode(text: string): string {
  return text === '' ? '' : `\`${chatText(text)}\``;
}

/** JSON that may stand in a page: no `<`, `>` or `&`, which its texts write as escapes. Reads as the same value. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
