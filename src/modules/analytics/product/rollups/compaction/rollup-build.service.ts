import { Injectable } from '@nestjs/common';
import type { ActorBook } from '../format/actor-book.js';
import { ActorBooks } from './actor-books.service.js';
import { dayOf, NO_TIME_DAY } from '../../day.js';
import { DayHeadsRepository } from '../store/day-heads.repository.js';
import { DayRebuildService } from './day-rebuild.service.js';
import { IdentityActors } from './identity-actors.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import type { RollupRow } from '../store/rollup-rows.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';
import { LostRaceError } from './rollups.errors.js';
import { Slices } from './slices.js';

/** The first that a date can be on. */
const FIRST_DAY = -100_000_000;

/** Makes the rollups of a project from its raw events: all of them, or the days that are not to be trusted. */
@Injectable()
export class RollupBuildService {
  /** Where the last turn of a build ended: days whose events all wait in segments leave no head to tell. */
  private readonly turns = new Map<string, { generation: string; next: number }>();

  constructor(
    private readonly meta: RollupMetaRepository,
    private readonly source: RollupSourceRepository,
    private readonly books: ActorBooks,
    private readonly heads: DayHeadsRepository,
    private readonly rebuilding: DayRebuildService,
  ) {}

  /**
   * Goes on with a full build, day after day; those that carry the mark of this build are done.
   * @param until by `performance.now()`: when to stop after a day.
   * @returns true when there is more to do.
   * @throws LostRaceError, TooWideError
   */
  async build(project: RollupRow, until: number, signal: AbortSignal): Promise<boolean> {
    const { projectKey, generation } = project;
    const book = await this.books.open(project);
    const last = await this.heads.findLastOf(projectKey, generation);
    const turn = this.turns.get(projectKey);
    const reached = turn?.generation === generation ? turn.next : FIRST_DAY;
    for (let from = Math.max(reached, last === null ? FIRST_DAY : last + 1); ;) {
      const day = await this.findDay(projectKey, from);
      if (day === null) break;
      await this.rebuilding.rebuild(project, book, day, signal);
      from = day + 1;
      if (performance.now() <= until) continue;
      this.turns.set(projectKey, { generation: generation, next: from });
      return true;
    }
    this.turns.delete(projectKey);
    await this.link(projectKey, book, signal);
    await this.books.flush(book, project.rev + 1);
    await this.heads.deleteForeign(projectKey, generation);
    await this.complete(project, book, () => this.meta.raise(project, { state: 'ready', actors: book.table.size }));
    return false;
  }

  /**
   * Makes dirty days anew and takes their marks away, unless somebody marked one meanwhile.
   * @returns true when there is more to do.
   * @throws LostRaceError, TooWideError
   */
  async repair(project: RollupRow, until: number, signal: AbortSignal): Promise<boolean> {
    const book = await this.books.open(project);
    const clean: number[] = [];
    for (const day of project.dirty) {
      await this.rebuilding.rebuild(project, book, day, signal);
      clean.push(day);
      if (performance.now() > until) break;
    }
    await this.complete(project, book, () => this.meta.raise(project, { clean, actors: book.table.size }));
    return clean.length < project.dirty.length;
  }

  private async complete(project: RollupRow, book: ActorBook, raise: () => Promise<boolean>): Promise<void> {
    if (!(await raise())) throw new LostRaceError('the project');
    this.books.confirm(book, project.rev + 1);
  }

  /** The next day from this one on that has events; the one of the events without a time is always looked at, last. */
  private async findDay(projectKey: string, from: number): Promise<number | null> {
    if (from > NO_TIME_DAY) return null;
    const found = from === NO_TIME_DAY ? null : await this.source.findDay(projectKey, from);
    return found === null ? NO_TIME_DAY : dayOf(found.getTime());
  }

  /** Makes every actor the person that the links say, whatever it was before. */
  private async link(projectKey: string, book: ActorBook, signal: AbortSignal): Promise<void> {
    const slices = new Slices();
    const actors = new IdentityActors(book);
    const unlinked = new Set<number>();
    for (let actor = 0; actor < book.table.size; actor++) {
      if (book.table.persons[actor] !== actor) unlinked.add(actor);
    }
    for await (const links of this.source.streamLinks(projectKey, signal)) {
      await slices.pause(signal);
      for (const link of links) {
        const { anonymous, user } = actors.numbersOf(link);
        book.setPerson(anonymous, user);
        unlinked.delete(anonymous);
      }
    }
    for (const actor of unlinked) book.setPerson(actor, actor);
  }
}
