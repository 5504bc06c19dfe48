import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { POSTURE_CHECKS } from '../../lambda/config/posture-checks';
import type { Check, CheckExamples, Scope } from '../../lambda/posture/check';
import { CHECK_TITLES } from '../../lambda/posture/check-titles';
import { CHECKS } from '../../lambda/posture/checks';
import { CHECK_EXAMPLES } from '../../lambda/posture/examples';
import type { SourceValues } from '../../lambda/posture/facts';
import { EXAMPLE_NOW_MS, SAMPLE_ACCOUNT } from '../../lambda/posture/sample';
import { isRegional, SOURCES } from '../../lambda/posture/sources';
import { SPANISH_TITLES } from '../../lambda/posture/spanish-titles';
import { RULES } from '../../lambda/rules';
import { DEFAULT_SETTINGS, type Settings } from '../../lambda/rules/settings';

/** The CIS AWS Foundations Benchmark 3.0.0 has these sections; anything else is a slip of the pen. */
const CIS =
  /^(?:1\.(?:[1-9]|1\d|2[0-2])|2\.1\.[1-4]|2\.2\.1|2\.3\.[1-3]|2\.4\.1|3\.[1-9]|4\.(?:[1-9]|1[0-6])|5\.[1-6])$/;
const FSBP = /^(?:CloudTrail|Config|EC2|GuardDuty|IAM|RDS|S3|SecurityHub)\.\d{1,3}$/;

function judge(check: Check, facts: unknown, settings: Partial<Settings> = {}) {
  const scope: Scope = {
    account: SAMPLE_ACCOUNT,
    partition: 'aws',
    region: isRegional(check) ? 'eu-west-1' : undefined,
    nowMs: EXAMPLE_NOW_MS,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  };
  return check.judge(facts as SourceValues, scope);
}

test('the lists have every file of the folder, and are what the script writes', () => {
  const files = readdirSync(join(__dirname, '../../lambda/posture/checks')).map((file) => file.replace(/\.ts$/, ''));
  expect(CHECKS.map(({ id }) => id)).toEqual(files.sort());
  expect(POSTURE_CHECKS).toEqual(files);
  expect(Object.keys(CHECK_EXAMPLES)).toEqual(files);
  expect(CHECK_TITLES).toEqual(Object.fromEntries(CHECKS.map(({ id, title }) => [id, title])));
  expect(Object.keys(SPANISH_TITLES).sort()).toEqual(files);
});

test('no check has the id of a rule: suppressions name both', () => {
  const rules = new Set(RULES.map(({ id }) => id));
  expect(POSTURE_CHECKS.filter((id) => rules.has(id))).toEqual([]);
});

test('every source is read by a check', () => {
  const read = new Set(CHECKS.flatMap(({ reads }) => reads));
  expect(Object.keys(SOURCES).filter((name) => !read.has(name as never))).toEqual([]);
});

describe.each(CHECKS.map((check) => [check.id, check] as const))('%s', (id, check) => {
  const examples = CHECK_EXAMPLES[id]?.() as unknown as CheckExamples;

  test.each(examples.fails.map((example) => [example.why, example] as const))('fails: %s', (_, example) => {
    const findings = judge(check, example.facts, example.settings);
    expect(findings.map(({ resource }) => resource)).toEqual(example.resources);
    expect(findings[0]?.severity ?? check.severity).toBe(example.severity ?? check.severity);
    for (const { detail, name, region } of findings) {
      expect(detail).toMatch(/^[\x20-\x7e’]{5,300}$/);
      expect(detail).not.toMatch(/undefined|NaN|\.$/);
      expect(name).not.toBe('');
      if (isRegional(check)) expect(region).toBeUndefined(); // the audit says where it was judged
    }
  });

  test.each(examples.passes.map((example) => [example.why, example] as const))('passes: %s', (_, example) => {
    expect(judge(check, example.facts, example.settings)).toEqual([]);
  });

  test('says what people need', () => {
    expect(check.title).toMatch(/^[\x20-\x7e]{10,60}$/);
    expect(check.title).not.toMatch(/\.$/);
    for (const text of [check.why, ...check.fix, ...check.limits]) expect(text.length).toBeGreaterThan(15);
    expect([...check.fix].join(' ')).toMatch(/\baws [a-z0-9-]+ [a-z0-9-]+|Sign in as root/);
    for (const reference of check.references) expect(reference).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    for (const number of check.controls.cis ?? []) expect(number).toMatch(CIS);
    for (const control of check.controls.fsbp ?? []) expect(control).toMatch(FSBP);
    const placeholders = check.fix.flatMap((step) => step.match(/\{[a-z]+\}/g) ?? []);
    expect(placeholders.filter((name) => !['{name}', '{resource}', '{region}', '{account}'].includes(name))).toEqual(
      [],
    );
  });
});
