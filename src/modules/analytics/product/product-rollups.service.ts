import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ProductDataErasure } from '../../events/product/segments/product-data-erasure.js';
import { ProductSegmentsService } from '../../events/product/segments/product-segments.service.js';
import { ActorRefreshService, type ActorId } from './rollups/compaction/actor-refresh.service.js';
import { RollupRemovalService } from './rollups/compaction/rollup-removal.service.js';
import { RollupLeaseService } from './rollups/compaction/rollup-lease.service.js';
import { RollupMetaRepository } from './rollups/store/rollup-meta.repository.js';
import { RollupSourceRepository } from './rollups/store/rollup-source.repository.js';
import { hasWork, RollupWorkService } from './rollups/compaction/rollup-work.service.js';
import { LostRaceError, RollupsBehindError } from './rollups/compaction/rollups.errors.js';

const NEVER = new AbortController().signal;

/** What others may want of the rollups beside reading them. */
@Injectable()
export class ProductRollupsService implements OnModuleInit {
  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly work: RollupWorkService,
    private readonly lease: RollupLeaseService,
    private readonly meta: RollupMetaRepository,
    private readonly source: RollupSourceRepository,
    private readonly actors: ActorRefreshService,
    private readonly removal: RollupRemovalService,
    private readonly erasure: ProductDataErasure,
  ) {}

  onModuleInit(): void {
    this.erasure.register('product-rollups', (projectKey, signal) => this.erase(projectKey, signal));
    this.erasure.registerRepair((projectKey) => this.markDirty(projectKey, 'all'));
  }

  /**
   * Resolves when everything that any replica had accepted before the call is in the rollups, which are built first if
   * they never were. Raw events it does not touch.
   * @param limitMs milliseconds.
   * @throws RollupsBehindError when it takes longer; the signal's reason
   */
  async settle(projectKey: string, limitMs: number, signal = NEVER): Promise<void> {
    const deadline = performance.now() + limitMs;
    await this.segments.seal();
    const epochs = (await this.segments.listEpochs()).map(({ id }) => id);
    while (!(await this.isSettled(projectKey, epochs))) {
      await this.lease.tryRun(signal, async (stop) => {
        while ((await this.work.advance(projectKey, stop)) && performance.now() < deadline) stop.throwIfAborted();
      });
      if (performance.now() > deadline) throw new RollupsBehindError();
      await this.lease.pause(signal);
    }
  }

  /**
   * From when this resolves, reports that touch these days are answered from raw events until the days are made anew.
   * That is done by `repair` or, if nobody calls it, some minutes after the last mark: whoever deletes events marks their
   * days before it, and once more when it is done, since somebody else's `repair` may come in between.
   * @param days numbers as `dayOf` gives them, or all there are.
   */
  async markDirty(projectKey: string, days: readonly number[] | 'all'): Promise<void> {
    if (days === 'all' || days.length > 0) await this.meta.mark(projectKey, days);
  }

  /** Makes dirty days anew from raw events. Resolves when there is none left. @throws the signal's reason */
  async repair(projectKey: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      const project = await this.meta.find(projectKey);
      if (project === null || !hasWork(project)) return;
      await this.lease.run(signal, async (stop) => {
        await this.work.repair(projectKey, stop);
      });
      signal.throwIfAborted();
    }
  }

  /**
   * Takes over what the identity links of these anonymousIds say now, and forgets the erased: their ids lead to nobody
   * any more.
   */
  async refreshActors(projectKey: string, anonymousIds: readonly string[], erased: readonly ActorId[]): Promise<void> {
    if (anonymousIds.length + erased.length === 0) return;
    for (let isDone = false; !isDone;) {
      await this.lease.run(NEVER, async () => {
        isDone = await this.actors.refresh(projectKey, anonymousIds, erased).then(
          () => true,
          (error: unknown) => {
            if (error instanceof LostRaceError) return false;
            throw error;
          },
        );
      });
    }
  }

  /** Deletes the rollups of a project that is being erased: it does not exist for others any more. */
  async erase(projectKey: string, signal: AbortSignal): Promise<void> {
    await this.lease.run(signal, (stop) => this.removal.deleteAll(projectKey, stop));
  }

  private async isSettled(projectKey: string, epochs: readonly string[]): Promise<boolean> {
    if ((await this.segments.listExisting(epochs, projectKey)).size > 0) return false;
    const project = await this.meta.find(projectKey);
    if (project === null) return !(await this.source.hasEvents(projectKey));
    return project.state !== 'building';
  }
}
