import { harmless } from '../alerts/neutral';
import { asError } from '../errors';
import { type Observation, unknown } from './observation';

/** A check: what it is about, and how to find out. It may fail in any way; that is an answer too. */
export interface Check {
  readonly subject: string;
  readonly look: () => Promise<readonly Observation[]>;
}

/** Never rejects: a call that fails, is throttled or refused says that nobody knows. */
export async function answerOf({ subject, look }: Check): Promise<readonly Observation[]> {
  try {
    return await look();
  } catch (error) {
    const { name, message } = asError(error);
    const advice = /AccessDenied|NotAuthorized|Unauthorized|Forbidden/i.test(name)
      ? "Somebody changed what the heartbeat may do: compare its role's policy and your service control policies."
      : 'If it lasts, look at the heartbeat function’s log and at the AWS Health dashboard.';
    return [unknown(subject, harmless(`${name}: ${message}`, 200), advice)];
  }
}
