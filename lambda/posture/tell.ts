import { alertIdOf } from '../alerts/alert';
import type { AlertStore, StoredAlert } from '../alerts/alert-store';
import { harmless, mailText } from '../alerts/neutral';
import { POSTURE_ITEMS } from '../config/environment';
import { StoreUnavailableError } from '../errors';
import { DAY } from '../rules/rule';
import { levelOf, SEVERITIES, type Severity } from '../rules/severity';
import type { PostureChange, PostureEvidence, PostureNews, PostureSummary, ToldFindings } from './news';
import { type Audit, type CheckResult, GLOBAL } from './result';
import { type Changes, type CheckState, levelOfChanges, type OpenFinding } from './state';
import { controlNames, fixFor } from './wording';

/** More are counted, not listed: evidence has 8 KB. */
const LISTED_MAX = 12;
const RESOLVED_MAX = 8;
const DETAIL_MAX = 160;

/** Alerts are kept this long. */
const RETENTION_MS = 400 * DAY;

const WEEK = 7 * DAY;
/** The epoch was a Thursday; weeks begin on Monday. */
const MONDAY = 4 * DAY;

/** More messages about one check in a day than anybody would read: something is wrong with us. */
const A_DAY_MAX = 100;

const SUMMARY_RULE = 'posture-summary';

/** Steps for what is gone keep their placeholders. */
const NOBODY = { name: '', resource: '', region: '' };

export interface Telling {
  readonly alerts: AlertStore;
  readonly account: string;
  readonly nowMs: number;
}

/** A check's result beside what was known of it. */
export interface Compared {
  readonly result: CheckResult;
  readonly before: CheckState | undefined;
  readonly changes: Changes;
  readonly after: CheckState;
}

/** Puts a message about the changes of a check into the outbox. False if there is nothing to tell. @throws {StoreUnavailableError} */
export async function tellChanges(
  telling: Telling,
  { check, findings }: CheckResult,
  changes: Changes,
  { revision, open }: CheckState,
): Promise<boolean> {
  const level = levelOfChanges(changes);
  if (level === 0) return false;
  const { opened, moreSevere, resolved, becameUnknown, knownAgain } = changes;
  const first = bySeverity([...opened, ...moreSevere])[0] ?? resolved[0];
  const subject = findings.find(({ resource, region }) => resource === first?.resource && region === first.region);
  const news: PostureChange = {
    kind: 'changes',
    check: check.id,
    title: check.title,
    why: check.why,
    // A mail program would make a link of a name such as www.example.com.
    fix: fixFor(check, subject ?? NOBODY, telling.account, (name) => mailText(name) === name),
    controls: controlNames(check),
    opened: told(opened, LISTED_MAX),
    moreSevere: told(moreSevere, RESOLVED_MAX),
    resolved: told(resolved, RESOLVED_MAX),
    becameUnknown: becameUnknown.slice(0, 5).map((line) => harmless(line, DETAIL_MAX)),
    knownAgain,
    standing: open.filter(({ suppressed }) => suppressed === undefined).length,
    suppressed: open.filter(({ suppressed }) => suppressed !== undefined).length,
  };
  const identity = [opened, moreSevere, resolved].map((some) =>
    some.map(({ region, resource }) => `${region} ${resource}`).sort(),
  );
  const alertId = alertIdOf(
    'posture',
    check.id,
    telling.account,
    revision,
    JSON.stringify([identity, becameUnknown, knownAgain]),
  );
  await put(telling, {
    ...{ alertId, rule: check.id, level, news },
    headline: headlineOf(check.title, changes),
    region: first?.region ?? GLOBAL,
    resources: bySeverity([...opened, ...moreSevere, ...resolved]).map(({ resource }) => resource),
    count: opened.length + moreSevere.length + resolved.length,
    fromMs: Math.floor(telling.nowMs / DAY) * DAY,
  });
  return true;
}

/**
 * Once a week, from Monday (UTC) on, how everything stands, also when nothing changed: if it does not come, something is
 * wrong. Not in the week of the first audit, which told everything.
 */
export async function tellSummary(
  telling: Telling,
  audit: Audit,
  states: readonly {
    readonly before: CheckState | undefined;
    readonly after: CheckState;
    readonly result: CheckResult;
  }[],
): Promise<boolean> {
  const { nowMs, account } = telling;
  const weekMs = Math.floor((nowMs - MONDAY) / WEEK) * WEEK + MONDAY;
  if (!states.some(({ before }) => before !== undefined && before.judgedMs < weekMs)) return false;
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  const standing = states.flatMap(({ after }) => after.open.filter(({ suppressed }) => suppressed === undefined));
  for (const { severity } of standing) counts[severity] += 1;
  const failing = states.flatMap(({ after, result: { check } }) => {
    const own = bySeverity(
      after.open.filter(({ suppressed, severity }) => suppressed === undefined && severity !== 'info'),
    );
    return own[0] === undefined
      ? []
      : [{ check: check.id, title: check.title, severity: own[0].severity, count: own.length }];
  });
  const statuses = { pass: 0, fail: 0, unknown: 0 };
  for (const { result } of states) statuses[result.status] += 1;
  const unknown = [...new Set(states.flatMap(({ after }) => after.unknown))];
  const news: PostureSummary = {
    kind: 'summary',
    checks: statuses,
    findings: counts,
    suppressed: states.reduce((sum, { after }) => sum + after.open.length, 0) - standing.length,
    newThisWeek: standing.filter(({ sinceMs, severity }) => sinceMs >= nowMs - WEEK && severity !== 'info').length,
    failing: failing.sort((a, b) => levelOf(b.severity) - levelOf(a.severity) || b.count - a.count).slice(0, 30),
    unknown: unknown.slice(0, 8).map((line) => harmless(line, DETAIL_MAX)),
    regions: audit.regions.length,
    skipped: audit.skipped.map(({ region }) => region).slice(0, 40),
  };
  const sum = SEVERITIES.filter((severity) => counts[severity] > 0 && severity !== 'info').reverse();
  return put(telling, {
    alertId: alertIdOf(SUMMARY_RULE, account, weekMs),
    rule: SUMMARY_RULE,
    level: levelOf('low'),
    news,
    headline: `${statuses.pass} checks passed, ${statuses.fail} failed, ${statuses.unknown} unknown${sum.length === 0 ? '' : `; standing: ${sum.map((severity) => `${counts[severity]} ${severity}`).join(', ')}`}`,
    region: GLOBAL,
    resources: [],
    count: standing.length,
    fromMs: weekMs,
  });
}

