import { loadConfig } from '../../lambda/config/read-config';
import { RULES } from '../../lambda/rules';
import { engineFrom } from '../../replay/engine';
import type { ReplayResult } from '../../replay/replay';
import { withChanges } from '../../replay/tuning/changes';
import { type Suggestions, suggest } from '../../replay/tuning/suggest';
import { UsageError } from '../io';

/** Paths of two configurations: the one that is, and the one that may be. */
export type Compared = readonly [old: string, proposed: string];

/**
 * `--compare` has two values, which `parseArgs` knows nothing of: they are taken out before.
 * @throws UsageError when there are not two
 */
export function takeCompared(args: readonly string[]): { compared: Compared | undefined; others: readonly string[] } {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const at = args.slice(0, end).findIndex((arg) => arg === '--compare' || arg.startsWith('--compare='));
  if (at < 0) return { compared: undefined, others: args };
  const [old, proposed] = args.slice(at + 1, at + 3);
  const isFile = (path: string | undefined) => path !== undefined && path !== '' && !path.startsWith('-');
  if (args[at] !== '--compare' || old === undefined || proposed === undefined || !isFile(old) || !isFile(proposed)) {
    throw new UsageError('--compare: expected two configurations, such as --compare trailhound.yaml proposed.yaml');
  }
  return { compared: [old, proposed], others: [...args.slice(0, at), ...args.slice(at + 3)] };
}

/** A configuration, and the rules of it that are run: all when undefined. */
export interface Tried {
  /** As read, not resolved. */
  readonly config: unknown;
  readonly only: readonly string[] | undefined;
}

/**
 * Both configurations, each with the rules that it knows: reading one puts its own rules among all others, where the
 * other one would run them too.
 * @param only rules that are asked for; all when undefined
 * @throws ConfigError
 */
export function loadCompared(
  [old, proposed]: Compared,
  cwd: string,
  only: () => readonly string[] | undefined,
): { readonly before: Tried; readonly after: Tried } {
  const shipped = idsOf();
  const before = loadConfig({ cwd, configPath: old }).value;
  const ofBefore = idsOf();
  const after = loadConfig({ cwd, configPath: proposed }).value;
  const own = ofBefore.filter((id) => !shipped.includes(id));
  const ofAfter = idsOf().filter((id) => !own.includes(id) || folderOf(after) === folderOf(before));
  const asked = only();
  const engine = (config: unknown, ids: readonly string[]): Tried => ({
    config,
    only: asked === undefined ? ids : ids.filter((id) => asked.includes(id)),
  });
  return { before: engine(before, ofBefore), after: engine(after, ofAfter) };
}

function idsOf(): string[] {
  return RULES.map(({ id }) => id);
}

function folderOf(config: unknown): unknown {
  return (config as Record<string, unknown>)['rulesFolder'];
}

/**
 * What tuning cannot be asked together with.
 * @throws UsageError
 */
export function checkTuning(
  option: '--suggest' | '--compare',
  asked: {
    readonly paths: readonly string[];
    readonly compared: Compared | undefined;
    readonly values: { readonly config?: string | undefined; readonly rule?: readonly string[] | undefined };
  },
): void {
  const { paths, compared, values } = asked;
  if (paths.includes('-')) throw new UsageError(`${option} reads its input more than once: give files, not -`);
  if (compared !== undefined && values.config !== undefined)
    throw new UsageError('--compare names both configurations: leave --config out');
  if (option !== '--suggest') return;
  if (compared !== undefined) throw new UsageError('--suggest and --compare are two questions: ask one');
  if (values.rule !== undefined)
    throw new UsageError('--suggest looks for signs of an attack in the alerts of all rules: leave --rule out');
}

/**
 * Suggestions out of a replay, each tried by replaying again; undefined when that was interrupted.
 * @throws UsageError when the input is another when it is read again
 */
export async function suggestionsFor(
  result: ReplayResult,
  tried: Tried,
  nowMs: number,
  replayed: (tried: Tried) => Promise<ReplayResult>,
): Promise<Suggestions | undefined> {
  const { alerts, firstEventMs = 0, lastEventMs = 0 } = result;
  let isInterrupted = result.interrupted;
  const suggestions = await suggest({
    alerts,
    rules: engineFrom({ config: tried.config, nowMs }).rules,
    period: { fromMs: firstEventMs, toMs: lastEventMs },
    nowMs,
    tryOut: async (changes, rules) => {
      if (isInterrupted) return alerts;
      const again = await replayed({ config: withChanges(tried.config, changes), only: rules });
      isInterrupted = again.interrupted;
      if (!isInterrupted && again.events !== result.events)
        throw new UsageError('--suggest: the input was another when it was read again; give files at rest');
      return again.alerts;
    },
  });
  return isInterrupted ? undefined : suggestions;
}
