import { anyGlobMatches } from '../rules/glob';
import { DAY, type Rule } from '../rules/rule';
import type { Settings } from '../rules/settings';
import type { Suppression } from '../rules/suppression';
import { listed, quoted } from './wording';

/** How long before its end a suppression is announced. */
const EXPIRY_NOTICE_MS = 14 * DAY;

/**
 * Whether a rule watches what all others depend on: ATT&CK's "Disable or Modify Cloud Logs". Silencing it is what an
 * attacker would do.
 * @see https://attack.mitre.org/techniques/T1562/008/
 */
export function guardsDetection(rule: Pick<Rule, 'attack'>): boolean {
  return rule.attack.some((technique) => technique.endsWith('/T1562.008'));
}

/** What `people` says for nothing: whoever lists persons believes that their nights are watched. */
export function* settingWarnings({
  people,
  workingHours,
}: Pick<Settings, 'people' | 'workingHours'>): Generator<string> {
  if (people.length > 0 && workingHours.length === 0) {
    yield 'has no effect without workingHours: no time is off hours then; say when these people work, for example mon-fri 07:00-20:00 Europe/Madrid';
  }
}

/** What is allowed about a suppression and should be known: each a clause for `suppressions[n] (id): …`. */
export function* suppressionWarnings(
  { rules: ruleGlobs, actors, expiresMs }: Suppression,
  rules: readonly Rule[],
  nowMs: number,
): Generator<string> {
  const guards = rules
    .filter((rule) => guardsDetection(rule) && !rule.neverSuppressed && anyGlobMatches(ruleGlobs, rule.id))
    .map(({ id }) => id);
  const untouched = rules.filter((rule) => rule.neverSuppressed && ruleGlobs.includes(rule.id)).map(({ id }) => id);
  if (untouched.length > 0) yield `has no effect on ${listed(untouched)}: changes to Trailhound itself are always told`;
  if (guards.length > 0) {
    const [some, more] = [guards.slice(0, 3), guards.length - 3];
    yield `silences ${listed(more > 0 ? [...some, `${more} more`] : some)}, which ${guards.length === 1 ? 'reports' : 'report'} attacks on the detection itself; an attacker would do the same`;
  }
  for (const actor of actors ?? []) {
    if (mayBeTakenOver(actor)) {
      yield `the actor ${quoted(actor)} has a wildcard in the name of a role or user; whoever may create one (iam:CreateRole, iam:CreateUser) can give it a name that matches`;
    } else if (/:assumed-role\//.test(actor)) {
      yield `the actor ${quoted(actor)} is a session; actors are named by the role's own ARN (arn:aws:iam::<account>:role/<name>), so it never matches`;
    } else if (/^[\w+=,@-]+$/.test(actor) && !/^(anonymous|unknown|\d{12})$/.test(actor)) {
      yield `the actor ${quoted(actor)} is a bare name; actors are ARNs, services or root:<account>, so it never matches`;
    }
  }
  if (expiresMs === undefined) yield 'never expires; give it a date, so that somebody looks at it again';
  else if (expiresMs <= nowMs) yield `expired on ${dayOf(expiresMs)} and no longer applies; renew or remove it`;
  else if (expiresMs <= nowMs + EXPIRY_NOTICE_MS) {
    yield `expires on ${dayOf(expiresMs)}, ${inTime(expiresMs - nowMs)}; alerts come back then`;
  }
}

/**
 * True for a glob that an ARN of a role or user can match and whose wildcard reaches its name. Not where the path is one
 * in which only AWS creates roles: service-linked ones and those of IAM Identity Center.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
function mayBeTakenOver(glob: string): boolean {
  const start = glob.split(/[*?]/, 1)[0] as string;
  if (start === glob || !(start.startsWith('arn:') || 'arn:'.startsWith(start))) return false;
  const [, kind, name] = /:(role|user)\/(.*)$/.exec(glob) ?? [];
  if (name === undefined) return true;
  return /[*?]/.test(name) && !(kind === 'role' && /^(aws-service-role|aws-reserved)\//.test(name));
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function inTime(ms: number): string {
  const days = Math.floor(ms / DAY);
  return days === 0 ? 'in less than a day' : `in ${days} day${days === 1 ? '' : 's'}`;
}
