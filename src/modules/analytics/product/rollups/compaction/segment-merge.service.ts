import { Injectable } from '@nestjs/common';
import {
  ProductSegmentsService,
  type OldestSegments,
  type PendingEntry,
  type PendingSegment,
} from '../../../../events/product/segments/product-segments.service.js';
import type { ActorBook } from '../format/actor-book.js';
import { ActorBooks } from './actor-books.service.js';
import { ACTOR_KEY_BYTES } from '../format/actor-table.js';
import { DayMergeService, type DayPart } from './day-merge.service.js';
import { IdentityActors } from './identity-actors.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import type { RollupRow } from '../store/rollup-rows.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';
import { LostRaceError } from './rollups.errors.js';
import { splitIntoDays } from '../format/segment-days.js';
import { Slices } from './slices.js';

/** In one run; more are merged in further ones. */
const MAX_RUN_EVENTS = 500_000;
const MAX_RUN_SEGMENTS = 500;
/** Of a backlog that is larger no more than the beginning is looked at. */
const MAX_LISTED = 20_000;

/**
 * Merges segments into the rollups of a project. The order of the steps makes it safe to be interrupted anywhere:
 * actors before the days that refer to them, each day with the epochs that it holds, then the project's `rev`, by which
 * readers look for what is new, and the segments last.
 */
@Injectable()
export class SegmentMergeService {
  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly meta: RollupMetaRepository,
    private readonly books: ActorBooks,
    private readonly source: RollupSourceRepository,
    private readonly days: DayMergeService,
  ) {}

  /**
   * One run over the oldest segments of a project whose rollups are ready. Returns true when there are more.
   * @throws LostRaceError, TooWideError
   */
  async merge(project: RollupRow, signal: AbortSignal): Promise<boolean> {
    const pending = await this.segments.listOldest(project.projectKey, MAX_LISTED);
    if (pending.entries.length === 0) return pending.hasMore;
    const entries = takeRun(pending.entries);
    const run = await this.segments.readSegments(project.projectKey, entries);
    const book = await this.books.open(project);
    const parts = await this.divide(run, book, signal);
    await this.link(project.projectKey, run, book);
    const rev = project.rev + 1;
    await this.books.flush(book, rev);
    await this.days.merge(project, parts, new ExistingEpochs(pending), signal);
    signal.throwIfAborted();
    if (!(await this.meta.raise(project, { actors: book.table.size }))) throw new LostRaceError('the project');
    this.books.confirm(book, rev);
    await this.segments.deleteSegments(
      project.projectKey,
      run.map(({ epoch }) => epoch),
    );
    return pending.hasMore || entries.length < pending.entries.length;
  }

  /** The events by day, with numbers of actors. New actors get theirs. */
  private async divide(
    run: readonly PendingSegment[],
    book: ActorBook,
    signal: AbortSignal,
  ): Promise<Map<number, DayPart[]>> {
    const slices = new Slices();
    const parts = new Map<number, DayPart[]>();
    for (const { epoch, columns } of run) {
      await slices.pause(signal);
      const numbers = new Int32Array(columns.actors.length / ACTOR_KEY_BYTES);
      for (let i = 0; i < numbers.length; i++) numbers[i] = book.numberOf(columns.actors, i);
      for (const { day, length, times, names, nameOf, actorOf } of splitIntoDays(columns)) {
        const numberOf = (actor: number): number => (actor < 0 ? -1 : numbers[actor]!);
        const block = { length, times, names, nameOf, actorOf: actorOf.map(numberOf) };
        const known = parts.get(day);
        if (known === undefined) parts.set(day, [{ epoch, block }]);
        else known.push({ epoch, block });
      }
    }
    return parts;
  }

  private async link(projectKey: string, run: readonly PendingSegment[], book: ActorBook): Promise<void> {
    const linkedIds = new Set(run.flatMap(({ columns }) => columns.linkedIds));
    if (linkedIds.size === 0) return;
    const actors = new IdentityActors(book);
    for (const link of await this.source.listLinks(projectKey, [...linkedIds])) {
      const { anonymous, user } = actors.numbersOf(link);
      book.setPerson(anonymous, user);
    }
  }
}

/** The oldest, but at least one. */
function takeRun(oldestFirst: readonly PendingEntry[]): PendingEntry[] {
  let total = 0;
  const end = oldestFirst.slice(0, MAX_RUN_SEGMENTS).findIndex(({ events }, position) => {
    total += events;
    return position > 0 && total > MAX_RUN_EVENTS;
  });
  return oldestFirst.slice(0, end < 0 ? MAX_RUN_SEGMENTS : end);
}

/** Epochs of the project that are not deleted. Each behind the last that was listed may be one. */
class ExistingEpochs {
  private readonly listed: ReadonlySet<string>;
  /** `null`: all were listed. */
  private readonly last: string | null;

  constructor({ entries, hasMore }: OldestSegments) {
    this.listed = new Set(entries.map(({ epoch }) => epoch));
    this.last = hasMore ? entries.at(-1)!.epoch : null;
  }

  has(epoch: string): boolean {
    return this.listed.has(epoch) || (this.last !== null && epoch > this.last);
  }
}
