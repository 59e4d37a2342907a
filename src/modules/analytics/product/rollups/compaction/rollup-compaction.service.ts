import { Injectable, Logger } from '@nestjs/common';
import { counter, gauge } from '../../../../../common/metrics/metrics.js';
import {
  ProductSegmentsService,
  type SegmentBacklog,
} from '../../../../events/product/segments/product-segments.service.js';
import { RollupCleaningService } from './rollup-cleaning.service.js';
import { RollupLeaseService } from './rollup-lease.service.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import { RollupWorkService } from './rollup-work.service.js';

/** Segments of a project are merged when they are so many, or so old. */
const MAX_SEGMENTS = 16;
const MAX_EVENTS = 100_000;
const MAX_AGE_MS = 15_000;
/** Whoever made marks repairs them; after so long it is taken for dead. */
const MARKS_ABANDONED_MS = 10 * 60_000;
const UNFINISHED_PERIOD_MS = 30_000;
const CLEANING_PERIOD_MS = 6 * 3_600_000;
/** For the lease, after which it is offered to others. */
const TERM_MS = 1000;

const turns = counter({
  name: 'almanac_rollup_runs_total',
  help: 'Turns of work on the rollups of a project, by outcome.',
  labelNames: ['outcome'],
});
const lag = gauge({
  name: 'almanac_rollup_lag_seconds',
  help: 'Age of the oldest events that wait to be merged into rollups.',
});

/** A turn of work on one project. Returns true when there is more to do. */
type Turn = (projectKey: string, signal: AbortSignal) => Promise<boolean>;

/** What is done about rollups without being asked: one pass looks what there is to do, and does it. */
@Injectable()
export class RollupCompactionService {
  private readonly logger = new Logger(RollupCompactionService.name);
  private nextUnfinishedAt = -Infinity;
  private nextCleaningAt = -Infinity;

  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly work: RollupWorkService,
    private readonly lease: RollupLeaseService,
    private readonly meta: RollupMetaRepository,
    private readonly cleaning: RollupCleaningService,
  ) {}

  /** @param now epoch milliseconds. While another replica has the lease, only looks. */
  async run(now: number, signal: AbortSignal): Promise<void> {
    const backlog = await this.segments.listBacklog();
    lag.set(Math.max(0, ...backlog.map(({ oldest }) => (now - oldest.getTime()) / 1000)));
    const due = new Set(backlog.filter((each) => isDue(each, now)).map(({ projectKey }) => projectKey));
    // Until they have begun, reports of a project read raw events.
    const young = backlog.map(({ projectKey }) => projectKey).filter((projectKey) => !due.has(projectKey));
    const built = new Set(young.length === 0 ? [] : await this.meta.listBuilt(young));
    for (const projectKey of young) if (!built.has(projectKey)) due.add(projectKey);
    const abandoned = await this.addUnfinished(due, now);
    await this.inTerms([...due], signal, (projectKey, stop) => this.work.advance(projectKey, stop));
    await this.inTerms(abandoned, signal, (projectKey, stop) => this.work.repair(projectKey, stop));
    await this.cleaning.collect();
    await this.clean(now, signal);
  }

  /** Every now and then: what an interrupted process has left to do. Returns projects with marks that nobody repairs. */
  private async addUnfinished(due: Set<string>, now: number): Promise<string[]> {
    if (performance.now() < this.nextUnfinishedAt) return [];
    this.nextUnfinishedAt = performance.now() + UNFINISHED_PERIOD_MS;
    const abandoned: string[] = [];
    for (const project of await this.meta.listUnfinished(new Date(now))) {
      const { projectKey, state, dirtyAll, dirtyAt, retryAt } = project;
      const isRetry = state === 'raw' && (retryAt === null || retryAt.getTime() <= now);
      if (isRetry && !dirtyAll) await this.meta.mark(projectKey, 'all');
      if (state === 'building' || dirtyAll || isRetry) due.add(projectKey);
      else if (now - (dirtyAt?.getTime() ?? 0) > MARKS_ABANDONED_MS) abandoned.push(projectKey);
    }
    return abandoned;
  }

  private async clean(now: number, signal: AbortSignal): Promise<void> {
    if (performance.now() < this.nextCleaningAt) return;
    const ran = await this.lease.tryRun(signal, (stop) => this.cleaning.clean(new Date(now), stop));
    if (!ran) return;
    this.nextCleaningAt = performance.now() + CLEANING_PERIOD_MS;
    const unbuilt = await this.cleaning.listUnbuilt();
    await this.inTerms(unbuilt, signal, (projectKey, stop) => this.work.advance(projectKey, stop));
  }

  private async inTerms(projectKeys: readonly string[], signal: AbortSignal, turn: Turn): Promise<void> {
    const queue = [...projectKeys];
    while (queue.length > 0) {
      const ran = await this.lease.tryRun(signal, async (stop) => {
        for (const end = performance.now() + TERM_MS; queue.length > 0 && performance.now() < end;) {
          const projectKey = queue.shift()!;
          if (await this.take(turn, projectKey, stop)) queue.push(projectKey);
        }
      });
      if (!ran) return;
      if (queue.length > 0) await this.lease.pause(signal);
    }
  }

  /** A project whose turn fails does not keep the others waiting: it has its next one in the next pass. */
  private async take(turn: Turn, projectKey: string, signal: AbortSignal): Promise<boolean> {
    try {
      const hasMore = await turn(projectKey, signal);
      turns.inc({ outcome: hasMore ? 'continued' : 'completed' });
      return hasMore;
    } catch (error) {
      signal.throwIfAborted();
      turns.inc({ outcome: 'failed' });
      this.logger.warn(`The rollups of a project wait for the next run: ${String(error)}`);
      return false;
    }
  }
}

function isDue({ segments, events, oldest }: SegmentBacklog, now: number): boolean {
  return segments >= MAX_SEGMENTS || events >= MAX_EVENTS || now - oldest.getTime() >= MAX_AGE_MS;
}
