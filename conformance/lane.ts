import { ToolsMissing } from './tools';

/** What a lane says while it runs. */
export interface Lane {
  /** One thing that must hold; `found` tells a person what was seen when it does not. */
  check(what: string, holds: boolean, found?: unknown): void;
  /** A figure or a circumstance that is no verdict. */
  note(text: string): void;
}

/** Differences are printed whole up to here; more help nobody. */
const FOUND_MAX = 4_000;

/**
 * Runs a lane: says what passed and failed, ends with a line that counts both, and exits with 1 if anything failed. What
 * takes longer than `limitMinutes` is a failure; what the lane started is stopped by its own `finally`, or at exit. Without
 * its tools a lane says so and exits with 77, which is how test harnesses write "skipped".
 */
export function runLane(name: string, limitMinutes: number, body: (lane: Lane) => Promise<void>): void {
  const startedMs = Date.now();
  let passed = 0;
  let failed = 0;
  const lane: Lane = {
    check(what, holds, found) {
      if (holds) passed += 1;
      else failed += 1;
      console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
      if (!holds && found !== undefined) console.log(indented(found));
    },
    note(text) {
      console.log(`     ${text}`);
    },
  };
  const finish = () => {
    console.log(`\nconformance:${name} took ${Math.round((Date.now() - startedMs) / 1_000)} s`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 && passed > 0 ? 0 : 1);
  };
  setTimeout(() => {
    lane.check(`ends within ${limitMinutes} minutes`, false);
    finish();
  }, limitMinutes * 60_000).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  body(lane).then(finish, (error: unknown) => {
    if (error instanceof ToolsMissing && failed === 0) {
      console.log(`SKIPPED: this machine does not get the tools: ${error.message}`);
      process.exit(77);
    }
    lane.check('runs to its end', false, error instanceof Error ? error.stack : error);
    finish();
  });
}

function indented(found: unknown): string {
  const text = typeof found === 'string' ? found : JSON.stringify(found, undefined, 1);
  const shown = text.length <= FOUND_MAX ? text : `${text.slice(0, FOUND_MAX)}\n… ${text.length - FOUND_MAX} more`;
  return shown.replace(/^/gm, '       ');
}
