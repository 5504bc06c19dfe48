import { alertIdOf } from '../alerts/alert';
import { asciiSubject } from '../alerts/ascii-subject';
import { cut, mailText } from '../alerts/neutral';
import type { Manifest } from '../config/manifest';
import { isoTime } from '../intake/iso-time';
import { levelOf } from '../rules/severity';
import type { Dispatch } from './state';
import type { Notice } from './states';

/** Where the heartbeat is, for people. */
export type Place = Pick<Manifest, 'account' | 'region' | 'version' | 'configHash'>;

const WORDS = { critical: 'CRITICAL', warn: 'WARNING', reminder: 'STILL SO', recovered: 'RECOVERED' } as const;
const ORDER: readonly Notice['kind'][] = ['critical', 'warn', 'reminder', 'recovered'];

/** A region that is out brings dozens of notices at once; the rest are said to be more. */
const SHOWN_MAX = 40;
/** The text of a message; SNS takes 256 KB, people far less. */
const TEXT_MAX = 20_000;
const HEADLINE_MAX = 300;
const INDENT = 11;

/**
 * One message for all that a run has to tell, the gravest first: a region that breaks is one mail, not one for each of
 * its parts.
 */
export function troubleDispatch(notices: readonly Notice[], place: Place, nowMs: number): Dispatch | undefined {
  const sorted = [...notices].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.told - a.told || (a.subject < b.subject ? -1 : 1),
  );
  const [first, ...rest] = sorted;
  if (first === undefined) return undefined;
  const isOver = sorted.every(({ kind }) => kind === 'recovered');
  const level = isOver ? levelOf('low') : levelOf(sorted.some(isCritical) ? 'critical' : 'high');
  const says = isOver ? `no longer so: ${first.says}` : first.says;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  const tag = isOver ? 'RECOVERED' : level === levelOf('critical') ? 'CRITICAL' : 'WARNING';
  const parts = sorted.slice(0, SHOWN_MAX).flatMap((notice) => [...noticeLines(notice, nowMs), '']);
  const left = sorted.length - SHOWN_MAX;
  return {
    id: alertIdOf('heartbeat', nowMs, ...sorted.map(({ kind, subject }) => `${kind} ${subject}`)),
    atMs: nowMs,
    subject: asciiSubject(`[${tag}] Trailhound heartbeat${more}: ${says} - ${place.account}`),
    text: cut(
      [...parts, ...(left > 0 ? [`... and ${left} more.`, ''] : []), ...footer(place, nowMs)].join('\n'),
      TEXT_MAX,
    ),
    level,
    kind: isOver ? 'recovered' : 'trouble',
    headline: cut(says, HEADLINE_MAX - 30) + more,
    opsTold: false,
    alertsTold: false,
  };
}

function isCritical({ kind, told }: Notice): boolean {
  return kind === 'critical' || (kind === 'reminder' && told === 2);
}

function noticeLines({ kind, says, advice, sinceMs, told }: Notice, nowMs: number): string[] {
  const lasted = duration(nowMs - sinceMs);
  const since =
    kind === 'recovered'
      ? `${told === 2 ? 'It was critical' : 'It was told'}; it lasted ${lasted}, since ${isoTime(Math.floor(sinceMs / 1_000) * 1_000)}.`
      : `Since ${isoTime(Math.floor(sinceMs / 1_000) * 1_000)} (${lasted}).`;
  const text = `${mailText(says)}.`;
  return [
    WORDS[kind].padEnd(INDENT) + (kind === 'recovered' ? `No longer so: ${text}` : text),
    ' '.repeat(INDENT) + since,
    ...(advice === undefined || kind === 'recovered' ? [] : [`${' '.repeat(INDENT)}DO: ${advice}`]),
  ];
}

function footer({ account, region, version, configHash }: Place, nowMs: number): string[] {
  return [
    `The heartbeat looks every 5 minutes, from account ${account}, ${region}. This was ${isoTime(nowMs - (nowMs % 1_000))}.`,
    'What stays broken is said again every day; what is right again is said once.',
    `Trailhound ${version}, configuration ${configHash}.`,
  ];
}

/** `4 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
