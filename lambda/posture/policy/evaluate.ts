import { type Statement, selects } from './statement';

/**
 * May somebody with these policies do this? As IAM decides within one account, from the documents alone:
 *
 *     a Deny that applies ──▶ no
 *     an Allow in the identity's policies, and one in the boundary if there is one ──▶ yes
 *     otherwise ──▶ no
 *
 * A statement with conditions may or may not apply: such an Allow makes the answer `conditionally`, such a Deny takes
 * nothing away. So `yes` and `no` are certain but for what the documents do not show (service control policies, resource
 * policies, session policies), and `conditionally` never hides a permission.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export type Verdict = 'no' | 'conditionally' | 'yes';

export interface Request {
  /** `iam:CreateUser`, in any case. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
}

export interface Permissions {
  /** Of the identity's own policies and its groups'. */
  readonly statements: readonly Statement[];
  /** Of the permissions boundary; undefined without one; `unknown` when its document is not to be had. */
  readonly boundary: readonly Statement[] | 'unknown' | undefined;
}

const STRENGTH: Readonly<Record<Verdict, number>> = { no: 0, conditionally: 1, yes: 2 };

export function may({ statements, boundary }: Permissions, request: Request): Verdict {
  const own = verdictOf(statements, request);
  if (boundary === undefined || own === 'no') return own;
  return weaker(own, boundary === 'unknown' ? 'conditionally' : verdictOf(boundary, request));
}

/** The weakest of the answers: what holds when all of them must be yes. */
export function mayAll(permissions: Permissions, requests: readonly Request[]): Verdict {
  let verdict: Verdict = 'yes';
  for (const request of requests) {
    verdict = weaker(verdict, may(permissions, request));
    if (verdict === 'no') break;
  }
  return verdict;
}

function weaker(a: Verdict, b: Verdict): Verdict {
  return STRENGTH[a] <= STRENGTH[b] ? a : b;
}

export function stronger(a: Verdict, b: Verdict): Verdict {
  return STRENGTH[a] >= STRENGTH[b] ? a : b;
}

function verdictOf(statements: readonly Statement[], { action, resource }: Request): Verdict {
  const name = action.toLowerCase();
  let verdict: Verdict = 'no';
  for (const { effect, actions, resources, conditional } of statements) {
    if (effect === 'deny' ? conditional : verdict === 'yes') continue;
    if (!selects(actions, name) || !selects(resources, resource)) continue;
    if (effect === 'deny') return 'no';
    verdict = stronger(verdict, conditional ? 'conditionally' : 'yes');
  }
  return verdict;
}
