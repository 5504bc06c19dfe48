import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { configParts, configSchema, type Ways } from '../lambda/config/schema';
import { RULES } from '../lambda/rules';
import type { Rule } from '../lambda/rules/rule';

/**
 * `docs/config.schema.json`, by which editors complete and check `trailhound.yaml`; `npm run docs` writes it. Made from
 * the schema that reads the file, so it knows every rule, every setting and what each rule can be told.
 *
 * It is a little more lenient than reading: what takes two values, a calendar or a list of time zones to see is left out.
 */

/** Editors are shown every way in which a value may be written, and every rule. */
const FOR_EDITORS: Ways = { either: (_, both) => v.union(both) as never, part: (make) => make() };

/** The JSON Schema (draft 7, which editors know best) as text. */
export function configJsonSchema(rules: readonly Rule[] = RULES): string {
  const options = { rules, retired: [], ways: FOR_EDITORS };
  const { settings, ...parts } = configParts(options);
  const config: ConversionConfig = {
    target: 'draft-07',
    typeMode: 'input',
    definitions: { ...parts, ...settings },
    ignoreActions: ['check'],
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      // YAML has no timestamps unless a reader makes them; as text they are dates already.
      if (valibotSchema.type === 'date') return { type: 'string', format: 'date-time' };
      if (valibotSchema.type === 'nullish') return orNull(jsonSchema);
      return valibotSchema.type === 'object' ? closed(jsonSchema) : undefined;
    },
  };
  const { $schema, $defs, ...rest } = toJsonSchema(configSchema(options, { ...parts, settings }), config);
  const referred = JSON.stringify([rest, $defs]);
  const used = Object.entries($defs ?? {}).filter(([name]) => referred.includes(`"#/$defs/${name}"`));
  return written({ $schema, title: 'Trailhound configuration', ...rest, $defs: Object.fromEntries(used) });
}

/** JSON with a line for each rule, as people compare it: what a rule can be told is fifty lines otherwise. */
function written(schema: object): string {
  const rules = (schema as { properties: { rules: { properties: Record<string, object> } } }).properties.rules
    .properties;
  const isRule = new Set(Object.values(rules));
  const lines: string[] = [];
  const text = JSON.stringify(
    schema,
    (_, value: object) => (isRule.has(value) ? `@@${lines.push(JSON.stringify(value)) - 1}` : value),
    2,
  );
  return `${text.replace(/"@@(\d+)"/g, (_, index: string) => lines[Number(index)] ?? '')}\n`;
}

/** A map that knows its keys. Those that are there only to say why they make no sense are not offered. */
function closed({ required = [], properties = {}, ...others }: JsonSchema): JsonSchema {
  const offered = Object.entries(properties).filter(([, property]) => !(typeof property === 'object' && property.not));
  return {
    ...others,
    properties: Object.fromEntries(offered),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** `{anyOf: [schema, {type: null}]}` with the null inside, so that editors show the schema's own description. */
function orNull(jsonSchema: JsonSchema): JsonSchema | undefined {
  const inner = jsonSchema.anyOf?.[0];
  if (typeof inner !== 'object') return undefined;
  if (inner.anyOf !== undefined) return { ...inner, anyOf: [...inner.anyOf, { type: 'null' }] };
  return typeof inner.type === 'string' ? { ...inner, type: [inner.type, 'null'] } : undefined;
}
