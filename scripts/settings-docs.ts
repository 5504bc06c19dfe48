import { stringify } from 'yaml';
import { RULES } from '../lambda/rules';
import type { Rule } from '../lambda/rules/rule';
import { SETTINGS, type SettingKind, type SettingName } from '../lambda/rules/settings';

/** How each kind is written, for people. */
const KINDS: Readonly<Record<SettingKind, string>> = {
  globs: 'texts; `*` stands for any characters, `?` for one',
  networks: 'networks in CIDR form, or single addresses',
  accounts: 'account IDs, in quotes',
  regions: 'regions',
  ports: 'ports, 0 to 65535',
  names: 'exact texts, no wildcards',
  hours: 'days, hours on a 24-hour clock from earlier to later, and a time zone (UTC when left out)',
  number: 'a number',
};

/** docs/settings.md: every setting with its default, an example, and the rules that read it. Made by `npm run docs`. */
export function settingsMarkdown(rules: readonly Rule[] = RULES): string {
  const names = (Object.keys(SETTINGS) as SettingName[]).sort();
  return [
    '# Settings',
    '',
    'What the rules should know about your accounts. Made from the catalogue by `npm run docs`; how to use it is told in',
    '[configuration.md](configuration.md).',
    '',
    'A value under `settings` **replaces** the default, it does not add to it: repeat what you want to keep. A list of one',
    'may be written without brackets. The same setting under `rules.<id>.settings` holds for that rule alone.',
    '',
    ...names.flatMap((name) => section(name, rules)),
  ].join('\n');
}

function section(name: SettingName, rules: readonly Rule[]): string[] {
  const { kind, about, default: fallback, example } = SETTINGS[name];
  const readers = rules.filter((rule) => rule.settings?.includes(name)).map(({ id }) => `[${id}](rules/${id}.md)`);
  return [
    `## ${name}`,
    '',
    about,
    '',
    `- Kind: ${KINDS[kind]}`,
    `- Default: ${typeof fallback === 'number' || fallback.length > 0 ? `\`${inline(fallback)}\`` : 'none'}`,
    `- Read by: ${readers.join(', ') || 'no rule'}`,
    '',
    '```yaml',
    stringify(
      { settings: { [name]: example } },
      { version: '1.1', lineWidth: 0, flowCollectionPadding: false },
    ).trimEnd(),
    '```',
    '',
  ];
}

/** On one line, as it may be pasted: a text that begins with `*` needs its quotes. */
function inline(value: readonly (string | number)[] | number): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
