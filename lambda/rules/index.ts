import cloudtrailStopped from './cloudtrail/cloudtrail-stopped';
import type { Rule } from './rule';

/** Every shipped rule. Written by `npm run rule-index`; a test says when a file is missing from it. */
export const RULES: readonly Rule[] = [
  cloudtrailStopped,
];
