import type { ResolvedConfig } from '../lambda/config/resolve';

/** What all stacks are made from: the configuration, and where it goes. */
export interface Deployment {
  /** Account of the hub; undefined: whichever account the stacks are deployed to. */
  readonly account: string | undefined;
  /** Region of the hub's bus, queues, functions and tables. */
  readonly homeRegion: string;
  /** Regions whose events are watched, the home region among them. */
  readonly regions: readonly string[];
  readonly config: ResolvedConfig;
  /** Version of this package. */
  readonly version: string;
}
