import { fieldsOf } from '../../lambda/intake/fields';
import type { Change } from './suggest';

/** The configuration with changes, as if somebody had pasted them and given reason and owner. */
export function withChanges(config: unknown, changes: readonly Change[]): unknown {
  const written = fieldsOf(config) ?? {};
  const rules = { ...fieldsOf(written['rules']) };
  const suppressions = Array.isArray(written['suppressions']) ? [...(written['suppressions'] as unknown[])] : [];
  for (const [index, change] of changes.entries()) {
    if ('threshold' in change) rules[change.rule] = { ...fieldsOf(rules[change.rule]), threshold: change.threshold };
    // An id of its own: an expired suppression of the same fields may still be there.
    else suppressions.push({ ...change, id: `trailhound-suggestion-${index + 1}`, reason: 'tried', owner: 'nobody' });
  }
  return { ...written, rules, suppressions };
}

/**
 * The change to paste, under `suppressions:` or `rules:`. Reason and owner are empty, so that nothing is suppressed that
 * nobody answers for: `trailhound config check` asks for them.
 */
export function yamlOf(change: Change, before?: number): string[] {
  if ('threshold' in change) {
    const was = before === undefined ? '' : ` # ${before} now`;
    return [`${change.rule}:`, `  threshold: ${change.threshold}${was}`];
  }
  const { rule, actor, account, sourceIp, resource, expires } = change;
  // JSON's strings and lists are YAML's. A rule's id and a date need no quotes.
  const lines = [
    `rule: ${rule}`,
    `actor: ${JSON.stringify(actor)}`,
    `account: ${JSON.stringify(account)}`,
    ...(sourceIp === undefined ? [] : [`sourceIp: ${JSON.stringify(sourceIp)}`]),
    ...(resource === undefined ? [] : [`resource: ${JSON.stringify(resource)}`]),
    'reason: "" # why this is expected',
    'owner: "" # who answers for it',
    `expires: ${expires}`,
  ];
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}
