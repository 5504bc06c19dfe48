import type { Scene } from './story';
import { at } from './time';

/** Beginning and end of the sample. */
export const FIRST_MS = at('17 06:00:00');
export const LAST_MS = at('18 08:00:00');
export const MINUTE_MS = 60_000;
/** Scheduled work goes in rounds of an hour and a half. */
export const ROUND_MINUTES = 90;

/** Calls `play` at `FIRST_MS` plus `offsetMinutes` and then every `everyMinutes` to the end. */
export function repeatedly(
  scene: Scene,
  everyMinutes: number,
  offsetMinutes: number,
  play: (round: number) => void,
): void {
  let round = 0;
  for (let timeMs = FIRST_MS + offsetMinutes * MINUTE_MS; timeMs < LAST_MS; timeMs += everyMinutes * MINUTE_MS) {
    scene.atMs(timeMs + scene.random.whole(0, 20_000));
    play(round);
    round += 1;
  }
}
