import { numeric, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { type Acts, act } from '../acts';

export const KMS = 'kms.amazonaws.com';

/**
 * Days until a key is gone; KMS waits 30 unless told otherwise, and 7 at least.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
const SHORTEST_WAIT_DAYS = 7;

/** What makes a key useless, at once or soon. */
export const DESTRUCTION: Acts = {
  [KMS]: {
    ScheduleKeyDeletion: (event) => {
      const days = numeric(pick(requestOf(event), 'pendingWindowInDays'));
      return days !== undefined && days <= SHORTEST_WAIT_DAYS
        ? act('critical', 'scheduled the deletion, with the shortest wait, of key')
        : act('high', 'scheduled the deletion of key');
    },
    DisableKey: act('high', 'disabled key'),
    DeleteImportedKeyMaterial: act('high', 'deleted the material of key'),
    DisconnectCustomKeyStore: act('high', 'cut off the keys of store'),
    DeleteCustomKeyStore: act('high', 'deleted key store'),
    DeleteAlias: act('low', 'deleted the name of a key,'),
    DisableKeyRotation: act('low', 'stopped the rotation of key'),
  },
};

/** Identity of a key, whether it was named by its id or by its ARN. */
export function keyOf(event: TrailEvent): string | undefined {
  const key = text(pick(requestOf(event), 'keyId')) ?? text(pick(event.record['responseElements'], 'keyId'));
  return key?.slice(key.lastIndexOf('/') + 1) || undefined;
}