interface Put {
  readonly alertId: string;
  readonly rule: string;
  readonly level: number;
  readonly headline: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly count: number;
  readonly news: PostureNews;
  /** First place for it; the next ones are taken when others are there. */
  readonly fromMs: number;
}

/**
 * Evidence, then the alert, then its message: who is told can always look it up. The same alert put twice is one: its
 * place is the first of its day that is free or its own. True if a message was inserted.
 */
async function put({ alerts, account, nowMs }: Telling, alert: Put): Promise<boolean> {
  const { alertId, rule, level, headline, region, resources, count, news, fromMs } = alert;
  const group = `${POSTURE_ITEMS}#${account}#${rule}`;
  const there = await alerts.readAlerts(group, fromMs, fromMs + A_DAY_MAX);
  let bucketMs = fromMs;
  for (const { alert: other } of there) {
    if (other.bucketMs !== bucketMs || other.alertId === alertId) break;
    bucketMs += 1;
  }
  if (bucketMs >= fromMs + A_DAY_MAX) throw new StoreUnavailableError(`posture: too many messages about ${rule} today`);
  const expiresMs = nowMs + RETENTION_MS;
  const evidence: PostureEvidence = {
    eventId: alertId,
    timeMs: nowMs,
    account,
    region,
    service: 'trailhound',
    call: rule,
    actor: 'daily audit',
    outcome: 'succeeded',
    caller: {},
    resources: resources.slice(0, 10).map((name) => harmless(name, 300)),
    headline: harmless(headline, 500),
    level,
    steps: 0,
    posture: news,
  };
  const stored: StoredAlert = {
    ...{ group, bucketMs, alertId, rule, level, count, expiresMs },
    kind: 'posture',
    key: account,
    track: 'live',
    quietMs: 0,
    firstFiringMs: nowMs,
    lastFiringMs: nowMs,
    firstEventMs: nowMs,
    multiple: 1,
    evidenceKinds: [0],
    revision: 1,
    createdMs: nowMs,
  };
  await alerts.insertEvidence({ group, bucketMs }, 0, evidence, expiresMs);
  if (!(await alerts.insertAlert(stored))) {
    const [own] = await alerts.readAlerts(group, bucketMs, bucketMs);
    // Another audit took the place meanwhile: what it told is not what we would tell.
    if (own?.alert.alertId !== alertId) throw new StoreUnavailableError(`posture: somebody else tells of ${rule}`);
  }
  return alerts.insertMessage({
    ...{ group, bucketMs, alertId, rule, level, count, region, account, expiresMs },
    kind: 'posture',
    multiple: 1,
    track: 'live',
    actor: evidence.actor,
    headline: harmless(headline, 300),
    firstFiringMs: nowMs,
    lastFiringMs: nowMs,
    createdMs: nowMs,
  });
}

function headlineOf(title: string, { opened, moreSevere, resolved, becameUnknown, knownAgain }: Changes): string {
  const parts = [
    ...(opened.length === 0 ? [] : [`${opened.length} new`]),
    ...(moreSevere.length === 0 ? [] : [`${moreSevere.length} more severe`]),
    ...(resolved.length === 0 ? [] : [`${resolved.length} resolved`]),
    ...(becameUnknown.length === 0 ? [] : [`unknown: ${becameUnknown[0]}`]),
    ...(knownAgain ? ['known again'] : []),
  ];
  const [first] = bySeverity([...opened, ...moreSevere]);
  return `${title}: ${parts.join(', ')}${first === undefined ? '' : ` (${first.detail})`}`;
}

function told(findings: readonly OpenFinding[], max: number): ToldFindings {
  return {
    count: findings.length,
    listed: bySeverity(findings)
      .slice(0, max)
      .map(({ resource, region, severity, detail }) => ({
        ...{ region, severity },
        resource: harmless(resource, 200),
        detail: harmless(detail, DETAIL_MAX),
      })),
  };
}

function bySeverity(findings: readonly OpenFinding[]): OpenFinding[] {
  return [...findings].sort(
    (a, b) => levelOf(b.severity) - levelOf(a.severity) || (a.region + a.resource < b.region + b.resource ? -1 : 1),
  );
}
