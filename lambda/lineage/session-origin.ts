import { harmless } from '../alerts/neutral';
import { at, field, text } from '../intake/fields';
import type { TrailEvent } from '../intake/trail-event';
import type { SessionOrigin } from './lineage-store';
import { sessionToken } from './session-token';
import type { Taker } from './taker';

const STS = 'sts.amazonaws.com';

/**
 * How a session began, read from a call that gave somebody its key; undefined for every other event. Services take roles
 * all day for functions and machines: nobody is behind those.
 */
export function sessionOriginOf(event: TrailEvent): SessionOrigin | undefined {
  const { service, call, outcome, record } = event;
  if (service !== STS || outcome !== 'succeeded' || !(call.startsWith('AssumeRo') || call === 'GetFederationToken'))
    return undefined;
  const identity = record['userIdentity'];
  if (field(identity, 'type') === 'AWSService') return undefined;
  const session = sessionToken(text(at(record, 'responseElements', 'credentials', 'accessKeyId')));
  if (session === undefined) return undefined;
  const key = text(field(identity, 'accessKeyId'));
  const before = sessionToken(key);
  const sourceIdentity =
    text(at(identity, 'sessionContext', 'sourceIdentity')) ?? text(at(record, 'requestParameters', 'sourceIdentity'));
  const taker: Taker = {
    actor: harmless(event.actor, 500),
    ...(key === undefined || key === '' ? {} : { accessKeyId: harmless(key, 128) }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity: harmless(sourceIdentity, 256) }),
    ...(before === undefined ? {} : { session: before }),
  };
  return { session, taker, timeMs: event.timeMs, own: !event.crossAccount };
}
