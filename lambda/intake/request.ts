import { isOmitted, pick } from './fields';
import type { TrailEvent } from './trail-event';

/** Parameters of the call. EC2's newer calls wrap them: `{DeleteFlowLogsRequest: {FlowLogId: …}}`. */
export function requestOf({ record, call }: TrailEvent): unknown {
  const parameters = record['requestParameters'];
  return pick(parameters, `${call}Request`) ?? parameters;
}

/**
 * True where the record does not show what was asked for, although the call succeeded: too large for it, or not there at
 * all. For calls that always have parameters.
 */
export function isRequestUnseen({ record }: TrailEvent): boolean {
  const parameters = record['requestParameters'];
  return parameters === undefined || parameters === null || isOmitted(parameters);
}
