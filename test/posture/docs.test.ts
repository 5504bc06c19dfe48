import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../lambda/posture/checks';
import { pages } from '../../scripts/docs';
import { postureMarkdown } from '../../scripts/posture-docs';

test('docs/posture.md is what npm run docs would write', () => {
  expect(readFileSync(join(__dirname, '../../docs/posture.md'), 'utf8')).toBe(postureMarkdown());
  expect(pages([])['posture.md']).toBe(postureMarkdown());
});

test('it has a row and a section for every check', () => {
  const text = postureMarkdown();
  for (const { id } of CHECKS) {
    expect(text).toContain(`| [${id}](#${id}) |`);
    expect(text).toContain(`\n## ${id}\n`);
  }
});
