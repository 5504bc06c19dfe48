import { pick } from '../../intake/fields';
import { globMatches } from '../../rules/glob';

/**
 * A statement of an IAM policy, reduced to what decides. Names of actions are in lower case, as IAM ignores their case;
 * resources keep theirs. Keys are found in any case: what IAM may read must not hide here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface Statement {
  readonly effect: 'allow' | 'deny';
  readonly actions: Selection;
  readonly resources: Selection;
  /** True when it holds only under conditions. */
  readonly conditional: boolean;
}

/** Globs that select, or with `except` all but what they select. */
export interface Selection {
  readonly except: boolean;
  readonly globs: readonly string[];
}

/** What `${*}`, `${?}` and `${$}` stand for while globs are compared: letters that no name has. */
const LITERALS: Readonly<Record<string, string>> = { '${*}': '\ue000', '${?}': '\ue001', '${$}': '$' };

/**
 * The statements of a policy document, given as an object or as JSON text. Undefined when it is no policy. A statement
 * that IAM would refuse (no effect, both Action and NotAction) makes the whole document undefined: nothing is guessed.
 */
export function statementsOf(policy: unknown): readonly Statement[] | undefined {
  const document = typeof policy === 'string' ? parsed(policy) : policy;
  if (!isObject(document)) return undefined;
  const written = pick(document, 'Statement');
  if (written === undefined) return undefined;
  const statements = (Array.isArray(written) ? (written as unknown[]) : [written]).map(statementOf);
  return statements.every((statement) => statement !== undefined) ? statements : undefined;
}

function statementOf(written: unknown): Statement | undefined {
  if (!isObject(written)) return undefined;
  const said = pick(written, 'Effect');
  const effect = said === 'Allow' ? 'allow' : said === 'Deny' ? 'deny' : undefined;
  const actions = selectionOf(pick(written, 'Action'), pick(written, 'NotAction'), (action) => action.toLowerCase());
  const resources = selectionOf(pick(written, 'Resource'), pick(written, 'NotResource'), withLiterals);
  if (effect === undefined || actions === undefined || resources === undefined) return undefined;
  const condition = pick(written, 'Condition');
  return { effect, actions, resources, conditional: isObject(condition) && Object.keys(condition).length > 0 };
}

function selectionOf(only: unknown, except: unknown, spelled: (glob: string) => string): Selection | undefined {
  if ((only === undefined) === (except === undefined)) return undefined;
  const globs = textsOf(only ?? except);
  return globs === undefined ? undefined : { except: only === undefined, globs: globs.map(spelled) };
}

function textsOf(value: unknown): readonly string[] | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((text) => typeof text === 'string') ? values : undefined;
}

function withLiterals(glob: string): string {
  return glob.replace(/\$\{[*?$]\}/g, (written) => LITERALS[written] ?? written);
}

/** Whether the action (in any case) or the resource is selected. */
export function selects({ except, globs }: Selection, name: string): boolean {
  return globs.some((glob) => globMatches(glob, name)) !== except;
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
