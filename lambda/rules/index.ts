import cloudtrailInsightsOff from './cloudtrail/cloudtrail-insights-off';
import cloudtrailRecentStorageDamaged from './cloudtrail/cloudtrail-recent-storage-damaged';
import cloudtrailSelectorsNarrowed from './cloudtrail/cloudtrail-selectors-narrowed';
import cloudtrailStopped from './cloudtrail/cloudtrail-stopped';
import cloudtrailStorageDamaged from './cloudtrail/cloudtrail-storage-damaged';
import cloudtrailTamperingAttempted from './cloudtrail/cloudtrail-tampering-attempted';
import cloudtrailTrailWeakened from './cloudtrail/cloudtrail-trail-weakened';
import noEvents from './heartbeat/no-events';
import rootApiActivity from './root/root-api-activity';
import rootApiKeyUsed from './root/root-api-key-used';
import rootApiRead from './root/root-api-read';
import rootConsoleLogin from './root/root-console-login';
import rootConsoleLoginFailed from './root/root-console-login-failed';
import rootCredentialChange from './root/root-credential-change';
import type { Rule } from './rule';

/** Every shipped rule. Written by `npm run rule-index`; a test says when a file is missing from it. */
export const RULES: readonly Rule[] = [
  cloudtrailInsightsOff,
  cloudtrailRecentStorageDamaged,
  cloudtrailSelectorsNarrowed,
  cloudtrailStopped,
  cloudtrailStorageDamaged,
  cloudtrailTamperingAttempted,
  cloudtrailTrailWeakened,
  noEvents,
  rootApiActivity,
  rootApiKeyUsed,
  rootApiRead,
  rootConsoleLogin,
  rootConsoleLoginFailed,
  rootCredentialChange,
];
