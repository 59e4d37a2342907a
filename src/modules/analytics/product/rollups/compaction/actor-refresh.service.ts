import { Injectable } from '@nestjs/common';
import { actorKey, type ActorKind } from '../../../../events/product/segments/actor-key.js';
import { ActorBooks } from './actor-books.service.js';
import type { ActorBook } from '../format/actor-book.js';
import { ActorBits, orInto } from '../format/actor-set.js';
import { DayHeadsRepository } from '../store/day-heads.repository.js';
import { IdentityActors } from './identity-actors.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';
import { LostRaceError } from './rollups.errors.js';

/** An actor by the id that events carry. */
export interface ActorId {
  kind: ActorKind;
  id: string;
}

/** Corrects who actors are after an erasure. To be called under the lease only. */
@Injectable()
export class ActorRefreshService {
  constructor(
    private readonly meta: RollupMetaRepository,
    private readonly books: ActorBooks,
    private readonly source: RollupSourceRepository,
    private readonly heads: DayHeadsRepository,
  ) {}

  /**
   * @param anonymousIds become the persons that their links say now.
   * @param erased cannot be found any more, unless something is left of them: events that came in later, or a link that
   * another user's event made.
   * @throws LostRaceError
   */
  async refresh(projectKey: string, anonymousIds: readonly string[], erased: readonly ActorId[]): Promise<void> {
    const project = await this.meta.find(projectKey);
    if (project === null || project.state === 'raw') return;
    try {
      const book = await this.books.open(project);
      const erasedIds = erased.filter(({ kind }) => kind === 'a').map(({ id }) => id);
      await this.link(projectKey, book, [...anonymousIds, ...erasedIds]);
      book.erase(await this.listUnused(projectKey, book, erased));
      const rev = project.rev + 1;
      await this.books.flush(book, rev);
      if (!(await this.meta.raise(project, { actors: book.table.size }))) throw new LostRaceError('the project');
      this.books.confirm(book, rev);
    } catch (error) {
      this.books.forget(projectKey);
      throw error;
    }
  }

  /** An actor that is forgotten too early gets a second number, and would be two persons. */
  private async listUnused(projectKey: string, book: ActorBook, erased: readonly ActorId[]): Promise<Set<number>> {
    const unused = new Set(erased.map(({ kind, id }) => book.find(actorKey(kind, id))).filter((actor) => actor >= 0));
    if (unused.size === 0) return unused;
    const { persons, size } = book.table;
    for (let actor = 0; actor < size; actor++) {
      const person = persons[actor]!;
      if (person === actor) continue;
      unused.delete(actor);
      unused.delete(person);
    }
    const named = new ActorBits(size);
    for await (const actors of this.heads.streamActors(projectKey)) orInto(named, actors);
    for (const actor of unused) if (named.has(actor)) unused.delete(actor);
    return unused;
  }

  private async link(projectKey: string, book: ActorBook, anonymousIds: readonly string[]): Promise<void> {
    const actors = new IdentityActors(book);
    const unlinked = new Set(anonymousIds);
    for (const link of await this.source.listLinks(projectKey, anonymousIds)) {
      unlinked.delete(link.anonymousId);
      const { anonymous, user } = actors.numbersOf(link);
      book.setPerson(anonymous, user);
    }
    for (const anonymousId of unlinked) {
      const actor = book.find(actorKey('a', anonymousId));
      if (actor >= 0) book.setPerson(actor, actor);
    }
  }
}
