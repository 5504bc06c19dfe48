import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORPUS, hasCorpus } from './quality/corpus';
import { measureQuality } from './quality/measure';
import { failures, markdown, summaryLine } from './quality/report';

/** `npm run quality`: how the rules do on real labelled events. `--write` renews docs/quality.md. */

if (!hasCorpus) {
  process.stderr.write(`the labelled events are not here (looked in ${CORPUS}): nothing was measured\n`);
  process.exitCode = 2;
} else {
  const quality = measureQuality();
  const text = markdown(quality);
  process.stdout.write(text);
  if (process.argv.includes('--write')) writeFileSync(join(__dirname, '../docs/quality.md'), text);
  const failed = failures(quality);
  for (const failure of failed) process.stdout.write(`FAILED ${failure}\n`);
  process.stdout.write(`${summaryLine(quality)}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
