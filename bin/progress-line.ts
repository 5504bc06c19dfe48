import { lengthText } from '../lambda/alerts/times';
import { grouped } from '../replay/counts';
import type { Io } from './io';

/** How far a replay is. */
interface Moment {
  readonly inputs: number;
  readonly events: number;
  /** As stored, compressed or not. */
  readonly readBytes: number;
  /** At least so many there will be. */
  readonly alerts: number;
}

const REDRAW_MS = 100;

/** The rate is that of so much time: a cache is read faster than a network. */
const RATE_OVER_MS = 15_000;
const SAMPLE_MS = 500;

/** One line on the terminal, redrawn at most ten times a second and never wrapped. */
export class ProgressLine {
  private shownMs = Number.NEGATIVE_INFINITY;
  private readonly samples: { timeMs: number; events: number; readBytes: number }[] = [];

  constructor(private readonly io: Io) {}

  /** @param allBytes of all inputs; 0 when nobody knows */
  reading({ inputs, events, readBytes, alerts }: Moment, allInputs: number, allBytes: number): void {
    const nowMs = this.io.nowMs();
    const isAgain = readBytes < (this.samples.at(-1)?.readBytes ?? 0);
    if (isAgain) this.samples.length = 0; // the input is read once more
    const [first] = this.samples;
    if (first === undefined || nowMs - (this.samples.at(-1)?.timeMs ?? 0) >= SAMPLE_MS) {
      this.samples.push({ timeMs: nowMs, events, readBytes });
      while (this.samples.length > RATE_OVER_MS / SAMPLE_MS) this.samples.shift();
    }
    if (nowMs - this.shownMs < REDRAW_MS) return;
    const since = this.samples[0] ?? { timeMs: nowMs, events, readBytes };
    const seconds = (nowMs - since.timeMs) / 1_000;
    const perSecond = seconds > 0 ? (events - since.events) / seconds : 0;
    const bytesPerSecond = seconds > 0 ? (readBytes - since.readBytes) / seconds : 0;
    const left =
      allBytes > 0 && bytesPerSecond > 0 && seconds >= 1
        ? `${lengthText(((allBytes - readBytes) / bytesPerSecond) * 1_000)} left, `
        : '';
    this.show(
      `${left}${grouped(inputs)}/${grouped(allInputs)} files, ${grouped(events)} events, ${grouped(alerts)}+ alerts, ` +
        `${grouped(Math.round(perSecond))} events/s, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
      nowMs,
    );
  }

  listing(files: number, requests: number): void {
    const nowMs = this.io.nowMs();
    if (nowMs - this.shownMs < REDRAW_MS) return;
    this.show(`listing: ${grouped(files)} files after ${grouped(requests)} requests`, nowMs);
  }

  clear(): void {
    if (this.shownMs > Number.NEGATIVE_INFINITY) this.io.stderr('\r\x1b[K');
    this.shownMs = Number.NEGATIVE_INFINITY;
  }

  private show(line: string, nowMs: number): void {
    this.shownMs = nowMs;
    const columns = this.io.stderrColumns?.() ?? 80;
    this.io.stderr(`\r\x1b[K${line.slice(0, Math.max(columns - 1, 1))}`);
  }
}
