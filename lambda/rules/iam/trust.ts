import { asArray, document, fieldsOf, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { publicGrants } from '../policy/public-policy';
import type { Settings } from '../settings';
import { levelOf, type Severity, shifted } from '../severity';

/** Somebody whom the trust policy of a role lets in, and should perhaps not. */
export interface Trusted {
  /** As the end of a sentence: `account 999988887777`. */
  readonly who: string;
  readonly severity: Severity;
}

/**
 * Identity providers that serve many customers: without a condition on the subject each of them is let in.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
const SHARED_PROVIDERS = [
  'agent.buildkite.com',
  'api.bitbucket.org',
  'app.terraform.io',
  'gitlab.com',
  'oidc.circleci.com',
  'token.actions.githubusercontent.com',
];

/** Providers without an ARN, where anybody can get a token; the condition on the audience says of which application. */
const BUILT_IN_PROVIDERS = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
];

/** Whom the trust policy in a CreateRole or UpdateAssumeRolePolicy lets in from outside, the gravest first. */
export function trustedOutsiders(event: TrailEvent, settings: Settings): readonly Trusted[] {
  const parameters = event.record['requestParameters'];
  if (isOmitted(parameters)) return [{ who: 'somebody (the policy is too large to see)', severity: 'high' }];
  const policy = document(pick(parameters, 'policyDocument') ?? pick(parameters, 'assumeRolePolicyDocument'));
  return asArray(policy?.['Statement'])
    .filter((statement) => text(pick(statement, 'Effect'))?.toLowerCase() === 'allow')
    .flatMap((statement) => [
      ...anybody(statement),
      ...outsideAccounts(statement, event, settings),
      ...looseProviders(statement),
    ])
    .sort((a, b) => levelOf(b.severity) - levelOf(a.severity));
}

/** Web identities are judged by other conditions than principals of AWS are. */
function anybody(statement: unknown): readonly Trusted[] {
  const fields = fieldsOf(statement) ?? {};
  const principal = fieldsOf(fields['Principal']);
  const others = principal && { AWS: principal['AWS'] };
  const found = publicGrants({ Statement: [principal === undefined ? fields : { ...fields, Principal: others }] });
  return found.length > 0 ? [{ who: 'anybody', severity: 'critical' }] : [];
}

/**
 * Accounts that are not ours. A vendor asks for a condition on an external ID; somebody who makes a back door does not
 * bother. Without a list of the own accounts a sister account looks the same: one lower.
 */
function outsideAccounts(statement: unknown, event: TrailEvent, settings: Settings): readonly Trusted[] {
  const accounts = asArray(pick(pick(statement, 'Principal'), 'AWS'))
    .flatMap((principal) => accountIn(text(principal) ?? '') ?? [])
    .filter((account) => isOutside(account, event, settings));
  const withExternalId = conditionKeys(statement).some(({ key }) => key === 'sts:externalid');
  const severity = shifted(withExternalId ? 'medium' : 'high', settings.organizationAccounts.length > 0 ? 0 : -1);
  return [...new Set(accounts)].map((account) => ({ who: `account ${account}`, severity }));
}

function looseProviders(statement: unknown): readonly Trusted[] {
  const keys = conditionKeys(statement);
  const restricts = (suffix: string) =>
    keys.some(({ key, values }) => key.endsWith(suffix) && values.every(isSpecific));
  return asArray(pick(pick(statement, 'Principal'), 'Federated')).flatMap((federated): Trusted[] => {
    const named = text(federated) ?? '';
    const provider = named.slice(named.indexOf(':oidc-provider/') + 1).replace(/^oidc-provider\//, '');
    if (BUILT_IN_PROVIDERS.includes(named)) {
      return restricts(':aud') ? [] : [{ who: `anybody with an account at ${named}`, severity: 'high' }];
    }
    if (!named.includes(':oidc-provider/') || restricts(':sub')) return [];
    const shared = SHARED_PROVIDERS.some((host) => provider === host || provider.startsWith(`${host}/`));
    return [{ who: `every identity of ${provider}`, severity: shared ? 'high' : 'medium' }];
  });
}

/** Keys, in lower case, under operators that need the key to be there. */
function conditionKeys(statement: unknown): { readonly key: string; readonly values: readonly string[] }[] {
  return Object.entries(fieldsOf(pick(statement, 'Condition')) ?? {})
    .filter(([operator]) => /^(ForAnyValue:)?(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like))$/i.test(operator))
    .flatMap(([, keys]) =>
      Object.entries(fieldsOf(keys) ?? {}).map(([key, values]) => ({
        key: key.toLowerCase(),
        values: asArray(values).map((value) => text(value) ?? ''),
      })),
    );
}

/** `repo:example/*` names somebody; `*` and `repo:*` name everybody. */
function isSpecific(value: string): boolean {
  const fixed = value.slice(0, value.search(/[*?]|$/));
  const colon = fixed.indexOf(':');
  return fixed === value || (colon >= 0 && fixed.length > colon + 1);
}
