import { LRUCache } from 'lru-cache';

/** Longer than a report works with what it read at its beginning. */
const REMEMBERED_MS = 2 * 60_000;
const MAX_EPOCHS = 500_000;

/**
 * Which epochs a day must still be known to hold: those that are not deleted, and those that a report may have read
 * before they were. Judged by when this process first saw them gone, so that nothing is forgotten too early, whoever
 * deleted them.
 */
export class RecentEpochs {
  // Not by `max`, for which it would take memory for all of them at once.
  private readonly goneSince = new LRUCache<string, number>({ maxSize: MAX_EPOCHS, sizeCalculation: () => 1 });

  /** @param now milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param epochs that a day holds. @param existing those that are not deleted. */
  keep(epochs: readonly string[], existing: { has(epoch: string): boolean }): string[] {
    const now = this.now();
    return epochs.filter((epoch) => {
      if (existing.has(epoch)) return true;
      const since = this.goneSince.get(epoch);
      if (since === undefined) this.goneSince.set(epoch, now);
      return since === undefined || now - since < REMEMBERED_MS;
    });
  }
}
