import { POSTURE_PERMISSIONS } from '../lambda/config/posture-permissions';
import { CIS_VERSION } from '../lambda/posture/check';
import { CHECKS } from '../lambda/posture/checks';
import { SOURCES } from '../lambda/posture/sources';
import { SEVERITIES } from '../lambda/rules/severity';

/** docs/posture.md: every check, what it reads, what that needs, and how to put right what it finds. Made by `npm run docs`. */
export function postureMarkdown(): string {
  const bySeverity = [...CHECKS].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.id < b.id ? -1 : 1),
  );
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`);
  const cell = (items: readonly string[] | undefined) => (items === undefined ? '' : items.join(', '));
  return [
    '# Posture',
    '',
    'What must hold in an account, beside what happens in it. Made from the checks by `npm run docs`.',
    '',
    '`trailhound posture` audits the account of your credentials (`--profile`), before anything is deployed and without',
    'changing anything. The stack does the same every day and tells what changed: what is new, more severe or resolved,',
    'what cannot be read any more; and once a week how everything stands. The same checks, the same code.',
    '',
    '- A finding is told once. `info` is listed and never sent. Suppressions hold for findings too: name the check as',
    '  `rule`, and narrow it by `resource`, `account` or `region`.',
    '- A call that is denied or fails makes the checks that need it **unknown**, names the permission, and hides no other.',
    '  What cannot be read does not count as resolved.',
    '- Every region that is enabled is audited; the others are named. What somebody may do is judged from the policies',
    '  alone, as IAM decides: `NotAction`, `NotResource`, wildcards, conditions, groups, boundaries. Service control',
    '  policies and session policies are not read.',
    `- Numbers of CIS are those of the CIS AWS Foundations Benchmark ${CIS_VERSION}; FSBP is the standard AWS Foundational`,
    '  Security Best Practices of Security Hub. A check need not judge all that a control asks for; its limits say so.',
    '',
    '## Checks',
    '',
    `| check | severity | CIS ${CIS_VERSION} | FSBP | reads |`,
    '|---|---|---|---|---|',
    ...bySeverity.map(
      ({ id, severity, controls, reads }) =>
        `| [${id}](#${id}) | ${severity} | ${cell(controls.cis)} | ${cell(controls.fsbp)} | ${reads.map((name) => SOURCES[name].about).join('; ')} |`,
    ),
    '',
    '## Permissions',
    '',
    'All that the audit may do; the deployed role has these and no others, besides items of its own in the alerts table.',
    'Without one of them, the checks beside it are unknown.',
    '',
    '| permission | checks |',
    '|---|---|',
    ...POSTURE_PERMISSIONS.map((permission) => `| \`${permission}\` | ${checksThatNeed(permission)} |`),
    '',
    ...bySeverity.flatMap(({ id, title, severity, why, fix, limits, references }) => [
      `## ${id}`,
      '',
      `**${title}** (${severity}). ${why}`,
      '',
      'To put it right:',
      '',
      ...fix.map((step, index) => `${index + 1}. ${code(step)}`),
      '',
      'Limits:',
      '',
      ...list(limits),
      '',
      ...references.map((reference) => `<${reference}>`),
      '',
    ]),
  ].join('\n');
}

function checksThatNeed(permission: string): string {
  const needing = CHECKS.filter(({ reads }) =>
    reads.some((name) => (SOURCES[name].permissions as readonly string[]).includes(permission)),
  );
  return needing.length === 0 ? 'all' : needing.map(({ id }) => id).join(', ');
}

/** Placeholders would else be markup. */
function code(step: string): string {
  return step.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
