/**
 * The candidate that a person most likely meant, or undefined if none is close: at most a third of its letters differ
 * (insertions, deletions, replacements and swaps of neighbours), letter case aside.
 */
export function nearest(found: string, candidates: readonly string[]): string | undefined {
  const typed = found.slice(0, 100).toLowerCase();
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = distanceBetween(typed, candidate.toLowerCase());
    if (distance <= Math.max(1, candidate.length / 3) && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Edit distance with swaps of neighbours (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const above = rows[row - 1] as number[];
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (above[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (above[column - 1] as number) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, ((rows[row - 2] as number[])[column - 2] as number) + 1);
      }
      current.push(least);
    }
    rows.push(current);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
