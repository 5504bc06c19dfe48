import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8 takes the memory that a machine has. These hold it to what a replay needs, at the cost of a few collections more. */

/** Room for new objects. */
const YOUNG_BYTES = 8 * 1024 * 1024;

/** Older objects that are too few for a collection, whatever of them is garbage. */
const OLD_BYTES = 96 * 1024 * 1024;

/** Garbage among older objects that is too little for one, as is half of what is still needed. */
const OLD_GARBAGE_BYTES = 24 * 1024 * 1024;

let youngFactor = 2;
let oldLimitBytes: number | undefined;
let collect: (() => void) | undefined;

/**
 * To be called every few milliseconds of reading. Records die young, a few at a time: V8 gives them ever more room, up to
 * 32 MB, which no processor's cache holds, where a quarter of it is as fast. And it lets older objects become several times
 * as many before it looks which of them are still needed.
 */
export function holdMemory(): void {
  const { youngBytes, oldBytes } = usedBytes();
  const factor = youngBytes < YOUNG_BYTES ? 2 : 1;
  if (factor !== youngFactor) {
    youngFactor = factor;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  }
  oldLimitBytes ??= limitOf(oldBytes); // whatever is there already is not ours to look at
  if (oldBytes > oldLimitBytes) collectGarbage();
}

/** Gives up what is no longer needed, at once. Takes a tenth of a second where a hundred megabytes are needed. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  oldLimitBytes = limitOf(usedBytes().oldBytes);
}

/** How many old objects there may be, where so many are needed. */
function limitOf(oldBytes: number): number {
  return Math.max(OLD_BYTES, oldBytes + Math.max(OLD_GARBAGE_BYTES, oldBytes / 2));
}

/** Room for new objects, and what older ones take. */
function usedBytes(): { youngBytes: number; oldBytes: number } {
  let youngBytes = 0;
  let oldBytes = 0;
  for (const { space_name, space_size, space_used_size } of getHeapSpaceStatistics()) {
    if (space_name === 'new_space') youngBytes = space_size;
    else oldBytes += space_used_size;
  }
  return { youngBytes, oldBytes };
}
