import { Injectable } from '@nestjs/common';
import { ProductSegmentsService } from '../../../../events/product/segments/product-segments.service.js';
import { ActorBooks } from './actor-books.service.js';
import { ActorChunksRepository } from '../store/actor-chunks.repository.js';
import { DayBlocksRepository } from '../store/day-blocks.repository.js';
import { DayHeadsRepository } from '../store/day-heads.repository.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';

/** Deletes the rollups of whole projects, in small steps. To be called under the lease only. */
@Injectable()
export class RollupRemovalService {
  constructor(
    private readonly meta: RollupMetaRepository,
    private readonly chunks: ActorChunksRepository,
    private readonly heads: DayHeadsRepository,
    private readonly blocks: DayBlocksRepository,
    private readonly books: ActorBooks,
    private readonly segments: ProductSegmentsService,
  ) {}

  /** Everything. From its first step on nobody reads the rollups any more. */
  async deleteAll(projectKey: string, signal: AbortSignal): Promise<void> {
    await this.meta.delete(projectKey);
    await this.deleteContents(projectKey, signal);
  }

  /** Everything but what is known of the project as a whole. */
  async deleteContents(projectKey: string, signal: AbortSignal): Promise<void> {
    this.books.forget(projectKey);
    const steps = [
      () => this.heads.deleteSome(projectKey),
      () => this.blocks.deleteSome(projectKey),
      () => this.chunks.deleteSome(projectKey),
    ];
    for (const step of steps) while ((await step()) > 0) signal.throwIfAborted();
  }

  /** Segments that nobody is going to merge. */
  async dropSegments(projectKey: string): Promise<void> {
    await this.segments.dropSegments(projectKey);
  }
}
