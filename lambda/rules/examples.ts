import { examples as cloudtrailInsightsOff } from './cloudtrail/cloudtrail-insights-off';
import { examples as cloudtrailRecentStorageDamaged } from './cloudtrail/cloudtrail-recent-storage-damaged';
import { examples as cloudtrailSelectorsNarrowed } from './cloudtrail/cloudtrail-selectors-narrowed';
import { examples as cloudtrailStopped } from './cloudtrail/cloudtrail-stopped';
import { examples as cloudtrailStorageDamaged } from './cloudtrail/cloudtrail-storage-damaged';
import { examples as cloudtrailTamperingAttempted } from './cloudtrail/cloudtrail-tampering-attempted';
import { examples as cloudtrailTrailWeakened } from './cloudtrail/cloudtrail-trail-weakened';
import { examples as noEvents } from './heartbeat/no-events';
import { examples as rootApiActivity } from './root/root-api-activity';
import { examples as rootApiKeyUsed } from './root/root-api-key-used';
import { examples as rootApiRead } from './root/root-api-read';
import { examples as rootConsoleLogin } from './root/root-console-login';
import { examples as rootConsoleLoginFailed } from './root/root-console-login-failed';
import { examples as rootCredentialChange } from './root/root-credential-change';
import type { Examples } from './rule';

/** Examples of every shipped rule, by id. Apart from the rules, so that they stay out of the Lambda bundles. */
export const EXAMPLES: Readonly<Record<string, () => Examples>> = {
  'cloudtrail-insights-off': cloudtrailInsightsOff,
  'cloudtrail-recent-storage-damaged': cloudtrailRecentStorageDamaged,
  'cloudtrail-selectors-narrowed': cloudtrailSelectorsNarrowed,
  'cloudtrail-stopped': cloudtrailStopped,
  'cloudtrail-storage-damaged': cloudtrailStorageDamaged,
  'cloudtrail-tampering-attempted': cloudtrailTamperingAttempted,
  'cloudtrail-trail-weakened': cloudtrailTrailWeakened,
  'no-events': noEvents,
  'root-api-activity': rootApiActivity,
  'root-api-key-used': rootApiKeyUsed,
  'root-api-read': rootApiRead,
  'root-console-login': rootConsoleLogin,
  'root-console-login-failed': rootConsoleLoginFailed,
  'root-credential-change': rootCredentialChange,
};
