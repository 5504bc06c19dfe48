import { abuse, LOGGING_STOPPED_AT } from './attack-abuse';
import { exposure } from './attack-exposure';
import { foothold } from './attack-foothold';
import { takeover } from './attack-takeover';
import { PRODUCTION } from './cast';
import { type DeliveredFile, deliver } from './delivery';
import { auditAccount } from './everyday-audit';
import { jenkins } from './everyday-jenkins';
import { people } from './everyday-people';
import { services } from './everyday-services';
import { infrastructureAsCode } from './everyday-terraform';
import { type Chapter, type Moment, Story } from './story';

export interface Incident {
  /** Everything a trail's bucket holds of it, sorted by path. */
  readonly files: readonly DeliveredFile[];
  /** In order of their first record. */
  readonly chapters: readonly Chapter[];
}

const PARTS = [services, auditAccount, people, jenkins, infrastructureAsCode, foothold, takeover, exposure, abuse];

/** A stopped trail records nothing after the call that stopped it; the audit account has a trail of its own. */
function recorded({ timeMs, record }: Moment): boolean {
  return record.recipientAccountId !== PRODUCTION || timeMs <= LOGGING_STOPPED_AT;
}

/** Tells the whole incident; the same on every machine and every run. */
export function buildIncident(): Incident {
  const story = new Story();
  for (const tell of PARTS) tell(story);
  const files = deliver(story.moments(recorded)).sort((one, other) => (one.path < other.path ? -1 : 1));
  return { files, chapters: story.chapters(recorded) };
}
