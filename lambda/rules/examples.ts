import { examples as cloudtrailStopped } from './cloudtrail/cloudtrail-stopped';
import type { Examples } from './rule';

/** Examples of every shipped rule, by id. Apart from the rules, so that they stay out of the Lambda bundles. */
export const EXAMPLES: Readonly<Record<string, () => Examples>> = {
  'cloudtrail-stopped': cloudtrailStopped,
};
