import * as v from 'valibot';
import { visible } from '../alerts/neutral';
import { duration as inWords } from '../rules/describe';
import type { SettingKind } from '../rules/settings';
import { SEVERITIES } from '../rules/severity';
import { isWorkingHours } from '../rules/working-hours';
import { DURATION, dateMs, durationMs } from './durations';
import { nearest } from './nearest';
import { readNetwork } from './network-text';
import { expectedFound } from './wording';

/**
 * The values that configuration is made of, each with what it expects in words. Every message has the form
 * `expected …, found …; what to do`; the path before it is added by the resolver.
 */

/** Says what to do about a found value, if there is something better to say than what was expected. */
export type Fix = (found: unknown) => string | undefined;

const NO_FIX: Fix = () => undefined;

/** The message of a schema or check: what was expected, and what to do about what was found. */
export function expects(what: string, fix: Fix = NO_FIX) {
  return ({ input }: { readonly input: unknown }) => expectedFound(what, input, fix(input));
}

/** Fix for numbers and booleans where text belongs: YAML reads unquoted digits and words as those. */
const quoteIt: Fix = (value) =>
  typeof value === 'number' || typeof value === 'boolean' ? `put it in quotes: "${value}"` : undefined;

const TEXT_MAX = 2_048;

/** One line of text: not blank, no control or invisible characters, no blanks around it. */
function line(what: string, maxLength = TEXT_MAX, fix: Fix = quoteIt) {
  const message = expects(what, fix);
  return v.pipe(
    v.string(message),
    v.nonEmpty(message),
    v.maxLength(maxLength, expects(`${what} of at most ${maxLength} characters`, fix)),
    v.check((text) => visible(text) === text, expects(`${what} without control or invisible characters`, fix)),
    v.check((text) => text.trim() === text, expects(`${what} without blanks around it`, fix)),
  );
}

/** Prose that people read: not blank; line breaks are allowed, as YAML's folded text has them. */
export function prose(what: string) {
  const message = expects(what, quoteIt);
  return v.pipe(
    v.string(message),
    v.maxLength(1_000, expects(`${what} of at most 1000 characters`)),
    v.regex(/\S/, message),
  );
}

/** A name that people read: one short line. */
export const displayName = line('a name', 100);

export const folder = line('the path of a folder');

const ACCOUNT_WHAT = 'an AWS account ID: 12 digits in quotes';

/** What to write instead of an account ID that YAML read as a number, or that somebody wrote with dashes. */
const accountFix: Fix = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 1e12) {
    const digits = String(value).padStart(12, '0');
    const lost = String(value).length < 12 ? ' (YAML drops the leading zeros of a number)' : '';
    return `quote it: "${digits}"${lost}`;
  }
  if (typeof value !== 'string') return undefined;
  const digits = value.replace(/[ -]/g, '');
  if (/^\d{12}$/.test(digits)) return `write only the digits: "${digits}"`;
  if (/^\d{1,11}$/.test(digits)) return `with its leading zeros it may be "${digits.padStart(12, '0')}"`;
  if (/^[\d*?]+$/.test(value)) return 'name each account; to mean every account, leave it out';
  return undefined;
};

export const accountId = v.pipe(
  v.string(expects(ACCOUNT_WHAT, accountFix)),
  v.regex(/^[0-9]{12}$/, expects(ACCOUNT_WHAT, accountFix)),
);

/** Shape only: regions appear faster than lists of them. */
export const REGION = /^[a-z]{2,4}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$/;
const REGION_WHAT = 'a region such as eu-west-1';

export function isRegion(text: string): boolean {
  return REGION.test(text);
}

export const region = v.pipe(
  v.string(expects(REGION_WHAT, quoteIt)),
  v.regex(
    REGION,
    expects(REGION_WHAT, (value) => {
      if (typeof value !== 'string') return undefined;
      const lower = value.trim().toLowerCase();
      if (REGION.test(lower)) return `write ${lower}`;
      return REGION.test(lower.slice(0, -1)) ? `without the zone's letter it is ${lower.slice(0, -1)}` : undefined;
    }),
  ),
);

/** `*` any run of characters, `?` one character. */
export const glob = line('text, where * stands for any characters and ? for one');

/** A region or a glob of regions: only letters that regions have. */
export const regionGlob = v.pipe(
  v.string(expects('a region such as eu-west-1 or eu-*', quoteIt)),
  v.regex(/^[a-z0-9*?-]{1,30}$/, expects('a region such as eu-west-1 or eu-*')),
);

/** Exact text: a wildcard would be compared as the letter that it is, and never match. */
const name = v.pipe(
  line('text'),
  v.regex(
    /^[^*?]+$/,
    expects('exact text', () => 'write it out; this list knows no wildcards'),
  ),
);

const NETWORK_WHAT = 'a network such as 198.51.100.0/24 or 2001:db8::/32, or one address';

export const network = v.pipe(
  v.string(expects(NETWORK_WHAT, quoteIt)),
  v.check(
    (text) => readNetwork(text) !== undefined,
    expects(NETWORK_WHAT, (value) =>
      typeof value === 'string' && /^\d{1,3}(\.\d{1,3}){0,2}\/\d+$/.test(value) ? 'write all four parts' : undefined,
    ),
  ),
);

const BUCKET_WHAT = 'the name of a bucket, without s3:// and without a path';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketName = v.pipe(
  v.string(expects(BUCKET_WHAT, quoteIt)),
  v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, expects(BUCKET_WHAT)),
);

const PORT_WHAT = 'a port: a whole number from 0 to 65535';

const port = v.pipe(
  v.number(expects(PORT_WHAT, unquoteIt)),
  v.integer(expects(PORT_WHAT)),
  v.minValue(0, expects(PORT_WHAT)),
  v.maxValue(65_535, expects(PORT_WHAT)),
);

