import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../../common/errors/domain.error.js';
import { countSyncRun, showLastSync } from '../../../common/metrics/sync-metrics.js';
import { Clock } from '../../../common/time/clock.js';
import { RunAgain, type JobInfo, type JobOutcome, type JobRun } from '../../../infra/jobs/job-queue.js';
import { WhoopClient, type Page } from '../api/whoop.client.js';
import { WhoopLinksService } from '../grant/whoop-links.service.js';
import { mapRecord } from '../records/record-mapping.js';
import { VendorRecordError } from '../records/vendor-record.js';
import { WhoopRecordStoreRepository, type PageChanges } from '../records/whoop-record-store.repository.js';
import { RECORD_KINDS, type RecordKind, type RecordRows } from '../records/whoop-rows.js';
import {
  WhoopAuthenticationError,
  WhoopNotConfiguredError,
  WhoopRateLimitError,
  WhoopRefusedError,
} from '../whoop.errors.js';
import { endStatus, errorSentence, type KindProgress, type SyncProgress } from './sync-progress.js';
import { INTERRUPTED } from './whoop-sync.service.js';
import { SyncLostError, WhoopSyncRunsRepository, type SyncRunRow } from './whoop-sync-runs.repository.js';

/** Records of the last hour may not have reached every server of WHOOP's. */
const SETTLING_MS = 3_600_000;
/** A year is 20 pages of a kind. */
const MAX_PAGES = 1000;
const REPEATED = { error: 'WHOOP sent the same page again', errorCode: 'WHOOP_REPEATED_PAGE' };

interface Walk {
  run: SyncRunRow;
  job: JobRun;
  memberId: string;
}

/** Carries out a sync, kind by kind and page by page, and can be stopped and begun again after each page. */
@Injectable()
export class WhoopSyncRunService {
  private readonly logger = new Logger(WhoopSyncRunService.name);

  constructor(
    private readonly runs: WhoopSyncRunsRepository,
    private readonly store: WhoopRecordStoreRepository,
    private readonly client: WhoopClient,
    private readonly links: WhoopLinksService,
    private readonly clock: Clock,
  ) {}

  async run(job: JobRun): Promise<JobOutcome> {
    const run = await this.runs.take(job.id, job.fencingToken);
    if (run === null) return undefined;
    try {
      const memberId = await this.identify(run, job);
      for (const kind of RECORD_KINDS) await this.walkToEnd({ run, job, memberId }, kind);
      await this.finish(run, job.fencingToken);
    } catch (error) {
      if (error instanceof SyncLostError) return undefined;
      if (error instanceof WhoopRateLimitError) return new RunAgain(error.retryAt);
      if (!(error instanceof DomainError) || !isVerdict(error)) throw error;
      for (const kind of RECORD_KINDS) {
        const progress = run.progress.kinds[kind];
        if (progress.status !== 'completed') Object.assign(progress, { status: 'failed', ...described(error) });
      }
      await this.finish(run, job.fencingToken);
    }
    return undefined;
  }

  /** The job will not run again. */
  async giveUp(job: JobInfo): Promise<void> {
    const { error } = job;
    const end = error === null ? INTERRUPTED : { errorMessage: error.message, errorCode: error.code };
    await this.runs.giveUp(job.id, { status: 'failed', endedAt: this.clock.now(), ...end });
    countSyncRun('whoop', job.state === 'cancelled' ? 'cancelled' : 'failed');
  }

  /** Whose records these are: asked for once a sync, since another account may have been linked. */
  private async identify(run: SyncRunRow, job: JobRun): Promise<string> {
    if (run.progress.memberId !== null) return run.progress.memberId;
    const { memberId } = await this.links.refreshProfile({ priority: 'backfill', signal: job.signal });
    run.progress.memberId = memberId;
    await this.runs.saveProgress(run.id, job.fencingToken, run.progress);
    return memberId;
  }

  /** What goes wrong with one kind leaves the others alone, unless it would go wrong with all. */
  private async walkToEnd(walk: Walk, kind: RecordKind): Promise<void> {
    const { run, job } = walk;
    const { status } = run.progress.kinds[kind];
    if (status === 'completed' || status === 'failed') return;
    try {
      let isLast = false;
      while (!isLast) isLast = await this.step(walk, kind);
    } catch (error) {
      job.signal.throwIfAborted();
      if (!(error instanceof DomainError) || error instanceof WhoopRateLimitError || concernsAll(error)) throw error;
      this.logger.warn(`WHOOP sync: ${kind} could not be fetched (${error.code})`);
      await this.save(walk, kind, { status: 'failed', ...described(error) });
    }
    job.progress((100 * (RECORD_KINDS.indexOf(kind) + 1)) / RECORD_KINDS.length);
  }

