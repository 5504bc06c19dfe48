/**
 * Writes the sample incident: `npx tsx scripts/sample-incident.ts`.
 *
 * Replaces `examples/incident/AWSLogs` and `examples/incident/README.md`. Running it again changes nothing; the test of
 * the same name holds the committed files to the story.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildIncident } from './sample-incident/incident';
import { readme } from './sample-incident/readme';

const folder = join(__dirname, '..', 'examples', 'incident');
const incident = buildIncident();

rmSync(join(folder, 'AWSLogs'), { recursive: true, force: true });
let sizeBytes = 0;
for (const { path, records } of incident.files) {
  const file = join(folder, path);
  const content = gzipSync(JSON.stringify({ Records: records }), { level: 9 });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  sizeBytes += content.length;
}
writeFileSync(join(folder, 'README.md'), readme(incident));
console.log(`${incident.files.length} files, ${Math.round(sizeBytes / 1024)} KiB`);
