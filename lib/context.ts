import { loadConfig } from '../lambda/config/read-config';

/**
 * The configuration of a `cdk` command: `trailhound.yaml` in the folder, or the file of `-c config=…`; over it what
 * `-c email=…`, `-c opsEmail=…` and `-c regions=…` say, each a list with commas.
 * @param context value of a context key, undefined if it is not given
 * @throws {ConfigError} when a named file can't be read, or a file is no YAML
 */
export function configFromContext(context: (name: string) => unknown, cwd: string): unknown {
  const text = (name: string) => {
    const value = context(name);
    return value === undefined ? undefined : String(value);
  };
  const configPath = text('config');
  const { value } = loadConfig({ cwd, ...(configPath === undefined ? {} : { configPath }) });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value; // the resolver says what is wrong
  const over = ['email', 'opsEmail', 'regions'].flatMap((name) => {
    const items = text(name)
      ?.split(',')
      .map((item) => item.trim());
    return items === undefined ? [] : [[name, items] as const];
  });
  return { ...value, ...Object.fromEntries(over) };
}