  /** One page. True: it was the last. */
  private async step(walk: Walk, kind: RecordKind): Promise<boolean> {
    const { run, job, memberId } = walk;
    const before = run.progress.kinds[kind];
    const page = await this.fetch(walk, kind);
    if (page === null) return false;
    const { rows, malformed } = this.mapPage(kind, page, memberId);
    const token = page.nextToken === null ? null : hashOf(page.nextToken);
    const isRepeated = token !== null && (before.seenTokens.includes(token) || before.pages >= MAX_PAGES);
    const isLast = token === null || isRepeated;
    const after = (changes: PageChanges): KindProgress => ({
      ...before,
      status: isRepeated ? 'failed' : 'running',
      nextToken: isLast ? null : page.nextToken,
      seenTokens: token === null ? before.seenTokens : [...before.seenTokens, token],
      pages: before.pages + 1,
      new: before.new + changes.new,
      updated: before.updated + changes.updated,
      unchanged: before.unchanged + changes.unchanged,
      malformed: before.malformed + malformed,
      ...(isRepeated && REPEATED),
    });
    let next: SyncProgress = run.progress;
    const options = { seenIn: run.id, now: this.clock.now() };
    await this.store.savePage(memberId, kind, rows, options, async (manager, changes) => {
      next = withKind(run.progress, kind, after(changes));
      await this.runs.saveProgress(run.id, job.fencingToken, next, manager);
    });
    run.progress = next;
    await job.saveCheckpoint({ kind, pages: before.pages + 1 });
    if (isLast && !isRepeated) await this.complete(walk, kind);
    return isLast;
  }

  /** Null: WHOOP did not know the token of a page any more, and the walk of this kind begins anew. */
  private async fetch(walk: Walk, kind: RecordKind): Promise<Page | null> {
    const { run, job } = walk;
    const { start, nextToken, restarts } = run.progress.kinds[kind];
    try {
      const query = { start, end: run.progress.end, nextToken };
      return await this.client.page(kind, query, { priority: 'backfill', signal: job.signal });
    } catch (error) {
      if (!(error instanceof WhoopRefusedError) || nextToken === null || restarts > 0) throw error;
      await this.save(walk, kind, { nextToken: null, seenTokens: [], restarts: restarts + 1 });
      return null;
    }
  }

  /** The walk saw all that there is: what it did not see is gone. An empty or imperfect one proves nothing. */
  private async complete(walk: Walk, kind: RecordKind): Promise<void> {
    const { run, job, memberId } = walk;
    const progress = run.progress.kinds[kind];
    if (progress.malformed > 0) {
      const error = `${progress.malformed} records are not what WHOOP's API describes and were left out`;
      return this.save(walk, kind, { status: 'failed', error, errorCode: 'WHOOP_RECORD_MALFORMED' });
    }
    if (progress.new + progress.updated + progress.unchanged === 0)
      return this.save(walk, kind, { status: 'completed' });
    const window = { start: progress.start, endExclusive: run.progress.end - SETTLING_MS };
    const seen = { seenIn: run.id, startedAt: run.startedAt };
    let next = run.progress;
    await this.store.deleteUnseen(memberId, kind, window, seen, async (manager, deleted) => {
      next = withKind(run.progress, kind, { ...progress, status: 'completed', deleted });
      await this.runs.saveProgress(run.id, job.fencingToken, next, manager);
    });
    run.progress = next;
  }

  private mapPage<K extends RecordKind>(
    kind: K,
    { records }: Page,
    memberId: string,
  ): { rows: RecordRows[K][]; malformed: number } {
    const rows: RecordRows[K][] = [];
    for (const record of records) {
      try {
        const row = mapRecord(kind, record);
        if (row.memberId !== memberId) throw new VendorRecordError('user_id');
        rows.push(row);
      } catch (error) {
        if (!(error instanceof VendorRecordError)) throw error;
        this.logger.warn(`WHOOP sync: a record of ${kind} was left out: ${error.message}`);
      }
    }
    return { rows, malformed: records.length - rows.length };
  }

  private async save({ run, job }: Walk, kind: RecordKind, changes: Partial<KindProgress>): Promise<void> {
    const next = withKind(run.progress, kind, { ...run.progress.kinds[kind], ...changes });
    await this.runs.saveProgress(run.id, job.fencingToken, next);
    run.progress = next;
  }

  private async finish(run: SyncRunRow, fence: number): Promise<void> {
    const status = endStatus(run.progress);
    const endedAt = this.clock.now();
    const errorCode =
      RECORD_KINDS.map((kind) => run.progress.kinds[kind].errorCode).find((code) => code !== null) ?? null;
    await this.runs.saveProgress(run.id, fence, run.progress);
    await this.runs.finish(run.id, fence, { status, endedAt, errorMessage: errorSentence(run.progress), errorCode });
    countSyncRun('whoop', status);
    if (status === 'completed') showLastSync('whoop', endedAt);
    this.logger.log(`WHOOP sync (${run.type}) ended: ${status}`);
  }
}

/** Without tokens that WHOOP takes, no kind can be fetched. */
function concernsAll(error: DomainError): boolean {
  return error instanceof WhoopAuthenticationError || error instanceof WhoopNotConfiguredError;
}

/** Trying the same again is no use, or somebody waits for the answer: the daily sync tries again anyway. */
function isVerdict(error: DomainError): boolean {
  return concernsAll(error) || error.code.startsWith('WHOOP_');
}

function described(error: DomainError): Pick<KindProgress, 'error' | 'errorCode'> {
  return { error: error.explanation ?? error.message, errorCode: error.code };
}

function withKind(progress: SyncProgress, kind: RecordKind, value: KindProgress): SyncProgress {
  return { ...progress, kinds: { ...progress.kinds, [kind]: value } };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 12);
}
