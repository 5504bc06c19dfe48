import { type ParseArgsConfig, parseArgs } from 'node:util';
import { visible } from '../lambda/alerts/neutral';
import { nearest } from '../lambda/config/nearest';
import { REGION } from '../lambda/config/values';
import { RULES } from '../lambda/rules';
import { UsageError } from './io';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Options and positionals of a command.
 * @throws UsageError for an unknown option (with the nearest one) or a missing value
 */
export function parse<T extends Options>(command: string, args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /Unknown option '(-[^'\s]*)/.exec(message)?.[1];
    const hint = `Run trailhound ${command} --help for all options.`;
    if (unknown === undefined) throw new UsageError(`${visible(message.split('. ')[0] ?? message)}. ${hint}`);
    const close = nearest(unknown.replace(/^-+/, ''), Object.keys(options));
    throw new UsageError(
      `unknown option ${visible(unknown)}${close === undefined ? '' : ` (did you mean --${close}?)`}. ${hint}`,
    );
  }
}

/** The value if it is one of the allowed ones. @throws UsageError */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new UsageError(`--${option}: expected ${allowed.join(', ')}; found ${JSON.stringify(value.slice(0, 60))}`);
  }
  return found;
}

/** The id of a rule that there is. @throws UsageError with the nearest one */
export function knownRule(option: string, id: string): string {
  const ids = RULES.map((rule) => rule.id);
  if (ids.includes(id)) return id;
  const close = nearest(id, ids);
  throw new UsageError(
    `--${option}: there is no rule ${JSON.stringify(id.slice(0, 60))}${close === undefined ? '' : `; did you mean ${close}?`} (trailhound rules lists them)`,
  );
}

/**
 * Milliseconds since 1970 of `2026-11-20` (midnight UTC) or a full time with its zone; with `nowMs` also of `12h` and
 * `7d`, so long ago.
 * @throws UsageError
 */
export function timeOf(option: string, text: string, nowMs?: number): number {
  const [, count, unit] = (nowMs !== undefined && /^(\d{1,4})([hd])$/.exec(text)) || [];
  if (nowMs !== undefined && unit !== undefined) return nowMs - Number(count) * (unit === 'h' ? 3_600_000 : 86_400_000);
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(full)
    ? Date.parse(full)
    : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `--${option}: expected a date or a time with its zone, such as 2026-11-20 or 2026-11-20T08:00:00Z${nowMs === undefined ? '' : ', or 12h or 7d'}; found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return ms;
}

/** Times of events from `--from` to before `--to`, in milliseconds since 1970; infinite where not given. @throws UsageError */
export function spanOf(values: { readonly from?: string | undefined; readonly to?: string | undefined }) {
  const span = {
    fromMs: values.from === undefined ? Number.NEGATIVE_INFINITY : timeOf('from', values.from),
    toMs: values.to === undefined ? Number.POSITIVE_INFINITY : timeOf('to', values.to),
  };
  if (span.fromMs >= span.toMs) throw new UsageError('--from must be before --to');
  return span;
}

/** @throws UsageError */
export function wholeNumber(option: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new UsageError(
      `--${option}: expected a whole number from ${least} to ${most}; found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return number;
}

/** The name of a region, whether AWS has it or not. @throws UsageError */
export function regionOf(text: string): string {
  if (REGION.test(text)) return text;
  throw new UsageError(`--region: expected a region such as eu-west-1; found ${JSON.stringify(text.slice(0, 60))}`);
}
