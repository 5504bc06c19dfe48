import type { BaselineStore, Fact, FactName, Use } from './baseline-store';

/** Baselines in memory, for tests, simulations and benchmarks. Never forgets. */
export class MemoryBaselineStore implements BaselineStore {
  private readonly facts = new Map<string, Fact>();
  private readonly learners = new Map<string, Map<string, number>>();

  async find(name: FactName): Promise<Fact | undefined> {
    return this.facts.get(keyOf(name));
  }

  async insert(name: FactName, { id, timeMs }: Use, expiryMs: number): Promise<boolean> {
    const known = this.facts.get(keyOf(name));
    if (known !== undefined && known.lastUsedMs >= timeMs - expiryMs) return false;
    this.facts.set(keyOf(name), { firstId: id, lastUsedMs: timeMs });
    return true;
  }

  async touch(name: FactName, timeMs: number): Promise<void> {
    const known = this.facts.get(keyOf(name));
    if (known === undefined || known.lastUsedMs >= timeMs) return;
    this.facts.set(keyOf(name), { firstId: known.firstId, lastUsedMs: timeMs });
  }

  async startLearning(learner: string, kinds: readonly string[], timeMs: number): Promise<ReadonlyMap<string, number>> {
    const starts = this.learners.get(learner) ?? new Map<string, number>();
    this.learners.set(learner, starts);
    for (const kind of kinds) if (!starts.has(kind)) starts.set(kind, timeMs);
    return new Map(kinds.map((kind) => [kind, starts.get(kind) as number]));
  }

  async learnSince(learner: string, sinceMs: ReadonlyMap<string, number>): Promise<void> {
    const starts = this.learners.get(learner) ?? new Map<string, number>();
    this.learners.set(learner, starts);
    for (const [kind, timeMs] of sinceMs) starts.set(kind, Math.min(starts.get(kind) ?? timeMs, timeMs));
  }

  async findLearning(learner: string, kind: string): Promise<number | undefined> {
    return this.learners.get(learner)?.get(kind);
  }
}

function keyOf({ kind, subject, value }: FactName): string {
  return JSON.stringify([kind, subject, value]);
}
