import { document, fieldsOf, pick } from '../../intake/fields';
import { coverWorld, networkOf } from '../networks';

/**
 * Does a resource policy let anybody in? An answer from the document alone, on the side of caution:
 * - each Allow statement is judged by itself, and one that admits anyone makes the policy public; their order is nothing
 * - Deny statements are not considered: one that takes everything back still leaves the alert
 * - a condition counts as a restriction only where it pins the caller to accounts, organizations, principals, resources,
 *   VPCs or networks that somebody chose; see `RESTRICTING_KEYS`
 * - actions and resources are not looked at, except that `changes` says how bad it is
 *
 * Whether the resource is public in effect also depends on Block Public Access, VPC-only domains and the like, which the
 * document does not show.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */

/** A statement that admits anybody. */
export interface PublicGrant {
  readonly sid: string | undefined;
  /** As written; for a NotAction `everything but …`. */
  readonly actions: readonly string[];
  /** True when an action may change the resource or what is in it; false when all only read or use it. */
  readonly changes: boolean;
}

/** The statements that admit anybody. The policy may be an object or a JSON string; anything else has none. Never throws. */
export function publicGrants(policy: unknown): readonly PublicGrant[] {
  return listOf(pick(document(policy), 'Statement')).flatMap((statement) => {
    if (!isAllow(statement) || !admitsAnyone(statement) || isRestricted(pick(statement, 'Condition'))) return [];
    const allowed = strings(pick(statement, 'Action'));
    const allBut = strings(pick(statement, 'NotAction'));
    return [
      {
        sid: strings(pick(statement, 'Sid'))[0],
        actions: allBut.length > 0 ? [...allowed, `everything but ${allBut.join(', ')}`] : allowed,
        changes: allBut.length > 0 || allowed.length === 0 || allowed.some(isChange),
      },
    ];
  });
}

function isAllow(statement: unknown): boolean {
  return strings(pick(statement, 'Effect'))[0]?.toLowerCase() === 'allow';
}

/**
 * Principal `"*"`, `{"AWS": "*"}`, `{"AWS": ["…", "*"]}` and the like; every NotPrincipal (all but a few); and web
 * identity providers where anybody can open an account.
 */
function admitsAnyone(statement: unknown): boolean {
  if (pick(statement, 'NotPrincipal') !== undefined) return true;
  const principal = pick(statement, 'Principal');
  const byType = fieldsOf(principal);
  const named = byType === undefined ? strings(principal) : Object.values(byType).flatMap(strings);
  return named.some(isAnyone);
}

const OPEN_IDENTITY_PROVIDERS: ReadonlySet<string> = new Set([
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
]);

function isAnyone(principal: string): boolean {
  const name = principal.trim().toLowerCase();
  if (name === '*' || OPEN_IDENTITY_PROVIDERS.has(name)) return true;
  const account = name.startsWith('arn:') ? name.split(':')[4] : undefined;
  return account !== undefined && hasWildcard(account);
}

/** How the value of a condition key must look to pin the caller down. */
type Pins = (value: string) => boolean;

/** Exactly one account, organization, VPC, endpoint or key. */
const oneOfItsKind: Pins = (value) => !hasWildcard(value);
/** `o-a1b2c3d4e5/r-ab12/*`: the organization before the first wildcard. */
const fixedOrganization: Pins = (value) => beforeWildcard(value).includes('/');
/** `AROAEXAMPLE:*`: any session, but of this role. */
const fixedUserId: Pins = (value) => !hasWildcard(value) || beforeWildcard(value).includes(':');
/** An ARN with its account; or, where it has none, with a whole name: bucket names are nobody else's. */
const fixedArn: Pins = (value) => {
  const [scheme, , , , account, resource] = value.split(':');
  if (scheme?.toLowerCase() !== 'arn' || account === undefined) return false;
  // Twelve digits and a wildcard: account numbers have no more digits, so the account is whole.
  if (account !== '') return !hasWildcard(account) || /^\d{12}\*$/.test(account);
  const [name = ''] = resource?.split('/') ?? [];
  return name !== '' && !hasWildcard(name);
};

