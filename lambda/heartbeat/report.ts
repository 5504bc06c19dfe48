import { alertIdOf } from '../alerts/alert';
import { asciiSubject } from '../alerts/ascii-subject';
import { cut, harmless, mailText } from '../alerts/neutral';
import type { HeartbeatData } from '../config/heartbeat-data';
import { DAY } from '../rules/rule';
import { levelOf } from '../rules/severity';
import { duration, type Place } from './dispatch';
import { shadowLines, type Untold } from './shadow';
import type { Dispatch } from './state';
import type { Troubles } from './states';
import type { Counts } from './surroundings';
import { type Latencies, quantile } from './week';

export interface ReportFacts {
  readonly week: string;
  /** Undefined where CloudWatch did not answer. */
  readonly counts: Counts | undefined;
  readonly latencies: Latencies;
  readonly untold: readonly Untold[];
  readonly troubles: Troubles;
  /** Whether some trail is the organization's; undefined where nobody could look. */
  readonly organizationTrail: boolean | undefined;
}

/** How long before its end a suppression is announced. */
const EXPIRY_NOTICE_MS = 14 * DAY;
const TEXT_MAX = 20_000;

/**
 * The report of the week: when it does not come, something is wrong. Suppressions that end are said here, where nothing
 * can suppress it.
 */
export function weeklyReport(facts: ReportFacts, config: HeartbeatData, place: Place, nowMs: number): Dispatch {
  const { counts, latencies, troubles, week } = facts;
  const open = Object.values(troubles).filter(({ told }) => told > 0);
  const number = (value: number | undefined) => (value === undefined ? 'unknown' : value.toLocaleString('en-US'));
  const lines: [string, string][] = [
    ['Events', `${number(counts?.records)} evaluated`],
    [
      'Alerts',
      `${number(counts?.live)} live, ${number(counts?.suppressed)} suppressed, ${number(counts?.shadow)} shadow (raised or continued)`,
    ],
    ['Canaries', `writes ${quantiles(latencies.write)}; reads ${quantiles(latencies.read)}`],
    ['Rules', `${config.rules.live} live, ${config.rules.shadow.length} shadow`],
    ['Trail', trailText(facts.organizationTrail, config)],
    ['Version', `Trailhound ${place.version}, configuration ${place.configHash}`],
  ];
  const parts = [
    open.length === 0
      ? 'All is well: the trail records, every part of Trailhound is in place, and test calls come back from every region.'
      : `Not all is well; ${open.length} told already:`,
    ...open.map(({ says, sinceMs }) => `  - ${mailText(says)} (for ${duration(nowMs - sinceMs)})`),
    '',
    ...lines.map(([label, text]) => label.padEnd(12) + text),
    '',
    ...suppressionLines(config, nowMs),
    `This report comes every Monday from account ${place.account}, ${place.region}. If it does not, the heartbeat is dead.`,
    // Last: it may be long, and be cut.
    ...shadowLines(facts.untold),
  ];
  const subject = open.length === 0 ? 'All is well' : `${open.length} troubles`;
  return {
    id: alertIdOf('heartbeat-report', place.account, place.region, week),
    atMs: nowMs,
    subject: asciiSubject(`[WEEKLY] Trailhound: ${subject}, week from ${week} - ${place.account}`),
    text: cut(parts.join('\n'), TEXT_MAX),
    level: levelOf('info'),
    kind: 'report',
    headline: subject,
    opsTold: false,
    alertsTold: true, // it is about the detector, not an alert
  };
}

function quantiles(counts: readonly number[]): string {
  const [p50, p95] = [quantile(counts, 0.5), quantile(counts, 0.95)];
  if (p50 === undefined || p95 === undefined) return 'none came back';
  return `p50 ${Math.round(p50 / 1_000)} s, p95 ${Math.round(p95 / 1_000)} s`;
}

function trailText(organizationTrail: boolean | undefined, { hasOrganization }: HeartbeatData): string {
  if (organizationTrail === undefined) return 'could not be looked at';
  if (organizationTrail) return "the organization's, which members cannot stop";
  return !hasOrganization
    ? "the account's own"
    : 'no trail of the organization: recommended, since a member can stop its own trail';
}

function suppressionLines({ suppressions }: HeartbeatData, nowMs: number): string[] {
  const shown = suppressions.flatMap(({ id, owner, expiresMs }): string[] => {
    if (expiresMs === undefined) return [`  - ${id} never expires (owner: ${mailText(harmless(owner, 80))})`];
    const day = new Date(expiresMs).toISOString().slice(0, 10);
    const who = mailText(harmless(owner, 80));
    if (expiresMs <= nowMs) return [`  - ${id} expired on ${day} and no longer applies (owner: ${who})`];
    return expiresMs <= nowMs + EXPIRY_NOTICE_MS ? [`  - ${id} expires on ${day} (owner: ${who})`] : [];
  });
  return shown.length === 0 ? [] : ['Suppressions to look at again:', ...shown, ''];
}
