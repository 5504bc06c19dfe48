import { isObject } from './statement';

/**
 * Who a role's trust policy lets in. Never throws, whatever the document. Deny statements are not considered: one that
 * takes something back still leaves the finding.
 */

/** An account that is let in and does not belong. */
export interface Stranger {
  readonly account: string;
  /** True when a condition asks for an external ID of one's own choice. */
  readonly hasExternalId: boolean;
}

export function trustedStrangers(trust: unknown, known: readonly string[]): readonly Stranger[] {
  return allows(trust).flatMap(({ principal, condition }) => {
    const hasExternalId = conditionValues(condition, 'sts:externalid').length > 0;
    return named(principal, 'AWS')
      .map(accountIn)
      .filter((account) => account !== undefined)
      .filter((account) => !known.includes(account))
      .map((account) => ({ account, hasExternalId }));
  });
}

/**
 * Identity providers that serve everybody, by the part of their ARN or name that says so, and how the fixed beginning of
 * a subject must look to be somebody's own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
const SHARED_PROVIDERS: Readonly<Record<string, RegExp>> = {
  'token.actions.githubusercontent.com': /^repo:[^/*?]+\//,
  'gitlab.com': /^project_path:[^/*?]+\//,
  'app.terraform.io': /^organization:[^:*?]+:/,
  'agent.buildkite.com': /^organization:[^:*?]+:/,
};

/** Shared providers whose every subject, or somebody else's, may take the role. */
export function openFederations(trust: unknown): readonly string[] {
  const open = allows(trust).flatMap(({ principal, condition }) =>
    named(principal, 'Federated').flatMap((provider) => {
      const host = Object.keys(SHARED_PROVIDERS).find((name) => provider === name || provider.endsWith(`/${name}`));
      const own = host === undefined ? undefined : SHARED_PROVIDERS[host];
      if (host === undefined || own === undefined) return [];
      const subjects = conditionValues(condition, `${host}:sub`);
      return subjects.length > 0 && subjects.every((subject) => own.test(subject)) ? [] : [host];
    }),
  );
  return [...new Set(open)].sort();
}

function allows(trust: unknown): readonly { readonly principal: unknown; readonly condition: unknown }[] {
  if (!isObject(trust)) return [];
  const written = trust['Statement'];
  const statements: readonly unknown[] = Array.isArray(written) ? written : [written];
  return statements
    .filter(isObject)
    .filter((statement) => statement['Effect'] === 'Allow')
    .map((statement) => ({ principal: statement['Principal'], condition: statement['Condition'] }));
}

function named(principal: unknown, type: string): readonly string[] {
  return isObject(principal) ? texts(principal[type]) : [];
}

/** `444455556666`, or any ARN of the account. */
function accountIn(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return principal;
  return /^arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
}

/** What the key must be equal to or like, by any of the conditions; negated ones and …IfExists ask for nothing. */
function conditionValues(condition: unknown, key: string): readonly string[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!/^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/i.test(operator) || !isObject(keys)) return [];
    return Object.entries(keys).flatMap(([name, values]) => (name.toLowerCase() === key ? texts(values) : []));
  });
}

function texts(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((text) => typeof text === 'string');
}