function unquoteIt(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? `write it without quotes: ${value}` : undefined;
}

/** A whole number between two bounds, both allowed. */
export function wholeNumber(least: number, most: number) {
  const message = expects(`a whole number of at least ${least}`, unquoteIt);
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, expects(`a whole number of at most ${most}`)),
  );
}

/** One of a few words. YAML 1.1 readers turn a bare off into false, so that is told apart. */
export function oneOf<const T extends readonly string[]>(words: T) {
  const what = `one of ${words.join(', ')}`;
  return v.picklist(
    words,
    expects(what, (value) => {
      if (value === false && words.includes('off')) return 'put it in quotes: "off"';
      const close = typeof value === 'string' ? nearest(value, words) : undefined;
      return close === undefined ? undefined : `did you mean ${close}?`;
    }),
  );
}

export const severity = oneOf(SEVERITIES);
export const mode = oneOf(['live', 'shadow', 'off']);

const DURATION_WHAT = 'a time such as 90 s, 10 min or 1 h';

/** A duration between two bounds, both allowed; `why` explains the lower one. */
export function duration(leastMs: number, mostMs: number, why?: string) {
  const least = expects(`at least ${inWords(leastMs)}`, () => why);
  return v.pipe(
    v.string(
      expects(DURATION_WHAT, (value) =>
        typeof value === 'number' ? `say which unit: "${value} min", or use the key that ends in Ms` : undefined,
      ),
    ),
    v.regex(DURATION, expects(DURATION_WHAT)),
    v.check((text) => (durationMs(text) ?? 0) >= leastMs, least),
    v.check((text) => (durationMs(text) ?? 0) <= mostMs, expects(`at most ${inWords(mostMs)}`)),
  );
}

/** The same in milliseconds. */
export function milliseconds(leastMs: number, mostMs: number, why?: string) {
  const whole = expects('a whole number of milliseconds', unquoteIt);
  return v.pipe(
    v.number(whole),
    v.integer(whole),
    v.minValue(
      leastMs,
      expects(`at least ${leastMs} (${inWords(leastMs)})`, () => why),
    ),
    v.maxValue(mostMs, expects(`at most ${mostMs} (${inWords(mostMs)})`)),
  );
}

const DATE_WHAT = 'a date such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z';

/** A date (its first moment in UTC) or a date-time. */
export const date = v.pipe(
  v.string(expects(DATE_WHAT)),
  v.check((text) => dateMs(text) !== undefined, expects(DATE_WHAT)),
);

/** What some YAML readers make of a date. */
export const timestamp = v.date(expects(DATE_WHAT));

const EMAIL_WHAT = 'an e-mail address';

export const email = v.pipe(
  v.string(expects(EMAIL_WHAT, quoteIt)),
  v.maxLength(254, expects('an e-mail address of at most 254 characters')),
  v.regex(
    /^[^\s@<>()[\],;:"\\]{1,64}@([A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{0,62}[A-Za-z0-9]$/,
    expects(EMAIL_WHAT),
  ),
);

const TIME_ZONE_WHAT = 'a time zone such as Europe/Madrid or UTC';

/** IANA's names. No offsets: which of those are accepted differs between versions of Node.js. */
export const timeZone = v.pipe(
  v.string(expects(TIME_ZONE_WHAT, quoteIt)),
  v.check(
    isTimeZone,
    expects(TIME_ZONE_WHAT, (value) => {
      const close = typeof value === 'string' ? nearest(value, Intl.supportedValuesOf('timeZone')) : undefined;
      return close === undefined ? undefined : `did you mean ${close}?`;
    }),
  ),
);

function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,60}$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
export const organizationId = v.pipe(
  v.string(expects('an organization ID such as o-exampleorgid')),
  v.regex(/^o-[a-z0-9]{10,32}$/, expects('an organization ID such as o-exampleorgid')),
);

const UNIT_WHAT = 'the ID of an organizational unit (ou-…) or of the root (r-…)';

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
export const organizationalUnit = v.pipe(
  v.string(expects(UNIT_WHAT)),
  v.regex(/^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/, expects(UNIT_WHAT)),
);

const ROLE_WHAT = 'the full ARN of a role, without wildcards';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const roleArn = v.pipe(
  v.string(expects(ROLE_WHAT)),
  v.regex(
    /^arn:aws[a-z-]{0,20}:iam::[0-9]{12}:role\/[\w+=,.@/-]{1,512}$/,
    expects(ROLE_WHAT, (value) =>
      typeof value === 'string' && /[*?]/.test(value)
        ? 'somebody who may create roles could create one that a wildcard matches'
        : undefined,
    ),
  ),
);

const HOURS_WHAT = 'working hours such as mon-fri 07:00-20:00 Europe/Madrid';

/** Two entries say what goes over midnight. */
const hours = v.pipe(v.string(expects(HOURS_WHAT, quoteIt)), v.check(isWorkingHours, expects(HOURS_WHAT)));

/** One value of a setting that is a list. */
export const SETTING_ITEMS = {
  globs: glob,
  networks: network,
  accounts: accountId,
  regions: region,
  ports: port,
  names: name,
  hours,
} as const satisfies Record<Exclude<SettingKind, 'number'>, v.GenericSchema>;

const NUMBER_MAX = 1_000_000;
const NUMBER = expects(`a number from 0 to ${NUMBER_MAX}`, unquoteIt);

/** The value of a setting that is one number. */
export const settingNumber = v.pipe(v.number(NUMBER), v.minValue(0, NUMBER), v.maxValue(NUMBER_MAX, NUMBER));
