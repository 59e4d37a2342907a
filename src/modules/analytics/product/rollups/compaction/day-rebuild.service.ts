import { Injectable } from '@nestjs/common';
import { ProductSegmentsService } from '../../../../events/product/segments/product-segments.service.js';
import type { ActorBook } from '../format/actor-book.js';
import { ActorBooks } from './actor-books.service.js';
import { MAX_BLOCK_EVENTS } from './block-plan.js';
import { encodeBlock } from '../format/day-block.js';
import { DayBlocksRepository } from '../store/day-blocks.repository.js';
import type { BlockRef } from '../format/day-head.js';
import { DayTotals } from './day-totals.js';
import { HeadGenerationsService } from './head-generations.service.js';
import { IdentityActors } from './identity-actors.js';
import { RecentEpochs } from './recent-epochs.js';
import { RollupDaysService } from './rollup-days.service.js';
import type { RollupRow } from '../store/rollup-rows.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';
import { SourceColumns } from './source-columns.js';

const EPOCHS_PER_QUESTION = 1000;

/** One day on its way from raw events to rollups. */
interface Reading {
  project: RollupRow;
  day: number;
  totals: DayTotals;
  blocks: BlockRef[];
  /** Of the day as it is. */
  applied: ReadonlySet<string>;
  /** Epochs whose events go in, and which stay out because they will be merged later. */
  included: Set<string>;
  excluded: Set<string>;
}

/**
 * Makes a day anew from raw events, block by block. Events of epochs that are not merged yet are left out, unless the day
 * holds them already: such an epoch is complete, and its segment will be skipped here.
 *
 * An epoch that is left out cannot be merged unnoticed: that would change the day since it was read, and then it is not
 * written. One that is gone when it is asked for was gone into this day before: all of its events were there to be read.
 */
@Injectable()
export class DayRebuildService {
  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly source: RollupSourceRepository,
    private readonly books: ActorBooks,
    private readonly generations: HeadGenerationsService,
    private readonly blocks: DayBlocksRepository,
    private readonly days: RollupDaysService,
    private readonly recent: RecentEpochs,
  ) {}

  /** @throws LostRaceError, TooWideError */
  async rebuild(project: RollupRow, book: ActorBook, day: number, signal: AbortSignal): Promise<void> {
    const { projectKey, rev } = project;
    const before = (await this.generations.list(project, [day])).get(day);
    const applied = before?.applied ?? [];
    const reading: Reading = {
      ...{ project, day, totals: new DayTotals(day), blocks: [], applied: new Set(applied) },
      ...{ included: new Set(), excluded: new Set() },
    };
    const columns = new SourceColumns(day, new IdentityActors(book));
    for await (const events of this.source.streamDay(projectKey, day, signal)) {
      signal.throwIfAborted();
      columns.add(events);
      if (columns.length >= MAX_BLOCK_EVENTS) await this.storeBlock(reading, columns);
    }
    await this.storeBlock(reading, columns);
    if (before === undefined && reading.blocks.length === 0) return;
    const stillApplied = this.recent.keep(applied, await this.listExisting(projectKey, applied));
    await this.books.flush(book, rev + 1);
    const { totals, blocks } = reading;
    await this.days.store(project, [{ day, before, totals, kept: blocks, added: [], applied: stillApplied }]);
  }

  private async storeBlock(reading: Reading, columns: SourceColumns): Promise<void> {
    const { project, day, totals, blocks } = reading;
    await this.decide(reading, columns.listEpochs());
    const block = columns.toBlock(reading.excluded);
    columns.clear();
    if (block.length === 0) return;
    totals.add(block);
    const [id] = await this.blocks.insert(project.projectKey, [{ day, data: encodeBlock(block) }]);
    blocks.push({ id: id!, n: block.length });
  }

  /** Once for each epoch: what it was in one block it is in all. */
  private async decide({ project, applied, included, excluded }: Reading, epochs: readonly string[]): Promise<void> {
    const open = epochs.filter((epoch) => !applied.has(epoch) && !included.has(epoch) && !excluded.has(epoch));
    const existing = await this.listExisting(project.projectKey, open);
    for (const epoch of open) (existing.has(epoch) ? excluded : included).add(epoch);
  }

  private async listExisting(projectKey: string, epochs: readonly string[]): Promise<Set<string>> {
    const existing = new Set<string>();
    for (let start = 0; start < epochs.length; start += EPOCHS_PER_QUESTION) {
      const some = epochs.slice(start, start + EPOCHS_PER_QUESTION);
      for (const epoch of await this.segments.listExisting(some, projectKey)) existing.add(epoch);
    }
    return existing;
  }
}
