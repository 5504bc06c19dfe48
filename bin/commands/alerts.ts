import { styleText } from 'node:util';
import { alertDocument } from '../../lambda/alerts/alert-document';
import type { AlertView } from '../../lambda/alerts/alert-view';
import { emailText } from '../../lambda/alerts/email';
import { inOrder } from '../../lambda/alerts/evidence';
import { type Frame, frameOf, titleOf } from '../../lambda/alerts/frame';
import { harmless, visible } from '../../lambda/alerts/neutral';
import { frameData } from '../../lambda/config/frame-data';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { isoTime } from '../../lambda/intake/iso-time';
import { behind } from '../../lambda/lineage/behind';
import type { Behind } from '../../lambda/lineage/taker';
import { RULES } from '../../lambda/rules';
import { globMatches } from '../../lambda/rules/glob';
import { levelOf, SEVERITIES, severityAt } from '../../lambda/rules/severity';
import { SUPPRESSED } from '../../lambda/rules/suppression';
import { version } from '../../package.json';
import { grouped } from '../../replay/counts';
import { SEVERITY_STYLES, time } from '../../replay/formats/table';
import { type AlertArchive, type ArchivedAlert, everyAlert } from '../alert-archive';
import { knownRule, oneOf, parse, timeOf, wholeNumber } from '../args';
import type { Cloud } from '../cloud';
import { EXIT, type Io, UsageError } from '../io';
import { WHERE_HELP, WHERE_OPTIONS, type Where } from '../where';

const TRACKS = ['live', 'test', 'shadow', 'suppressed', 'all'] as const;

const HELP = `Usage: trailhound alerts [id] [options]

Lists the alerts that the deployed detector stored, the latest last; or shows one with everything that is known of it,
also who took the role behind it.

  --since, --until <time>  2026-11-20, 2026-11-20T08:00:00Z, or 12h or 7d ago (default: since 7d)
  --rule <id>              only of this rule; repeat for several
  --min-severity <level>   at least: ${SEVERITIES.join(', ')} (default: low)
  --account <id>           only of this account
  --actor <glob>           only of callers like this: '*:role/ci-*'
  --track <track>          ${TRACKS.join(', ')} (default: live)
  --open                   only what nobody has acknowledged
  --limit <n>              the latest so many (default: 100 in a table, all as jsonl)
  --format <format>        table, jsonl: one JSON object a line, by docs/alert.schema.json (default: table)
  --config <file>          names of accounts, time zone and language (default: trailhound.yaml, if there is one)

  --acknowledge            say that you have seen the alert <id>; your ARN is kept with it
  --note <text>            what you found

${WHERE_HELP}

An id may be shortened as long as it is clear which is meant. Needs the stack's operator role.
`;

/** Letters of an id that are enough to look for it. */
const ID_MIN = 6;
const NOTE_MAX = 500;

