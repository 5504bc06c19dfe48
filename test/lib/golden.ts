import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The recorded value; UPDATE_GOLDEN=1 records `current` anew, for a change that is meant. */
export function golden(name: string, current: unknown): unknown {
  const file = path.join(__dirname, 'golden', name);
  const text = `${JSON.stringify(current, undefined, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}

/** CloudFormation's functions as short text: `TablesAlerts.Arn`, `${AWS::AccountId}`. */
export function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return `\${${String(value.Ref)}}`;
  if ('Fn::GetAtt' in value) return (value['Fn::GetAtt'] as string[]).join('.');
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => String(readable(part))).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner)]));
}
