import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ActorBook } from '../format/actor-book.js';
import { ActorChunksRepository } from '../store/actor-chunks.repository.js';
import type { RollupRow } from '../store/rollup-rows.js';
import { LostRaceError, TooWideError } from './rollups.errors.js';
import { Slices } from './slices.js';

/** More would take hundreds of megabytes of memory. */
const MAX_ACTORS = 8_000_000;
const BOOK_ACTORS = 1024;
const IDLE_MS = 10 * 60_000;

/** The actor tables of the projects that are being written, as far as there is room for them. */
@Injectable()
export class ActorBooks {
  private readonly books = new LRUCache<string, ActorBook>({ maxSize: MAX_ACTORS, ttl: IDLE_MS, updateAgeOnGet: true });

  constructor(private readonly chunks: ActorChunksRepository) {}

  /** The project's actors as they are stored. */
  async open({ projectKey, generation, rev }: RollupRow): Promise<ActorBook> {
    const known = this.books.get(projectKey);
    const isKnown = known !== undefined && known.generation === generation && known.rev <= rev;
    const book = isKnown ? known : new ActorBook(projectKey, generation);
    if (book.rev < rev) {
      const chunks = await this.chunks.list(projectKey, book.rev);
      const slices = new Slices();
      for (const chunk of chunks) {
        book.apply(chunk);
        // Only as long as nobody else has the book.
        if (!isKnown) await slices.pause();
      }
      book.rev = rev;
    }
    this.keep(book);
    return book;
  }

  /**
   * Stores what has changed, as part of the run `rev`. To be called before anything refers to new actors.
   * @throws LostRaceError, after which the book is of no use any more.
   */
  async flush(book: ActorBook, rev: number): Promise<void> {
    const { projectKey } = book;
    if (book.table.size > MAX_ACTORS) throw new TooWideError(`${book.table.size} actors`);
    if (book.isUnconfirmed && book.hasStoredChunks) {
      await this.chunks.touch(projectKey, rev);
      book.confirmTouched();
    }
    const changed = book.listChanged();
    if (changed.length === 0) return;
    if (!(await this.chunks.write(projectKey, rev, changed))) throw new LostRaceError('actors');
    book.confirmWritten();
  }

  /** The run `rev` is complete. */
  confirm(book: ActorBook, rev: number): void {
    book.rev = rev;
    this.keep(book);
  }

  /** To be called when a run has failed: nobody knows what of it is stored. */
  forget(projectKey: string): void {
    this.books.delete(projectKey);
  }

  /** Lets go of what was not used for long. */
  purge(): void {
    this.books.purgeStale();
  }

  private keep(book: ActorBook): void {
    this.books.set(book.projectKey, book, { size: Math.min(MAX_ACTORS, BOOK_ACTORS + book.table.size) });
  }
}
