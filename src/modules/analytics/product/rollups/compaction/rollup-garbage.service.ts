import { Injectable } from '@nestjs/common';
import { DayBlocksRepository } from '../store/day-blocks.repository.js';
import { DayHeadsRepository } from '../store/day-heads.repository.js';

/** A report that read a head before it changed still reads its blocks. */
const GRACE_MS = 2 * 60_000;
/** Blocks are written shortly before the head that refers to them. */
const ORPHAN_AGE_MS = 10 * 60_000;

/** Deletes blocks that no head refers to any more. */
@Injectable()
export class RollupGarbageService {
  private readonly superseded: { ids: readonly string[]; at: number }[] = [];

  constructor(
    private readonly heads: DayHeadsRepository,
    private readonly blocks: DayBlocksRepository,
  ) {}

  /** @param ids hex: of blocks and sets that a new head has replaced. */
  drop(ids: readonly string[]): void {
    if (ids.length > 0) this.superseded.push({ ids, at: performance.now() });
  }

  /** Deletes what was dropped some time ago. */
  async collect(): Promise<void> {
    const latest = performance.now() - GRACE_MS;
    const ids: string[] = [];
    while (this.superseded[0] !== undefined && this.superseded[0].at <= latest)
      ids.push(...this.superseded.shift()!.ids);
    await this.blocks.delete(ids);
  }

  /** Deletes what runs have left behind that did not come to their end. Returns the number of blocks. */
  async collectOrphans(now: Date, signal: AbortSignal): Promise<number> {
    const before = new Date(now.getTime() - ORPHAN_AGE_MS);
    let deleted = 0;
    for (const projectKey of await this.blocks.listProjects()) {
      signal.throwIfAborted();
      // In this order: a block of that age which no head has now will not get into one any more.
      const ids = await this.blocks.listIds(projectKey, before);
      const inUse = await this.heads.listReferences(projectKey);
      const orphans = ids.filter((id) => !inUse.has(id));
      await this.blocks.delete(orphans);
      deleted += orphans.length;
    }
    return deleted;
  }
}
