import { Injectable } from '@nestjs/common';
import { ProjectsService } from '../../../../projects/projects.service.js';
import { ActorBooks } from './actor-books.service.js';
import { RollupRemovalService } from './rollup-removal.service.js';
import { RollupGarbageService } from './rollup-garbage.service.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';

/** What keeps the collections of rollups tidy beside the work itself. */
@Injectable()
export class RollupCleaningService {
  constructor(
    private readonly meta: RollupMetaRepository,
    private readonly source: RollupSourceRepository,
    private readonly garbage: RollupGarbageService,
    private readonly removal: RollupRemovalService,
    private readonly projects: ProjectsService,
    private readonly books: ActorBooks,
  ) {}

  /** Projects with events whose rollups nobody has begun to build: they were there before rollups were. */
  async listUnbuilt(): Promise<string[]> {
    const known = new Set(await this.meta.listKeys());
    return (await this.source.listProjects()).filter((projectKey) => !known.has(projectKey));
  }

  /** What can be let go every few seconds. */
  async collect(): Promise<void> {
    await this.garbage.collect();
    this.books.purge();
  }

  /**
   * Deletes what interrupted runs have left, and rollups of projects that are gone: a run may have begun before the
   * project was erased. To be called under the lease only.
   */
  async clean(now: Date, signal: AbortSignal): Promise<void> {
    for (const projectKey of await this.meta.listKeys()) {
      if (!(await this.projects.exists(projectKey))) await this.removal.deleteAll(projectKey, signal);
    }
    await this.garbage.collectOrphans(now, signal);
  }
}
