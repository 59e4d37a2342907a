import { Injectable } from '@nestjs/common';
import type { BlockRef } from '../format/day-head.js';
import { encodeBlock, type DayBlock } from '../format/day-block.js';
import { DayBlocksRepository, setsBytes, type NewBlock } from '../store/day-blocks.repository.js';
import { DayHeadsRepository, headBytes, type HeadWrite } from '../store/day-heads.repository.js';
import type { DayTotals } from './day-totals.js';
import { RollupGarbageService } from './rollup-garbage.service.js';
import type { RollupRow, StoredHead } from '../store/rollup-rows.js';
import { LostRaceError, TooWideError } from './rollups.errors.js';

/** A document may have 16 MB; the rest is for what the estimate leaves out. */
const MAX_DOCUMENT_BYTES = 12 * 1024 * 1024;
const MAX_NAMES = 20_000;
const MAX_DAYS = 20_000;
/** Of all days of a project, whose figures a report has in memory together. */
const MAX_PROJECT_BYTES = 64 * 1024 * 1024;

/** What a day is to become. */
export interface NewDay {
  day: number;
  /** As it was read; absent: there is none. */
  before: StoredHead | undefined;
  totals: DayTotals;
  /** Stored blocks that it goes on with. */
  kept: readonly BlockRef[];
  added: readonly DayBlock[];
  /** Epochs whose events it holds, as far as they may turn up elsewhere. */
  applied: readonly string[];
}

/** Writes days: first blocks and sets under ids of their own, then, from the version that was read, the head. */
@Injectable()
export class RollupDaysService {
  constructor(
    private readonly heads: DayHeadsRepository,
    private readonly blocks: DayBlocksRepository,
    private readonly garbage: RollupGarbageService,
  ) {}

  /**
   * Stores days as part of the run that comes after the project's `rev`.
   * @param touched heads that stay as they are but belong to that run too.
   * @throws LostRaceError when one of them was changed since it was read; TooWideError
   */
  async store(project: RollupRow, days: readonly NewDay[], touched: readonly StoredHead[] = []): Promise<void> {
    const rev = project.rev + 1;
    const blocks = days.flatMap(toBlocks);
    const ids = await this.blocks.insert(project.projectKey, blocks);
    let next = 0;
    const writes = days.map((day): HeadWrite => {
      const added = day.added.map(({ length: n }) => ({ id: ids[next++]!, n }));
      return { head: toHead(project, day, [...day.kept, ...added], ids[next++]!) };
    });
    for (const { head } of writes) assertFits(headBytes(head) + head.actors.length, head.day);
    await this.assertRoom(
      project.projectKey,
      days,
      writes.map(({ head }) => head),
    );
    const touches = touched.map((head) => ({ head: { ...head, rev }, onlyRev: true }));
    if (!(await this.heads.write(project.projectKey, [...writes, ...touches]))) throw new LostRaceError('days');
    this.garbage.drop(days.flatMap(listDropped));
  }

  private async assertRoom(projectKey: string, days: readonly NewDay[], heads: readonly StoredHead[]): Promise<void> {
    if (days.length === 0) return;
    const stored = await this.heads.measure(projectKey);
    const replaced = days.flatMap(({ before }) => before ?? []);
    const count = stored.days + days.length - replaced.length;
    const bytes = stored.bytes + sum(heads.map(headBytes)) - sum(replaced.map(headBytes));
    if (count > MAX_DAYS) throw new TooWideError(`${count} days`);
    if (bytes > MAX_PROJECT_BYTES) throw new TooWideError(`${bytes} bytes of figures of days`);
  }
}

/** In the order in which `store` takes their ids: the added blocks of each day, then its sets. */
function toBlocks({ day, totals, added }: NewDay): NewBlock[] {
  const sets = totals.nameSets;
  if (sets.size > MAX_NAMES) throw new TooWideError(`${sets.size} event names in a day`);
  assertFits(setsBytes(sets), day);
  return [...added.map((block) => ({ day, data: encodeBlock(block) })), { day, sets }];
}

function toHead(project: RollupRow, day: NewDay, blocks: BlockRef[], sets: string): StoredHead {
  return {
    ...day.totals.figures,
    ...{ day: day.day, version: day.before?.version ?? 0, rev: project.rev + 1, generation: project.generation },
    ...{ sets, blocks, applied: [...day.applied] },
  };
}

function listDropped({ before, kept }: NewDay): string[] {
  if (before === undefined) return [];
  const stays = new Set(kept.map(({ id }) => id));
  const dropped = before.blocks.map(({ id }) => id).filter((id) => !stays.has(id));
  return before.sets === null ? dropped : [...dropped, before.sets];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function assertFits(bytes: number, day: number): void {
  if (bytes > MAX_DOCUMENT_BYTES) throw new TooWideError(`${bytes} bytes for day ${day}`);
}
