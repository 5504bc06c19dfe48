import type { TrailEvent } from './trail-event';

/**
 * Remembers the answer about the last event: rules ask one event the same, one after the other, and reading a record
 * costs more than anything else that they do.
 */
export function oncePerEvent<T>(ask: (event: TrailEvent) => T): (event: TrailEvent) => T {
  let last: TrailEvent | undefined;
  let answer: T;
  return (event) => {
    if (event !== last) {
      answer = ask(event);
      last = event;
    }
    return answer;
  };
}