/** @returns the exit code. @throws UsageError, ConfigError */
export async function runAlerts(args: readonly string[], io: Io, cloudIn: (where: Where) => Cloud): Promise<number> {
  const { values, positionals } = parse('alerts', args, {
    since: { type: 'string' },
    until: { type: 'string' },
    rule: { type: 'string', multiple: true },
    'min-severity': { type: 'string', default: 'low' },
    account: { type: 'string' },
    actor: { type: 'string' },
    track: { type: 'string', default: 'live' },
    open: { type: 'boolean', default: false },
    limit: { type: 'string' },
    format: { type: 'string', default: 'table' },
    config: { type: 'string' },
    acknowledge: { type: 'boolean', default: false },
    note: { type: 'string' },
    ...WHERE_OPTIONS,
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    io.stdout(HELP);
    return EXIT.ok;
  }
  const [id, ...more] = positionals;
  if (more.length > 0) throw new UsageError('alerts shows one alert at a time');
  if (id !== undefined && !/^[0-9a-hjkmnp-tv-z]{1,26}$/.test(id)) {
    throw new UsageError(`${JSON.stringify(id.slice(0, 60))} is no alert's id: they have 26 letters and digits`);
  }
  if (id !== undefined && id.length < ID_MIN) throw new UsageError(`give at least ${ID_MIN} letters of the id`);
  if ((values.acknowledge || values.note !== undefined) && id === undefined) {
    throw new UsageError('--acknowledge and --note need the id of an alert');
  }
  if (values.note !== undefined && !values.acknowledge) throw new UsageError('--note goes with --acknowledge');
  const format = oneOf('format', values.format, ['table', 'jsonl'] as const);
  const limit = wholeNumber('limit', values.limit, 1, 1_000_000) ?? (format === 'table' ? 100 : undefined);
  const config = loadConfig({ cwd: io.cwd, ...(values.config === undefined ? {} : { configPath: values.config }) });
  const isWanted = filterOf({
    sinceMs: timeOf('since', values.since ?? '7d', io.nowMs()),
    untilMs: values.until === undefined ? Number.POSITIVE_INFINITY : timeOf('until', values.until, io.nowMs()),
    rules: values.rule?.map((rule) => knownRule('rule', rule)),
    minLevel: levelOf(oneOf('min-severity', values['min-severity'], SEVERITIES)),
    account: values.account,
    actor: values.actor,
    track: oneOf('track', values.track, TRACKS),
    open: values.open,
  });
  const frame = frameOf(frameData(resolveConfig(config.value, RULES, io.nowMs()), RULES), version);

  const cloud = cloudIn(values);
  const { AlertsTableName: table, BaselinesTableName: baselines } = await cloud.stackOutputs(values.stack);
  if (table === undefined) {
    throw new UsageError(`the stack ${visible(values.stack)} has no output AlertsTableName; is it the hub's stack?`);
  }
  const archive = cloud.alerts(table);
  if (id !== undefined) {
    const found = await theOne(archive, id);
    if (values.acknowledge) return acknowledge(found, values.note, io, cloud, archive);
    const known = await knownBehind(found, baselines, cloud, io);
    io.stdout(format === 'jsonl' ? line(found, frame, known) : whole(found, frame, known));
    return EXIT.ok;
  }
  const found: ArchivedAlert[] = [];
  let stored = 0;
  for await (const alert of everyAlert(archive)) {
    stored += 1;
    if (isWanted(alert)) found.push(alert);
  }
  found.sort((a, b) => a.alert.lastFiringMs - b.alert.lastFiringMs || (a.alert.alertId < b.alert.alertId ? -1 : 1));
  const shown = limit === undefined ? found : found.slice(-limit);
  io.stdout(
    format === 'jsonl'
      ? shown.map((alert) => line(alert, frame, undefined)).join('')
      : listing(shown, frame, io.stdoutIsTerminal && !io.env['NO_COLOR']),
  );
  const left = found.length - shown.length;
  io.stderr(
    `${counted(shown.length)} of ${grouped(stored)} stored${left === 0 ? '' : `; ${grouped(left)} earlier ones match too: raise --limit`}\n`,
  );
  return EXIT.ok;
}

interface Filter {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly rules: readonly string[] | undefined;
  readonly minLevel: number;
  readonly account: string | undefined;
  readonly actor: string | undefined;
  readonly track: (typeof TRACKS)[number];
  readonly open: boolean;
}

function filterOf({ sinceMs, untilMs, rules, minLevel, account, actor, track, open }: Filter) {
  return (archived: ArchivedAlert): boolean => {
    const { alert, acknowledged } = archived;
    if (alert.lastFiringMs < sinceMs || alert.firstFiringMs >= untilMs || alert.level < minLevel) return false;
    if (rules !== undefined && !rules.includes(alert.rule)) return false;
    if (open && acknowledged !== undefined) return false;
    if (track === 'suppressed' ? !alert.track.startsWith(SUPPRESSED) : track !== 'all' && alert.track !== track) {
      return false;
    }
    if (account === undefined && actor === undefined) return true;
    const view = viewOf(archived);
    return (
      (account === undefined || view.account === account) && (actor === undefined || globMatches(actor, view.actor))
    );
  };
}

/** The alert whose id begins so. @throws UsageError if there is none, or more than one */
async function theOne(archive: AlertArchive, id: string): Promise<ArchivedAlert> {
  const found: ArchivedAlert[] = [];
  for await (const archived of everyAlert(archive)) {
    if (archived.alert.alertId === id) return archived;
    if (archived.alert.alertId.startsWith(id)) found.push(archived);
  }
  const [only, ...others] = found;
  if (only === undefined) throw new UsageError(`there is no alert ${id}. Alerts are kept for 400 days`);
  if (others.length > 0) {
    const ids = found.slice(0, 5).map(({ alert }) => alert.alertId);
    throw new UsageError(`${found.length} alerts begin with ${id}: ${ids.join(', ')}${found.length > 5 ? ', …' : ''}`);
  }
  return only;
}

async function acknowledge(
  { alert, acknowledged }: ArchivedAlert,
  note: string | undefined,
  io: Io,
  cloud: Cloud,
  archive: AlertArchive,
): Promise<number> {
  const words = {
    by: harmless(await cloud.caller(), 300),
    note: note === undefined ? undefined : harmless(note, NOTE_MAX),
  };
  if (!(await archive.acknowledge(alert, { atMs: io.nowMs(), ...words }))) {
    throw new UsageError(`the alert ${alert.alertId} has expired just now`);
  }
  const before = acknowledged === undefined ? '' : ` It was before, by ${acknowledged.by}.`;
  io.stdout(`${alert.alertId} is acknowledged by ${words.by}.${before}\n`);
  return EXIT.ok;
}

/**
 * Who took the role that the leading event was placed with, as far as that is known: it is kept for 37 hours. What cannot
 * be looked up is left out, with a word to whoever asks.
 */
async function knownBehind(
  { evidence }: ArchivedAlert,
  table: string | undefined,
  cloud: Cloud,
  io: Io,
): Promise<Behind | undefined> {
  if (table === undefined) return undefined;
  try {
    const found = await behind(cloud.lineage(table), inOrder(evidence)[0]);
    return found === undefined || found.takers.length === 0 ? undefined : found;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr(`Who took the role is left out: ${error.message}\n`);
    return undefined;
  }
}

/** The stored alert as outputs see one: at its latest, told by nobody. */
function viewOf({ alert, messages, evidence }: ArchivedAlert, known?: Behind): AlertView {
  const { alertId, kind, rule, track, key, level, multiple, count, firstEventMs, lastFiringMs, createdMs } = alert;
  const samples = inOrder(evidence);
  const lead = samples[0] ?? messages[0];
  return {
    ...{ alertId, kind, rule, track, key, level, multiple, count, firstEventMs, lastFiringMs },
    stage: { kind: 'opened' },
    account: lead?.account ?? 'unknown',
    region: lead?.region ?? 'unknown',
    actor: lead?.actor ?? 'unknown',
    ...(known === undefined ? {} : { behind: known }),
    headline: lead?.headline ?? key,
    detected: { atMs: createdMs, afterMs: createdMs - alert.firstFiringMs },
    toldMs: undefined,
    samples: samples.slice(0, SAMPLES_MAX),
    samplesLeftOut: Math.max(0, samples.length - SAMPLES_MAX),
  };
}

/** As many as the schema allows. */
const SAMPLES_MAX = 10;

/** One line of JSON. What depends on when and by whom it was told (stage, version, configuration) is not stored. */
function line(archived: ArchivedAlert, frame: Frame, known: Behind | undefined): string {
  const { stage: _, trailhound: __, configHash: ___, ...document } = alertDocument(viewOf(archived, known), frame);
  const { messages, acknowledged } = archived;
  return `${JSON.stringify({
    ...document,
    messages: messages.map(({ level, multiple, update, createdMs, sentMs }) => ({
      ...(update === undefined ? {} : { update: true }),
      severity: severityAt(level),
      multiple,
      createdTime: isoTime(createdMs),
      ...(sentMs === undefined ? {} : { sentTime: isoTime(sentMs) }),
    })),
    ...(acknowledged === undefined
      ? {}
      : {
          acknowledged: {
            time: isoTime(acknowledged.atMs),
            by: acknowledged.by,
            ...(acknowledged.note === undefined ? {} : { note: acknowledged.note }),
          },
        }),
  })}\n`;
}

function whole(archived: ArchivedAlert, frame: Frame, known: Behind | undefined): string {
  const { messages, acknowledged } = archived;
  const told = messages.map(
    ({ level, multiple, update, createdMs, sentMs }) =>
      `  ${update === undefined ? '' : 'update, who took the role, '}${severityAt(level)}${multiple === 1 ? '' : `, ${multiple} times the threshold`}: ${sentMs === undefined ? `waits since ${time(createdMs)} UTC` : `sent ${time(sentMs)} UTC`}`,
  );
  const seen =
    acknowledged === undefined
      ? '  by nobody yet'
      : `  ${time(acknowledged.atMs)} UTC by ${visible(acknowledged.by)}${acknowledged.note === undefined ? '' : `: ${visible(acknowledged.note)}`}`;
  return [
    emailText(viewOf(archived, known), frame),
    '',
    'TOLD',
    ...(told.length === 0 ? [`  nobody: ${trackText(archived)}`] : told),
    '',
    'ACKNOWLEDGED',
    seen,
    '',
  ].join('\n');
}

function listing(alerts: readonly ArchivedAlert[], frame: Frame, colours: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(format, text) : text);
  return alerts
    .map((archived) => {
      const { acknowledged, messages } = archived;
      const view = viewOf(archived);
      const severity = severityAt(view.level);
      const sent = messages.flatMap(({ sentMs }) => sentMs ?? []);
      const notes = [
        `rule ${view.rule}`,
        ...(view.track === 'live' ? [] : [trackText(archived)]),
        sent.length > 0
          ? `told ${time(Math.min(...sent))}`
          : messages.length > 0
            ? 'waits to be told'
            : 'told to nobody',
        ...(acknowledged === undefined ? [] : [`acknowledged ${time(acknowledged.atMs)}`]),
        `alert ${view.alertId}`,
      ];
      const head = `${paint(SEVERITY_STYLES[severity], severity.toUpperCase().padEnd(8))}  ${time(view.lastFiringMs)}`;
      return [
        `${head}  ${paint('bold', titleOf(view, frame))}  ${paint('gray', `${visible(view.account)} ${visible(view.region)}`)}`,
        `          ${visible(view.headline)}`,
        `          ${paint('gray', notes.join(' · '))}`,
        '',
      ].join('\n');
    })
    .join('');
}

function trackText({ alert }: ArchivedAlert): string {
  if (alert.track === 'shadow') return 'the rule was on trial (shadow)';
  if (alert.track === 'test') return 'a test';
  if (alert.track.startsWith(SUPPRESSED)) return `suppressed by ${visible(alert.track.slice(SUPPRESSED.length))}`;
  return alert.level === 0 ? 'its severity is info' : 'an alert right before it speaks for it';
}

function counted(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'alert' : 'alerts'}`;
}
