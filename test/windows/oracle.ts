import type { Entry, Mark, WindowSpec } from '../../lambda/windows/verdict';

/**
 * The definition of a firing, by brute force: every event is looked back from, every assignment is tried. Shares no
 * code with the engine.
 */
export interface OracleFiring {
  readonly timeMs: number;
  readonly count: number;
  readonly level: number;
}

/** Firing times with counts, over events as they happened: repeats and versions of an event included. */
export function oracleOfEntries(spec: WindowSpec, entries: readonly Entry[]): OracleFiring[] {
  return times(entries).flatMap((timeMs) => {
    const window = entries.filter((entry) => entry.timeMs > timeMs - spec.withinMs && entry.timeMs <= timeMs);
    const ids = [...new Set(window.map((entry) => entry.id))];
    const weightOf = (id: string) =>
      Math.max(...window.filter((entry) => entry.id === id).map((entry) => entry.weight));
    if (spec.kind === 'sequence') {
      const stepsAt = window.map(({ id, timeMs, steps }) => ({ id, timeMs, steps }));
      if (!assignmentExists(spec.stepCounts, stepsAt)) return [];
      return [{ timeMs, count: ids.length, level: levelIn(spec, window, 1) }];
    }
    const count = spec.kind === 'sum' ? ids.reduce((sum, id) => sum + weightOf(id), 0) : ids.length;
    return count >= spec.tiers[0].threshold ? [{ timeMs, count, level: levelIn(spec, window, count) }] : [];
  });
}

export function oracleOfMarks(spec: WindowSpec, marks: readonly Mark[]): OracleFiring[] {
  return times(marks).flatMap((timeMs) => {
    const window = marks.filter((mark) => mark.timeMs > timeMs - spec.withinMs && mark.timeMs <= timeMs);
    const count = new Set(window.map((mark) => mark.value)).size;
    const groups = new Set(window.map((mark) => mark.value.split(':')[0])).size;
    if (groups < (spec.groupsMin ?? 0)) return [];
    return count >= spec.tiers[0].threshold ? [{ timeMs, count, level: levelIn(spec, window, count) }] : [];
  });
}

function times(items: readonly { timeMs: number }[]): number[] {
  return [...new Set(items.map((item) => item.timeMs))].sort((a, b) => a - b);
}

function levelIn(spec: WindowSpec, window: readonly { level: number }[], count: number): number {
  if (spec.levelFromEvents) return Math.max(0, ...window.map((item) => item.level));
  return Math.max(0, ...spec.tiers.filter((tier) => count >= tier.threshold).map((tier) => tier.level));
}

interface Candidate {
  readonly id: string;
  readonly timeMs: number;
  readonly steps: number;
}

/** Tries every way to give each step its number of events. */
function assignmentExists(counts: readonly number[], events: readonly Candidate[]): boolean {
  const slots = counts.flatMap((count, step) => Array<number>(count).fill(step));
  const chosen: { step: number; timeMs: number }[] = [];
  const used = new Set<string>();
  const fill = (index: number): boolean => {
    if (index === slots.length) {
      return counts.slice(1).every((_, step) => {
        const before = chosen.filter((choice) => choice.step === step).map((choice) => choice.timeMs);
        const after = chosen.filter((choice) => choice.step === step + 1).map((choice) => choice.timeMs);
        return Math.min(...after) >= Math.max(...before) - 5_000;
      });
    }
    const step = slots[index] as number;
    for (const event of events) {
      if ((event.steps & (1 << step)) === 0 || used.has(event.id)) continue;
      used.add(event.id);
      chosen.push({ step, timeMs: event.timeMs });
      if (fill(index + 1)) return true;
      chosen.pop();
      used.delete(event.id);
    }
    return false;
  };
  return fill(0);
}
