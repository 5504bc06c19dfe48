import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCorpus } from '../scripts/quality/corpus';
import { measureQuality } from '../scripts/quality/measure';
import { failures, markdown } from '../scripts/quality/report';

/** Needs the labelled events beside the checkout; shown as skipped where they are absent. */
const describeCorpus = hasCorpus ? describe : describe.skip;

describeCorpus('on real labelled events', () => {
  const quality = hasCorpus ? measureQuality() : undefined;

  it('every attack of a row that has rules is found, and quiet ones stay quiet', () => {
    expect(quality && failures(quality)).toEqual([]);
  });

  it('docs/quality.md says what is measured (npm run quality -- --write renews it)', () => {
    expect(readFileSync(join(__dirname, '../docs/quality.md'), 'utf8')).toBe(quality && markdown(quality));
  });
});
