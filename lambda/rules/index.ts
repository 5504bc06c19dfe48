import cloudtrailStopped from './cloudtrail/cloudtrail-stopped';
import type { Rule } from './rule';

/** Every shipped rule. A test says when a file is missing from this list. */
export const RULES: readonly Rule[] = [cloudtrailStopped];
