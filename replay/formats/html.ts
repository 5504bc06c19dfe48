import { createHash } from 'node:crypto';
import type { Frame } from '../../lambda/alerts/frame';
import { visible } from '../../lambda/alerts/neutral';
import { SEVERITIES, type Severity } from '../../lambda/rules/severity';
import { counted, grouped } from '../counts';
import { NO_RECORDS, type RawRecords } from '../raw-records';
import type { ReplayResult } from '../replay';
import type { ReplayAlert } from '../replay-alert';
import { type Fate, fateOf, pageData } from './html/page-data';
import { PAGE_SCRIPT } from './html/page-script';
import { PAGE_STYLE } from './html/page-style';
import { time } from './table';

/**
 * The alerts as one page that works without a network: filters, a timeline, and each alert with what is known of it.
 *
 * Everything that records say is JSON in blocks that browsers do not run, and becomes text only. The page's policy lets
 * run its one script and its one style sheet, by their hashes, and load nothing.
 * @param records what `rawRecords` found of the alerts' events
 * @see https://developer.mozilla.org/docs/Web/HTTP/CSP
 */
export function html(
  alerts: readonly ReplayAlert[],
  result: ReplayResult,
  frame: Frame,
  records: RawRecords = NO_RECORDS,
): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { firstEventMs, lastEventMs } = result;
  const span =
    firstEventMs === undefined || lastEventMs === undefined ? undefined : ([firstEventMs, lastEventMs] as const);
  const counts = countByFate(alerts);
  const data = pageData(alerts, span, frame, records);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Trailhound: ${counted(counts.told, 'alert')}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#alerts">Skip to the alerts</a>
<header>
<p class="brand">Trailhound report</p>
<h1>${counted(counts.told, 'alert')} in ${counted(result.events, 'event')}</h1>
<p class="quiet">${counted(result.inputs, 'file')}${span === undefined ? '' : `, ${time(span[0])} to ${time(span[1])} UTC`}. What this configuration would have told.</p>
${gaps(result)}
<ul class="cards">
${cards(alerts, counts)}
</ul>
</header>
<main>
<div id="pictures" class="pictures">
<section aria-labelledby="over-time">
<h2 id="over-time">Over time, by rule</h2>
<ul id="timeline"></ul>
<p><button id="all-rules" type="button" hidden></button></p>
</section>
<section aria-labelledby="who">
<h2 id="who">Who has the most</h2>
<ul id="callers"></ul>
</section>
</div>
<section aria-labelledby="alerts-title">
<h2 id="alerts-title">Alerts</h2>
${filters(counts, alerts.length)}
<div id="none" class="empty" hidden><p>No alert is like this.</p><button id="none-reset" type="button">Reset the filters</button></div>
${alerts.length === 0 ? '<div class="empty"><p>Nothing in these events is worth an alert with this configuration.</p></div>' : ''}
<ol id="alerts" tabindex="-1" role="list"></ol>
<button id="more" type="button" hidden></button>
<noscript><p>This report needs its own script to show alerts; trailhound replay --format table does without.</p></noscript>
</section>
</main>
<footer>
<p>Trailhound ${escaped(frame.version)}, configuration ${escaped(frame.configHash)}. This page loads nothing and sends nothing. Secrets are removed from its records, and what is long is shortened.</p>
</footer>
<div id="said" class="said" role="status" aria-live="polite"></div>
<script type="application/json" id="data">${data.list}</script>
<script type="application/json" id="details">${data.details}</script>
<script type="application/json" id="records">${data.records}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

type Counts = Readonly<Record<Fate, number>>;

function countByFate(alerts: readonly ReplayAlert[]): Counts {
  const counts = { told: 0, suppressed: 0, shadow: 0, continued: 0, info: 0 };
  for (const alert of alerts) counts[fateOf(alert)] += 1;
  return counts;
}

/** What the report may lack, so that nobody takes it for the whole. */
function gaps({ interrupted, problems, unreadable, late, ruleErrors }: ReplayResult): string {
  const lines = [
    ...(interrupted ? ['Reading was interrupted: what came after it is not here.'] : []),
    ...(problems.length > 0
      ? [`${counted(problems.length, 'problem')} with files; the first: ${problems[0]?.file}: ${problems[0]?.reason}`]
      : []),
    ...(unreadable > 0 ? [`${counted(unreadable, 'record')} could not be read as events.`] : []),
    ...(late > 0 ? [`${counted(late, 'event')} came so late that windows around them may be incomplete.`] : []),
    ...ruleErrors.map(({ rule, times }) => `Rule ${rule} failed on ${counted(times, 'event')}.`),
  ];
  if (lines.length === 0) return '';
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('');
  return `<div class="warning" role="note"><h2>This report is not whole</h2><ul>${items}</ul></div>`;
}

function cards(alerts: readonly ReplayAlert[], counts: Counts): string {
  const told = alerts.filter((alert) => fateOf(alert) === 'told');
  const card = (count: number, label: string, colour: Severity | '', place = '') =>
    `<li${place}><b class="${count === 0 ? 'zero' : colour}">${grouped(count)}</b>${label}</li>`;
  const severities = [...SEVERITIES].reverse().filter((severity) => severity !== 'info');
  return [
    ...severities.map((severity) =>
      card(told.filter((alert) => alert.severity === severity).length, severity, severity),
    ),
    card(counts.suppressed, 'suppressed', '', ' class="apart"'),
    card(counts.shadow, 'in shadow', ''),
  ].join('\n');
}

const FATES: readonly (readonly [fate: Fate, label: string, always: boolean])[] = [
  ['told', 'Told', true],
  ['suppressed', 'Suppressed', true],
  ['shadow', 'In shadow', true],
  ['continued', 'Told with another', false],
  ['info', 'Info', false],
];

function filters(counts: Counts, total: number): string {
  const radio = (fate: Fate | 'all', label: string, count: number) =>
    `<label><input type="radio" name="fate" value="${fate}"${fate === 'told' ? ' checked' : ''}>${label} <span>${grouped(count)}</span></label>`;
  const fates = FATES.filter(([fate, , always]) => always || counts[fate] > 0);
  const severities = SEVERITIES.filter((severity) => severity !== 'info' || counts.info > 0).map((severity) => {
    const label = severity === 'critical' ? severity : `${severity} and above`;
    return `<option value="${severity}"${severity === 'low' ? ' selected' : ''}>${label}</option>`;
  });
  return `<form id="filters" aria-label="Filters">
<fieldset><legend class="said">What became of the alert</legend>
${fates.map(([fate, label]) => radio(fate, label, counts[fate])).join('\n')}
${radio('all', 'All', total)}
</fieldset>
<label class="text">Search (press /)<input name="text" type="search" autocomplete="off" spellcheck="false" placeholder="name, address, call, event ID\u2026"></label>
<label>Severity<select name="severity">${severities.join('')}</select></label>
<label>Rule<select name="rule"><option value="">any</option></select></label>
<label>Account<select name="account"><option value="">any</option></select></label>
<label>Who<select name="actor"><option value="">anybody</option></select></label>
<div class="bar">
<p id="status" role="status" aria-live="polite"></p>
<label>Order<select name="order"><option value="severity" selected>gravest first</option><option value="oldest">oldest first</option><option value="newest">newest first</option></select></label>
<button type="reset">Reset</button>
<button id="open-all" type="button"></button>
</div>
</form>`;
}

/** What a policy knows an inline script or style by: the hash of its text. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Text as HTML shows it; nothing in it is markup. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
