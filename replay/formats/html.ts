import { createHash } from 'node:crypto';
import { evidenceDocument } from '../../lambda/alerts/alert-document';
import { accountName, type Frame, titleOf } from '../../lambda/alerts/frame';
import { eventLink } from '../../lambda/alerts/links';
import { safeJson, visible } from '../../lambda/alerts/neutral';
import { suppressionStanza } from '../../lambda/alerts/suppression-stanza';
import { SEVERITIES, type Severity } from '../../lambda/rules/severity';
import type { ReplayResult } from '../replay';
import { grouped, hasMessage, type ReplayAlert } from '../replay-alert';
import { viewOfReplay } from './email';
import { PAGE_SCRIPT } from './html/page-script';
import { PAGE_STYLE } from './html/page-style';
import { time } from './table';

/** Samples and event IDs of an alert in the page; the JSON formats have them all. */
const SAMPLES_MAX = 3;
const EVENT_IDS_MAX = 50;

/**
 * The alerts as one page that works without a network: filters, a timeline, and each alert with what is known of it.
 *
 * Everything that records say is JSON in a block that browsers do not run, and becomes text only. The page's policy lets
 * run its one script and its one style sheet, by their hashes, and load nothing.
 * @see https://developer.mozilla.org/docs/Web/HTTP/CSP
 */
export function html(alerts: readonly ReplayAlert[], result: ReplayResult, frame: Frame): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(PAGE_SCRIPT)}'`,
    `style-src '${hashOf(PAGE_STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const span =
    result.firstEventMs === undefined || result.lastEventMs === undefined
      ? ''
      : `, ${time(result.firstEventMs)} to ${time(result.lastEventMs)} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Trailhound report</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#alerts">To the alerts</a>
<header>
<h1>What Trailhound would have told</h1>
<p class="quiet">${grouped(result.events)} events of ${grouped(result.inputs)} ${result.inputs === 1 ? 'file' : 'files'}${span}${result.interrupted ? '; reading was interrupted' : ''}. Trailhound ${escaped(frame.version)}, configuration ${escaped(frame.configHash)}.</p>
<ul class="cards">
${cards(alerts)}
</ul>
</header>
<main>
<h2>Over time</h2>
<svg id="timeline" role="img" aria-label="Alerts over time"></svg>
<p id="timeline-more" class="quiet"></p>
<h2>Alerts</h2>
<form id="filters">
<label>At least<select name="severity">${SEVERITIES.map((severity) => `<option${severity === 'low' ? ' selected' : ''}>${severity}</option>`).join('')}</select></label>
<label>What became of it<select name="fate"><option value="told">told</option><option value="silent">not told: suppressed, shadow, continued</option><option value="suppressed">suppressed</option><option value="shadow">shadow</option><option value="all">all</option></select></label>
<label>Rule<select name="rule"><option value="">any</option></select></label>
<label>Account<select name="account"><option value="">any</option></select></label>
<label>Who<select name="actor"><option value="">anybody</option></select></label>
<label>Text (press /)<input name="text" type="search" autocomplete="off" spellcheck="false"></label>
<div><button type="reset">Reset</button></div>
</form>
<p id="status" role="status" aria-live="polite"></p>
<div id="alerts" tabindex="-1"></div>
<p><button id="more" type="button" hidden>Show more</button></p>
<noscript><p>This report needs its own script to show alerts; trailhound replay --format table does without.</p></noscript>
</main>
<script type="application/json" id="data">${safeJson(dataOf(alerts, frame))}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** What the script shows; the guide of each rule once. */
function dataOf(alerts: readonly ReplayAlert[], frame: Frame) {
  const ids = [...new Set(alerts.map(({ rule }) => rule))];
  const rules = ids.flatMap((id) => {
    const rule = frame.rules.get(id);
    if (rule === undefined) return [];
    const { why, runbook, falsePositives, attack } = rule;
    return [
      [id, { title: titleOf({ rule: id, kind: 'window' }, frame), why, runbook, falsePositives, attack }] as const,
    ];
  });
  return { alerts: alerts.map((alert) => alertData(alert, frame)), rules: Object.fromEntries(rules) };
}

function alertData(alert: ReplayAlert, frame: Frame) {
  const { eventIds, evidence, multiple: _, mode: __, ...said } = alert;
  const view = viewOfReplay(alert);
  const lead = view.samples[0];
  const stanza = suppressionStanza(view, frame)?.join('\n');
  const link = lead === undefined ? undefined : eventLink(lead.region, lead.eventId);
  const name = accountName(frame, alert.account);
  return {
    ...said,
    headline: visible(alert.headline),
    fate: fateOf(alert),
    ...(name === undefined ? {} : { accountName: name }),
    ...(stanza === undefined ? {} : { stanza }),
    ...(link === undefined ? {} : { link }),
    eventCount: eventIds.length,
    eventIds: eventIds.slice(0, EVENT_IDS_MAX),
    evidence: view.samples.slice(0, SAMPLES_MAX).map(evidenceDocument),
  };
}

function fateOf(alert: ReplayAlert): 'told' | 'suppressed' | 'shadow' | 'continued' | 'info' {
  if (hasMessage(alert)) return 'told';
  if (alert.suppressed !== null) return 'suppressed';
  if (alert.mode === 'shadow') return 'shadow';
  return alert.continues === null ? 'info' : 'continued';
}

function cards(alerts: readonly ReplayAlert[]): string {
  const told = alerts.filter(hasMessage);
  const card = (count: number, label: string, colour?: Severity) =>
    `<li><b${colour === undefined ? '' : ` class="${colour}"`}>${grouped(count)}</b>${label}</li>`;
  const silent = (fate: ReturnType<typeof fateOf>) => alerts.filter((alert) => fateOf(alert) === fate).length;
  return [
    ...[...SEVERITIES]
      .reverse()
      .filter((severity) => severity !== 'info')
      .map((severity) => card(told.filter((alert) => alert.severity === severity).length, severity, severity)),
    card(silent('suppressed'), 'suppressed'),
    card(silent('shadow'), 'in shadow'),
  ].join('\n');
}

/** What a policy knows an inline script or style by: the hash of its text. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Text as HTML shows it; nothing in it is markup. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
