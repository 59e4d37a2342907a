import { Injectable, Logger } from '@nestjs/common';
import { ProjectsService } from '../../../../projects/projects.service.js';
import { ActorBooks } from './actor-books.service.js';
import { RollupBuildService } from './rollup-build.service.js';
import { RollupRemovalService } from './rollup-removal.service.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import type { RollupRow } from '../store/rollup-rows.js';
import { LostRaceError, TooWideError } from './rollups.errors.js';
import { SegmentMergeService } from './segment-merge.service.js';

/** After which others may have their turn. */
const TURN_MS = 1000;
/** A project that was too wide may have become narrower, above all when events of it were deleted. */
const RETRY_MS = 24 * 3_600_000;
const RETRY_AFTER_REMOVAL_MS = 3_600_000;

/** Brings the rollups of a project forward, one turn at a time. To be called under the lease only. */
@Injectable()
export class RollupWorkService {
  private readonly logger = new Logger(RollupWorkService.name);

  constructor(
    private readonly meta: RollupMetaRepository,
    private readonly merging: SegmentMergeService,
    private readonly builds: RollupBuildService,
    private readonly removal: RollupRemovalService,
    private readonly books: ActorBooks,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * Builds them if they were never built, merges segments, builds them anew if all days are dirty.
   * @returns true when there is more to do.
   */
  async advance(projectKey: string, signal: AbortSignal): Promise<boolean> {
    return this.guard(projectKey, signal, async () => {
      const project = await this.meta.find(projectKey);
      if (project === null || project.state === 'building') return this.build(projectKey, project, signal);
      if (project.state === 'raw') return this.keepRaw(project, signal);
      if (await this.merging.merge(project, signal)) return true;
      if (!project.dirtyAll) return false;
      // Only now: what a segment lacks is missing from its epoch for good once it is merged, and then comes from raw events.
      return this.restart(projectKey);
    });
  }

  /**
   * Makes dirty days anew.
   * @returns true when there is more to do.
   */
  async repair(projectKey: string, signal: AbortSignal): Promise<boolean> {
    return this.guard(projectKey, signal, async () => {
      const project = await this.meta.find(projectKey);
      if (project === null || !hasWork(project)) return false;
      if (project.state !== 'ready' || project.dirtyAll) return this.advance(projectKey, signal);
      await this.builds.repair(project, performance.now() + TURN_MS, signal);
      return true;
    });
  }

  private async build(projectKey: string, project: RollupRow | null, signal: AbortSignal): Promise<boolean> {
    if (!(await this.projects.exists(projectKey))) {
      await this.removal.deleteAll(projectKey, signal);
      await this.removal.dropSegments(projectKey);
      return false;
    }
    if (project === null) await this.meta.create(projectKey);
    else if (!(await this.builds.build(project, performance.now() + TURN_MS, signal))) {
      this.logger.log('Built the rollups of a project');
    }
    return true;
  }

  private async keepRaw(project: RollupRow, signal: AbortSignal): Promise<boolean> {
    await this.removal.dropSegments(project.projectKey);
    await this.removal.deleteContents(project.projectKey, signal);
    if (project.dirtyAll) return this.restart(project.projectKey);
    if (project.dirty.length > 0) await this.meta.clearMarks(project, after(RETRY_AFTER_REMOVAL_MS));
    return false;
  }

  private async restart(projectKey: string): Promise<boolean> {
    const project = await this.meta.find(projectKey);
    if (project !== null && !(await this.meta.restart(project))) throw new LostRaceError('the project');
    return true;
  }

  private async guard(projectKey: string, signal: AbortSignal, turn: () => Promise<boolean>): Promise<boolean> {
    try {
      return await turn();
    } catch (error) {
      // How far the turn came is not known: what is remembered of the project may not be so.
      this.books.forget(projectKey);
      if (error instanceof LostRaceError) this.logger.debug(error.message);
      else if (error instanceof TooWideError) await this.giveUp(projectKey, error, signal);
      else throw error;
      return true;
    }
  }

  private async giveUp(projectKey: string, reason: TooWideError, signal: AbortSignal): Promise<void> {
    const project = await this.meta.find(projectKey);
    if (project === null || !(await this.meta.raise(project, { state: 'raw', retryAt: after(RETRY_MS) }))) return;
    this.logger.warn(`A project will be answered from raw events. ${reason.message}`);
    await this.removal.deleteContents(projectKey, signal);
  }
}

function after(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds);
}

/** Whether anything of the project is not to be trusted, or not built. */
export function hasWork({ state, dirty, dirtyAll }: RollupRow): boolean {
  return dirtyAll || state === 'building' || dirty.length > 0;
}
