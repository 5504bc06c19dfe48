import { type ParseArgsConfig, parseArgs } from 'node:util';
import { visible } from '../lambda/alerts/neutral';
import { nearest } from '../lambda/config/nearest';
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
