import { createHash } from 'node:crypto';
import { countsText, failing, type PostureReport, type ReportedCheck } from './report';

const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .3rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #8884}
code,pre{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
.s{font-weight:600;text-transform:uppercase;font-size:.8rem}
.critical{color:#b00020}.high{color:#c4420a}.medium{color:#8a6d00}.low{color:#0a6a8a}.info{color:#777}
.m{color:#777}
@media (prefers-color-scheme:dark){.critical{color:#ff6b81}.high{color:#ff9d6b}.medium{color:#e0c040}.low{color:#6bc6e8}}
`;

/**
 * One page that needs nothing else: no script, no address is fetched; the policy in it allows its one style sheet alone,
 * so that nothing in a name can do anything.
 */
export function htmlReport(report: PostureReport): string {
  const { account, regions, skippedRegions, summary, startedTime } = report;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const counts = countsText(report) ?? 'nothing is wrong';
  const unknown = report.checks.filter((check) => check.unknown.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Posture of account ${text(account)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Posture of account ${text(account)}</h1>
<p>${text(startedTime)}, ${regions.length} regions. Checks: ${summary.checks.pass} passed, ${summary.checks.fail} failed, ${summary.checks.unknown} unknown. Findings: ${text(counts)}.${summary.suppressed === 0 ? '' : ` Suppressed: ${summary.suppressed}.`}${summary.leftOut === 0 ? '' : ` Not listed, below the least severity: ${summary.leftOut}.`}</p>
${failing(report).map(section).join('\n')}
${unknown.length === 0 ? '' : `<h2>Unknown</h2>\n<table>\n<tr><th>Check</th><th>Region</th><th>Why</th></tr>\n${unknown.flatMap(unknownRows).join('\n')}\n</table>`}
${skippedRegions.length === 0 ? '' : `<h2>Regions that were skipped</h2>\n<p>${skippedRegions.map(({ region, why }) => text(`${region} (${why})`)).join(', ')}</p>`}
<h2>Passed</h2>
<p class="m">${
    report.checks
      .filter(({ status }) => status === 'pass')
      .map(({ title, id }) => `<code>${text(id)}</code> (${text(title)})`)
      .join(', ') || 'none'
  }</p>
</body>
</html>
`;
}

function section({ id, title, why, controls, findings, references }: ReportedCheck): string {
  const [first] = findings;
  return `<h2>${text(title)}</h2>
<p class="m"><code>${text(id)}</code>${controls.length === 0 ? '' : ` ${text(controls.join(', '))}`}</p>
<p>${text(why)}</p>
<table>
<tr><th>Severity</th><th>Region</th><th>What</th></tr>
${findings
  .map(
    ({ severity, region, detail, resource, suppressed }) =>
      `<tr><td class="s ${severity}">${severity}</td><td>${text(region)}</td><td>${text(detail)}${suppressed === null ? '' : ` <span class="m">(suppressed: ${text(suppressed.reason)})</span>`}<br><code class="m">${text(resource)}</code></td></tr>`,
  )
  .join('\n')}
</table>
<ol>
${(first?.fix ?? []).map((step) => `<li><code>${text(step)}</code></li>`).join('\n')}
</ol>
<p class="m">${references.map((reference) => text(reference)).join('<br>')}</p>`;
}

function unknownRows({ id, unknown }: ReportedCheck): string[] {
  return unknown.map(
    ({ permission, region, what, reason }) =>
      `<tr><td><code>${text(id)}</code></td><td>${text(region ?? 'global')}</td><td>${permission === null ? '' : `needs <code>${text(permission)}</code>: `}${text(reason)}${what === null ? '' : ` (${text(what)})`}</td></tr>`,
  );
}

/** Text as HTML shows it; nothing in it is markup. */
function text(value: string): string {
  return value.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
