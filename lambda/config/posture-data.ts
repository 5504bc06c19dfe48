import type { Settings } from '../rules/settings';
import type { Suppression } from '../rules/suppression';
import type { ResolvedConfig } from './resolve';

/** What the daily audit needs of the configuration, written beside its code at synth. */
export interface PostureData {
  readonly settings: Settings;
  readonly suppressions: readonly Suppression[];
}

export function postureData({ settings, suppressions }: ResolvedConfig): PostureData {
  return { settings, suppressions };
}
