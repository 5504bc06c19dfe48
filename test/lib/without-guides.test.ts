import { withoutGuide } from '../../lib/without-guides';

const rule = (properties: string) => `import { WHY } from './shared';
export default defineRule({
  id: 'some-rule',
${properties}  headline: () => 'why: because',
});
export const examples = () => ({ fires: [{ why: 'an example', timeline: [] }] });
`;

describe('a rule without its guide', () => {
  it('keeps everything else to the letter', () => {
    const guide = `  why: WHY,
  runbook: ['one, two', "it's"],
  falsePositives: [\`a } b\`],
  // what it misses
  blindSpots: [...SPOTS, 'x'],
  references: ['https://example.com/why'],
`;
    expect(withoutGuide(rule(guide))).toBe(rule(''));
  });

  it('drops the last property with or without a comma', () => {
    expect(withoutGuide("defineRule({ id: 'a', why: 'b' })")).toBe("defineRule({ id: 'a', })");
    expect(withoutGuide("defineRule({ id: 'a', why: 'b', })")).toBe("defineRule({ id: 'a', })");
  });

  it('touches nothing that is no rule', () => {
    const other = "export const words = { why: 'WHY', runbook: [] };\nother({ why: 1 });\n";
    expect(withoutGuide(other)).toBe(other);
  });
});