/**
 * Condition keys, in lower case, that say who calls or for whom, in terms that a stranger can't choose.
 *
 * Not among them, though they look so: `aws:VpcSourceIp` (anybody's VPC can have these private addresses),
 * `aws:PrincipalTag/…` and `aws:username` (a stranger tags and names principals of their own), `aws:Referer` and
 * `aws:UserAgent` (the caller writes them), `aws:SecureTransport`, dates, and keys of the request (`s3:prefix`).
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const RESTRICTING_KEYS: Readonly<Record<string, Pins>> = {
  'aws:principalaccount': oneOfItsKind,
  'aws:principalarn': fixedArn,
  'aws:principalorgid': oneOfItsKind,
  'aws:principalorgpaths': fixedOrganization,
  'aws:sourceaccount': oneOfItsKind,
  'aws:sourcearn': fixedArn,
  'aws:sourceorgid': oneOfItsKind,
  'aws:sourceorgpaths': fixedOrganization,
  'aws:sourceowner': oneOfItsKind,
  'aws:sourcevpc': oneOfItsKind,
  'aws:sourcevpcarn': fixedArn,
  'aws:sourcevpce': oneOfItsKind,
  'aws:userid': fixedUserId,
  'aws:vpceaccount': oneOfItsKind,
  'aws:vpceorgid': oneOfItsKind,
  'aws:vpceorgpaths': fixedOrganization,
  'kms:calleraccount': oneOfItsKind,
  's3:dataaccesspointaccount': oneOfItsKind,
  's3:dataaccesspointarn': fixedArn,
  's3:x-amz-server-side-encryption-aws-kms-key-id': fixedArn,
};

/** Operators, in lower case, that hold only where the key is there and has one of the values. */
const POSITIVE_OPERATORS: ReadonlySet<string> = new Set([
  'arnequals',
  'arnlike',
  'ipaddress',
  'stringequals',
  'stringequalsignorecase',
  'stringlike',
]);

/** IPv4 networks wider than /8 and IPv6 networks wider than /32 are the public, as S3 sees it too. */
const WORLD_PREFIX_V4 = 7;
const WORLD_PREFIX_V6 = 31;

/** True when any of the conditions, all of which must hold, pins the caller down. */
function isRestricted(condition: unknown): boolean {
  return Object.entries(fieldsOf(condition) ?? {}).some(
    ([operator, keys]) =>
      isPositive(operator) && Object.entries(fieldsOf(keys) ?? {}).some(([key, values]) => restricts(key, values)),
  );
}

/**
 * `ForAnyValue:` needs a value to be there; `ForAllValues:` and `…IfExists` also hold where there is none. `Null`,
 * `Bool`, dates, numbers and everything negative pin nobody down.
 */
function isPositive(operator: string): boolean {
  const name = operator.toLowerCase();
  return POSITIVE_OPERATORS.has(name.startsWith('foranyvalue:') ? name.slice('foranyvalue:'.length) : name);
}

/** Values are alternatives: all of them must restrict. */
function restricts(key: string, values: unknown): boolean {
  const name = key.toLowerCase();
  const written = listOf(values);
  const named = strings(values);
  if (named.length === 0 || named.length < written.length) return false;
  if (name === 'aws:sourceip') {
    return named.every((value) => networkOf(value)) && !coverWorld(named, WORLD_PREFIX_V4, WORLD_PREFIX_V6);
  }
  const pins = Object.hasOwn(RESTRICTING_KEYS, name) ? RESTRICTING_KEYS[name] : undefined;
  return pins !== undefined && named.map(withOwner).every((value) => isFixed(value) && pins(value));
}

/** Variables that stand for the owner of the resource become a fixed word. All others speak of the caller, who then fits. */
function withOwner(value: string): string {
  return value.replace(/\$\{aws:Resource(?:Account|OrgID|OrgPaths)\}/gi, 'owner/');
}

function isFixed(value: string): boolean {
  return value !== '' && value.toLowerCase() !== 'anonymous' && !value.includes('${');
}

/** `*` and `?` are wildcards under StringEquals too: there they would match nothing, so the author meant a wildcard. */
function hasWildcard(value: string): boolean {
  return value.includes('*') || value.includes('?');
}

function beforeWildcard(value: string): string {
  const end = value.search(/[*?]/);
  return end < 0 ? value : value.slice(0, end);
}

/**
 * First words of actions that read a resource or use it as it is. Everything else, wildcards among it, is taken for a
 * change: `s3:*`, `s3:P*`, `kms:CreateGrant`.
 */
const READS_AND_USES = [
  'batchcheck',
  'batchget',
  'decrypt',
  'describe',
  'download',
  'encrypt',
  'eshttpget',
  'eshttphead',
  'generate',
  'get',
  'head',
  'invoke',
  'list',
  'lookup',
  'publish',
  'query',
  'receive',
  'reencrypt',
  'scan',
  'search',
  'select',
  'send',
  'sign',
  'subscribe',
  'verify',
  'view',
];

function isChange(action: string): boolean {
  const name = action.slice(action.indexOf(':') + 1).toLowerCase();
  return !READS_AND_USES.some((verb) => name.startsWith(verb));
}

/** One or many. Unlike EC2's lists, policies have no `items`. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The strings and numbers of one value or a list; account numbers are written as either. */
function strings(value: unknown): readonly string[] {
  return listOf(value).flatMap((one) =>
    typeof one === 'string' ? [one] : typeof one === 'number' ? [String(one)] : [],
  );
}
