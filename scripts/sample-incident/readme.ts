import { ADDRESS, AUDIT, CI_USER, HOME_REGION, PRODUCTION, SECOND_REGION, STRANGER, UNUSED_REGION } from './cast';
import type { Incident } from './incident';
import type { Chapter } from './story';

function clock(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(8, 10)} ${iso.slice(11, 19)}`;
}

/** `17 23:41:08–23:43:12`, with the day again where it changes. */
function span({ firstMs, lastMs }: Chapter): string {
  const [first, last] = [clock(firstMs), clock(lastMs)];
  if (first === last) return first;
  return `${first}–${first.slice(0, 2) === last.slice(0, 2) ? last.slice(3) : last}`;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function timeLine(chapters: readonly Chapter[]): string {
  return table(
    ['UTC, November 2026', 'records', 'what happens', 'what to hear of it'],
    chapters.map((chapter) => [span(chapter), String(chapter.eventIds.length), chapter.what, chapter.says]),
  );
}

/** The README beside the files: the story with its times, and what a detector should make of it. */
export function readme({ files, chapters }: Incident): string {
  const records = files.flatMap((file) => file.records);
  const unique = new Set(records.map(({ eventID }) => eventID));
  const count = (kind: Chapter['kind']): number =>
    chapters.filter((chapter) => chapter.kind === kind).reduce((sum, { eventIds }) => sum + eventIds.length, 0);
  const regions = [...new Set(records.map(({ awsRegion }) => awsRegion))].sort().map((region) => `\`${region}\``);

  return `<!-- Written by scripts/sample-incident.ts from the story in scripts/sample-incident/; edit there. -->

# A sample incident

A stolen access key, twenty-six hours of CloudTrail files of the account where it is used, and all the everyday traffic
around it. Everything is invented: accounts, people, addresses (those reserved for documentation), and keys, which end in
\`EXAMPLE\`. The files lie as a trail delivers them, so whatever reads a log bucket can read this folder:

\`\`\`
trailhound replay examples/incident
\`\`\`

**Who is who.** \`${PRODUCTION}\` is the production account, in use in \`${HOME_REGION}\` and \`${SECOND_REGION}\`.
\`${AUDIT}\` holds the log archive and scans production's settings. \`${STRANGER}\` is the attacker's account.
The company's people and machines call from 198.51.100.0/24, Jenkins from ${ADDRESS.jenkins}; the attacker from
${ADDRESS.attacker} and ${ADDRESS.attackerSecond}. Nobody uses \`${UNUSED_REGION}\`, until somebody does.

**In numbers.** ${files.length} files, ${records.length} records, ${unique.size} different ones (${records.length - unique.size} are delivered twice): ${count('attack')} of the
attack, ${count('everyday')} of every day; regions ${regions.join(', ')}. As in real files, records come minutes late and out of
order, so a window must go by \`eventTime\` and count an \`eventID\` once. All are management events: this trail records
no reads of objects.

## The attack

The key of the deployment user \`${CI_USER}\` leaks in the evening; by morning the trail is silent.

${timeLine(chapters.filter(({ kind }) => kind === 'attack'))}

After the last line the production account's trail delivers nothing more; what was already on its way still arrives
for some minutes. The files go on to the end with the audit account only. That silence deserves an alert too, but from a
check that runs by the clock, since no record can report it.

## What should stay quiet

${timeLine(chapters.filter(({ kind }) => kind === 'everyday'))}

Nothing was seen before the first hour of these files, so a detector that learns what is usual begins here knowing
nothing; the seventeen hours before the leak are for learning.
`;
}
